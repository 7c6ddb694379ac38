"""The questions that a new site begins with; from then on staff keep them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models import db
from models.authorities.guidance import Question
from models.authorities.states import QuestionState
from translations import lazy_gettext, source_of

Row = tuple[str, ...]  # topic, question, paragraphs of the answer


def load_first_questions(now: datetime) -> None:
    """Add them to a site that has none; they are kept by their Chinese."""
    if db.session.scalar(select(Question.id).limit(1)) is not None:
        return
    for position, (topic, text, *answer) in enumerate(QUESTIONS, start=1):
        db.session.add(
            Question(
                position=position,
                topic=source_of(topic),
                text=source_of(text),
                answer="\n\n".join(source_of(paragraph) for paragraph in answer),
                state=QuestionState.PUBLISHED,
                changed_at=now,
            )
        )


ACCOUNT, PROFILE, APPLYING, AFTERWARDS, CERTIFICATE = (
    lazy_gettext("账号"),
    lazy_gettext("个人信息"),
    lazy_gettext("报名"),
    lazy_gettext("确认和认定"),
    lazy_gettext("证书"),
)

QUESTIONS: tuple[Row, ...] = (
    (
        ACCOUNT,
        lazy_gettext("中小学教师资格考试网的账号能在这里登录吗？"),
        lazy_gettext("不能。两个网站的账号互不相通，请在本平台用本人的证件号码重新注册。"),
    ),
    (
        ACCOUNT,
        lazy_gettext("忘记密码怎么办？"),
        lazy_gettext(
            "在登录页选择“忘记密码”，填写证件类型、证件号码和姓名，三项与注册时一致，系统会向注册手机号发送验证码。"
        ),
    ),
    (
        ACCOUNT,
        lazy_gettext("手机号换了怎么办？"),
        lazy_gettext("还能登录的，在个人信息中心的“个人身份信息”中用新手机号接收验证码后更换。"),
        lazy_gettext("不能登录、原手机号也收不到验证码的，请带身份证件到拟申请的认定机构咨询。"),
    ),
    (
        PROFILE,
        lazy_gettext("实名核验没有通过怎么办？"),
        lazy_gettext("先核对姓名与证件上的是否完全一致，包括生僻字和姓名中的点。"),
        lazy_gettext("核验库暂时无法连接时，可以稍后在“个人身份信息”中重新核验，每天最多 3 次。"),
        lazy_gettext("改过姓名的，先到公安机关确认户籍信息已经更新，再重新核验。"),
    ),
    (
        PROFILE,
        lazy_gettext("看不到我的考试合格证明怎么办？"),
        lazy_gettext(
            "系统按姓名和证件号码同步。请核对报考时用的姓名、证件号码与本平台注册的是否完全一致，不一致的，请向考试机构申请更正。"
        ),
        lazy_gettext(
            "考试成绩公布后，合格证明要过一段时间才能同步；已经过期的合格证明可以看到，但不能选择。"
        ),
    ),
    (
        PROFILE,
        lazy_gettext("普通话证书核验不到怎么办？"),
        lazy_gettext(
            "2007 年以前的证书，以及编号、姓名、证件号码有一项与登记不一致的证书，核验不到。"
            "请改用“录入”，确认时带证书原件。"
        ),
    ),
    (
        PROFILE,
        lazy_gettext("学籍同步以后发现专业不对怎么办？"),
        lazy_gettext(
            "学籍只能同步一次。请用“补充数据”如实填写现在的学籍，确认时带学生证和学籍证明，由工作人员核对。"
        ),
        lazy_gettext("同步之前，请先在学信网核对；转专业的，等学校更新以后再同步。"),
    ),
    (
        PROFILE,
        lazy_gettext("学历证书核验不到怎么办？"),
        lazy_gettext(
            "2001 年以前的学历、中等师范和中等职业学校学历一般核验不到，请手工录入，确认时带证书原件。"
        ),
        lazy_gettext("国（境）外学历请手工录入，确认时带教育部留学服务中心的认证书。"),
    ),
    (
        APPLYING,
        lazy_gettext("可以在哪里申请？"),
        lazy_gettext(
            "可以在户籍所在地、居住地（持有效居住证）或者就读学校所在地申请。现役军人在部队驻地申请。"
        ),
        lazy_gettext(
            "幼儿园、小学、初级中学教师资格一般由县级教育行政部门认定，高级中学和中等职业学校教师资格由市级认定。"
        ),
    ),
    (
        APPLYING,
        lazy_gettext("怎样才算报名成功？"),
        lazy_gettext(
            "八个步骤全部完成，页面显示报名号、确认点和确认时间，报名才算成功。没有报名号，就没有报名。"
        ),
        lazy_gettext("可以在“查询报名信息”中随时查看。"),
    ),
    (
        APPLYING,
        lazy_gettext("一年可以申请几种教师资格？"),
        lazy_gettext(
            "同一自然年内只能申请一种教师资格，同一时间只能有一件申请在办。已经取得的种类和学科不能重复申请。"
        ),
    ),
    (
        APPLYING,
        lazy_gettext("照片有什么要求？"),
        lazy_gettext(
            "近期本人正面免冠白底证件照，JPG 格式，小于 190 KB，"
            "宽大于 290、小于 300 像素，高大于 408、小于 418 像素。"
            "上传时可以在页面上裁剪。"
        ),
    ),
    (APPLYING, lazy_gettext("报名收费吗？"), lazy_gettext("不收费。体检费用由医院按规定收取。")),
    (
        AFTERWARDS,
        lazy_gettext("报名以后填错了能改吗？"),
        lazy_gettext("状态为“网报待确认”时可以修改。确认以后发现错误的，请与确认点或者认定机构联系。"),
    ),
    (
        AFTERWARDS,
        lazy_gettext("系统核验通过的证书还要带原件吗？"),
        lazy_gettext(
            "学历、普通话和考试合格证明经系统核验通过的，不再收取原件。标明“未经系统核验”的，确认时带原件。"
        ),
    ),
    (
        AFTERWARDS,
        lazy_gettext("多久能知道认定结论？"),
        lazy_gettext("认定机构自受理期限终止之日起 30 个工作日内作出结论。查询报名信息页面会显示当前状态。"),
    ),
    (
        CERTIFICATE,
        lazy_gettext("在这里能查到所有教师资格证书吗？"),
        lazy_gettext("可以查到 2008 年起认定的证书，广西为 2012 年起。更早的证书请联系发证的认定机构。"),
    ),
    (
        CERTIFICATE,
        lazy_gettext("证书遗失了怎么办？"),
        lazy_gettext("请联系原发证的认定机构，按其公布的办法申请补发。"),
    ),
)
