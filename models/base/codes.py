"""Code lists with their Chinese labels: national standards where there is one, ours otherwise."""

from __future__ import annotations

from translations import lazy_gettext

# 资格种类, 条例 art. 4; the digit is its place in the certificate number.
KINDS = {
    "kindergarten": lazy_gettext("幼儿园教师资格"),
    "primary": lazy_gettext("小学教师资格"),
    "junior": lazy_gettext("初级中学教师资格"),
    "senior": lazy_gettext("高级中学教师资格"),
    "vocational": lazy_gettext("中等职业学校教师资格"),
    "vocational_practice": lazy_gettext("中等职业学校实习指导教师资格"),
    "higher": lazy_gettext("高等学校教师资格"),
}
# The same without the words that all kinds end in, where a table names nothing else.
SHORT_KINDS = {
    "kindergarten": lazy_gettext("幼儿园"),
    "primary": lazy_gettext("小学"),
    "junior": lazy_gettext("初级中学"),
    "senior": lazy_gettext("高级中学"),
    "vocational": lazy_gettext("中等职业学校"),
    "vocational_practice": lazy_gettext("中等职业学校实习指导"),
    "higher": lazy_gettext("高等学校"),
}
KIND_DIGITS = {kind: digit for digit, kind in enumerate(KINDS, start=1)}

EXAM_ROUTES = {
    "national_exam": lazy_gettext("国家统一考试"),
    "other": lazy_gettext("非国家统一考试（含免考）"),
    "normal_student": lazy_gettext("免试认定改革人员"),
}

DOCUMENT_KINDS = {
    "resident_id": lazy_gettext("居民身份证"),
    "residence_permit": lazy_gettext("港澳台居民居住证"),
    "hkm_pass": lazy_gettext("港澳居民来往内地通行证"),
    "tw_pass": lazy_gettext("五年有效期台湾居民来往大陆通行证"),
}

SEXES = {"male": lazy_gettext("男"), "female": lazy_gettext("女")}
SEX_DIGITS = {"male": 1, "female": 2}  # certificates since 2009

PUTONGHUA_LEVELS = {
    "1A": lazy_gettext("一级甲等"),
    "1B": lazy_gettext("一级乙等"),
    "2A": lazy_gettext("二级甲等"),
    "2B": lazy_gettext("二级乙等"),
    "3A": lazy_gettext("三级甲等"),
    "3B": lazy_gettext("三级乙等"),
}

# GB/T 4762
POLITICAL_STATUSES = {
    "01": lazy_gettext("中共党员"),
    "02": lazy_gettext("中共预备党员"),
    "03": lazy_gettext("共青团员"),
    "04": lazy_gettext("民革会员"),
    "05": lazy_gettext("民盟盟员"),
    "06": lazy_gettext("民建会员"),
    "07": lazy_gettext("民进会员"),
    "08": lazy_gettext("农工党党员"),
    "09": lazy_gettext("致公党党员"),
    "10": lazy_gettext("九三学社社员"),
    "11": lazy_gettext("台盟盟员"),
    "12": lazy_gettext("无党派民主人士"),
    "13": lazy_gettext("群众"),
}

# GB/T 4658, the levels that end in 毕业
EDUCATION_LEVELS = {
    "11": lazy_gettext("博士研究生毕业"),
    "14": lazy_gettext("硕士研究生毕业"),
    "17": lazy_gettext("研究生班毕业"),
    "21": lazy_gettext("大学本科毕业"),
    "28": lazy_gettext("大学普通班毕业"),
    "31": lazy_gettext("大学专科毕业"),
    "41": lazy_gettext("中等专科毕业"),
    "44": lazy_gettext("职业高中毕业"),
    "47": lazy_gettext("技工学校毕业"),
}

# The same of studies that are not finished.
STUDY_LEVELS = {
    "11": lazy_gettext("博士研究生"),
    "14": lazy_gettext("硕士研究生"),
    "17": lazy_gettext("研究生班"),
    "21": lazy_gettext("大学本科"),
    "28": lazy_gettext("大学普通班"),
    "31": lazy_gettext("大学专科"),
    "41": lazy_gettext("中等专科"),
    "44": lazy_gettext("职业高中"),
    "47": lazy_gettext("技工学校"),
}

# 国家职业技能等级; 4 and better is the 中级 that 教师法 art. 11 asks of those who teach practice.
SKILL_LEVELS = {
    "5": lazy_gettext("五级（初级工）"),
    "4": lazy_gettext("四级（中级工）"),
    "3": lazy_gettext("三级（高级工）"),
    "2": lazy_gettext("二级（技师）"),
    "1": lazy_gettext("一级（高级技师）"),
}

# What 教师法 art. 11 tells apart, the lowest first; rules ask for one of these.
EDUCATION = {
    "secondary": lazy_gettext("中等职业学校"),
    "secondary_normal": lazy_gettext("幼儿师范学校、中等师范学校"),
    "college": lazy_gettext("大学专科"),
    "bachelor": lazy_gettext("大学本科"),
    "master": lazy_gettext("硕士研究生"),
    "doctor": lazy_gettext("博士研究生"),
}
# Schools for teachers were 中等专科; 大学普通班 counts as 专科 and 研究生班 as 本科, as offices treat them.
EDUCATION_OF_LEVEL = {
    "11": "doctor",
    "14": "master",
    "17": "bachelor",
    "21": "bachelor",
    "28": "college",
    "31": "college",
    "41": "secondary_normal",
    "44": "secondary",
    "47": "secondary",
}

STUDY_FORMS = {
    "full_time": lazy_gettext("普通全日制"),
    "adult": lazy_gettext("成人教育"),
    "self_taught": lazy_gettext("自学考试"),
    "network": lazy_gettext("网络教育"),
    "open": lazy_gettext("开放教育"),
}

MAJOR_CATEGORIES = {"normal": lazy_gettext("师范教育类"), "other": lazy_gettext("非师范教育类")}

OCCUPATIONS = {
    "student": lazy_gettext("学生"),
    "teacher": lazy_gettext("在职教师"),
    "civil_servant": lazy_gettext("公务员"),
    "company": lazy_gettext("企业人员"),
    "other": lazy_gettext("其他"),
    "none": lazy_gettext("无"),
}

PROFESSIONAL_TITLES = {
    "none": lazy_gettext("无"),
    "assistant": lazy_gettext("助理级"),
    "intermediate": lazy_gettext("中级"),
    "associate_professor": lazy_gettext("副高级（副教授等）"),
    "professor": lazy_gettext("正高级（教授等）"),
}

DELIVERIES = {"pickup": lazy_gettext("自取"), "post": lazy_gettext("邮寄")}

BASES = {
    "household": lazy_gettext("户籍所在地"),
    "residence": lazy_gettext("居住地（有效居住证）"),
    "school": lazy_gettext("就读学校所在地"),
    "military": lazy_gettext("部队驻地"),
    "hkmt": lazy_gettext("港澳台居民考试地"),
}

REGISTERS = {
    "offence": lazy_gettext("教职员工准入查询"),
    "criminal_record": lazy_gettext("无犯罪记录"),
    "restriction": lazy_gettext("教师资格限制库"),
    "certificate_history": lazy_gettext("教师资格证书库"),
}

# Who writes to applicants for an office, by its sort; an answer is the work of all of them at that office.
WRITERS = {
    "site": ("site.clerk", "site.supervisor"),
    "authority": ("authority.first", "authority.second", "authority.decide"),
}
# Roles that no post is called by: several posts hold them together, each at its own place.
SHARED_ROLES = {"sender": tuple(role for roles in WRITERS.values() for role in roles)}
# Whose tasks a superior sees and hands over when they wait for one person by name, who may be away.
SUPERVISED = {
    "site.supervisor": ("site.clerk",),
    "check.supervisor": ("check.officer",),
    "expert.officer": ("expert",),
    "expert.chair": ("expert",),
    "authority.decide": ("authority.first", "authority.second"),
}

# Roles: what their holders are called, and the sort of place at which they work on a case, if they do.
_ROLES = {
    "applicant": (lazy_gettext("申请人"), ""),
    "sender": (lazy_gettext("留言发送人"), ""),
    "site.clerk": (lazy_gettext("确认点经办"), "site"),
    "site.supervisor": (lazy_gettext("确认点主管"), "site"),
    "check.officer": (lazy_gettext("核查人员"), "authority"),
    "check.supervisor": (lazy_gettext("核查主管"), "authority"),
    "expert.officer": (lazy_gettext("专家评审秘书"), "authority"),
    "expert": (lazy_gettext("评审专家"), "authority"),
    "expert.chair": (lazy_gettext("专家组长"), "authority"),
    "authority.first": (lazy_gettext("初审"), "authority"),
    "authority.second": (lazy_gettext("复审"), "authority"),
    "authority.decide": (lazy_gettext("认定结论"), "authority"),
    "authority.plans": (lazy_gettext("计划管理"), "authority"),
    "certificate.clerk": (lazy_gettext("证书岗"), "authority"),
    "account.clerk": (lazy_gettext("账号岗"), ""),
    "process.designer": (lazy_gettext("流程设计"), ""),
    "admin": (lazy_gettext("系统管理"), ""),
}
ROLES = {role: label for role, (label, _) in _ROLES.items()}
ROLE_PLACES = {role: place for role, (_, place) in _ROLES.items()}

ETHNICITIES = dict(
    zip(
        [f"{number:02}" for number in range(1, 57)],
        (
            "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 "
            "哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 "
            "达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 "
            "俄罗斯族 鄂温克族 德昂族 保安族 裕固族 京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族"
        ).split(),
        strict=True,
    )
) | {"97": lazy_gettext("其他")}  # GB/T 3304

# Subjects by kind of qualification; secondary and vocational schools share most of theirs. They are kept and
# compared by their names, as registers and decision tables have them: data, not sentences.
_EVERYWHERE = "语文 数学 英语".split()
_ARTS = "音乐 美术".split()
_SCIENCES = "物理 化学 生物 历史 地理".split()
_MORE = "信息技术 心理健康教育".split()
_LANGUAGES = "日语 俄语".split()
_TRADES = "农林牧渔 装备制造 土木建筑 电子与信息 医药卫生 财经商贸 旅游 文化艺术".split()
SUBJECTS = {
    "kindergarten": ("幼儿园",),
    "primary": (
        *_EVERYWHERE,
        "道德与法治",
        "科学",
        *_ARTS,
        "体育",
        *_MORE,
        "小学全科",
        "特殊教育",
    ),
    "junior": (
        *_EVERYWHERE,
        *_SCIENCES,
        "道德与法治",
        *_ARTS,
        "体育与健康",
        *_MORE,
        "历史与社会",
        "科学",
        *_LANGUAGES,
        "特殊教育",
    ),
    "senior": (
        *_EVERYWHERE,
        *_SCIENCES,
        "思想政治",
        *_ARTS,
        "体育与健康",
        *_MORE,
        "通用技术",
        *_LANGUAGES,
        "特殊教育",
    ),
    "vocational": (
        *_EVERYWHERE,
        "思想政治",
        "历史",
        "体育与健康",
        "信息技术",
        *_TRADES,
        "教育与体育",
        "公共管理与服务",
    ),
    "vocational_practice": tuple(_TRADES),
    "higher": tuple("哲学 经济学 法学 教育学 文学 历史学 理学 工学 农学 医学 管理学 艺术学".split()),
}
