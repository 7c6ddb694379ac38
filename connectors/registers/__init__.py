"""One client per outside register, all of one shape.

Each is made with (base_url, key, timeout) and asked with a `DocumentHolder` and a request id. It returns a
`RegisterReply`, or raises `Unavailable` (also `MalformedAnswer`, `RateLimited`) or `Pending`; the same id may
be asked again.
"""

from connectors.errors import (
    KeyTaken,
    MalformedAnswer,
    NoAnswer,
    OutsideError,
    Pending,
    RateLimited,
    Rejected,
    Resting,
    Unavailable,
)
from connectors.evidence import Evidence
from connectors.registers.base import DocumentHolder, Officer, R, RegisterReply
from connectors.registers.certificates import (
    ExamCertificateRecord,
    ExamCertificates,
    NormalStudentCertificates,
    NormalStudentRecord,
    PutonghuaCertificates,
    PutonghuaRecord,
)
from connectors.registers.checks import (
    CertificateHistory,
    CriminalRecords,
    Offences,
    RestrictionRecord,
    Restrictions,
    TeacherCertificateRecord,
)
from connectors.registers.identity import IdentityRegister
from connectors.registers.schooling import (
    DegreeRecord,
    Degrees,
    DiplomaRecord,
    Diplomas,
    EnrolmentRecord,
    Enrolments,
)

__all__ = [
    "CertificateHistory",
    "CriminalRecords",
    "DegreeRecord",
    "Degrees",
    "DiplomaRecord",
    "Diplomas",
    "DocumentHolder",
    "EnrolmentRecord",
    "Enrolments",
    "Evidence",
    "ExamCertificateRecord",
    "ExamCertificates",
    "IdentityRegister",
    "KeyTaken",
    "MalformedAnswer",
    "NoAnswer",
    "NormalStudentCertificates",
    "NormalStudentRecord",
    "Offences",
    "Officer",
    "OutsideError",
    "Pending",
    "PutonghuaCertificates",
    "PutonghuaRecord",
    "R",
    "RateLimited",
    "RegisterReply",
    "Rejected",
    "Resting",
    "RestrictionRecord",
    "Restrictions",
    "TeacherCertificateRecord",
    "Unavailable",
]
