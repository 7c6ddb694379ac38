"""What stages, verdicts and acts are called where staff read them."""

from __future__ import annotations

from translations import lazy_gettext

VERDICTS = {
    "conform": lazy_gettext("符合"),
    "not_conform": lazy_gettext("不符合"),
    "missing": lazy_gettext("缺少"),
}
STAGES = {
    "confirmation": lazy_gettext("确认"),
    "return": lazy_gettext("再次退回审批"),
    "check": lazy_gettext("人工核查"),
    "verify": lazy_gettext("核实不利结果"),
    "confirm": lazy_gettext("复核不利结果"),
    "experts": lazy_gettext("指定评审专家"),
    "expert": lazy_gettext("专家评审"),
    "committee": lazy_gettext("评审结论"),
    "first": lazy_gettext("初审"),
    "second": lazy_gettext("复审"),
    "decision": lazy_gettext("认定结论"),
    "withdrawal": lazy_gettext("申请人撤回"),
    "set_back": lazy_gettext("调整状态"),
}
ACTS = {
    "conform": lazy_gettext("材料符合，受理"),
    "incomplete": lazy_gettext("退回补正"),
    "ineligible": lazy_gettext("不予受理"),
    "allowed": lazy_gettext("批准再次退回"),
    "kept": lazy_gettext("不批准再次退回"),
    "clear": lazy_gettext("无不利结果"),
    "hit": lazy_gettext("有不利结果"),
    "appointed": lazy_gettext("已指定"),
    "pass": lazy_gettext("评审通过"),
    "fail": lazy_gettext("评审不通过"),
    "again": lazy_gettext("重新评议"),
    "grant": lazy_gettext("拟予以认定"),
    "refuse": lazy_gettext("拟不予认定"),
    "recheck": lazy_gettext("退回重新核查"),
    "agree": lazy_gettext("同意"),
    "return": lazy_gettext("退回初审"),
    "granted": lazy_gettext("认定通过"),
    "refused": lazy_gettext("认定未通过"),
    "withdrawal": lazy_gettext("撤回申请"),
    "set_back": lazy_gettext("退回网报待确认"),
}
