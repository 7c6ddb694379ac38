"""The people whom the registers know from the start: all invented, every check digit valid.

The sample world of the main application reads the same values, so both sides agree about everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class ExamCertificate:
    """An exam certificate (合格证明) in the examination authority's register."""

    number: str
    kind: str  # primary, junior, …
    subject: str
    issued_on: date
    valid_until: date
    used: bool = False


@dataclass(frozen=True, kw_only=True)
class NormalStudentCertificate:
    """A normal student's certificate of teaching ability (师范生教师职业能力证书)."""

    number: str
    school: str
    kind: str
    subject: str
    issued_on: date
    valid_until: date
    used: bool = False


@dataclass(frozen=True, kw_only=True)
class PutonghuaCertificate:
    """A Putonghua certificate in the national test register."""

    number: str
    level: str  # 1A … 3B
    score: float
    tested_on: date
    issuer: str


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """An enrolment (学籍) in the register of students."""

    school: str
    major: str
    level: str  # GB/T 4658
    study_form: str
    status: str
    entered_on: date
    expected_graduation: date
    years: int = 4


@dataclass(frozen=True, kw_only=True)
class Diploma:
    """A diploma (学历证书) in the register of schooling."""

    number: str
    school: str
    major: str
    level: str
    study_form: str
    entered_on: date
    graduated_on: date
    conclusion: str = "毕业"


@dataclass(frozen=True, kw_only=True)
class Degree:
    """A degree (学位证书) in the register of degrees."""

    number: str
    name: str
    school: str
    awarded_on: date


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """An entry of the list of people who may not apply; `until` is None for life."""

    type: str  # lost | revoked_conduct | revoked_fraud | exam_cheating
    reason: str
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class TeacherCertificate:
    """A teacher certificate that was granted earlier."""

    number: str
    kind: str
    subject: str
    authority: str
    granted_on: date
    state: str = "valid"  # valid | revoked | lost


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody the registers know, with everything that they know."""

    name: str
    document_number: str
    document_kind: str = "resident_id"
    sex: str = "female"
    birth_date: date
    ethnicity: str = "01"
    mobile: str = ""
    email: str = ""
    local_id_number: str = ""
    pass_number: str = ""
    exam_certificates: tuple[ExamCertificate, ...] = ()
    normal_student_certificates: tuple[NormalStudentCertificate, ...] = ()
    putonghua: tuple[PutonghuaCertificate, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    diplomas: tuple[Diploma, ...] = ()
    degrees: tuple[Degree, ...] = ()
    offence: str = "clear"  # clear | hit | pending
    criminal_record: str = "clear"
    restrictions: tuple[Restriction, ...] = ()
    teacher_certificates: tuple[TeacherCertificate, ...] = ()
    note: str = ""


_TESTERS = "浙江省语言文字工作者培训测试中心"


def _build_exam(number: str, kind: str, subject: str, *, used: bool = False) -> ExamCertificate:
    return ExamCertificate(
        number=number,
        kind=kind,
        subject=subject,
        issued_on=date(2025, 12, 16),
        valid_until=date(2028, 12, 31),
        used=used,
    )


def _build_putonghua(number: str, level: str, score: float, tested_on: date) -> PutonghuaCertificate:
    return PutonghuaCertificate(number=number, level=level, score=score, tested_on=tested_on, issuer=_TESTERS)


def _build_enrolment(school: str, major: str, level: str = "21", *, entered: int = 2023) -> Enrolment:
    years = 3 if level == "31" else 4
    return Enrolment(
        school=school,
        major=major,
        level=level,
        study_form="full_time",
        status="注册学籍",
        entered_on=date(entered, 9, 1),
        expected_graduation=date(entered + years, 6, 20),
        years=years,
    )


def _build_diploma(number: str, school: str, major: str, year: int, level: str = "21") -> Diploma:
    return Diploma(
        number=number,
        school=school,
        major=major,
        level=level,
        study_form="full_time",
        entered_on=date(year - (3 if level == "31" else 4), 9, 1),
        graduated_on=date(year, 6, 20),
    )


def _build_degree(number: str, name: str, school: str, year: int) -> Degree:
    return Degree(number=number, name=name, school=school, awarded_on=date(year, 6, 20))


PEOPLE: tuple[Person, ...] = (
    Person(
        name="郑雨桐",
        document_number="330802200403120023",
        birth_date=date(2004, 3, 12),
        mobile="13805700126",
        email="zhengyutong@mail.example",
        exam_certificates=(_build_exam("20251122330201845", "junior", "数学"),),
        putonghua=(_build_putonghua("3324012006671", "2A", 89.4, date(2024, 11, 9)),),
        enrolments=(_build_enrolment("衢州学院", "数学与应用数学（师范）"),),
        note="国考途径，初中数学，在校生，一切顺利",
    ),
    Person(
        name="陈子昂",
        document_number="330802200308153417",
        sex="male",
        birth_date=date(2003, 8, 15),
        mobile="13805700218",
        email="chenziang@mail.example",
        exam_certificates=(_build_exam("20251122330203316", "senior", "语文"),),
        putonghua=(_build_putonghua("3323015004127", "2B", 84.1, date(2023, 11, 18)),),
        diplomas=(_build_diploma("103451202505002317", "浙江师范大学", "汉语言文学", 2025),),
        degrees=(_build_degree("1034542025002317", "文学学士", "浙江师范大学", 2025),),
        note="国考途径，高中语文，普通话只有二级乙等，等级不够",
    ),
    Person(
        name="徐佳宁",
        document_number="330803200211092626",
        birth_date=date(2002, 11, 9),
        mobile="13805700335",
        email="xujianing@mail.example",
        exam_certificates=(_build_exam("20251122330100472", "primary", "数学"),),
        putonghua=(_build_putonghua("3323009001583", "2A", 90.2, date(2023, 5, 20)),),
        diplomas=(_build_diploma("103461202405001129", "杭州师范大学", "小学教育", 2024),),
        degrees=(_build_degree("1034642024001129", "教育学学士", "杭州师范大学", 2024),),
        note="国考途径，小学数学，已毕业",
    ),
    Person(
        name="毛思琪",
        document_number="330881200407280046",
        birth_date=date(2004, 7, 28),
        mobile="13805700441",
        email="maosiqi@mail.example",
        exam_certificates=(_build_exam("20251122330000815", "kindergarten", "幼儿园"),),
        putonghua=(_build_putonghua("3324012009038", "3A", 76.5, date(2024, 11, 9)),),
        enrolments=(_build_enrolment("衢州学院", "学前教育", "31", entered=2024),),
        note="国考途径，幼儿园，普通话三级甲等，等级不够",
    ),
    Person(
        name="吴俊杰",
        document_number="330825200105193114",
        sex="male",
        birth_date=date(2001, 5, 19),
        mobile="13805700552",
        email="wujunjie@mail.example",
        exam_certificates=(
            ExamCertificate(
                number="20221029330202960",
                kind="junior",
                subject="物理",
                issued_on=date(2022, 12, 20),
                valid_until=date(2025, 12, 31),
            ),
        ),
        putonghua=(_build_putonghua("3322012003390", "2A", 87.6, date(2022, 11, 12)),),
        diplomas=(_build_diploma("103501202305000764", "台州学院", "物理学", 2023),),
        note="考试合格证明已过有效期",
    ),
    Person(
        name="方晓雯",
        document_number="330802199910234687",
        birth_date=date(1999, 10, 23),
        mobile="13805700667",
        email="fangxiaowen@mail.example",
        normal_student_certificates=(
            NormalStudentCertificate(
                number="SF2026103450318",
                school="浙江师范大学",
                kind="junior",
                subject="语文",
                issued_on=date(2026, 6, 10),
                valid_until=date(2029, 6, 9),
            ),
        ),
        putonghua=(_build_putonghua("3323015006602", "1B", 93.1, date(2023, 4, 15)),),
        diplomas=(_build_diploma("103451202605003340", "浙江师范大学", "汉语言文学（师范）", 2026),),
        degrees=(_build_degree("1034542026003340", "文学学士", "浙江师范大学", 2026),),
        note="免试认定改革人员，持师范生教师职业能力证书",
    ),
    Person(
        name="黄一诺",
        document_number="330702200302172830",
        sex="male",
        birth_date=date(2003, 2, 17),
        mobile="13805790718",
        email="huangyinuo@mail.example",
        exam_certificates=(_build_exam("20251122330202204", "junior", "英语"),),
        putonghua=(_build_putonghua("3325007002216", "2A", 88.0, date(2025, 4, 19)),),
        enrolments=(
            _build_enrolment("浙江师范大学", "英语（师范）"),
            _build_enrolment("绍兴文理学院", "翻译"),
        ),
        note="有两条学籍，需要选择",
    ),
    Person(
        name="沈念",
        document_number="330106199806043327",
        birth_date=date(1998, 6, 4),
        mobile="13805710825",
        email="shennian@mail.example",
        note="除身份外各库都没有数据",
    ),
    Person(
        name="李嘉欣",
        document_kind="hkm_pass",
        document_number="H01234567",
        birth_date=date(2001, 9, 30),
        ethnicity="97",
        local_id_number="Z683365(5)",
        mobile="13805710931",
        email="leekayan@mail.example",
        exam_certificates=(_build_exam("20251122330202577", "junior", "英语"),),
        putonghua=(_build_putonghua("3324001007751", "2A", 87.3, date(2024, 6, 15)),),
        enrolments=(_build_enrolment("浙江师范大学", "英语（师范）"),),
        note="港澳居民来往内地通行证",
    ),
    Person(
        name="林雅婷",
        document_kind="tw_pass",
        document_number="01234567",
        birth_date=date(2000, 1, 18),
        ethnicity="97",
        local_id_number="A223456781",
        mobile="13805711042",
        email="linyating@mail.example",
        exam_certificates=(_build_exam("20251122330203998", "senior", "数学"),),
        putonghua=(_build_putonghua("3324001008846", "2A", 91.5, date(2024, 6, 15)),),
        diplomas=(_build_diploma("103511202405000853", "温州大学", "数学与应用数学", 2024),),
        note="五年有效期台湾居民来往大陆通行证",
    ),
    Person(
        name="周启明",
        document_number="330824200009122053",
        sex="male",
        birth_date=date(2000, 9, 12),
        mobile="13805701153",
        email="zhouqiming@mail.example",
        exam_certificates=(_build_exam("20251122330201172", "junior", "体育与健康"),),
        putonghua=(_build_putonghua("3323012002264", "2B", 82.7, date(2023, 11, 18)),),
        diplomas=(_build_diploma("114881202305000918", "衢州学院", "体育教育", 2023),),
        offence="hit",
        note="教职员工准入查询有记录",
    ),
    Person(
        name="邵文博",
        document_number="330782199703314517",
        sex="male",
        birth_date=date(1997, 3, 31),
        mobile="13805791264",
        email="shaowenbo@mail.example",
        exam_certificates=(_build_exam("20251122330203651", "senior", "物理"),),
        putonghua=(_build_putonghua("3321007001475", "2A", 87.8, date(2021, 11, 13)),),
        diplomas=(_build_diploma("103451201905004126", "浙江师范大学", "物理学", 2019),),
        degrees=(_build_degree("1034542019004126", "理学学士", "浙江师范大学", 2019),),
        criminal_record="pending",
        note="无犯罪记录查询迟迟没有答复",
    ),
    Person(
        name="何静",
        document_number="330702200107115240",
        birth_date=date(2001, 7, 11),
        mobile="13805791375",
        email="hejing@mail.example",
        exam_certificates=(_build_exam("20251122330100926", "primary", "英语"),),
        putonghua=(_build_putonghua("3323007005519", "2A", 88.9, date(2023, 5, 20)),),
        diplomas=(_build_diploma("103471202305001460", "湖州师范学院", "英语", 2023),),
        restrictions=(
            Restriction(
                type="exam_cheating",
                reason="参加教师资格考试有作弊行为",
                since=date(2025, 11, 20),
                until=date(2028, 11, 19),
            ),
        ),
        note="在教师资格限制库中",
    ),
    Person(
        name="叶青",
        document_number="330802199608181377",
        sex="male",
        birth_date=date(1996, 8, 18),
        mobile="13805701486",
        email="yeqing@mail.example",
        exam_certificates=(_build_exam("20251122330201390", "junior", "数学"),),
        putonghua=(_build_putonghua("3318012000745", "2A", 90.8, date(2018, 11, 17)),),
        diplomas=(_build_diploma("114881201805000573", "衢州学院", "数学与应用数学", 2018),),
        teacher_certificates=(
            TeacherCertificate(
                number="20183390131000218",
                kind="junior",
                subject="数学",
                authority="柯城区教育局",
                granted_on=date(2018, 12, 3),
            ),
        ),
        note="已持有初中数学教师资格证书",
    ),
    Person(
        name="邓凯",
        document_number="330881200212051630",
        sex="male",
        birth_date=date(2002, 12, 5),
        mobile="13805701597",
        email="dengkai@mail.example",
        exam_certificates=(_build_exam("20251122330202713", "junior", "科学", used=True),),
        putonghua=(_build_putonghua("3324012003105", "2B", 83.5, date(2024, 5, 18)),),
        diplomas=(_build_diploma("103521202505001287", "丽水学院", "科学教育", 2025),),
        note="考试合格证明已使用过",
    ),
    Person(
        name="何婉仪",
        document_kind="residence_permit",
        document_number="810000199907150026",
        birth_date=date(1999, 7, 15),
        ethnicity="01",
        local_id_number="Y417208(3)",
        pass_number="H87654321",
        mobile="13805701608",
        email="howanyi@mail.example",
        exam_certificates=(_build_exam("20251122330203480", "senior", "历史"),),
        putonghua=(_build_putonghua("3324001009923", "2A", 88.2, date(2024, 6, 15)),),
        diplomas=(_build_diploma("103451202405005217", "浙江师范大学", "历史学", 2024),),
        note="港澳台居民居住证",
    ),
    Person(
        name="龚𬭎",
        document_number="330822199902032714",
        sex="male",
        birth_date=date(1999, 2, 3),
        mobile="13805701719",
        email="gonghong@mail.example",
        exam_certificates=(_build_exam("20251122330203127", "senior", "数学"),),
        putonghua=(_build_putonghua("3321012001846", "2A", 89.0, date(2021, 11, 13)),),
        diplomas=(_build_diploma("103491202105002054", "绍兴文理学院", "数学与应用数学", 2021),),
        note="姓名含生僻字",
    ),
    Person(
        name="古丽娜·买买提",
        document_number="330822200006064289",
        ethnicity="05",
        birth_date=date(2000, 6, 6),
        mobile="13805701820",
        email="gulina@mail.example",
        exam_certificates=(_build_exam("20251122330100238", "primary", "音乐"),),
        putonghua=(_build_putonghua("3322012005570", "2A", 88.4, date(2022, 5, 14)),),
        diplomas=(_build_diploma("103501202205001733", "台州学院", "音乐学", 2022),),
        note="姓名含间隔号",
    ),
)
