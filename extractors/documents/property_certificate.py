"""不动产权证书, its electronic form, and the older 房屋所有权证 and 房地产权证: a table of labels with values over several lines.

What burdens the property (抵押, 查封, 居住权) is printed or stamped in the notes; the words go to `encumbrances` for a rule to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extractors.doctype import Anchor, CloseUp, DocumentType, FieldSpec
from extractors.documents import _fields, _lines
from extractors.documents import _property_values as values
from extractors.documents._flow import Flow, flow
from extractors.layout import COLONS, Label, Text, below, join, labels, rows, value_of
from extractors.model import SURE, Field, Line, Rule, Sheet
from extractors.numbers.text import normal

_LABELS: Mapping[str, Sequence[str]] = {
    "owners": ("房屋所有权人", "土地使用权人", "房地产权利人", "房地产权属人", "权属人", "权利人", "产权人", "所有权人"),
    "co_owners": ("共有人",),
    "co_ownership": ("共有情况", "共有方式"),
    "location": ("房屋坐落", "房地坐落", "房地产坐落", "不动产坐落", "坐落"),
    "unit_number": ("不动产单元号",),
    "right_type": ("权利类型", "产权类型"),
    "right_nature": ("权利性质", "房屋性质", "土地使用权类型", "使用权类型"),
    "usage": ("规划用途", "房屋用途", "设计用途", "用途", "土地用途"),
    "floor_area": ("房屋建筑面积", "建筑面积", "面积"),
    "term_until": (
        "土地使用期限至", "土地使用期限", "使用期限至", "使用期限", "终止日期", "土地终止日期", "土地使用权终止日期",
        "土地使用年限", "使用年限",
    ),
    "registered_on": ("登记时间", "登记日期", "发证日期", "填发日期", "填证日期", "登簿时间", "登簿日期", "颁发日期", "登记日"),
    "remarks": ("附记", "备注"),
    "other": (
        "权利其他状况", "宗地号", "地号", "图号", "丘号", "房屋状况", "土地状况", "取得方式", "取得价格", "义务人", "编号",
        "缮证时间", "缮证日期", "套内面积", "使用权面积", "分摊面积", "所在楼层", "总层数", "房屋类别", "房屋结构", "结构",
        "所有权性质", "竣工日期", "登记价", "房屋类型", "地籍号", "他项权利", "套内建筑面积", "宗地面积",
        "登记机构", "填发单位", "填证单位", "发证机关", "身份证明号", "证件号码", "证件种类",
    ),
}  # fmt: skip
_PHRASES = tuple(form for forms in _LABELS.values() for form in forms)
_REST = re.compile(r"[()]?(?:平方米|平方|米|m2|m|元|年)?[()]?")
_BURDEN = re.compile(
    r"(?<!未)(?<!无)(?<!无任何)((?:已|被|设立|办理|设定|在建工程|最高额|一般)?(?:抵押权?|查封|预查封|居住权|异议登记|预告登记|限制(?:转让|交易)|冻结))"
    r"(?!情况|[:]?无|登记注销|注销|已注销|权人[:]?无)"
)
APART = 4.5
"""A gap of this many line heights is none within a cell's value."""
LOST_SLASH = 0.85
STRANGE = 0.8
"""Highest confidence of a value that holds what stands in no such cell."""
FLOWING = 0.93
"""Of a value that was found in running text, not in its cell."""


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one certificate over all of its pages; the first page that prints a field gives it."""
    found: dict[str, Field] = {}
    for sheet in sheets:
        clean = replace(sheet, lines=tuple(x for x in sheet.lines if not _lines.is_watermark(x.text)))
        for name, one in _of_sheet(clean).items():
            held = found.get(name)
            if held is None or not held.value or held.confidence < SURE <= one.confidence:
                found[name] = one
    burdens = [part for sheet in sheets for part in _burdens(sheet)]
    if burdens:
        found["encumbrances"] = _together(burdens)
    return found


def _of_sheet(sheet: Sheet) -> dict[str, Field]:
    sheet = replace(sheet, lines=tuple(_lines.stacked(_lines.mended(sheet.lines, _PHRASES), _PHRASES)), rules=tuple(_drawn(sheet)))
    every = _headings(sheet)
    text = flow(sheet)
    found: dict[str, Field | None] = {"certificate_number": _certificate_number(text)}
    for name, normalise in _NORMAL.items():
        found[name] = _labelled(sheet, every, name, normalise)
    found["unit_number"] = found.get("unit_number") or _fields.maybe(sheet, text.find(values.UNIT_NUMBER), normal)
    found["co_ownership"] = found.get("co_ownership") or _fields.maybe(sheet, text.find(values.TOGETHER), normal, found=0.9)
    found["floor_area"] = found.get("floor_area") or _fields.maybe(sheet, text.find(values.BUILT), values.area, found=FLOWING)
    found["term_until"] = _valued(found.get("term_until")) or _fields.maybe(sheet, text.find(values.END), values.day, found=FLOWING)
    found["right_type"] = _slashed(found.get("right_type"))
    found["owners"] = _fields.of_usual_names(_named(found.get("owners")))
    found["owners"] = _with_co_owners(found.get("owners"), _labelled(sheet, every, "co_owners", values.people))
    if found.get("registered_on") is None:
        found["registered_on"] = _last_day(text)
    return _fields.present(found)


def _valued(one: Field | None) -> Field | None:
    return one if one is not None and one.value else None


def _named(one: Field | None) -> Field | None:
    """Owners that are too long for a person and end like no organisation are two whose gap was not seen: parted where only one
    way gives two names, never sure."""
    if one is None or not any(5 <= len(name) <= 8 and values.runs_together(name) for name in one.text.split("、")):
        return one
    parted = "、".join(values.parted(name) for name in one.text.split("、"))
    return replace(_fields.doubted(one, LOST_SLASH), value=parted)


def _slashed(one: Field | None) -> Field | None:
    """国有建设用地使用权/房屋所有权 are two rights: where the stroke between them was not read, it is proposed."""
    if one is None or not re.search("使用权房屋", one.text):
        return one
    return replace(_fields.doubted(one, LOST_SLASH), proposal=one.text.replace("使用权房屋", "使用权/房屋"))


def _drawn(sheet: Sheet) -> list[Rule]:
    """The rules without those that are strokes of characters: a cell's edge is longer than what is written in the cell."""

    def within(rule: Rule, line: Line) -> bool:
        box, margin = line.box, 0.5 * line.box.height
        inside = box.y0 < rule.box.cy < box.y1
        return inside and box.x0 - margin < rule.box.x0 and rule.box.x1 < box.x1 + margin

    return [rule for rule in sheet.rules if rule.vertical or not any(within(rule, line) for line in sheet.lines)]


def _headings(sheet: Sheet) -> list[Label]:
    """Labels that begin their line, or stand apart in it before a colon: the same words in a sentence (权利人申请登记的…) are none."""
    return [x for x in labels(sheet, _LABELS) if _is_heading(x)]


def _is_heading(label: Label) -> bool:
    before, after = label.line.text[: label.start], label.line.text[label.end :]
    printed = label.line.text[label.start : label.end]
    apart = before[-1:].isspace() or before[-1:] in tuple(COLONS) or label.name in ("other", "term_until")
    begins = not before.strip() or (after[:1] in tuple(COLONS) and apart)
    if not _is_whole(label, after):
        return False
    if label.name == "other" and printed.endswith("面积") and (after.strip() or before.strip()):
        return False  # 宗地面积：15632.00m²/… begins the value of a cell
    another = re.search("(?:套内|专有|分摊|公摊|土地|宗地)$", before)  # 套内建筑面积 is no 建筑面积
    return begins and not another and not re.match("[，,的]|所有权证", after) and not printed.endswith("证")


def _is_whole(label: Label, after: str) -> bool:
    """Whether nothing but a mark or a gap follows a label that is not printed as the list has it: 土地使用权止于 is no 土地使用权人."""
    printed = re.sub(r"\s", "", label.line.text[label.start : label.end])
    ends = not after or after[0].isspace() or after[0] in COLONS or printed[-1] in COLONS
    return ends or printed in _LABELS[label.name]


def _labelled(sheet: Sheet, every: Sequence[Label], name: str, normalise: _fields.Normalise) -> Field | None:
    """The field of a label: what stands behind it or, in tables with their labels on top, beneath it."""
    for label in sorted((_with_unit(x) for x in every if x.name == name), key=lambda x: _LABELS[name].index(_form(x, name))):
        for text in (_cell(label, sheet, every), value_of(label, sheet, every), *_beneath(label, sheet, every)):
            if text is None:
                continue
            text = _lines.without_english_label(text)
            if normalise is values.people:
                text = replace(text, text=" ".join(_spaced(part) for part in text.parts))
            one = _fields.field(sheet, _lines.weighed(text), normalise)
            if one.value:
                one = _fields.of_today(one)
                strange = values.is_strange(name, one.text, text.text) or _lines.split_number(text)
                return _fields.doubted(one, STRANGE) if strange else one
    return None


def _with_unit(label: Label) -> Label:
    """The label with the unit printed behind it: 建筑面积(平方米)."""
    rest = normal(label.line.text[label.end :])
    return replace(label, end=len(label.line.text)) if rest.startswith("(") and _REST.fullmatch(rest) else label


def _spaced(line: Line) -> str:
    """The line's text with a space wherever two characters stand apart by most of a character: names side by side."""
    widths = [b - a for a, b in pairwise(line.edges)]
    han = ["\u3400" <= char <= "\u9fff" for char in line.text]
    if len(line.text) < 4 or len(widths) != len(line.text) or sum(han) < 3:
        return line.text
    usual = median(width for width, is_han in zip(widths, han, strict=True) if is_han)
    text = line.text[0]
    for n in range(1, len(line.text)):
        apart = han[n - 1] and han[n] and widths[n - 1] + widths[n] - 2 * usual > 0.7 * usual
        text += (" " if apart else "") + line.text[n]
    return text


def _form(label: Label, name: str) -> str:
    """The printed form of the label as the list has it: the one it is most like."""
    printed = re.sub(r"\s|[(（].*", "", label.line.text[label.start : label.end])

    def alike(form: str) -> tuple[bool, int]:
        same = sum(a == b for a, b in zip(form, printed, strict=False))
        return form == printed, same - abs(len(form) - len(printed))

    return max(_LABELS[name], key=alike)


def _cell(label: Label, sheet: Sheet, every: Sequence[Label]) -> Text | None:
    """All lines of the cell right of a label: between the rules above and below it or, without rules, between the middles of the
    gaps to the labels above and below; up to the next label's column."""
    if label.line.text[label.end :].strip(" :：") or len(label.line.text) < 2:
        return None
    box = label.line.box
    column = [x.line.box for x in every if x.line is not label.line and x.line.box.overlap_x(box) > 0]
    top = max(((c.cy + box.cy) / 2 for c in column if c.cy < box.cy), default=box.y0 - box.height)
    foot = min(((c.cy + box.cy) / 2 for c in column if c.cy > box.cy), default=box.y1 + box.height)
    ruled = [r.box for r in sheet.rules if not r.vertical and r.box.x0 <= box.cx <= r.box.x1]
    above, beneath = max((r.cy for r in ruled if r.cy < box.cy), default=top), min((r.cy for r in ruled if r.cy > box.cy), default=foot)
    top = top if any(above < c.cy < box.cy for c in column) else above  # a rule beyond the next label is no edge of this cell
    foot = foot if any(box.cy < c.cy < beneath for c in column) else beneath
    right = min((x.line.box.x0 for x in every if x.line.box.x0 > box.x1 and top < x.line.box.cy < foot), default=float("inf"))
    inside = [x for x in sheet.lines if x.box.x0 > box.x1 - 0.3 * box.height and x.box.cx < right and top < x.box.cy < foot]
    inside = [x for x in inside if re.search(r"\w", x.text)]
    named = label.name in ("owners", "co_owners")
    parts = [x for row in rows(inside) for x in (row if named else _unparted(row))]
    return join(parts, glue=" " if named else "") if parts else None


def _unparted(row: Sequence[Line]) -> Sequence[Line]:
    """A row of a cell up to its first wide gap: beyond it stands another column (the notes of an opened booklet)."""
    for n, (one, after) in enumerate(pairwise(row), 1):
        if after.box.x0 - one.box.x1 > APART * one.box.height:
            return row[:n]
    return row


def _beneath(label: Label, sheet: Sheet, every: Sequence[Label]) -> list[Text]:
    """What stands in the column under a label, in the next cell: neither the rest of a wrapped label nor another label. As many
    lines as hang together, then fewer: the cells below are not always ruled."""
    box, height = label.line.box, label.line.box.height
    taken = {id(x.line) for x in every}
    under = [
        x
        for x in below(box, sheet.lines, 4.5 * height)
        if id(x) not in taken and abs(x.box.cx - box.cx) < max(0.8 * box.width, 2.2 * height) and not _REST.fullmatch(normal(x.text))
    ]
    parts = [x for x in under if x.box.y0 - under[0].box.y1 < 0.8 * height][:3]
    return [join(parts[:n]) for n in range(len(parts), 0, -1)]


def _certificate_number(text: Flow) -> Field | None:
    return _fields.maybe(text.sheet, _weighed(text.find(values.NUMBER)), values.certificate_number)


def _weighed(part: Text | None) -> Text | None:
    return _lines.weighed(part) if part else None


def _last_day(text: Flow) -> Field | None:
    """The registration's day where it stands without a label: the last full date of a page that speaks of registration."""
    if not re.search(r"登记机构|填发单位|发证机关|登记机关|自然资源|国土", text.text):
        return None
    days = [part for part in text.all(values.REGISTERED)]
    if not days:
        return None
    return _fields.field(text.sheet, _lines.weighed(days[-1]), values.day, found=0.92)


def _with_co_owners(owners: Field | None, more: Field | None) -> Field | None:
    if owners is None or more is None or not more.value:
        return owners
    names = [*owners.text.split("、"), *(n for n in more.text.split("、") if n not in owners.text.split("、"))]
    if len(names) == len(owners.text.split("、")):
        return owners
    return replace(owners, value="、".join(names), raw=f"{owners.raw} {more.raw}", confidence=min(owners.confidence, more.confidence))


def _burdens(sheet: Sheet) -> list[Field]:
    """Words on the sheet that say the property is burdened: printed ones, and what stamps say."""
    found = [_fields.field(sheet, part, normal) for part in flow(sheet).all(_BURDEN)]
    stamped = [seal for seal in sheet.seals if _BURDEN.search(seal.text)]
    return found + [Field(normal(s.text), s.text, s.confidence, sheet.evidence(s.box)) for s in stamped]


def _together(burdens: Sequence[Field]) -> Field:
    words = list(dict.fromkeys(one.text for one in burdens))
    return replace(burdens[0], value="、".join(words), raw="、".join(dict.fromkeys(one.raw for one in burdens)))


_NORMAL: Mapping[str, _fields.Normalise] = {
    "owners": values.people,
    "co_ownership": values.co_ownership,
    "location": normal,
    "unit_number": values.unit_number,
    "right_type": normal,
    "right_nature": normal,
    "usage": normal,
    "floor_area": values.area,
    "term_until": values.end,
    "registered_on": values.day,
    "remarks": normal,
}


def assemble(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
    """Pages of one certificate: a page that names no other number and repeats no owner belongs to the one before it."""
    groups: list[list[Sheet]] = []
    for sheet in sheets:
        begins = _certificate_number(flow(sheet)) is not None or _names_owners(sheet, "location")
        held = groups[-1] if groups else None
        complete = held is not None and any(_names_owners(s) for s in held)
        if held is None or (begins and complete and not _same_number(held, sheet)):
            groups.append([sheet])
        else:
            held.append(sheet)
    return [tuple(group) for group in groups]


def _names_owners(sheet: Sheet, *more: str) -> bool:
    """Whether the sheet has a label for owners (the notes may have one, too), and these others."""
    return {"owners", *more} <= {x.name for x in _headings(sheet)}


def _same_number(held: Sequence[Sheet], sheet: Sheet) -> bool:
    number = _certificate_number(flow(sheet))
    others = [n.text for s in held if (n := _certificate_number(flow(s)))]
    return number is not None and number.text in others


def continues(so_far: tuple[Sheet, ...], sheet: Sheet) -> bool:
    """The notes page (附记), the plan page, the page with the registry's seal: right behind the certificate."""
    text = "".join(x.text for x in sheet.lines).replace(" ", "")
    return bool(re.search(r"附记|宗地图|房产平面图|分户图|分层分户|登记机构|填发单位", text))


def close_ups(sheet: Sheet) -> tuple[CloseUp, ...]:
    """Labels in two rows that were read as one."""
    return tuple(_lines.smudged(sheet.lines))


TYPE = DocumentType(
    id="property_certificate",
    label="不动产权证书",
    anchors=(
        Anchor("不动产权证书", 1.0, title=True),
        Anchor("不动产权第", 0.8),
        Anchor("不动产单元号", 0.9),
        Anchor("房屋所有权证", 1.0, title=True),
        Anchor("房地产权证", 1.0, title=True),
        Anchor("房地产证", 1.0, title=True),
        Anchor("房地字第", 0.6),
        Anchor("房地证", 0.3),
        Anchor("房屋所有权人", 0.8),
        Anchor("房屋坐落", 0.6),
        Anchor("权利其他状况", 0.6),
        Anchor("共有情况", 0.5),
        Anchor("权利人", 0.3),
        Anchor("坐落", 0.2),
        Anchor("权利类型", 0.3),
        Anchor("建筑面积", 0.2),
        Anchor("附记", 0.3),
    ),
    fields=(
        FieldSpec("certificate_number", "不动产权证号", "text", True),
        FieldSpec("owners", "权利人", "text", True),
        FieldSpec("co_ownership", "共有情况", "text"),
        FieldSpec("location", "坐落", "text", True),
        FieldSpec("unit_number", "不动产单元号", "text"),
        FieldSpec("right_type", "权利类型", "text"),
        FieldSpec("right_nature", "权利性质", "text"),
        FieldSpec("usage", "用途", "text"),
        FieldSpec("floor_area", "建筑面积", "number", True),
        FieldSpec("term_until", "使用期限至", "date"),
        FieldSpec("registered_on", "登记日期", "date"),
        FieldSpec("remarks", "附记", "text"),
        FieldSpec("encumbrances", "权利负担", "text"),
    ),
    extract=extract,
    wants=frozenset({"seals", "rules"}),
    continues=continues,
    assemble=assemble,
    close_ups=close_ups,
)
