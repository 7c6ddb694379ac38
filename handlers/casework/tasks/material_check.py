"""Checking materials: which particulars belong to which material, and the stock reasons under the keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from domain.wording import review_labels
from handlers.entry import row_numbers
from handlers.page.formfields import FormView
from translations import gettext, join_words, lazy_gettext

BETWEEN_REASONS = "；"  # of what is kept, and cut apart again
STOCK_REASONS = (
    lazy_gettext("原件与申报内容不一致"),
    lazy_gettext("缺少签名或盖章"),
    lazy_gettext("超过有效期"),
    lazy_gettext("字迹或影像不清"),
    lazy_gettext("非指定机构出具"),
    lazy_gettext("缺页或不是原件"),
)
# Materials whose particulars stand under another key.
MATERIAL_SECTIONS = {
    "diploma": ("diploma", "degree", "student"),
    "student": ("student",),
    "enrolment": ("student",),
}


def build_page_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """What the page of the check shows besides the case: each material with its particulars."""
    by_key = {section["key"]: section for section in facts["sections"]}
    shown: set[str] = set()
    materials = []
    for material in facts["materials"]:
        keys = [
            key
            for key in MATERIAL_SECTIONS.get(material["key"], (material["key"],))
            if key in by_key and key not in shown
        ]
        shown.update(keys)
        materials.append(
            material
            | {"sections": [by_key[key] for key in keys], "before": _last_finding(facts, material["key"])}
        )
    return {
        "materials": materials,
        "others": [section for key, section in by_key.items() if key not in shown],
        "reasons": STOCK_REASONS,
        "review_rest": text_beside_reasons,
    }


def join_reasons(typed: MultiDict[str, str]) -> MultiDict[str, str]:
    """The ticked stock reasons of each material, joined with what was written beside them."""
    kept = MultiDict((key, value) for key, value in typed.items(multi=True) if not key.endswith(".stock"))
    for key in [key for key in typed if key.endswith(".stock")]:
        field = key.removesuffix("stock") + "reason"
        written = typed.get(field, "").strip()
        stock = [reason for reason in typed.getlist(key) if reason not in written]
        kept[field] = BETWEEN_REASONS.join([*stock, written] if written else stock)
    return kept


def text_beside_reasons(reason: str | None) -> str:
    """What was written beside the stock reasons."""
    parts = (reason or "").split(BETWEEN_REASONS)
    return BETWEEN_REASONS.join(part for part in parts if part not in STOCK_REASONS)


def name_materials(form: FormView, facts: dict[str, Any]) -> FormView:
    """A form that came back, with the material's name in what is said of its verdict or reason."""
    told = {
        name: tuple(_name_material(_find_material(name, facts), sentence) for sentence in said)
        for name, said in form.errors.items()
    }
    return replace(form, errors=told)


def _name_material(material: str, sentence: str) -> str:
    if not material:
        return sentence
    return gettext("%(material)s：%(sentence)s", material=material, sentence=sentence)


def _find_material(name: str, facts: dict[str, Any]) -> str:
    """The material that a typed value of the check belongs to; empty for anything else."""
    sort, _, rest_of = name.partition(".")
    number, _, _part = rest_of.partition(".")
    listed = facts.get("materials", [])
    if sort != "findings" or not row_numbers.is_row_number(number) or int(number) >= len(listed):
        return ""
    return str(listed[int(number)]["name"])


def find_label(name: str, facts: dict[str, Any]) -> str:
    """What a typed value of the check belongs to: findings.0.reason is the first material's reason."""
    material = _find_material(name, facts)
    if not material:
        return name
    return gettext("%(material)s：原因", material=material) if name.endswith(".reason") else material


def format_value(value: Any, name: str, options: Mapping[str, str]) -> str:
    """A typed value in words; `options` are those of its input."""
    if name.endswith(".verdict"):
        return review_labels.VERDICTS.get(str(value), str(value))
    values = value if isinstance(value, list) else [value]
    return join_words(options.get(str(one), str(one)) for one in values)


def _last_finding(facts: dict[str, Any], key: str) -> dict[str, Any] | None:
    """What the last round found of a material."""
    rounds = [row for row in facts["findings"] if row["key"] == key]
    return rounds[-1] if rounds else None
