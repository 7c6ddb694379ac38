"""English for what Python registers with a Chinese label, and what the holders of a role see."""

from __future__ import annotations

from translations import lazy_gettext

FORMS = {
    "account/check_request": "Check a request about an account",
    "certificate/archive": "File the case",
    "certificate/hand_over": "Hand the certificate over",
    "certificate/post": "Post the certificate",
    "certificate/print": "Print the certificate",
    "certificate/trace": "Trace a posted certificate",
    "confirmation/approve_return": "Approve a further return",
    "confirmation/check": "Check the materials",
    "confirmation/correct": "Correct the materials",
    "decision/decide": "Decide",
    "decision/first_review": "First review",
    "decision/second_review": "Second review",
    "done": "Done",
    "experts/appoint": "Appoint experts",
    "experts/conclude": "Sum the experts' opinions up",
    "experts/opinion": "Give an expert's opinion",
    "messaging/read_reply": "Read the answer",
    "online_review/approve_return": "Approve a further return (online)",
    "online_review/correct": "Replace materials",
    "online_review/materials": "Review the uploaded materials",
    "online_review/upload": "Upload materials",
    "registration/agreement": "Agreement on applying online",
    "registration/authority": "Choose the authority",
    "registration/check": "Check your entries",
    "registration/details": "Fill in the application form",
    "registration/identity": "Fill in identity and certificates",
    "registration/notes": "Points to note",
    "registration/reminder": "Reminder after applying",
    "registration/undertaking": "Undertaking and submission",
    "review/check_by_hand": "Check by hand",
    "review/confirm_finding": "Confirm an adverse finding",
    "review/verify_finding": "Verify an adverse finding",
}
# Role → its English, and what whoever holds it sees.
ROLES = {
    "account.clerk": ("Account clerk", lazy_gettext("账号申请，不看案件")),
    "admin": ("Administrator", lazy_gettext("系统设置和与人无关的流程，不看申请")),
    "applicant": ("Applicant", lazy_gettext("自己的申请")),
    "authority.decide": ("Decider", lazy_gettext("本机构的申请，含背景核查")),
    "authority.first": ("First reviewer", lazy_gettext("本机构的申请，含背景核查")),
    "authority.plans": ("Plans clerk", lazy_gettext("本机构的计划，不看申请")),
    "authority.second": ("Second reviewer", lazy_gettext("本机构的申请，含背景核查")),
    "certificate.clerk": ("Certificate clerk", lazy_gettext("本机构认定通过的申请，不含背景核查")),
    "check.officer": ("Background checker", lazy_gettext("本机构的申请和背景核查")),
    "check.supervisor": ("Supervisor of checks", lazy_gettext("本机构的申请和背景核查，可以转交")),
    "expert": ("Expert", lazy_gettext("指派给自己的评审，不含背景核查")),
    "expert.chair": ("Chair of experts", lazy_gettext("本机构需要评审的申请，不含背景核查")),
    "expert.officer": ("Secretary of experts", lazy_gettext("本机构需要评审的申请，不含背景核查")),
    "process.designer": ("Process designer", lazy_gettext("流程、规则和与人无关的实例，不看申请")),
    "sender": ("Sender of a message", lazy_gettext("自己所在机构或确认点的留言")),
    "site.clerk": ("Site clerk", lazy_gettext("本确认点的申请，不含背景核查")),
    "site.supervisor": ("Site supervisor", lazy_gettext("本确认点的申请，不含背景核查，可以转交")),
}
REGISTERS = {
    "offence": "Offences of teaching staff",
    "criminal_record": "Criminal records",
    "restriction": "Restrictions of teacher qualification",
    "certificate_history": "Certificates that were issued",
}
DECISIONS = {
    "authority_level": "Level of the authority",
    "education": "Minimum education",
    "enrolment": "Students who may apply",
    "exam_routes": "Examinations and kinds of qualification",
    "exemptions": "Exemptions",
    "materials": "Materials that are asked",
    "putonghua": "Minimum Putonghua level",
    "putonghua_level": "Putonghua level of a score",
    "required_checks": "Checks that are needed",
    "review_route": "Way of review",
}
