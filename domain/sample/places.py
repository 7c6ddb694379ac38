"""Sample authorities, sites and plans: real names of places, invented telephone numbers and codes.

The last three digits of `certificate_code` are assigned by the province; these are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from models import db
from models.authorities.places import Authority, AuthorityKind, Site
from models.authorities.plans import Plan, PlanMaterial, PlanSite
from models.authorities.states import PlanMode, RegionLevel
from workflows.working_days import LOCAL

COUNTY = ("kindergarten", "primary", "junior")
CITY = ("senior", "vocational", "vocational_practice")


@dataclass(frozen=True, kw_only=True)
class SampleAuthority:
    """An authority, the sites of its open plan with their scopes, and how its plan stands."""

    name: str
    level: str
    region: str
    code: str
    phone: str
    address: str
    kinds: tuple[str, ...]
    sites: tuple[tuple[str, str], ...] = ()
    plan: str = "open"  # open | later | none
    mode: str = "on_site"  # on_site | online


CAMPUS = "衢州学院行政楼108"
SITES = {
    CAMPUS: ("衢州市柯城区九华北大道78号衢州学院行政楼108室", "0570-8015 000"),
    "柯城区行政服务中心": ("衢州市柯城区花园东大道169号2楼教育窗口", "0570-3020 110"),
    "衢州市行政服务中心": ("衢州市柯城区花园东大道169号1楼教育窗口", "0570-3081 118"),
    "龙游县教育局102室": ("龙游县东华街道文化东路66号", "0570-7011 102"),
    "婺城区行政服务中心": ("金华市婺城区宾虹西路2666号", "0579-8230 4110"),
    "浙江师范大学研究生院": ("金华市婺城区迎宾大道688号", "0579-8228 2170"),
}

AUTHORITIES = (
    SampleAuthority(
        name="柯城区教育局",
        level=RegionLevel.COUNTY,
        region="330802",
        code="33901",
        phone="0570-3020 567",
        address="衢州市柯城区荷花西路99号",
        kinds=COUNTY,
        sites=(
            (CAMPUS, "衢州学院在校学生"),
            ("柯城区行政服务中心", "柯城区户籍、持柯城区居住证人员和驻柯部队现役军人"),
        ),
    ),
    SampleAuthority(
        name="衢州市教育局",
        level=RegionLevel.CITY,
        region="330800",
        code="33900",
        phone="0570-3081 215",
        address="衢州市柯城区三江西路15号",
        kinds=CITY,
        sites=((CAMPUS, "衢州学院在校学生"), ("衢州市行政服务中心", "衢州市户籍和持衢州市居住证人员")),
    ),
    SampleAuthority(
        name="龙游县教育局",
        level=RegionLevel.COUNTY,
        region="330825",
        code="33904",
        phone="0570-7011 315",
        address="龙游县东华街道文化东路66号",
        kinds=COUNTY,
        sites=(("龙游县教育局102室", "龙游县户籍和持龙游县居住证人员"),),
        plan="later",
    ),
    SampleAuthority(
        name="衢江区教育局",
        level=RegionLevel.COUNTY,
        region="330803",
        code="33902",
        phone="0570-8766 210",
        address="衢州市衢江区信安大道166号",
        kinds=COUNTY,
    ),
    SampleAuthority(
        name="江山市教育局",
        level=RegionLevel.COUNTY,
        region="330881",
        code="33903",
        phone="0570-4033 128",
        address="江山市鹿溪北路228号",
        kinds=COUNTY,
        plan="none",
    ),
    SampleAuthority(
        name="金华市教育局",
        level=RegionLevel.CITY,
        region="330700",
        code="33910",
        phone="0579-8247 8110",
        address="金华市婺城区双龙南街801号",
        kinds=CITY,
        sites=(("浙江师范大学研究生院", "浙江师范大学在校学生"),),
    ),
    SampleAuthority(
        name="婺城区教育局",
        level=RegionLevel.COUNTY,
        region="330702",
        code="33911",
        phone="0579-8230 4235",
        address="金华市婺城区宾虹西路2666号",
        kinds=COUNTY,
        sites=(
            (
                "婺城区行政服务中心",
                "婺城区、金华经济开发区户籍和持居住证人员，浙江师范大学在校学生",
            ),
        ),
        mode=PlanMode.ONLINE,
    ),
)

MATERIALS = (
    ("identity", "身份证件", "居民身份证原件"),
    ("residence", "户口簿、居住证或学生证", "原件，能证明您可以在本地申请"),
    ("photo", "证件照", "近期 1 寸白底照片 1 张，与网上上传的为同一底版"),
    ("diploma", "学历证书或学籍证明", "系统已核验的不用提交；未核验的带原件"),
    ("putonghua", "普通话水平测试等级证书", "系统已核验的不用提交；未核验的带原件"),
    ("exam", "考试合格证明或师范生教师职业能力证书", "系统已核验的不用提交"),
    ("medical", "体检合格证明", "指定医院出具，本次认定有效"),
    ("undertaking", "个人承诺书", "网上已签名的不用提交"),
)

# What is uploaded under full online handling: key, name, hint, required, of whom it is asked.
UPLOADS = (
    ("identity", "身份证件", "居民身份证正反面", True, ""),
    ("residence", "户口簿或居住证", "能证明您可以在本地申请", True, ""),
    ("student", "教育部学籍在线验证报告", "学信网下载的 PDF", True, "at_school"),
    ("diploma", "学历证书", "原件扫描", True, "graduated"),
    ("putonghua", "普通话水平测试等级证书", "原件扫描；系统已核验的可以不传", False, ""),
    ("medical", "体检合格证明", "指定医院出具，本次认定有效", True, ""),
)

NOTES = """请在确认时间内携带材料原件到所选确认点，由本人办理，不能代办。

工作日 8:30–11:30、13:30–17:00 受理。证件照须与网上上传的照片为同一底版。

逾期未到场的，本次报名作废，考试合格证明可在下一批次继续使用。"""
ONLINE_NOTES = """本机构全程网办：报名后在业务平台上传材料，由工作人员在网上审核，不用到场。

可以拍照，也可以选 PDF。照片由系统转正、压缩，合成一份 PDF；须清晰、完整。

请在截止时间前上传并提交；逾期未提交的，本次报名作废，考试合格证明可在下一批次继续使用。"""


def load_places(now: datetime) -> None:
    """Add what is missing, and an open plan where the last one has run out."""
    sites = {name: _find_or_add_site(name) for name in SITES}
    for sample in AUTHORITIES:
        authority = _find_or_add_authority(sample)
        if sample.plan != "none" and not _has_plan(authority, now):
            _add_plan(authority, sample, sites, now)


def _find_or_add_site(name: str) -> Site:
    found = db.session.scalar(select(Site).where(Site.name == name))
    if found is None:
        address, phone = SITES[name]
        found = Site(name=name, address=address, phone=phone)
        db.session.add(found)
        db.session.flush()
    return found


def _find_or_add_authority(sample: SampleAuthority) -> Authority:
    found = db.session.scalar(select(Authority).where(Authority.name == sample.name))
    if found is None:
        found = Authority(
            name=sample.name,
            level=sample.level,
            region_code=sample.region,
            certificate_code=sample.code,
            phone=sample.phone,
            address=sample.address,
            hours="工作日 8:30–12:00、14:00–17:30",
            kinds=[AuthorityKind(kind=kind) for kind in sample.kinds],
        )
        db.session.add(found)
        db.session.flush()
    return found


def _has_plan(authority: Authority, now: datetime) -> bool:
    plans = select(Plan.id).where(Plan.authority_id == authority.id, Plan.confirm_until > now)
    return db.session.scalar(plans) is not None


def _add_plan(authority: Authority, sample: SampleAuthority, sites: dict[str, Site], now: datetime) -> None:
    first = now.astimezone(LOCAL).date() + timedelta(days=20 if sample.plan == "later" else -7)

    def at(days: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(first + timedelta(days=days), time(hour, minute), LOCAL)

    half = "上半年" if first.month < 7 else "下半年"
    plan = Plan(
        authority_id=authority.id,
        batch=f"{first.year}年{half}",
        apply_from=at(0, 8, 30),
        apply_until=at(45, 17),
        confirm_from=at(1, 8, 30),
        confirm_until=at(60, 17),
        kinds=list(sample.kinds),
        exam_routes=["national_exam", "normal_student", "other"],
        deliveries=["pickup", "post"],
        graduation_date=datetime(first.year + (first.month > 7), 6, 20, tzinfo=LOCAL).date(),
        mode=sample.mode,
        notes=ONLINE_NOTES if sample.mode == PlanMode.ONLINE else NOTES,
    )
    plan.sites = [PlanSite(site_id=sites[name].id, scope=scope) for name, scope in sample.sites]
    plan.materials = _upload_materials() if sample.mode == PlanMode.ONLINE else _original_materials()
    db.session.add(plan)


def _original_materials() -> list[PlanMaterial]:
    return [
        PlanMaterial(position=position, key=key, name=name, hint=hint)
        for position, (key, name, hint) in enumerate(MATERIALS, start=1)
    ]


def _upload_materials() -> list[PlanMaterial]:
    return [
        PlanMaterial(
            position=position, key=key, name=name, hint=hint, required=required, applies_to=applies_to
        )
        for position, (key, name, hint, required, applies_to) in enumerate(UPLOADS, start=1)
    ]
