"""How income proofs say things: patterns on running text (`_flow`: no spaces, narrow marks, "\\n" where a paragraph ends). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# --- people -----------------------------------------------------------------------------------------------------------

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方"
    "白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包"
    "宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫"
    "费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟"
    "冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况"
    "那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_COMPOUND = """
欧阳 司马 上官 诸葛 司徒 皇甫 尉迟 夏侯 端木 东方 令狐 慕容 宇文 长孙 轩辕 南宫 独孤 呼延 澹台 公孙 申屠 太史 鲜于 闻人 钟离"""
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,3}[^员部门\W\dA-Za-z]|[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8})+")
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())


def is_person(name: str) -> bool:
    """Whether what stands where a name does may be one.

    >>> is_person("汤雨"), is_person("公务员")
    (True, False)
    """
    return name not in NO_NAMES and _PERSON.fullmatch(name) is not None


def is_surname(name: str) -> bool:
    """Whether a name begins like one of a Chinese citizen: a usual surname, or parts with a dot between them."""
    return "·" in name or name[:2] in COMPOUND_SURNAMES or name[:1] in _SURNAMES


_NO_NAMES = """
员工 职工 职员 工作 同志 单位 公司 本人 该员工 该同志 工作人员 在职 以上 情况 先生 女士 汉族 本单位 我单位 我公司 和银行 单位职工 公司员工
公民 居民 人姓名
任职 就职 供职 上班 任教 就业 入职 从事 工作至今 工龄 正式职工 正式员工 财务部 工程部 人事部 向贵行 成立于 于我司 任职于 现任职"""
NO_NAMES = frozenset(_NO_NAMES.split())
_NAME = r"([\u4e00-\u9fff·]{2,14}?)"
_STAFF = (
    r"(?:正式|在职|在册|全职|合同制|在编|在岗)*"
    r"(?:员工|职工|职员|雇员|人员|工作人员|经营者|教师|教职工|医生|村民|居民|店员|社员)?(?:同志)?"
)
_AFTER = r"(?:\(|,|因|拟|向|先生|女士|同志|性别|男|女|身份证|证件|公民身份|居民身份)"
NAMES = tuple(
    re.compile(p)
    for p in (
        rf"(?:^|[\n,;。]|员工|职工|雇员|借款人|申请人)姓名[:]{_NAME}(?=[,;。\n(]|性别|身份证|证件)",
        rf"证明[:]?{_NAME}(?:\(|,(?:性别|男|女|身份证|公民身份|证件|系|现年|出生)|先生|女士|同志|性别|身份证|居民身份证|证件)",
        rf"(?:我|本)(?:单位|公司|司|行|院|校|厂|店|所|局|村|社区|社|镇|乡|中心|园){_STAFF}[:]?{_NAME}"
        rf"(?:{_AFTER}|自|于\d|系|为我|是我|现|从|在我|在本|目前|担任)",
        rf"证明[:]?{_NAME}(?:{_AFTER}|系|为本|为我|是我|是本|自\d|于\d|从\d|在|现)",
        rf"证明[:]?{_NAME}(?:为|是)[\u4e00-\u9fffA-Za-z()]{{4,40}}?(?:正式|在职|合同制|在编)*(?:员工|职工|职员|教师|工作人员)",
        rf"(?:员工|职工|职员|同志|教师|村民)[:]?{_NAME}(?:{_AFTER}|系|自\d|于\d)",
        rf"{_NAME}(?:先生|女士|同志)",
        rf"(?:^|[\n、。;]){_NAME},(?:性别[:]?)?[男女],",
        rf"{_NAME}\(?,?(?:(?:性别[:]?)?[男女],?)?(?:居民|公民)?身份(?:证|号)",
    )
)
ID = re.compile(r"(?<!\d)(\d{6}[\dOoIl]{11}[\dXx×*])(?![\dXx])")
CONTACT = re.compile(
    r"(?:联系人|经办人|填表人|负责人|证明人|经手人)(?:ContactPerson)?(?:姓名|签字|签名|签章|\(签?[字章名]+\))?[:]+([\u4e00-\u9fff·]{2,8}?)"
    r"(?:,|。|;|\n|\(|(?=\d{3})|联系|电话|手机|职务|部门|单位|地址|日期|$)",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?:电话|联系方式|手机)(?:号码)?(?:TEL\.?)?[:]?\n?((?:0\d{2,3}-?\d{7,8}(?:-\d{1,5})?)|1\d{10})(?!\d)", re.IGNORECASE)

CONTACT_AND_PHONE = re.compile(
    r"(?:联系人|经办人|负责人|证明人)(?:及|和|与|/|、)?(?:联系)?(?:电话|方式)[:\n]*(?P<name>[\u4e00-\u9fff·]{2,4})[,;/\n]*(?P<phone>(?:0\d{2,3}-?)?\d{7,8}|1\d{10})(?!\d)"
)
CONTACT_PHONE = re.compile(r"(?:联系人|经办人|人事负责人|证明人)[^\d]{0,40}?" + PHONE.pattern, re.IGNORECASE)

# --- employers --------------------------------------------------------------------------------------------------------

_ENDS = """
有限责任公司 股份有限公司 有限公司 集团公司 分公司 支公司 公司 集团 银行 支行 医院 卫生院 诊所 学校 大学 学院 中学 小学 小学校 幼儿园 事务所
分所 合作社 工作室 经营部 服务部 商行 商店 酒店 饭店 火锅店 餐厅 酒楼 宾馆 超市 药房 门市部 厂 店 局 委员会 村委会 居委会 人民政府
街道办事处 办事处 中心 研究院 研究所 站 部 院 社 处 馆 所 队 行 坊 城 园 场 协会 基金会 商会"""
_END = "|".join(sorted(_ENDS.split(), key=len, reverse=True))
_STEM = (
    r"(?:(?!兹证明|特此|证明|系我|本单位|我单位|我公司|名称[:]|单位[:]|\d{4}年)[\u4e00-\u9fffA-Za-z0-9·&]"
    r"|\((?!公章|盖章|加盖|单位|印章|签章|以下|身份证)[\u4e00-\u9fffA-Za-z]{2,12}\))"
)
_INLINE = rf"(?P<org>{_STEM}{{2,40}}?(?:{_END})(?:\([\u4e00-\u9fff]{{4,8}}\)[\u4e00-\u9fff]{{2,8}})?)"
"""Inside a sentence: as short as what follows allows."""
_WHOLE = rf"(?P<org>{_STEM}{{2,44}}(?:{_END}))"
"""A line of its own: as long as it is."""
DATE = (
    r"((?:\d{4}|[二〇○零一九][〇○零一二三四五六七八九0OoQ]{3})[年./-]\d{1,2}(?:月|[./-])?(?:\d{1,2}日?)?"
    r"|[二〇○零一九][〇○零一二三四五六七八九0OoQ]{3}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)"
)
_STAMP = r"(?:\(?(?:公章|盖章|印章|签章|人事章|加盖公章|单位公章|盖公章|章)\)?)"
_LABEL = (
    r"(?:单位名称|单位全称|公司名称|企业名称|工作单位|证明单位|出具单位|开具单位|单位公章|单位盖章|单位|公司)"
    r"(?:\([^)]{1,6}\)|盖章|公章|Company)*[:]+"
)
EMPLOYERS = tuple(
    re.compile(p, re.IGNORECASE)
    for p in (
        rf"{_LABEL}{_WHOLE}(?={_STAMP}|\(|\n|,|。|$)",
        rf"(?:单位|公司)(?:全称|名称)(?:为|是){_INLINE}(?=[,;。\n])",
        rf"{_LABEL}{_INLINE}(?=[\d二]{{4}}|日期|单位|地址|联系)",
        rf"\n{_WHOLE}{_STAMP}?\n(?:[\u4e00-\u9fff]{{2,6}}[部处科室]{_STAMP}?\n)?{_STAMP}?\n?(?:日期[:]?|时间[:]?)?{DATE}",
        rf"(?:系|是|为|在|就职于|任职于|供职于|受雇于)(?:我(?:单位|公司|司))?[(]?{_INLINE}(?<!部)(?<!处)(?<!室)(?<!中心)[)]?"
        r"(?:的)?(?:正式|在职|合同制|在编)*(?:员工|职工|职员|工作|任职|担任|从事|上班)",
        rf"\n{_WHOLE}{_STAMP}",
        rf"\n{DATE}\n{_WHOLE}(?={_STAMP}|\n|$)",
        rf"(?:我|本)(?:公司|单位|司)\({_INLINE}\)",
    )
)
ALONE = re.compile(rf"(?:^|\n){_WHOLE}(?:[\u4e00-\u9fff]{{2,6}}[部处科室])?(?=\n|$)")
"""The name is the group `org`."""

_HOUSE = "(?:单位|公司|司|行|院|校|厂|店|所|局|处|社|村|部|中心)"
DEPARTMENT = "(?:(?:人力资源|人事行政|人事|组织人事|财务|行政|综合管理|综合)[部处科室]|(?:综合)?办公室)"
NAMES_A_HOUSE = re.compile(rf"(?:{_END})$")
"""How the name of an organisation ends."""
NO_EMPLOYER = re.compile(
    rf"银行.{{0,12}}(?:支行|分行)?[:]|证明|情况|属实|贷款|^{DEPARTMENT}$"
    rf"|^(?:致(?=.{{0,20}}(?:银行|中心|行))|(?:贵|本|我)(?:{_HOUSE}|人|们)|该|此|以上|联系|单位)"
)
"""What stands where employers do and names none: whom it is written to, this house, a department of it."""

# --- work -------------------------------------------------------------------------------------------------------------

_JOB = r"([\u4e00-\u9fffA-Za-z()/·]{2,20}?)"
POSITIONS = tuple(
    (re.compile(p), labelled)
    for p, labelled in (
        (
            rf"(?:(?<!承)担任(?!何)|现任|任职为|现担任|出任|聘为|聘任为|现聘)(?!职务|职位|岗位)(?:我(?:单位|公司|司|院|校|行|所|店))?(?:的)?{_JOB}"
            r"(?:一职|职务|职位|岗位|工作|职(?=[,。])|,|。|;|\n)",
            False,
        ),
        (
            r"(?:职务|职位|岗位)(?:[A-Za-z]{2,20})?(?:为|是|[:])([\u4e00-\u9fffA-Za-z()·]{2,16}?)"
            r"(?:,|。|;|\n|职务|职称|入职|月|年|性别|现|$)",
            True,
        ),
        (r"[,。\n](?:现任?)?(?:职务|职位|岗位)(?:/(?:职务|职位|岗位|职称))?([\u4e00-\u9fffA-Za-z()·]{2,16}?)(?=,|。|;|\n|职称|入职)", True),
        (
            rf"(?<!时)(?<!责)(?<!主)(?<!现)(?<!担)任(?>职?)(?![务位于期]|岗位)(?:我(?:单位|公司|司|院|校|行|所|店))?{_JOB}"
            r"(?:一职|职务|岗位|职位|,|。)",
            False,
        ),
        (rf"从事{_JOB}(?:一职|职务|岗位|工作|,|。)", False),
        (
            r"(?:系|为|是)(?:我|本)(?:单位|公司|司|行|院|校|厂|店|所|局)(?:的)?(?!.{0,4}(?:员工|职工|人员))"
            r"([\u4e00-\u9fff]{2,10}?)(?=,|。)",
            False,
        ),
    )
)
"""With whether the pattern is that of a label."""
NO_POSITIONS = re.compile(r"^(?:.{0,6}(?:员工|职工|职员|雇员|工作人员)|该|以上|职称|时间|工作|于.*|至今|无|本|我.*)$")
POSITION_BEGINS = re.compile("部门(?:副?经理|主管|主任|总监|负责人|助理|秘书|干事)")
"""A position that begins with the word of a label."""
_DEPARTMENT = re.compile(
    r"(?:我单位|我公司|本公司|本单位)|(?!办公室主任)[\u4e00-\u9fff]{1,8}?"
    r"(?:部(?![门长件])|部门|中心|办公室|科(?![技研员长])|处(?![理长])|室(?!内)|组(?![装织长])|车间|分公司)(?=[\u4e00-\u9fff]{2})"
)
_LEADER = re.compile(r"(?:副|总|助理|高级)*(?:经理|主任|主管|总监|负责人|领班|助理|干事|秘书|[部科处组队班室店厂]长)")
_JOB_ENDS = re.compile(r"[员师理任长管监工计纳手生书官裁事人总授助表导机士匠厨教问编记政勤安洁务销购士兵警官]$|^[A-Za-z]")
UNCLEAR_JOB = 0.85
"""Highest confidence of a position that may have lost its beginning, or may hold more than itself."""


def position(printed: str) -> tuple[str, float]:
    """A position out of a sentence without the department before it, and how sure it is at most: 部门经理 behind 市场部 is one,
    项目经理 behind 部门 another, and nobody knows to which 经理 behind 市场部 belongs.

    >>> position("技术部高级工程师"), position("综合管理部部门项目经理"), position("市场部部门经理"), position("财务部经理")
    (('高级工程师', 1.0), ('项目经理', 1.0), ('部门经理', 0.85), ('经理', 0.85))
    >>> position("车间主任"), position("项目经")
    (('车间主任', 1.0), ('项目经', 0.85))
    """
    rest = printed
    while (match := _DEPARTMENT.match(rest)) is not None:
        rest = rest[match.end() :]
        if rest.startswith("部门") and len(rest) > 3 and not _LEADER.fullmatch(rest[2:]):
            rest = rest[2:]
    cut_short = rest != printed and (_LEADER.fullmatch(rest.removeprefix("部门")) is not None or rest.startswith("门"))
    sure = not cut_short and _JOB_ENDS.search(rest) is not None and len(rest) <= 10
    return rest, 1.0 if sure else UNCLEAR_JOB


SINCE = tuple(
    re.compile(p)
    for p in (
        rf"(?:自|从|于|在){DATE}(?:起|开始|以来|至今|,)?(?:一直|至今|正式|始|就|即)?(?:在|到|进|入|受|加入|就职|任职|来|,|为|系|工作|担任|与|我)",
        rf"(?:入职|到职|参加(?:本单位|我单位|本公司|我公司)?工作|进入我?本?单位|入司|入厂)(?:时间|日期)?(?:为|是|[:])?{DATE}",
        rf"(?<!至){DATE}(?:起|开始|至今|入职|进入|到岗|来我|到我|参加工作|加入)",
    )
)

# --- money ------------------------------------------------------------------------------------------------------------

BONUS = re.compile(r"(?:(?:年终|绩效|季度)?奖金?|年终奖|提成|分红|奖励|十三薪|13薪)(?!等级|惩)")
# Bounded, since some texts fit it in two ways: a hostile page must not make it try them all.
_FIGURE = (
    r"(?:人民币|RMB|CNY|约|为|计|共计|合计|税前|税后|(?>[A-Za-z]+)|[:,)¥$大写小]|\((?:[^()\d\n;。]{1,16}\)|(?:税前|税后|税|含奖金?|含税|元|应发|实发|扣税后|扣税前)*\)?)|\n){0,14}"
)
_AMOUNT = r"(-?\d[\d,，.]*(?:元|万元|万)?)(?P<range>(?:[-~—至到]\d)?)"
_WORD = r"[零〇○壹一贰二贰貳貮弍两叁三叄參参肆四伍五陆六陆柒七捌八玖九拾十佰百仟千万萬亿億]"
_LIKE = rf"(?<={_WORD})[任件什阡](?={_WORD})"
LIKE_THOUSAND = re.compile(_LIKE)
"""What the network makes of 仟 above an underline, between numerals."""
_WORDS = rf"(?:(?:{_WORD}|{_LIKE})+[元圆圓園](?:{_WORD}+[角分])*整?正?)"
_KIND = r"(?:平?均|净|税前|税后|应发|实发|实得|固定|总|工资|综合|劳动|现金|的)*"
_EARNED = r"(?:收入|工资性?收入|工资|薪资|薪酬|薪金|薪)"
_MONTHLY = (
    rf"(?<!家庭)(?<![^\d.,]\d)(?<![^\d.,]1[012])(?:每?月(?:度)?{_KIND}{_EARNED}(?:总额|总计|合计|标准)?"
    rf"|(?:平均|税前|税后|目前)(?:每)?月{_KIND}(?:税前|税后)*{_EARNED}+|月薪)"
)
_BASE = rf"月{_KIND}(?:基本|岗位|基础){_KIND}{_EARNED}"
_ANNUAL = rf"(?<!家庭)(?:(?:全|本|上|每|近一|上一)?年(?:度)?(?:\([^()]{{2,26}}\))?{_KIND}{_EARNED}(?:总额|总计|合计)?|年薪)"
MONEY: Mapping[str, Sequence[tuple[re.Pattern[str], float]]] = {
    "monthly_income": (
        (re.compile(rf"{_MONTHLY}{_FIGURE}(?:{_WORDS}{_FIGURE})?{_AMOUNT}"), 1.0),
        (re.compile(rf"(?<!家庭)(?:平均每月|月均){_FIGURE}(?:{_WORDS}{_FIGURE})?{_AMOUNT}"), 0.95),
        (re.compile(rf"{_BASE}{_FIGURE}(?:{_WORDS}{_FIGURE})?{_AMOUNT}"), 0.8),
    ),
    "annual_income": ((re.compile(rf"{_ANNUAL}{_FIGURE}(?:{_WORDS}{_FIGURE})?{_AMOUNT}"), 1.0),),
}
"""By field: the figure behind its name, and how surely it is the one that is meant."""
MONEY_IN_WORDS: Mapping[str, re.Pattern[str]] = {
    "monthly_income": re.compile(rf"{_MONTHLY}{_FIGURE}({_WORDS})"),
    "annual_income": re.compile(rf"{_ANNUAL}{_FIGURE}({_WORDS})"),
}
CAPITALS = re.compile(rf"((?:{_WORD}|{_LIKE}){{1,30}}[元圆圓園](?:{_WORD}{{1,2}}角)?(?:{_WORD}{{1,2}}分)?[整正]?)")
IS_CAPITAL = re.compile("[壹贰貳貮弍叁叄參参肆伍陆柒捌玖拾佰仟萬億]")
ISSUED = re.compile(rf"(?:日期|时间)?[:]?{DATE}")
OTHER_DAY = re.compile(r"入职|起|至|开始|到我|进入|参加|以来|期间|生(?!效)|出生|加入|在我|到(?!期)|前有效")
"""Behind a date that is not the day of issue."""

# --- the paper itself -------------------------------------------------------------------------------------------------

TITLE = re.compile(r"(?:收入|工资|薪酬|薪资|薪金|薪水).{0,12}(?:证明[书表单]?|情况表|情况说明|确认书|核实表|确认函|证明函)(?:\(.{1,8}\))?$")
OTHER_TITLE = re.compile(r"税|社保|保险|公积金|离职|申请|离婚|承诺|流水")
STATES_INCOME = re.compile(
    rf"(?:(?:系|为|是|在|任|到|来|入)(?:我|本){_HOUSE}|(?:我|本){_HOUSE}.{{0,12}}?(?:同志|先生|女士|员工|职工)).{{0,160}}?(?:{_MONTHLY}|{_ANNUAL}|月{_KIND}{_EARNED}){_FIGURE}"
    rf"{_WORDS}?{_FIGURE}\d", re.DOTALL
)  # fmt: skip
"""A letter that says who works here and what he earns, whatever its title."""
OUR_HOUSE = re.compile(r"[我本][\s_＿﹍]*(?:[单公司行院校厂店所局处社村部中])")
"""What such a letter holds somewhere, and few other papers do: found in a hundredth of the time."""
