"""收入证明: a letter in free wording, a form with blanks, or a table; also 在职证明 that states a salary.

There is no standard. What all share is said in the patterns below, on running text (`_flow`); where a table holds the values,
labels lead to them. The seal is looked for by colour and read along its rim.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents import _fields, _lines
from extractors.documents._flow import Flow, flow
from extractors.layout import labels, value_of
from extractors.model import Field, Seal, Sheet
from extractors.numbers import amount_in_words, dates, money, resident_id
from extractors.numbers.text import company, normal, person

_LABELS: Mapping[str, Sequence[str]] = {
    "employee_name": ("员工姓名", "职工姓名", "借款人姓名", "申请人姓名", "姓名"),
    "id_number": ("公民身份号码", "身份证件号码", "居民身份证号码", "身份证号码", "身份证号", "证件号码"),
    "employer": ("工作单位名称", "单位名称", "单位全称", "工作单位", "公司名称", "所在单位", "开具单位", "出具单位"),
    "position": ("所任职务", "现任职务", "担任职务", "职务/职称", "职务职称", "工作岗位", "职务", "职位", "岗位"),
    "employed_since": ("入职时间", "入职日期", "参加工作时间", "到职日期", "任职时间", "本单位工作起始时间", "入司时间", "进入本单位时间"),
    "monthly_income": ("月均收入", "月平均收入", "平均月收入", "税前月收入", "税后月收入", "月总收入", "月收入", "月工资收入", "月薪"),
    "annual_income": ("年总收入", "年均收入", "年收入总额", "税前年收入", "税后年收入", "年收入", "年薪"),
    "issued_on": ("开具日期", "出具日期", "填写日期", "填表日期", "证明日期", "日期"),
    "contact_name": ("单位联系人", "联系人姓名", "人事联系人", "人事负责人", "经办人", "联系人"),
    "contact_phone": ("单位联系电话", "联系电话", "联系方式", "单位电话", "办公电话", "固定电话", "电话"),
    "other": ("单位地址", "地址", "性别", "部门", "学历", "备注", "单位性质", "邮编", "婚姻状况", "年龄", "工龄", "工作年限", "用工形式"),
}

_FIGURE = r"(?:人民币|RMB|CNY|约|为|计|共计|合计|[:,()¥$大写小]|\((?:税前|税后|税|含奖金?|含税|元|应发|实发)*\)?|\n)*"
_AMOUNT = r"(-?\d[\d,，.\s]*(?:元|万元|万)?)"
_WORDS = r"[零〇○壹一贰二贰貳貮弍两叁三叄參参肆四伍五陆六陸柒七捌八玖九拾十佰百仟千万萬亿億]"
_MONTHLY = r"(?:每?月(?:平?均|税前|税后|应发|实发|基本|固定|总|工资|综合|劳动|的)*(?:收入|工资|薪资|薪酬|薪)|(?:平均|税前|税后|目前)(?:每)?月(?:工资|薪|收入)+|月薪)"
_ANNUAL = r"(?:(?:全|本|上|每|近一)?年(?:平?均|税前|税后|度|应发|实发|总|工资|综合|的)*(?:收入|工资|薪资|薪酬|薪)(?:总额|总计)?|年薪)"
_COMPANY = (
    r"((?:(?!兹|证明|系|本单位|我单位|我公司|名称|\d{4}年)[\u4e00-\u9fffA-Za-z0-9()·&]){2,40}?"
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|分公司|公司|集团|银行|医院|学校|大学|学院|中学|小学|幼儿园|事务所|合作社|工作室|经营部|服务部|商行|商店|酒店|饭店|超市|厂|店|局|委员会|中心|研究院|研究所|支行|站|部|院|社|处|馆))"
)

_NAME = r"([\u4e00-\u9fff·]{2,12}?)"
_NAMES = tuple(
    re.compile(p)
    for p in (
        rf"(?:兹|特|现)?证明[:]?{_NAME}(?:\(|,(?:性别|男|女|身份证|系)|先生|女士|同志|性别|身份证|证件)",
        rf"兹?有?(?:我|本)(?:单位|公司|司|行|院|校|厂|店)(?:正式|在职|全职|合同制|在编)*(?:员工|职工|职员|雇员|人员|工作人员|教师|同志)?[:]?{_NAME}"
        r"(?:\(|,|先生|女士|同志|性别|身份证|证件|自|于\d|系|为我|是我|现|从|在我|在本|目前|担任)",
        rf"(?:兹|特|现)?证明[:]?{_NAME}(?:\(|,|先生|女士|同志|性别|身份证|证件|系|为我|为本|是我|自\d|于\d|在)",
        rf"(?:员工|职工|职员|同志)[:]?{_NAME}(?:\(|,|先生|女士|同志|性别|身份证|证件|系|自\d|于\d)",
        rf"{_NAME}(?:先生|女士|同志)",
        rf"{_NAME}\(?,?(?:性别[:]?[男女],?)?(?:居民)?身份证",
    )
)
_NO_NAMES = frozenset(("员工", "职工", "职员", "工作", "同志", "单位", "公司", "本人", "该员工", "该同志", "工作人员", "在职", "以上", "情况"))
_ID = re.compile(r"(?<!\d)(\d{6}[\dOoIl]{11}[\dXx×*])(?![\dXx])")
_EMPLOYERS = tuple(
    re.compile(p)
    for p in (
        rf"(?:单位名称|单位全称|公司名称|证明单位|出具单位|开具单位|单位公章|单位盖章|单位)(?:\([^)]{{1,6}}\))*[:]{_COMPANY}",
        rf"(?:系|是|为|在|就职于|任职于|供职于|受雇于)(?:我(?:单位|公司|司))?[(]?{_COMPANY}(?<!部)(?<!中心)(?<!处)(?<!办公室)[)]?(?:的)?(?:正式|在职|合同制|在编)?(?:员工|职工|职员|工作|任职|担任|从事)",
        rf"\n{_COMPANY}(?:\(?(?:公章|盖章|印章|签章|人事章)\)?)?\n?\(?(?:公章|盖章)?\)?(?:日期[:]?)?[\d二〇○零一]{{4}}[年./-]",
        rf"\n{_COMPANY}\(?(?:加?盖?公?章|人事章|签章)",
    )
)
_POSITIONS = tuple(
    re.compile(p)
    for p in (
        r"(?:担任|现任|任职为|现担任)(?:我(?:单位|公司|司))?(?:的)?([\u4e00-\u9fffA-Za-z()/·]{2,20}?)(?:一职|职务|职位|岗位|工作|职(?=[,。])|,|。|;|\n)",
        r"(?:职务|职位|岗位)(?:为|是|[:])([\u4e00-\u9fffA-Za-z()/·]{2,16}?)(?:,|。|;|\n|职务|月|年|性别|$)",
        r"从事([\u4e00-\u9fffA-Za-z()/·]{2,16}?)(?:一职|职务|岗位|工作|,|。)",
        r"任([\u4e00-\u9fff]{1,6}部)?([\u4e00-\u9fffA-Za-z]{2,12}?)(?:一职|职务|岗位)",
    )
)
_DATE = r"((?:\d{4}|[二〇○零一九][〇○零一二三四五六七八九]{3})[年./-]\d{1,2}(?:月|[./-])?(?:\d{1,2}日?)?|[二〇○零一九][〇○零一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)"
_SINCE = tuple(
    re.compile(p)
    for p in (
        rf"(?:自|从|于|在){_DATE}(?:起|开始|以来|至今|,)?(?:一直|至今|正式|始|就|即)?(?:在|到|进|入|受|加入|就职|任职|来|,|为|系|工作|担任|与)",
        rf"(?:入职|到职|参加工作|进入我?本?单位)(?:时间|日期)?(?:为|是|[:])?{_DATE}",
        rf"{_DATE}(?:起|开始|至今|入职|进入)",
    )
)
_DEPARTMENT = re.compile(r"^(?:我单位|我公司|本公司|本单位)?(?:[\u4e00-\u9fff]{1,6}?(?:部门?|中心|办公室|科|处|室|组|车间|分公司))?(?=[\u4e00-\u9fff]{2})")
_BONUS = re.compile(r"(?:(?:年终|绩效|季度)?奖金?|年终奖|提成|分红|奖励|十三薪|13薪)(?!等级|惩)")
_MONEY_OF = {
    "monthly_income": re.compile(rf"{_MONTHLY}{_FIGURE}(?:{_WORDS}+[元圆](?:{_WORDS}+[角分])*整?正?)?{_FIGURE}{_AMOUNT}"),
    "annual_income": re.compile(rf"{_ANNUAL}{_FIGURE}(?:{_WORDS}+[元圆](?:{_WORDS}+[角分])*整?正?)?{_FIGURE}{_AMOUNT}"),
}
_CAPITALS = re.compile(rf"({_WORDS}{{1,30}}[元圆園](?:{_WORDS}{{1,2}}角)?(?:{_WORDS}{{1,2}}分)?[整正]?)")
_ISSUED = re.compile(rf"(?:日期|时间)?[:]?{_DATE}")
_PHONE = re.compile(r"(?:电话|联系方式|手机)(?:号码)?[:]?((?:\d{3,4}-?\d{7,8}(?:-\d{1,5})?)|1\d{10})")
_CONTACT = re.compile(r"(?:联系人|经办人|负责人|证明人)(?:姓名|签字|签名|\(签[字章名]\))?[:]([\u4e00-\u9fff·]{2,8}?)(?:,|。|;|\n|联系|电话|手机|职务|部门|$)")


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one income proof; what a pattern and a label both give is taken from the surer one."""
    sheet = sheets[0]
    lines = [line for line in sheet.lines if not _lines.is_watermark(line.text)]
    clean = replace(sheet, lines=tuple(lines))
    text = flow(clean)
    found: dict[str, Field | None] = {}
    labelled = _labelled(clean)
    for name, take in _TAKERS.items():
        by_pattern, by_label = take(text), labelled.get(name)
        found[name] = _surer(by_pattern, by_label)
    found["amount_in_words"] = _in_words(text)
    if _BONUS.search(text.text):
        found["bonus_stated"] = _fields.maybe(sheet, text.find(re.compile(f"({_BONUS.pattern})")), lambda _: "true")
    found.update(_seal(sheets))
    found["employer"] = _against_seal(found.get("employer"), found.get("seal_text"))
    return _fields.present(found)


def _against_seal(employer: Field | None, seal: Field | None) -> Field | None:
    """The printed employer held against the seal that is stamped over it: a seal swallows strokes, even whole characters.

    Where both say the same each confirms the other; where they nearly do, neither is sure and the seal's reading is proposed;
    where they are plainly different names the print is left as it is, for a rule to judge.
    """
    if employer is None or seal is None or not employer.value or not seal.value:
        return employer
    stamped = re.sub(r"[\u4e00-\u9fff]{0,6}章$", "", company(seal.text)) or seal.text
    if employer.text in (stamped, seal.text) or stamped.startswith(employer.text):
        return _fields.supported(employer, min(0.97, seal.confidence))
    if fuzz.ratio(employer.text, stamped) >= 75:
        return replace(_fields.doubted(employer, 0.7), proposal=stamped)
    return employer


def _surer(one: Field | None, other: Field | None) -> Field | None:
    candidates = [each for each in (one, other) if each is not None]
    return max(candidates, key=lambda each: (bool(each.value), each.confidence), default=None)


def _labelled(sheet: Sheet) -> dict[str, Field]:
    """Values of tables and forms: behind or right of their label. Only what normalises counts; an empty cell is no value."""
    every = labels(sheet, _LABELS)
    done: dict[str, Field] = {}
    for label in every:
        normalise = _NORMAL.get(label.name)
        if normalise is None or len(label.line.text) > 40:
            continue
        text = value_of(label, sheet, every)
        if text is None or not 1 <= len(text.text) <= 45:
            continue
        one = _fields.field(sheet, _lines.weighed(text), normalise, found=0.97)
        if one.value and (label.name not in done or one.confidence > done[label.name].confidence):
            done[label.name] = one
    return done


def _as_date(text: str) -> str:
    return dates.parse_partial(text)


def _as_money(text: str) -> str:
    squeezed = re.sub(r"[()（）]", "", text)
    return money.to_contract(money.parse(squeezed))


def _as_employer(text: str) -> str:
    name = company(re.sub(r"\((?:公章|盖章|加盖公章|人事章)\)|[:]", "", normal(text)))
    if len(name) < 4 or re.search(r"[。,;]", name):
        raise ValueError("no company's name")
    return name


def _as_person(text: str) -> str:
    name = person(text)
    if name in _NO_NAMES or not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8})+", name):
        raise ValueError("no person's name")
    return name


def _as_phone(text: str) -> str:
    digits = re.sub(r"[^\d-]", "", normal(text))
    if not re.fullmatch(r"\d{3,4}-?\d{7,8}(?:-\d{1,5})?|1\d{10}|\d{7,8}", digits):
        raise ValueError("no phone number")
    return digits


def _as_position(text: str) -> str:
    name = _DEPARTMENT.sub("", normal(text).strip(":,。;"))
    if not 1 < len(name) <= 20 or re.search(r"\d{3}|[。;:]", name):
        raise ValueError("no position")
    return name


_NORMAL = {
    "employee_name": _as_person,
    "id_number": resident_id.compact,
    "employer": _as_employer,
    "position": _as_position,
    "employed_since": _as_date,
    "monthly_income": _as_money,
    "annual_income": _as_money,
    "issued_on": _as_date,
    "contact_name": _as_person,
    "contact_phone": _as_phone,
}


def _first(text: Flow, patterns: Sequence[re.Pattern[str]], name: str, group: int = 1) -> Field | None:
    for pattern in patterns:
        for part in text.all(pattern, group):
            one = _fields.field(text.sheet, _lines.weighed(part), _NORMAL[name])
            if one.value:
                return one
    return None


def _issued(text: Flow) -> Field | None:
    """The last date of the letter that is not the day of employment: it stands at its foot."""
    for part in reversed(list(text.all(_ISSUED, 1))):
        one = _fields.field(text.sheet, _lines.weighed(part), _as_date)
        if len(one.text) == 10:
            return one
    return None


def _income(text: Flow, name: str) -> Field | None:
    return _first(text, (_MONEY_OF[name],), name)


def _in_words(text: Flow) -> Field | None:
    """The amount in capital numerals, as a number; the first that is one."""
    for part in text.all(_CAPITALS, 1):
        one = _fields.field(text.sheet, _lines.weighed(part), lambda raw: money.to_contract(amount_in_words.parse(normal(raw))))
        if one.value:
            return one
    return None


def _number(text: Flow) -> Field | None:
    return _first(text, (_ID,), "id_number")


def _seal(sheets: Sequence[Sheet]) -> dict[str, Field | None]:
    """`has_seal` and `seal_text`, from the largest seal; on a page without colour a seal cannot be told: doubtful."""
    stamped = [(sheet, seal) for sheet in sheets for seal in sheet.seals if seal.shape != "square"]
    if not stamped:
        sheet = sheets[-1]
        sure = 0.5 if "photocopy" in sheet.quality.warnings or sheet.quality.unreadable else 0.95
        return {"has_seal": _fields.flag(sheet, False, sure)}
    sheet, seal = max(stamped, key=lambda pair: (bool(pair[1].text), pair[1].box.width * pair[1].box.height))
    return {"has_seal": _fields.flag(sheet, True, 0.98, seal.box), "seal_text": _seal_text(sheet, seal)}


def _seal_text(sheet: Sheet, seal: Seal) -> Field | None:
    if not seal.text:
        return None
    return Field(normal(seal.text), seal.text, seal.confidence, sheet.evidence(seal.box))


_TAKERS = {
    "employee_name": lambda text: _first(text, _NAMES, "employee_name"),
    "id_number": _number,
    "employer": lambda text: _first(text, _EMPLOYERS, "employer"),
    "position": lambda text: _first(text, _POSITIONS, "position"),
    "employed_since": lambda text: _first(text, _SINCE, "employed_since"),
    "monthly_income": lambda text: _income(text, "monthly_income"),
    "annual_income": lambda text: _income(text, "annual_income"),
    "issued_on": _issued,
    "contact_name": lambda text: _first(text, (_CONTACT,), "contact_name"),
    "contact_phone": lambda text: _first(text, (_PHONE,), "contact_phone"),
}

TYPE = DocumentType(
    id="income_proof",
    label="收入证明",
    anchors=(
        Anchor("收入证明", 1.2, title=True),
        Anchor("在职证明", 0.7, title=True),
        Anchor("工作证明", 0.6, title=True),
        Anchor("工资证明", 1.0, title=True),
        Anchor("薪资证明", 1.0, title=True),
        Anchor("兹证明", 0.5),
        Anchor("特此证明", 0.4),
        Anchor("月收入", 0.4),
        Anchor("月均收入", 0.5),
        Anchor("年收入", 0.3),
        Anchor("我单位", 0.3),
        Anchor("我公司", 0.2),
        Anchor("交易金额", -1.0),
        Anchor("账户余额", -1.0),
    ),
    fields=(
        FieldSpec("employee_name", "姓名", "text", True),
        FieldSpec("id_number", "身份证号码", "id"),
        FieldSpec("employer", "工作单位", "text", True),
        FieldSpec("position", "职务", "text"),
        FieldSpec("employed_since", "入职时间", "date"),
        FieldSpec("monthly_income", "月收入", "money"),
        FieldSpec("annual_income", "年收入", "money"),
        FieldSpec("amount_in_words", "大写金额", "money"),
        FieldSpec("issued_on", "开具日期", "date", True),
        FieldSpec("contact_name", "联系人", "text"),
        FieldSpec("contact_phone", "联系电话", "text"),
        FieldSpec("has_seal", "是否盖章", "flag"),
        FieldSpec("seal_text", "印章文字", "text"),
        FieldSpec("bonus_stated", "提到奖金", "flag"),
    ),
    extract=extract,
    wants=frozenset({"seals"}),
)
