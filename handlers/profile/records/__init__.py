"""What registers keep of a person: Putonghua, schooling, enrolment, exams, certificates."""
