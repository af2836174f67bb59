"""收入证明: a letter in free wording, a form with blanks, or a table; also 在职证明 that states a salary.

There is no standard. What all share is said in the patterns below, on running text (`_flow`); where a table holds the values,
labels lead to them. The seal is looked for by colour and read along its rim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from rapidfuzz import fuzz

from extractors.doctype import Anchor, CloseUp, DocumentType, FieldSpec
from extractors.documents import _fields, _lines
from extractors.documents import _income_words as said
from extractors.documents._flow import Flow, flow
from extractors.layout import Label, labels, value_of
from extractors.model import SURE, Field, Seal, Sheet
from extractors.numbers import amount_in_words, dates, money, resident_id
from extractors.numbers.text import company, normal, person

_LABELS: Mapping[str, Sequence[str]] = {
    "employee_name": ("员工姓名", "职工姓名", "借款人姓名", "申请人姓名", "姓名"),
    "id_number": ("公民身份号码", "身份证件号码", "居民身份证号码", "身份证号码", "身份证号", "证件号码"),
    "employer": (
        "工作单位名称", "单位名称", "单位全称", "工作单位", "公司名称", "所在单位", "任职单位", "任职公司", "所在公司", "开具单位",
        "出具单位", "证明单位",
    ),
    "position": (
        "所在部门及职务", "任职部门及职务", "部门及职务", "部门/职务",
        "所任职务", "现任职务", "担任职务", "职务/职称", "职务职称", "职位/职称",
        "职务(职称)", "工作岗位", "职务", "职位", "岗位",
    ),
    "employed_since": (
        "入职时间", "入职日期", "参加工作时间", "到职日期", "任职时间", "入司时间", "入厂时间", "到岗时间", "到岗日期", "入职年月",
        "本单位工作起始时间", "进入本单位时间", "进单位时间", "开始工作时间", "起始工作时间",
    ),
    "monthly_income": (
        "月均收入", "月平均收入", "平均月收入", "税前月收入", "税后月收入", "月总收入",
        "月应发收入", "月实发收入", "月收入", "月工资收入", "月薪",
    ),
    "annual_income": ("年总收入", "年均收入", "年收入总额", "税前年收入", "税后年收入", "年收入", "年薪"),
    "issued_on": ("开具日期", "出具日期", "填写日期", "填表日期", "证明日期", "日期"),
    "contact_name": ("单位联系人", "联系人姓名", "人事联系人", "人事负责人", "经办人", "联系人"),
    "contact_phone": ("单位联系电话", "联系电话", "联系方式", "单位电话", "办公电话", "固定电话", "电话"),
    "other": ("单位地址", "地址", "性别", "部门", "学历", "备注", "单位性质", "邮编", "婚姻状况", "年龄", "工龄", "工作年限", "用工形式"),
}

_PHRASES = tuple(form for forms in _LABELS.values() for form in forms)
_ENDS = " ,，。.;；、"
"""What may stand behind a value that is followed by another in its line."""
NO_SURNAME = 0.8
"""Highest confidence of a name out of a sentence that does not begin as names do."""
_OF_IT = re.compile(
    r"(?<=[司厂店行社院会心校学园局所站馆])(?:公章|[\u4e00-\u9fff]{2,6}专用章|(?:人力资源|人事行政|人事|组织人事|财务|行政|综合管理|综合)[部处科室]"
    r"|(?:综合)?办公室)$"
)
SEAL_ALONE = 0.85
BY_PLACE = 0.88
UNCLEAR = 0.85
"""Highest confidence of one of several values that stand where the field's does."""
IN_WORDS = 0.93


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one income proof; what a pattern and a label both give is taken from the surer one."""
    sheet = sheets[0]
    lines = [line for line in sheet.lines if not _lines.is_watermark(line.text)]
    clean = replace(sheet, lines=tuple(lines))
    clean = replace(clean, lines=tuple(_lines.stacked(lines, _PHRASES)))
    text = flow(clean)
    found: dict[str, Field | None] = {}
    labelled = _labelled(clean)
    for name, take in _TAKERS.items():
        by_pattern, by_label = take(text), labelled.get(name)
        found[name] = by_pattern or by_label if name.startswith("contact_") else _agreed(by_pattern, by_label)
    found["amount_in_words"] = _in_words(text)
    if said.BONUS.search(text.text):
        found["bonus_stated"] = _fields.maybe(sheet, text.find(re.compile(f"({said.BONUS.pattern})")), lambda _: "true")
    found.update(_seal(sheets))
    found.update(_against_seal(found.get("employer"), found.get("seal_text"), _employers(text)))
    return _fields.present(found)


def _against_seal(employer: Field | None, seal: Field | None, others: Sequence[Field]) -> dict[str, Field | None]:
    """Employer and seal, held against each other: a seal swallows strokes of what it lies on, and its own rim is hard to read.

    Where both say the same each confirms the other (another organisation on the page that the seal names is the employer);
    where they nearly do, neither is sure (a name printed twice stays) and the seal's reading is proposed; where they are plainly
    different names both are left as they are, for a rule to judge. Where no employer is printed the seal alone names it.
    """
    found = {"employer": employer, "seal_text": seal}
    if seal is None or not seal.value:
        return found
    stamped = _stamped(seal.text)
    if employer is None or not employer.value:
        return found if len(stamped) < 6 else found | {"employer": _fields.doubted(replace(seal, value=stamped), SEAL_ALONE)}
    same = next((one for one in (employer, *others) if one.text in (stamped, seal.text)), None)
    if same is not None:
        return found | {"employer": _fields.supported(same, min(0.97, seal.confidence))}
    if stamped.startswith(employer.text):
        return found | {"employer": _fields.supported(employer, min(0.97, seal.confidence))}
    if max(fuzz.ratio(one.text, stamped) for one in (employer, *others)) >= 75:
        twice = sum(one.text == employer.text and one.confidence >= SURE for one in others) > 1
        doubtful = employer if twice else replace(_fields.doubted(employer, 0.7), proposal=stamped)
        likely = employer.text if twice else None
        return {"employer": doubtful, "seal_text": replace(_fields.doubted(seal, SEAL_ALONE), proposal=likely)}
    return found


def _stamped(text: str) -> str:
    """The organisation that a seal names, without what the seal is for."""
    return _OF_IT.sub("", company(text)) or text


def _agreed(one: Field | None, other: Field | None) -> Field | None:
    """Of what a sentence and a label give the surer one, doubtful where they are not the same."""
    candidates = [each for each in (one, other) if each is not None and each.value]
    best = max(candidates, key=lambda each: each.confidence, default=None)
    if best is None:
        return one or other
    return best if len({each.text for each in candidates}) == 1 else _fields.doubted(best, UNCLEAR)


def _labelled(sheet: Sheet) -> dict[str, Field]:
    """Values of tables and forms: behind or right of their label. Only what normalises counts; an empty cell is no value."""
    every = [x for x in labels(sheet, _LABELS) if not said.POSITION_BEGINS.match(re.sub(r"\s", "", x.line.text))]
    done: dict[str, Field] = {}
    for label in every:
        normalise = _NORMAL.get(label.name)
        if normalise is None or len(label.line.text) > 40 or _within_sentence(label):
            continue
        text = value_of(label, sheet, every)
        text = _lines.without_english_label(text) if text else None
        if text is None or not 1 <= len(text.text) <= 45:
            continue
        if label.name == "position" and "部门" not in label.line.text[label.start : label.end]:
            normalise = _as_title
        one = _fields.field(sheet, _lines.weighed(text), partial(_stripped, normalise), found=0.97)
        if one.value:
            done[label.name] = _agreed(done.get(label.name), one) or one
    return done


def _within_sentence(label: Label) -> bool:
    """Whether the words of a label stand in a sentence (…项目经理职务。近一年…)."""
    before, behind = label.line.text[: label.start].rstrip(), label.line.text[label.end :].lstrip()
    if behind[:1] in tuple(":："):
        return False
    nearly = re.sub(r"\s", "", label.line.text[label.start : label.end]) not in _LABELS[label.name]
    inside = behind[:1] in tuple("。，,;；、") or (behind and "一" <= before[-1:] <= "鿿") or (nearly and before != "")
    return bool(inside) or re.search("[，,。；;].", behind) is not None


def _stripped(normalise: _fields.Normalise, printed: str) -> str:
    return normalise(printed.strip(_ENDS))


def _as_date(text: str) -> str:
    return dates.parse_partial(re.sub("(?<=[二〇○零一-九])[0OoQＯ]|[0OoQＯ](?=[二〇○零一-九])", "〇", text))


def _as_money(text: str) -> str:
    squeezed = re.sub(r"[()（）]|^约|(?:左右|以上)$|(?:元)?[/每]月$|(?:元)?[/每]年$", "", normal(text))
    return money.to_contract(money.parse(squeezed))


def _as_employer(text: str) -> str:
    name = _stamped(re.sub(r"\((?:公章|盖章|加盖公章|人事章)\)|[:]", "", normal(text)))
    if len(name) < 4 or re.search(r"[。,;]", name) or said.NO_EMPLOYER.search(name):
        raise ValueError("no company's name")
    return name


def _as_person(text: str) -> str:
    name = person(text)
    if not said.is_person(name):
        raise ValueError("no person's name")
    return name


def _as_phone(text: str) -> str:
    digits = re.sub(r"[^\d-]", "", normal(text))
    if not re.fullmatch(r"\d{3,4}-?\d{7,8}(?:-\d{1,5})?|1\d{10}|\d{7,8}", digits):
        raise ValueError("no phone number")
    return digits


def _as_title(text: str) -> str:
    """What stands behind the label of a position: all of it."""
    name = re.sub("^[为是]", "", normal(text).strip(":,。;/-—"))
    if not 1 < len(name) <= 20 or re.search(r"\d{3}|[。;:□☑]", name) or said.NO_POSITIONS.match(name):
        raise ValueError("no position")
    return name


def _as_position(text: str) -> str:
    return said.position(_as_title(text))[0]


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


def _all(text: Flow, patterns: Sequence[re.Pattern[str]], name: str, group: int | str = 1) -> Iterator[Field]:
    for pattern in patterns:
        for part in text.all(pattern, group):
            one = _fields.field(text.sheet, _lines.weighed(part), _NORMAL[name])
            if one.value:
                yield one


def _first(text: Flow, patterns: Sequence[re.Pattern[str]], name: str) -> Field | None:
    return next(_all(text, patterns, name), None)


def _employee(text: Flow) -> Field | None:
    """The first that begins with a surname; what does not is a name only perhaps."""
    found = list(_all(text, said.NAMES, "employee_name"))
    named = next((one for one in found if said.is_surname(one.text)), None)
    return named or (_fields.doubted(found[0], NO_SURNAME) if found else None)


def _employer(text: Flow) -> Field | None:
    """The first organisation that stands where employers do; where several do, the one that the seal names is taken later. One that
    merely has a line for itself, in the head or at the foot, is likely."""
    found = _employers(text)
    alone = [] if found else list(_all(text, (said.ALONE,), "employer", "org"))
    return found[0] if found else _fields.doubted(alone[-1], BY_PLACE) if alone else None


def _employers(text: Flow) -> list[Field]:
    return list(_all(text, said.EMPLOYERS, "employer", "org"))


def _issued(text: Flow) -> Field | None:
    """The last date of the letter that is not said to be another: it stands at its foot."""
    others = {part.box for pattern in said.SINCE for part in text.all(pattern, 1)}
    for part, match in reversed(list(text.found(said.ISSUED, 1))):
        one = _fields.field(text.sheet, _lines.weighed(part), _as_date)
        if len(one.text) == 10 and part.box not in others and not said.OTHER_DAY.match(text.text[match.end(1) :]):
            return one
    return None


def _income(text: Flow, name: str) -> Field | None:
    """The figure behind the words for it, else the amount in words; of a range neither end is sure, nor the first of several."""
    for pattern, sure in said.MONEY[name]:
        found = [
            one
            for part, match in text.found(pattern, 1)
            if (one := _fields.field(text.sheet, _lines.weighed(part), _as_money, found=0.6 if match["range"] else sure)).value
        ]
        if found:
            return found[0] if len({one.text for one in found}) == 1 else _fields.doubted(found[0], UNCLEAR)
    words = text.find(said.MONEY_IN_WORDS[name])
    stated = _fields.field(text.sheet, _lines.weighed(words), _as_words, found=IN_WORDS) if words else None
    return stated if stated and stated.value else None


def _in_words(text: Flow) -> Field | None:
    """The amount in capital numerals, as a number; the first that is one."""
    for part in text.all(said.CAPITALS, 1):
        one = _fields.field(text.sheet, _lines.weighed(part), _as_words)
        if one.value and said.IS_CAPITAL.search(one.raw):
            return one
    return None


def _as_words(text: str) -> str:
    return money.to_contract(amount_in_words.parse(normal(text)))


def _position(text: Flow) -> Field | None:
    """The first position that a sentence names, without its department; behind a label (职务：) nothing is taken from it."""
    for pattern, labelled in said.POSITIONS:
        for part in text.all(pattern):
            printed = _fields.field(text.sheet, _lines.weighed(part), _as_title)
            name, sure = (printed.text, 1.0) if labelled else said.position(printed.text)
            if printed.value and not said.NO_POSITIONS.match(name):
                return _fields.doubted(replace(printed, value=name), sure)
    return None


def _contact(text: Flow) -> Field | None:
    return next((one for pattern, group in _CONTACTS for one in _all(text, (pattern,), "contact_name", group)), None)


def _phone(text: Flow) -> Field | None:
    """The number of who is to be asked: behind 联系人 and the like, else the last; of several without such a word none is sure."""
    found = list(_all(text, (said.PHONE,), "contact_phone"))
    both = next(_all(text, (said.CONTACT_AND_PHONE,), "contact_phone", "phone"), None)
    asked = both or next(_all(text, (said.CONTACT_PHONE,), "contact_phone"), None)
    if asked is not None or not found:
        return asked
    several = len({one.text for one in found}) > 1
    return _fields.doubted(found[-1], UNCLEAR) if several else found[-1]


def _number(text: Flow) -> Field | None:
    return _first(text, (said.ID,), "id_number")


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


_CONTACTS: Sequence[tuple[re.Pattern[str], int | str]] = ((said.CONTACT, 1), (said.CONTACT_AND_PHONE, "name"))
_TAKERS: Mapping[str, Callable[[Flow], Field | None]] = {
    "employee_name": _employee,
    "id_number": _number,
    "employer": _employer,
    "position": _position,
    "employed_since": lambda text: _first(text, said.SINCE, "employed_since"),
    "monthly_income": lambda text: _income(text, "monthly_income"),
    "annual_income": lambda text: _income(text, "annual_income"),
    "issued_on": _issued,
    "contact_name": _contact,
    "contact_phone": _phone,
}

def speaks(sheet: Sheet) -> float:
    """What the anchors cannot say: titles of many wordings, and letters under a bare 证明 that state what somebody earns."""
    upper = (re.sub(r"\s", "", normal(x.text)) for x in sheet.lines if x.box.cy < sheet.height / 3 and len(x.text) < 30)
    if any(said.TITLE.search(title) and not said.OTHER_TITLE.search(title) for title in upper):
        return 1.0
    return 0.6 if said.STATES_INCOME.search(flow(sheet).text.replace("\n", "")) else 0.0


def close_ups(sheet: Sheet) -> tuple[CloseUp, ...]:
    """Labels in two rows that were read as one."""
    return tuple(_lines.smudged(sheet.lines))


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
    speaks=speaks,
    close_ups=close_ups,
)
