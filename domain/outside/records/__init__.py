"""Records of a person that registers tell: certificates, schooling, exams."""
