"""What stages, verdicts and acts are called where staff read them."""

from __future__ import annotations

VERDICTS = {"conform": "符合", "not_conform": "不符合", "missing": "缺少"}
STAGES = {
    "confirmation": "确认",
    "return": "再次退回审批",
    "check": "人工核查",
    "verify": "核实不利结果",
    "confirm": "复核不利结果",
    "experts": "指定评审专家",
    "expert": "专家评审",
    "committee": "评审结论",
    "first": "初审",
    "second": "复审",
    "decision": "认定结论",
    "withdrawal": "申请人撤回",
    "set_back": "调整状态",
}
ACTS = {
    "conform": "材料符合，受理",
    "incomplete": "退回补正",
    "ineligible": "不予受理",
    "allowed": "批准再次退回",
    "kept": "不批准再次退回",
    "clear": "无不利结果",
    "hit": "有不利结果",
    "appointed": "已指定",
    "pass": "评审通过",
    "fail": "评审不通过",
    "again": "重新评议",
    "grant": "拟予以认定",
    "refuse": "拟不予认定",
    "recheck": "退回重新核查",
    "agree": "同意",
    "return": "退回初审",
    "granted": "认定通过",
    "refused": "认定未通过",
    "withdrawal": "撤回申请",
    "set_back": "退回网报待确认",
}
