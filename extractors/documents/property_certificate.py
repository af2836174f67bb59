"""不动产权证书, its electronic form, and the older 房屋所有权证 and 房地产权证: a table of labels with values over several lines.

What burdens the property (抵押, 查封, 居住权) is printed or stamped in the notes; the words go to `encumbrances` for a rule to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents import _fields, _lines
from extractors.documents._flow import Flow, flow
from extractors.layout import Label, Text, below, join, labels, rows, value_of
from extractors.model import Field, Line, Sheet
from extractors.numbers import dates
from extractors.numbers.text import normal, person

_LABELS: Mapping[str, Sequence[str]] = {
    "owners": ("房屋所有权人", "土地使用权人", "房地产权利人", "权利人", "产权人", "所有权人"),
    "co_owners": ("共有人",),
    "co_ownership": ("共有情况", "共有方式", "所有权性质"),
    "location": ("房屋坐落", "房地坐落", "房地产坐落", "不动产坐落", "坐落"),
    "unit_number": ("不动产单元号",),
    "right_type": ("权利类型", "产权类型"),
    "right_nature": ("权利性质", "房屋性质", "土地使用权类型", "使用权类型"),
    "usage": ("规划用途", "房屋用途", "土地用途", "设计用途", "用途"),
    "floor_area": ("房屋建筑面积", "建筑面积", "面积"),
    "term_until": ("土地使用期限", "使用期限", "终止日期", "土地终止日期"),
    "registered_on": ("登记时间", "登记日期", "发证日期", "填发日期", "填证日期", "登簿时间", "登簿日期", "颁发日期"),
    "remarks": ("附记", "备注"),
    "other": (
        "权利其他状况", "宗地号", "地号", "图号", "丘号", "房屋状况", "土地状况", "取得方式", "取得价格", "义务人", "编号",
        "登记机构", "填发单位", "发证机关", "身份证明号", "证件号码", "证件种类",
    ),
}  # fmt: skip
_PHRASES = tuple(form for forms in _LABELS.values() for form in forms)
_REST = re.compile(r"[()]?(?:平方米|平方|米|m2|元|年)?[()]?")
_NUMBER = re.compile(
    r"([\u4e00-\u9fff]{1,3}\(?(?:19|20)\d{2}\)?(?:[\u4e00-\u9fff]{2,12})?(?:不动产权|房地证|房权证|房地产权)[\u4e00-\u9fff]{0,6}第?[0-9A-Z-]{3,14}号"
    r"|[\u4e00-\u9fff]{0,8}(?:房权证|房地证|房产证|房地产证)[\u4e00-\u9fff]{0,8}(?:\(?(?:19|20)\d{2}\)?)?(?:字)?第?[0-9A-Z-]{3,14}号"
    r"|\d{3}房地证(?:19|20)\d{2}字第?\d{3,8}号)"
)
_AREA = re.compile(r"(?:房屋)?建筑面积[:]?(\d[\d,，]*(?:\.\d+)?)|^(\d[\d,，]*(?:\.\d+)?)$")
_DAY = re.compile(r"((?:\d{4}|[二〇○零一九][〇○零一二三四五六七八九]{3})[年./-]\d{1,2}[月./-]\d{1,2}日?|[二〇○零一九][〇○零一二三四五六七八九]{3}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)")
_REGISTERED = re.compile(_DAY.pattern + r"(?!起|止|至)")
_BURDEN = re.compile(r"(?<!未)(?<!无)(?<!无任何)((?:已|被|设立|办理|设定|在建工程|最高额|一般)?(?:抵押权?|查封|预查封|居住权|异议登记|预告登记|限制(?:转让|交易)|冻结))(?!情况|[:]?无|登记注销|注销|已注销|权人[:]?无)")
_TOGETHER = re.compile(r"(单独所有|共同共有|按份共有|家庭共有|共有)")
_UNIT_NUMBER = re.compile(r"(\d{6}[\dA-Z]{22})")


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one certificate over all of its pages; the first page that prints a field gives it."""
    found: dict[str, Field] = {}
    for sheet in sheets:
        clean = replace(sheet, lines=tuple(x for x in sheet.lines if not _lines.is_watermark(x.text)))
        for name, one in _of_sheet(clean).items():
            held = found.get(name)
            if held is None or (bool(one.value), one.confidence) > (bool(held.value), held.confidence):
                found[name] = one
    burdens = [part for sheet in sheets for part in _burdens(sheet)]
    if burdens:
        found["encumbrances"] = _together(burdens)
    return found


def _of_sheet(sheet: Sheet) -> dict[str, Field]:
    sheet = replace(sheet, lines=tuple(_lines.mended(sheet.lines, _PHRASES)))
    every = _headings(sheet)
    text = flow(sheet)
    found: dict[str, Field | None] = {"certificate_number": _certificate_number(text)}
    for name, normalise in _NORMAL.items():
        found[name] = _labelled(sheet, every, name, normalise)
    found["unit_number"] = found.get("unit_number") or _fields.maybe(sheet, text.find(_UNIT_NUMBER), normal)
    found["co_ownership"] = found.get("co_ownership") or _fields.maybe(sheet, text.find(_TOGETHER), normal, found=0.9)
    found["owners"] = _with_co_owners(found.get("owners"), _labelled(sheet, every, "co_owners", _as_people))
    if found.get("registered_on") is None:
        found["registered_on"] = _last_day(text)
    return _fields.present(found)


def _headings(sheet: Sheet) -> list[Label]:
    """Labels that begin their line: the same words inside a sentence (权利人申请登记的…) are no labels."""
    return [x for x in labels(sheet, _LABELS) if not x.line.text[: x.start].strip() and not re.match("[，,的]|所有权证", x.line.text[x.end :])]


def _labelled(sheet: Sheet, every: Sequence[Label], name: str, normalise: _fields.Normalise) -> Field | None:
    """The field of a label: what stands behind it or, in tables with their labels on top, beneath it."""
    for label in sorted((x for x in every if x.name == name), key=lambda x: _LABELS[name].index(_form(x, name))):
        for text in (_cell(label, sheet, every), value_of(label, sheet, every), _beneath(label, sheet, every)):
            if text is None:
                continue
            if normalise is _as_people:
                text = replace(text, text=" ".join(_spaced(part) for part in text.parts))
            one = _fields.field(sheet, _lines.weighed(text), normalise)
            if one.value:
                return one
    return None


def _spaced(line: Line) -> str:
    """The line's text with a space wherever two characters stand apart by most of a character: names side by side."""
    widths = [b - a for a, b in pairwise(line.edges)]
    if len(line.text) < 4 or len(widths) != len(line.text):
        return line.text
    usual = median(widths)
    text = line.text[0]
    for n in range(1, len(line.text)):
        apart = widths[n - 1] + widths[n] - 2 * usual > 0.7 * usual
        text += (" " if apart else "") + line.text[n]
    return text


def _form(label: Label, name: str) -> str:
    """The printed form of the label as the list has it: the one it is most like."""
    printed = re.sub(r"\s", "", label.line.text[label.start : label.end])
    return max(_LABELS[name], key=lambda form: (form == printed, sum(a == b for a, b in zip(form, printed, strict=False)) - abs(len(form) - len(printed))))


def _cell(label: Label, sheet: Sheet, every: Sequence[Label]) -> Text | None:
    """All lines of the table cell right of a label: between the rules above and below it or, without rules, between the middles of
    the gaps to the labels above and below; up to the next label's column."""
    if label.line.text[label.end :].strip(" :：") or not 2 <= len(label.line.text):
        return None
    box = label.line.box
    column = [x.line.box for x in every if x.line is not label.line and x.line.box.overlap_x(box) > 0]
    top = max(((c.cy + box.cy) / 2 for c in column if c.cy < box.cy), default=box.y0 - box.height)
    foot = min(((c.cy + box.cy) / 2 for c in column if c.cy > box.cy), default=box.y1 + box.height)
    ruled = [r.box for r in sheet.rules if not r.vertical and r.box.x0 <= box.cx <= r.box.x1]
    top = max([r.cy for r in ruled if r.cy < box.cy], default=top)
    foot = min([r.cy for r in ruled if r.cy > box.cy], default=foot)
    right = min((x.line.box.x0 for x in every if x.line.box.x0 > box.x1 and top < x.line.box.cy < foot), default=float("inf"))
    inside = [x for x in sheet.lines if x.box.x0 > box.x1 - 0.3 * box.height and x.box.cx < right and top < x.box.cy < foot]
    parts = [x for row in rows(inside) for x in row]
    return join(parts, glue=" " if label.name in ("owners", "co_owners") else "") if parts else None


def _beneath(label: Label, sheet: Sheet, every: Sequence[Label]) -> Text | None:
    """What stands in the column under a label, in the next cell: neither the rest of a wrapped label nor another label."""
    box, height = label.line.box, label.line.box.height
    taken = {id(x.line) for x in every}
    under = [
        x
        for x in below(box, sheet.lines, 4.5 * height)
        if id(x) not in taken and abs(x.box.cx - box.cx) < max(0.8 * box.width, 2.2 * height) and not _REST.fullmatch(normal(x.text))
    ]
    parts = [x for x in under if x.box.y0 - under[0].box.y1 < 0.8 * height][:3]
    return join(parts) if parts else None


def _certificate_number(text: Flow) -> Field | None:
    return _fields.maybe(text.sheet, _weighed(text.find(_NUMBER)), lambda raw: re.sub(r"\s", "", normal(raw)))


def _weighed(part: Text | None) -> Text | None:
    return _lines.weighed(part) if part else None


def _last_day(text: Flow) -> Field | None:
    """The registration's day where it stands without a label: the last full date of a page that speaks of registration."""
    if not re.search(r"登记机构|填发单位|发证机关|登记机关|自然资源|国土", text.text):
        return None
    days = [part for part in text.all(_REGISTERED)]
    if not days:
        return None
    return _fields.field(text.sheet, _lines.weighed(days[-1]), _as_day, found=0.92)


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


def _as_people(text: str) -> str:
    squeezed = re.sub(r"\(.*?\)|（.*?）|(?:身份证|证件).*$", "", text).strip("/,、 ")
    names = [person(name) for name in re.split(r"[、,，;；/\s]+", squeezed) if name]
    names = [name for name in names if not re.fullmatch(r"[-—/\\*]+|无", name)]
    if not names or any(len(name) < 2 or re.search(r"\d", name) for name in names):
        raise ValueError("no names")
    return "、".join(dict.fromkeys(names))


def _as_area(text: str) -> str:
    squeezed = re.sub(r"\s|[()]|m2|m²|㎡|平方米", "", normal(text), flags=re.IGNORECASE)
    if re.match(r"专有|分摊|套内|宗地|共有宗地", squeezed) and "房屋建筑面积" not in squeezed:
        raise ValueError("another area")
    found = [a or b for a, b in _AREA.findall(squeezed)]
    named = re.search(r"房屋建筑面积[:]?(\d[\d,]*(?:\.\d+)?)", squeezed)
    if not found and not named:
        raise ValueError("no area")
    number = (named.group(1) if named else found[-1]).replace(",", "")
    return f"{float(number):.2f}" if "." in number else number


def _as_day(text: str) -> str:
    return dates.parse(text).isoformat()


def _as_end(text: str) -> str:
    """The last day of a term: what stands before 止, else the later of the days."""
    squeezed = re.sub(r"\s", "", normal(text))
    if "永久" in squeezed or "长期" in squeezed:
        return "long-term"
    days = sorted(dates.parse(day).isoformat() for day in _DAY.findall(squeezed))
    return days[-1] if days else ""


def _as_unit_number(text: str) -> str:
    squeezed = re.sub(r"[^0-9A-Za-z]", "", normal(text)).upper()
    if len(squeezed) != 28:
        raise ValueError("not 28 characters")
    return squeezed


def _as_co_ownership(text: str) -> str:
    match = _TOGETHER.search(re.sub(r"\s", "", normal(text)))
    return match.group(1) if match else normal(text)


_NORMAL: Mapping[str, _fields.Normalise] = {
    "owners": _as_people,
    "co_ownership": _as_co_ownership,
    "location": normal,
    "unit_number": _as_unit_number,
    "right_type": normal,
    "right_nature": normal,
    "usage": normal,
    "floor_area": _as_area,
    "term_until": _as_end,
    "registered_on": _as_day,
    "remarks": normal,
}


def assemble(sheets: Sequence[Sheet]) -> list[tuple[Sheet, ...]]:
    """Pages of one certificate: a page that names no other number and repeats no owner belongs to the one before it."""
    groups: list[list[Sheet]] = []
    for sheet in sheets:
        begins = _certificate_number(flow(sheet)) is not None or _names_owners(sheet)
        held = groups[-1] if groups else None
        complete = held is not None and any(_names_owners(s) for s in held)
        if held is None or (begins and complete and not _same_number(held, sheet)):
            groups.append([sheet])
        else:
            held.append(sheet)
    return [tuple(group) for group in groups]


def _names_owners(sheet: Sheet) -> bool:
    return any(x.name == "owners" for x in _headings(sheet))


def _same_number(held: Sequence[Sheet], sheet: Sheet) -> bool:
    number = _certificate_number(flow(sheet))
    others = [n.text for s in held if (n := _certificate_number(flow(s)))]
    return number is not None and number.text in others


def continues(so_far: tuple[Sheet, ...], sheet: Sheet) -> bool:
    """The notes page (附记), the plan page, the page with the registry's seal: right behind the certificate."""
    return bool(re.search(r"附记|宗地图|房产平面图|分户图|分层分户|登记机构|填发单位", "".join(x.text for x in sheet.lines).replace(" ", "")))


TYPE = DocumentType(
    id="property_certificate",
    label="不动产权证书",
    anchors=(
        Anchor("不动产权证书", 1.0, title=True),
        Anchor("不动产权第", 0.8),
        Anchor("不动产单元号", 0.9),
        Anchor("房屋所有权证", 1.0, title=True),
        Anchor("房地产权证", 1.0, title=True),
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
)
