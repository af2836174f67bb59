"""结婚证: the page with 持证人, date and number, the two persons, and the page with the registration office's seal.

Each of a couple has a certificate of his own; who is the holder is said by 持证人, not by the order of the persons. Certificates
from before 2004 name no holder: there the first person stands as holder. The pages of one certificate may come as one picture or
as several.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents._blocks import Form, form, value
from extractors.documents._codes import RESIDENT_ID, code_field
from extractors.documents._fields import doubted, field, person_field, present
from extractors.documents._lines import found, weighed
from extractors.layout import Label
from extractors.model import Field, Line, Sheet
from extractors.numbers import dates, marriage_number
from extractors.numbers.text import normal, same

LABELS: Mapping[str, Sequence[str]] = {
    "holder": ("持证人",),
    "registered_on": ("登记日期", "结婚日期", "发证日期", "登记时间"),
    "certificate_number": ("结婚证字号", "结婚证编号", "证书编号", "字号"),
    "remark": ("备注",),
    "name": ("姓名",),
    "sex": ("性别", "性別"),
    "nationality": ("国籍", "國籍"),
    "ethnicity": ("民族",),
    "birth": ("出生日期", "出生年月", "出生"),
    "id_number": ("身份证件号", "身份证编号", "身份证号", "证件编号", "证件号"),
    "registrar": ("婚姻登记员", "登记机关"),
}
INNER = ("sex", "nationality", "birth", "id_number")
STOPS = re.compile(r"予以登记|发给此证|民法典|婚姻法|民政部|监制|印制")
_WIDE = (("姓", "名"), ("国", "籍"), ("性", "别"), ("民", "族"), ("备", "注"))
UNNAMED = 0.85
"""Highest confidence of who is holder and who is spouse when 持证人 should be there and could not be read."""
NOT_ALIKE = 0.6
ODD = 0.8

_ID = re.compile(r"[1-9](?:\s?[0-9OoIlZSB]){14,17}(?:\s?[0-9Xx×*])?(?![0-9])|[A-Z]{1,2}\s?\d{6,9}|[HM]\d{8,10}")
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}(?!\d)(?:\s*日)?"
    r"|[一二][〇○零O0一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_NUMBER = re.compile(r"[JB]\s?\d{6}\s?[-—–―一]?\s?\d{4}\s?[-—–―一]?\s?\d{4,8}|\S*字第?\s?[\d-]+\s?号?|\d{6,20}")
_TODAYS = re.compile(r"(?<![0-9A-Z])J\d{6}-\d{4}-\d{6}(?!\d)")
"""The number's form since 2004, which nothing else on a page has."""
_CUT = re.compile(r"B?J\s?\d{6}[-\d]*")
_ALONE = re.compile(r"B?J\d{6}-?\d{4}-?\d{6}|\S{0,12}结\S{0,8}字\S{0,8}第?[\d-]{3,}号?")


@dataclass(frozen=True, slots=True)
class _Person:
    """One of the couple as printed."""

    name: Field
    id_number: Field | None


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one certificate from its pages, in any order."""
    forms = [form(replace(sheet, lines=_unstained(sheet.lines)), LABELS, (), STOPS, INNER) for sheet in sheets]
    persons = [each for one in forms for each in _persons(one)]
    holder = next((one for one in map(_holder, forms) if one is not None), None)
    fields = _couple(persons, holder)
    for one in forms:
        fields = {**present({"registered_on": _day(one), "certificate_number": _certificate_number(one)}), **fields}
    return fields


def _unstained(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines without what was read between the two halves of a label that is printed wide (姓 一 名)."""
    stains: list[Line] = []
    for upper, lower in _WIDE:
        for left in (line for line in lines if line.text.strip() == upper):
            height = left.box.height
            for right in (line for line in lines if line.text.strip() == lower):
                beside = 0 < right.box.x0 - left.box.x0 < 6 * height and right.box.overlap_y(left.box) > 0.4 * height
                if beside:
                    stains += [x for x in lines if _between(x, left, right)]
    return tuple(line for line in lines if not any(line is stain for stain in stains))


def _between(line: Line, left: Line, right: Line) -> bool:
    row = line.box.overlap_y(left.box) > 0.4 * min(line.box.height, left.box.height)
    return row and len(line.text.strip()) == 1 and left.box.cx < line.box.cx < right.box.cx and line is not left and line is not right


def _holder(seen: Form) -> Field | None:
    label = seen.label("holder")
    text = value(seen, label) if label is not None else None
    return person_field(seen.sheet, text)


def _persons(seen: Form) -> list[_Person]:
    """The persons from top to bottom, left to right, each with the number that stands beneath the name."""
    names = sorted((x for x in seen.labels if x.name == "name"), key=lambda x: (x.box.cy, x.box.x0))
    numbers = [x for x in seen.labels if x.name == "id_number"]
    persons = []
    for label in names:
        name = person_field(seen.sheet, value(seen, label))
        if name is None:
            continue
        number = _beneath(label, numbers, names)
        persons.append(_Person(name, _id_number(seen, number) if number is not None else None))
    return persons


def _beneath(name: Label, numbers: Sequence[Label], names: Sequence[Label]) -> Label | None:
    """The number's label whose nearest name above, in its column first, is this one."""
    for number in sorted(numbers, key=lambda x: x.box.cy):
        above = [x for x in names if x.box.cy < number.box.cy + 0.5 * number.box.height]
        owner = min(above, key=lambda x: (abs(x.box.x0 - number.box.x0) > 6 * x.box.height, number.box.cy - x.box.cy), default=None)
        if owner is name:
            return number
    return None


def _id_number(seen: Form, label: Label) -> Field | None:
    text = value(seen, label)
    part = found(text.parts[0], _ID) if text is not None else None
    if part is None:
        return field(seen.sheet, text, lambda _: "") if text is not None else None
    if part.text[0].isalpha():
        return field(seen.sheet, weighed(part), lambda printed: normal(printed).replace(" ", "").upper())
    return code_field(seen.sheet, part, RESIDENT_ID)


def _couple(persons: Sequence[_Person], holder: Field | None) -> dict[str, Field]:
    """Holder and spouse: the person whose name is the holder's and the other one."""
    if not persons:
        return {"holder_name": holder} if holder is not None else {}
    first, sure = _who_holds(persons, holder)
    mine = persons[first]
    spouse = next((p for n, p in enumerate(persons) if n != first), None)
    fields = {"holder_name": _read_twice(mine.name, holder), "holder_id_number": mine.id_number}
    if spouse is not None:
        fields |= {"spouse_name": spouse.name, "spouse_id_number": spouse.id_number}
    return {name: doubted(one, sure) for name, one in present(fields).items()}


def _who_holds(persons: Sequence[_Person], holder: Field | None) -> tuple[int, float]:
    """Which person holds the certificate, and how sure that is at most."""
    if holder is None or not holder.value:
        return 0, UNNAMED if len(persons) > 1 else 1.0
    from rapidfuzz import fuzz

    alike = [100.0 if same(p.name.text, holder.text) != "different" else fuzz.ratio(p.name.text, holder.text) for p in persons]
    first = max(range(len(persons)), key=lambda n: alike[n])
    others = [ratio for n, ratio in enumerate(alike) if n != first]
    return first, 1.0 if alike[first] >= 50 and all(alike[first] - ratio >= 20 for ratio in others) else NOT_ALIKE


def _read_twice(name: Field, holder: Field | None) -> Field:
    """The holder's name, printed beside 持证人 and among the persons: the surer reading, doubtful where they differ."""
    if holder is None or not holder.value:
        return name
    surer = max(name, holder, key=lambda one: one.confidence)
    return surer if name.value == holder.value else doubted(surer, ODD)


def _day(seen: Form) -> Field | None:
    label = seen.label("registered_on")
    text = value(seen, label) if label is not None else None
    if text is None:
        return None
    day = found(text.parts[0], _DATE)
    return field(seen.sheet, weighed(day or text, _counts), lambda printed: dates.parse(printed).isoformat())


def _counts(character: str) -> bool:
    return character.isdigit() or character in "〇○零一二三四五六七八九十"


def _certificate_number(seen: Form) -> Field | None:
    """The number behind its label; on older certificates it stands alone beneath the title."""
    label = seen.label("certificate_number")
    text = value(seen, label) if label is not None else None
    if text is None:
        alone = next((line for line in seen.lines if _ALONE.fullmatch(re.sub(r"\s", "", line.text))), None)
        alone = alone or next((part for line in seen.lines if (part := found(line, _TODAYS)) is not None), None)
        return field(seen.sheet, weighed(alone), marriage_number.validate) if alone is not None else None
    printed = text.parts[0]
    number = weighed(found(printed, _TODAYS) or found(printed, _CUT) or found(printed, _NUMBER) or text)
    one = field(seen.sheet, number, marriage_number.validate)
    return one if one.value else doubted(field(seen.sheet, number, marriage_number.compact), ODD)


def assemble(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
    """Pages that complete each other are one certificate; a page that says again what is already known begins the next."""
    groups: list[tuple[set[str], list[Sheet]]] = []
    for sheet in sheets:
        seen = {"holder" if name.startswith("certificate") else name for name in extract((sheet,))}
        kind = _kind(sheet, seen)
        last = groups[-1] if groups else None
        if last is not None and not last[0] & kind and _near(last[1][-1], sheet):
            last[0].update(kind)
            last[1].append(sheet)
        else:
            groups.append((set(kind), [sheet]))
    return [tuple(group) for _, group in groups]


def _kind(sheet: Sheet, fields: set[str]) -> set[str]:
    """What a page brings: the holder's part, the persons, or the seal."""
    kind = {"persons"} if {"holder_id_number", "spouse_name"} & fields else set()
    if any("持证人" in line.text.replace(" ", "") for line in sheet.lines) or "registered_on" in fields:
        kind.add("holder")
    return kind or {"seal"}


def _near(before: Sheet, sheet: Sheet) -> bool:
    return before.file != sheet.file or sheet.page - before.page <= 1


TYPE = DocumentType(
    id="marriage_certificate",
    label="结婚证",
    anchors=(
        Anchor("结婚证", 0.35, title=True),
        Anchor("持证人", 0.4),
        Anchor("结婚证字号", 0.5),
        Anchor("身份证件号", 0.4),
        Anchor("登记日期", 0.2),
        Anchor("国籍", 0.2),
        Anchor("婚姻登记", 0.4),
        Anchor("婚姻法", 0.4),
        Anchor("结婚申请", 0.5),
        Anchor("申请结婚", 0.4),
        Anchor("发给此证", 0.4),
        Anchor("予以登记", 0.3),
        Anchor("离婚", -1.0),
        Anchor("收入证明", -0.8),
        Anchor("户主", -0.8),
        Anchor("不动产", -0.8),
        Anchor("贷款", -0.4),
        Anchor("甲方", -0.6),
    ),
    fields=(
        FieldSpec("holder_name", "持证人", "text", mandatory=True),
        FieldSpec("holder_id_number", "持证人身份证件号", "id", mandatory=True),
        FieldSpec("spouse_name", "配偶姓名", "text", mandatory=True),
        FieldSpec("spouse_id_number", "配偶身份证件号", "id", mandatory=True),
        FieldSpec("registered_on", "登记日期", "date", mandatory=True),
        FieldSpec("certificate_number", "结婚证字号", "text", mandatory=True),
    ),
    extract=extract,
    wants=frozenset({"seals"}),
    assemble=assemble,
)
