"""One client per outside register, all of one shape.

Each is made with (base_url, key, timeout) and asked with a `Holder` and a request id. It returns an `Answer`,
or raises `Unavailable` (also `Malformed`, `RateLimited`) or `Pending`; the same id may be asked again.
"""

from connectors.errors import KeyTaken, Malformed, OutsideError, Pending, RateLimited, Rejected, Unavailable
from connectors.evidence import Evidence
from connectors.registers.asking import Answer, Holder, Officer
from connectors.registers.certificates import (
    ExamCertificate,
    ExamCertificates,
    NormalStudentCertificate,
    NormalStudentCertificates,
    PutonghuaCertificate,
    PutonghuaCertificates,
)
from connectors.registers.checks import (
    CertificateHistory,
    CriminalRecords,
    Offences,
    Restriction,
    Restrictions,
    TeacherCertificate,
)
from connectors.registers.identity import Identity
from connectors.registers.schooling import Degree, Degrees, Diploma, Diplomas, Enrolment, Enrolments

__all__ = [
    "Answer",
    "CertificateHistory",
    "CriminalRecords",
    "Degree",
    "Degrees",
    "Diploma",
    "Diplomas",
    "Enrolment",
    "Enrolments",
    "Evidence",
    "ExamCertificate",
    "ExamCertificates",
    "Holder",
    "Identity",
    "KeyTaken",
    "Malformed",
    "NormalStudentCertificate",
    "NormalStudentCertificates",
    "Offences",
    "Officer",
    "OutsideError",
    "Pending",
    "PutonghuaCertificate",
    "PutonghuaCertificates",
    "RateLimited",
    "Rejected",
    "Restriction",
    "Restrictions",
    "TeacherCertificate",
    "Unavailable",
]
