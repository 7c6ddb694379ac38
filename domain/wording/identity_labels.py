"""What a real-name check is for, and what the register said, in the words of the office."""

from __future__ import annotations

from translations import lazy_gettext

PURPOSES = {
    "account": lazy_gettext("核对注册的姓名"),
    "rename": lazy_gettext("更改姓名"),
}
FINDINGS = {
    "match": lazy_gettext("一致"),
    "mismatch": lazy_gettext("姓名与证件号码不一致"),
    "not_found": lazy_gettext("没有这个证件"),
    "busy": lazy_gettext("当天不再核验这个号码"),
    "unavailable": lazy_gettext("多次核验都没有答复"),
}
