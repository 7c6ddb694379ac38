"""Sample people: staff for each role, and the applicants whom the simulated registers know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.accounts import passwords
from domain.sample.places import CAMPUS
from models import db
from models.authorities.places import Authority, Site
from models.base.codes import ROLES
from models.persons.people import Person, Post
from models.persons.states import PersonKind, Verification
from simulator import seed

PASSWORD = "Zige-2026-sample"


@dataclass(frozen=True, kw_only=True)
class SampleStaff:
    """Somebody who works at a place, in one role or several."""

    login: str
    name: str
    roles: tuple[str, ...]
    place: str | None = None


COUNTY = "柯城区教育局"
CITY = "衢州市教育局"
LONGYOU = "龙游县教育局"
JINHUA = "金华市教育局"
ONLINE = "婺城区教育局"

STAFF = (
    SampleStaff(login="wangmin", name="王敏", roles=("site.clerk",), place=CAMPUS),
    SampleStaff(login="limei", name="李梅", roles=("site.clerk",), place="柯城区行政服务中心"),
    SampleStaff(login="zhanyi", name="占毅", roles=("site.supervisor",), place="柯城区行政服务中心"),
    SampleStaff(login="sunhong", name="孙红", roles=("site.clerk",), place="衢州市行政服务中心"),
    SampleStaff(login="yuting", name="余婷", roles=("site.supervisor",), place="衢州市行政服务中心"),
    SampleStaff(login="zhaolei", name="赵磊", roles=("site.supervisor",), place=CAMPUS),
    SampleStaff(login="chenjing", name="陈静", roles=("check.officer",), place=COUNTY),
    SampleStaff(login="hepeng", name="何鹏", roles=("check.officer", "expert.officer"), place=COUNTY),
    SampleStaff(login="linfang", name="林芳", roles=("check.supervisor",), place=COUNTY),
    SampleStaff(login="zhoumin", name="周敏", roles=("authority.first",), place=COUNTY),
    SampleStaff(login="wujian", name="吴健", roles=("authority.second", "authority.first"), place=COUNTY),
    SampleStaff(login="yejuan", name="叶娟", roles=("authority.second",), place=COUNTY),
    SampleStaff(login="zhengguo", name="郑国华", roles=("authority.decide", "expert.chair"), place=COUNTY),
    SampleStaff(login="xulan", name="徐兰", roles=("certificate.clerk",), place=COUNTY),
    SampleStaff(login="gaoyun", name="高云", roles=("authority.plans",), place=COUNTY),
    SampleStaff(login="jianglei", name="姜蕾", roles=("expert",), place=COUNTY),
    SampleStaff(login="fanghua", name="方华", roles=("expert",), place=COUNTY),
    SampleStaff(login="qianwei", name="钱伟", roles=("authority.first", "check.officer"), place=CITY),
    SampleStaff(login="hujie", name="胡杰", roles=("authority.second", "check.supervisor"), place=CITY),
    SampleStaff(login="shenping", name="沈平", roles=("authority.decide", "expert.officer"), place=CITY),
    SampleStaff(login="dongli", name="董莉", roles=("check.officer",), place=CITY),
    SampleStaff(login="cenyan", name="岑岩", roles=("expert", "expert.chair"), place=CITY),
    SampleStaff(login="maoqin", name="毛琴", roles=("certificate.clerk",), place=CITY),
    SampleStaff(login="zhuli", name="朱莉", roles=("site.clerk",), place="婺城区行政服务中心"),
    SampleStaff(login="tangwei", name="汤伟", roles=("site.supervisor",), place="婺城区行政服务中心"),
    SampleStaff(login="panjie", name="潘洁", roles=("authority.first", "check.officer"), place=ONLINE),
    SampleStaff(login="luming", name="卢明", roles=("authority.second", "check.supervisor"), place=ONLINE),
    SampleStaff(login="jinhui", name="金辉", roles=("authority.decide", "expert.officer"), place=ONLINE),
    SampleStaff(login="shiwen", name="施雯", roles=("check.officer",), place=ONLINE),
    SampleStaff(login="beihua", name="贝华", roles=("expert", "expert.chair"), place=ONLINE),
    SampleStaff(login="yulan", name="余岚", roles=("certificate.clerk",), place=ONLINE),
    SampleStaff(login="laoyan", name="劳燕", roles=("site.clerk",), place="龙游县教育局102室"),
    SampleStaff(login="fuqiang", name="傅强", roles=("site.supervisor",), place="龙游县教育局102室"),
    SampleStaff(login="tongxin", name="童欣", roles=("authority.first", "check.officer"), place=LONGYOU),
    SampleStaff(login="qiujun", name="邱军", roles=("authority.second", "check.supervisor"), place=LONGYOU),
    SampleStaff(login="fengyan", name="冯燕", roles=("authority.decide", "check.officer"), place=LONGYOU),
    SampleStaff(login="jiqiang", name="季强", roles=("expert.officer",), place=LONGYOU),
    SampleStaff(login="xiangyi", name="项毅", roles=("expert", "expert.chair"), place=LONGYOU),
    SampleStaff(login="hongmei", name="洪梅", roles=("certificate.clerk",), place=LONGYOU),
    SampleStaff(login="shengjie", name="盛洁", roles=("site.clerk",), place="浙江师范大学研究生院"),
    SampleStaff(login="cairong", name="蔡蓉", roles=("site.supervisor",), place="浙江师范大学研究生院"),
    SampleStaff(login="yinhao", name="尹浩", roles=("authority.first", "check.officer"), place=JINHUA),
    SampleStaff(login="lvping", name="吕萍", roles=("authority.second", "check.supervisor"), place=JINHUA),
    SampleStaff(login="daijun", name="戴军", roles=("authority.decide", "check.officer"), place=JINHUA),
    SampleStaff(login="ruanmin", name="阮敏", roles=("expert.officer",), place=JINHUA),
    SampleStaff(login="chuli", name="褚丽", roles=("expert", "expert.chair"), place=JINHUA),
    SampleStaff(login="guoying", name="郭英", roles=("certificate.clerk",), place=JINHUA),
    SampleStaff(login="caojing", name="曹静", roles=("account.clerk",)),
    SampleStaff(login="designer", name="杜工", roles=("process.designer",)),
    SampleStaff(login="admin", name="系统管理员", roles=("admin",)),
)


def load_people(now: datetime) -> None:
    """Add whoever is missing."""
    known = set(db.session.scalars(select(Person.login)))
    password = passwords.hash_password(PASSWORD)
    places = _place_keys()
    for staff in STAFF:
        if staff.login not in known:
            db.session.add(_build_employee(staff, password, places, now))
    for person in seed.PEOPLE:
        if person.document_number not in known:
            db.session.add(_build_applicant(person, password, now))


def list_sign_ins() -> list[tuple[str, str, str]]:
    """Who can sign in: (role and place, name, login)."""
    staff = [(_describe_posts(one), one.name, one.login) for one in STAFF]
    applicants = [("申请人：" + one.note, one.name, one.document_number) for one in seed.PEOPLE]
    return applicants + staff


def _describe_posts(staff: SampleStaff) -> str:
    roles = "、".join(ROLES[role] for role in staff.roles)
    return f"{roles}（{staff.place}）" if staff.place else roles


def _place_keys() -> dict[str, str]:
    sites = {name: f"site:{key}" for name, key in db.session.execute(select(Site.name, Site.id))}
    authorities = db.session.execute(select(Authority.name, Authority.id))
    return sites | {name: f"authority:{key}" for name, key in authorities}


def _build_employee(staff: SampleStaff, password: str, places: dict[str, str], now: datetime) -> Person:
    place = places[staff.place] if staff.place else None
    return Person(
        kind=PersonKind.STAFF,
        login=staff.login,
        name=staff.name,
        password_hash=password,
        created_at=now,
        posts=[Post(role=role, place=place) for role in staff.roles],
    )


def _build_applicant(person: seed.Person, password: str, now: datetime) -> Person:
    return Person(
        kind=PersonKind.APPLICANT,
        login=person.document_number,
        name=person.name,
        password_hash=password,
        mobile=person.mobile,
        email=person.email,
        document_kind=person.document_kind,
        document_number=person.document_number,
        sex=person.sex,
        birth_date=person.birth_date,
        ethnicity=person.ethnicity,
        local_id_number=person.local_id_number or None,
        pass_number=person.pass_number or None,
        verification=Verification.VERIFIED,
        verified_at=now,
        created_at=now,
    )
