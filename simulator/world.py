"""Whom the registers know, and how each is behaving: the seed, the store and the console's settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator import newcomers
from simulator.seed import PEOPLE, Person
from simulator.store import Store

REGISTERS = {
    "identity": "公安实名核验",
    "exam": "考试合格证明",
    "normal_student": "师范生教师职业能力证书",
    "putonghua": "普通话水平测试",
    "enrolment": "学籍",
    "diploma": "学历证书",
    "degree": "学位证书",
    "offence": "教职员工准入查询",
    "criminal_record": "无犯罪记录",
    "restriction": "教师资格限制库",
    "certificate_history": "教师资格证书库",
    "sms": "短信通道",
    "mail": "邮件通道",
    "wechat": "微信",
}
MODES = {
    "normal": "正常",
    "slow": "缓慢",
    "down": "停用",
    "malformed": "答复格式不符",
    "garbled": "答复不是 JSON",
    "oversized": "答复过大",
    "failing": "内部错误",
    "truncated": "答复中断",
    "pending": "一直待答复",
    "busy": "繁忙（请稍后再试）",
    "refusing": "永久拒绝",
    "dripping": "答复极慢，逐字节到达",
    "closed": "不答复，直接断开",
    "limited": "请求过多",
    "unauthorised": "不认密钥",
    "redirecting": "转到别的地址",
    "unknown_code": "结论不在约定之内",
    "incomplete": "答复缺少字段",
    "mistyped": "答复字段类型不符",
    "another": "答复的是别的请求",
    "gbk": "答复用 GBK 编码",
    "untyped": "答复的内容类型不符",
}
CHECKS = {"offence": "教职员工准入查询", "criminal_record": "无犯罪记录"}
OUTCOMES = {"clear": "无记录", "hit": "有记录", "pending": "待答复", "unavailable": "查询失败"}
DOCUMENT_KINDS = {
    "resident_id": "居民身份证",
    "residence_permit": "港澳台居民居住证",
    "hkm_pass": "港澳居民来往内地通行证",
    "tw_pass": "五年有效期台湾居民来往大陆通行证",
}
DEFAULTS = {"pending_seconds": 120, "identity_tries": 3}

_SEED = {person.document_number: person for person in PEOPLE}


class BadSetting(Exception):
    """A setting or a person that the console cannot take; the message is for the tester."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How a register behaves at the moment."""

    mode: str = "normal"
    seconds: float = 0.0


class World:
    """The people and the settings, over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def person(self, number: str, name: str) -> Person | None:
        """The person under this document number, or by the default rule for newcomers; None when unknown."""
        known = _SEED.get(_person_key(number)) or self._find_added(_person_key(number))
        if known or not newcomers.is_valid_resident_id(number) or not newcomers.is_believable_name(name):
            return known
        self.store.put("seen", number, name)
        return newcomers.build_newcomer(number, name)

    def known(self, number: str, name: str) -> Person | None:
        """The person, only when the name is theirs."""
        person = self.person(number, name)
        return person if person and person.name == name else None

    def named(self, name: str) -> list[Person]:
        """Everybody of a name."""
        return [person for person in (*PEOPLE, *self.added()) if person.name == name]

    def added(self) -> list[Person]:
        """People from the console, and newcomers who have been asked about."""
        numbers = self.store.space("people") | self.store.space("seen")
        return [
            person for number in numbers if (person := self._find_added(number) or self._find_seen(number))
        ]

    def add(self, *, kind: str, number: str, name: str) -> Person:
        """Take a person in; from then on only this name matches the number."""
        number, name = number.strip().upper(), name.strip()
        if kind not in DOCUMENT_KINDS or not number or not name:
            raise BadSetting("请选择证件类型，并填写证件号码和姓名")
        if kind == "resident_id" and not newcomers.is_valid_resident_id(number):
            raise BadSetting("居民身份证号码的日期或校验码不对")
        if _person_key(number) in _SEED:
            raise BadSetting("内置人员不能修改")
        self.store.put("people", _person_key(number), {"kind": kind, "number": number, "name": name})
        return self._find_added(_person_key(number))  # type: ignore[return-value]

    def behaviour(self, register: str) -> Behaviour:
        """How the register behaves."""
        return Behaviour(**(self.store.get("behaviour", register) or {}))

    def behave(self, register: str, *, mode: str, seconds: float = 0.0) -> None:
        """Change how the register behaves."""
        if register not in REGISTERS or mode not in MODES or not 0 <= seconds <= 600:
            raise BadSetting(f"不认识的设置：{register} {mode} {seconds}")
        self.store.put("behaviour", register, {"mode": mode, "seconds": seconds})

    def arrive(self, register: str) -> None:
        """Count somebody whom a slow register keeps waiting."""
        with self.store.turn():
            self.store.put("arrived", register, int(self.store.get("arrived", register) or 0) + 1)

    def outcome(self, register: str, number: str) -> str:
        """What a background check finds about a person: as set, or as in the seed, or clear."""
        chosen = (self.store.get("outcome", _person_key(number)) or {}).get(register)
        return str(chosen or getattr(_SEED.get(_person_key(number)), register, "clear"))

    def decide(self, register: str, number: str, outcome: str) -> None:
        """Set what a background check finds about a person."""
        if register not in CHECKS or outcome not in OUTCOMES or not number.strip():
            raise BadSetting(f"不认识的设置：{register} {outcome}")
        number = number.strip()
        chosen = self.store.get("outcome", _person_key(number)) or {}
        self.store.put("outcome", _person_key(number), chosen | {register: outcome})

    def number(self, setting: str) -> int:
        """A numeric setting of the console."""
        value = self.store.get("number", setting)
        return DEFAULTS[setting] if value is None else int(value)

    def set_number(self, setting: str, value: Any) -> None:
        """Change a numeric setting."""
        if setting not in DEFAULTS or not isinstance(value, int) or not 0 <= value <= 10**6:
            raise BadSetting(f"不认识的设置：{setting} {value}")
        self.store.put("number", setting, value)

    def _find_added(self, key: str) -> Person | None:
        row = self.store.get("people", key)
        if not row:
            return None
        if row["kind"] == "resident_id":
            return newcomers.build_newcomer(row["number"], row["name"])
        return newcomers.build_traveller(row["kind"], row["number"], row["name"])

    def _find_seen(self, number: str) -> Person | None:
        name = self.store.get("seen", number)
        return newcomers.build_newcomer(number, name) if name else None


def _person_key(number: str) -> str:
    # A pass of Hong Kong or Macao keeps its first nine characters for life; two more count its renewals.
    return number[:9] if number[:1] in {"H", "M"} else number
