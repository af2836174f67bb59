"""Labels of income proofs that are forms or tables, what stands behind them, and the forms of their values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from extractors.documents import _fields, _lines
from extractors.documents import _income_words as said
from extractors.layout import Label, below, labels, right_of, value_of
from extractors.model import Field, Line, Sheet
from extractors.numbers import dates, money, resident_id
from extractors.numbers.text import company, normal, person

_LABELS: Mapping[str, Sequence[str]] = {
    "employee_name": ("员工姓名", "职工姓名", "借款人姓名", "申请人姓名", "姓名"),
    "id_number": ("公民身份号码", "身份证件号码", "居民身份证号码", "身份证号码", "身份证号", "证件号码"),
    "employer": (
        "现工作单位", "现任职单位",
        "工作单位名称", "单位名称", "单位全称", "工作单位", "公司名称", "所在单位", "任职单位", "任职公司", "所在公司", "开具单位",
        "出具单位", "证明单位",
    ),
    "position": (
        "所在部门及职务", "任职部门及职务", "部门及职务", "部门/职务",
        "所任职务", "现任职务", "担任职务", "职务/岗位", "岗位/职务", "职务/职称", "职务职称", "职位/职称",
        "职务(职称)", "工作岗位", "职务", "职位", "岗位",
    ),
    "employed_since": (
        "入职时间", "入职日期", "参加工作时间", "到职日期", "任职时间", "入司时间", "入厂时间", "到岗时间", "到岗日期", "入职年月",
        "参加本单位工作时间", "本单位工作起始时间", "进入本单位时间", "进单位时间", "开始工作时间", "起始工作时间",
    ),
    "monthly_income": (
        "月收入合计", "月均收入", "月平均收入", "平均月收入", "税前月收入", "税后月收入", "月总收入",
        "月应发收入", "月实发收入", "月收入", "月工资收入", "月薪",
    ),
    "annual_income": ("年收入合计", "年度总收入", "年总收入", "年均收入", "年收入总额", "税前年收入", "税后年收入", "年收入", "年薪"),
    "issued_on": ("开具日期", "出具日期", "填写日期", "填表日期", "证明日期", "日期"),
    "contact_name": ("单位联系人", "联系人姓名", "人事联系人", "人事负责人", "经办人", "联系人"),
    "contact_phone": ("单位联系电话", "联系电话", "联系方式", "单位电话", "办公电话", "固定电话", "电话"),
    "other": ("单位地址", "地址", "性别", "部门", "学历", "备注", "单位性质", "邮编", "婚姻状况", "年龄", "工龄", "工作年限", "用工形式"),
}

PHRASES = tuple(form for forms in _LABELS.values() for form in forms)
_ENDS = " ,，。.;；、"
"""What may stand behind a value that is followed by another in its line."""
_OF_IT = re.compile(rf"(?<=[司厂店行社院会心校学园局所站馆])(?:公章|[\u4e00-\u9fff]{{2,6}}专用章|{said.DEPARTMENT})$")
UNCLEAR = 0.85
"""Highest confidence of one of several values that stand where the field's does."""


def labelled(sheet: Sheet) -> dict[str, Field]:
    """Values of tables and forms: behind or right of their label. Only what normalises counts; an empty cell is no value."""
    every = [x for x in labels(sheet, _LABELS) if not said.POSITION_BEGINS.match(re.sub(r"\s", "", x.line.text))]
    done: dict[str, Field] = {}
    for label in every:
        normalise = NORMAL.get(label.name)
        if normalise is None or len(label.line.text) > 40 or _within_sentence(label):
            continue
        text = value_of(_with_note(label, sheet), sheet, every)
        text = _lines.without_english_label(text) if text else None
        if text is None or not 1 <= len(text.text) <= 45:
            continue
        if label.name == "position" and "部门" not in label.line.text[label.start : label.end]:
            normalise = as_title
        one = _fields.field(sheet, _lines.weighed(text), partial(_stripped, normalise), found=0.97)
        if one.value:
            done[label.name] = agreed(done.get(label.name), one) or one
    return done


def agreed(one: Field | None, other: Field | None) -> Field | None:
    """Of what a sentence and a label give the surer one, doubtful where they are not the same."""
    candidates = [each for each in (one, other) if each is not None and each.value]
    best = max(candidates, key=lambda each: each.confidence, default=None)
    if best is None:
        return one or other
    return best if len({each.text for each in candidates}) == 1 else _fields.doubted(best, UNCLEAR)


def _with_note(label: Label, sheet: Sheet) -> Label:
    """The label with the English one or the note printed behind it (姓名/Name, 月收入(税前)), where the value stands right of both."""
    behind = label.line.text[label.end :]
    more = re.fullmatch(r"\s*(?:[/(（|]?\s*[A-Za-z][A-Za-z .&'/()（）-]*|[(（][^()（）\d]{1,10}[)）])[:：]?\s*", behind)
    if more is None or not right_of(label.line.box, (x for x in sheet.lines if x is not label.line)):
        return label
    return replace(label, end=len(label.line.text))


def with_notes(lines: Sequence[Line]) -> list[Line]:
    """Lines in which labels are whole that narrow cells wrap: 担任 over 职务, 年收入合计 over (税后)."""
    done = _lines.stacked(lines, PHRASES)
    for upper in [x for x in done if re.sub(r"[\s:：]", "", x.text) in PHRASES]:
        note = next(iter(below(upper.box, done, upper.box.height)), None)
        if note is None or not re.fullmatch(r"[(（][^()（）\d]{1,8}[)）]", note.text.strip()):
            continue
        if note.box.y0 - upper.box.y1 < 0.6 * note.box.height and abs(note.box.cx - upper.box.cx) < 2 * note.box.height:
            both = Line(upper.text + note.text, upper.box.union(note.box), min(upper.confidence, note.confidence))
            done = [both if x is upper else x for x in done if x is not note]
    return done


def _within_sentence(label: Label) -> bool:
    """Whether the words of a label stand in a sentence (…项目经理职务。近一年…)."""
    before, behind = label.line.text[: label.start].rstrip(), label.line.text[label.end :].lstrip()
    if behind[:1] in tuple(":："):
        return False
    nearly = re.sub(r"\s", "", label.line.text[label.start : label.end]) not in _LABELS[label.name]
    inside = behind[:1] in tuple("。，,;；、") or (behind and "一" <= before[-1:] <= "鿿") or (nearly and before != "")
    return bool(inside) or re.search("[，,。；;].", behind) is not None


def stamped(text: str) -> str:
    """The organisation that a seal names, without what the seal is for."""
    return _OF_IT.sub("", company(text)) or text


def _stripped(normalise: _fields.Normalise, printed: str) -> str:
    return normalise(printed.strip(_ENDS))


def as_date(text: str) -> str:
    """A date in the contract's form; circles that were read as letters count as zeros."""
    return dates.parse_partial(dates.with_marks(re.sub("(?<=[二〇○零一-九])[0OoQＯ]|[0OoQＯ](?=[二〇○零一-九])", "〇", text)))


def as_money(text: str) -> str:
    """An amount in the contract's form, without about, brackets and per month."""
    squeezed = re.sub(r"[()（）]|^约|(?:左右|以上)$|(?:元)?[/每]月$|(?:元)?[/每]年$", "", normal(text))
    return money.to_contract(money.parse(squeezed))


def _as_employer(text: str) -> str:
    name = stamped(re.sub(r"\((?:公章|盖章|加盖公章|人事章)\)|[:]", "", normal(text)))
    if len(name) < 4 or re.search(r"[。,;]", name) or said.NO_EMPLOYER.search(name):
        raise ValueError("no company's name")
    return name


def _as_number(text: str) -> str:
    number = resident_id.compact(text)
    if sum(char.isdigit() for char in number) < 8:
        raise ValueError("no number of a card")
    return number


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


def as_title(text: str) -> str:
    """What stands behind the label of a position: all of it."""
    name = re.sub("^[为是]", "", normal(text).strip(":,。;/-—"))
    if not 1 < len(name) <= 20 or re.search(r"\d{3}|[。;:□☑]", name) or said.NO_POSITIONS.match(name):
        raise ValueError("no position")
    return name


def _as_position(text: str) -> str:
    return said.position(as_title(text))[0]


NORMAL: Mapping[str, _fields.Normalise] = {
    "employee_name": _as_person,
    "id_number": _as_number,
    "employer": _as_employer,
    "position": _as_position,
    "employed_since": as_date,
    "monthly_income": as_money,
    "annual_income": as_money,
    "issued_on": as_date,
    "contact_name": _as_person,
    "contact_phone": _as_phone,
}
