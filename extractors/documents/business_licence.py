"""营业执照: original and duplicate of companies, self-employed, sole proprietors, partnerships, branches and cooperatives.

Labels differ by the kind of body, values by the year of the form: one field each. The date of issue is put together from its pieces
(`_licence_issue`), the QR code supports or contradicts what was read (`_licence_code`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from extractors.doctype import Anchor, CloseUp, DocumentType, FieldSpec
from extractors.documents._blocks import Form, form, value
from extractors.documents._codes import REGISTRATION_NUMBER, USCC, code_field
from extractors.documents._fields import NO_SURNAME, doubted, field, person_field, present, text_field
from extractors.documents._income_words import is_surname
from extractors.documents._licence_code import supported_by_code
from extractors.documents._licence_issue import authority, date_row, issued_on, sealed_foot, status_marks
from extractors.documents._licence_labels import COLUMNS, LABELS, STOPS, completed
from extractors.documents._lines import found, glued_rows, open_rows, subtext, weighed
from extractors.layout import Text
from extractors.model import SURE, Box, Field, Sheet
from extractors.numbers import dates, money, uscc
from extractors.numbers.text import normal

BY_PLACE = 0.88
"""Highest confidence of a name whose label was not found."""
MULTILINE = ("name", "type", "address", "business_scope", "registered_capital", "term")

_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z](?:\s?[0-9A-Za-z]){15,19}(?![0-9A-Za-z])")
_REGISTRATION = re.compile(r"(?<![0-9])[1-9](?:\s?[0-9OoIl]){12,14}(?![0-9])")
_DATE = re.compile(
    r"(?:19|20)\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}(?!\d)(?:\s*日)?|[一二][〇○零O0一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月"
    r"[一二三四五六七八九十]{1,3}日"
)
_HAN_NAME = re.compile(r"[一-鿿]{3}")
_OPEN_END = re.compile(r"长\s*期|永\s*久|无固定期限|不约定期限|无期限")


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one licence; where several sheets show it, the first that has a field."""
    fields: dict[str, Field] = {}
    for sheet in sheets:
        fields = {**_of_sheet(sheet), **fields}
    return fields


def close_ups(sheet: Sheet) -> tuple[CloseUp, ...]:
    """The row of the date of issue where its pieces, or the seal over them, kept it from being read; the row beneath a text
    that is not at its end (two characters alone are easily missed); rows that may have lost a mark at their end."""
    seen = completed(form(sheet, LABELS, COLUMNS, STOPS))
    issued = issued_on(seen, "")
    row = date_row(seen) if issued is None or issued.confidence < SURE else None
    rows = [row] if row is not None else []
    foot = [CloseUp(part) for part in [sealed_foot(seen)] if issued is None and row is None and part is not None]
    for name in ("name", "type", "address", "business_scope"):
        text = _text(seen, name)
        if text is None:
            continue
        rows += [Box(r.box.x0, r.box.y0, r.box.x1 + 0.9 * r.box.height, r.box.y1) for r in open_rows(text)]
        if _opened(text.text):
            last, h = text.parts[-1].box, text.parts[-1].box.height
            rows.append(Box(text.parts[0].box.x0 - 0.2 * h, last.y1 + 0.02 * h, text.parts[0].box.x0 + 9 * h, last.y1 + 1.3 * h))
    return (*foot, *(CloseUp(each, one_line=True) for each in rows))


def _opened(text: str) -> bool:
    """Whether a bracket was opened and not closed."""
    narrow = normal(text)
    return narrow.count("(") > narrow.count(")")


def _of_sheet(sheet: Sheet) -> dict[str, Field]:
    seen = completed(form(sheet, LABELS, COLUMNS, STOPS))
    fields = present(
        {
            "uscc": _code(seen),
            "registration_number": _registration_number(seen),
            "name": text_field(sheet, _text(seen, "name")) or _name_by_place(seen),
            "type": text_field(sheet, _text(seen, "type")),
            "legal_representative": _representative(seen),
            "established_on": _day(seen, "established_on"),
            "address": text_field(sheet, _text(seen, "address")),
            "business_scope": text_field(sheet, _text(seen, "business_scope")),
            "registration_authority": authority(seen),
            "status_marks": status_marks(sheet),
        }
    )
    fields |= _capital(seen) | _term(seen)
    established = fields["established_on"].text if "established_on" in fields else ""
    fields |= present({"issued_on": issued_on(seen, established)})
    return supported_by_code(sheet, fields)


def _text(seen: Form, name: str) -> Text | None:
    label = seen.label(name)
    if label is None:
        return None
    return value(seen, label, multiline=name in MULTILINE, wrapped=name != "business_scope")


def _name_by_place(seen: Form) -> Field | None:
    """The name where its label was lost: the row above the highest label, flush with the value of that."""
    first = min((x for x in seen.labels if x.name in COLUMNS), key=lambda x: (x.box.cy, x.box.x0), default=None)
    text = value(seen, first) if first is not None else None
    if first is None or text is None:
        return None
    h = seen.height
    above = [
        x
        for x in seen.lines
        if abs(x.box.x0 - text.box.x0) < 1.5 * h and 0 < first.box.y0 - x.box.cy < 3.5 * h and _HAN_NAME.search(x.text)
    ]
    return text_field(seen.sheet, max(above, key=lambda x: x.box.cy, default=None), found=BY_PLACE)


def _representative(seen: Form) -> Field | None:
    text = _text(seen, "legal_representative")
    if text is None:
        return None
    label = re.match(r"\s*姓\s*名\s*", text.text)
    if label is not None and label.end() < len(text.text):
        text = subtext(text, label.end(), len(text.text))
    body = re.search(r"公司|企业|中心|合伙|[(（]", text.text)
    one = text_field(seen.sheet, text) if body else person_field(seen.sheet, text)
    return one if body or one is None or is_surname(one.text) else doubted(one, NO_SURNAME)


def _code(seen: Form) -> Field | None:
    """The unified code: what looks like one nearest to its label; without a label only one whose check fits."""
    label = seen.label("uscc")
    candidates = [
        part for row in glued_rows(seen.lines, 4) for match in _CODE.finditer(row.text) for part in [row.part(*match.span())]
    ]
    if label is not None:
        h = seen.height
        near = [c for c in candidates if c.box.y1 > label.box.y0 - 0.5 * h and c.box.y0 < label.box.y1 + 3 * h]
        candidates = near or [c for c in candidates if uscc.is_valid(c.text)]
    else:
        candidates = [c for c in candidates if uscc.is_valid(c.text)]
    if not candidates:
        return None
    best = max(candidates, key=lambda c: (uscc.is_valid(c.text), len(uscc.compact(c.text)) == 18, c.confidence))
    return code_field(seen.sheet, best, USCC)


def _registration_number(seen: Form) -> Field | None:
    label = seen.label("registration_number")
    text = value(seen, label) if label is not None else None
    if text is None:
        return None
    part = next((p for line in text.parts if (p := found(line, _REGISTRATION)) is not None), None)
    if part is None:
        return None
    return code_field(seen.sheet, part, REGISTRATION_NUMBER)


def _capital(seen: Form) -> dict[str, Field]:
    text = _text(seen, "registered_capital")
    if text is None:
        return {}
    one = field(seen.sheet, text, lambda printed: money.to_contract(money.capital(printed)[0]))
    if not one.value:
        return {"registered_capital": one}
    currency = money.capital(text.text)[1]
    more = {} if currency == "CNY" else {"registered_capital_currency": field(seen.sheet, text, lambda _: currency)}
    return {"registered_capital": one, **more}


def _days(text: Text) -> list[Text]:
    return [weighed(subtext(text, *match.span()), _counts) for match in _DATE.finditer(text.text)]


def _day(seen: Form, name: str) -> Field | None:
    text = _text(seen, name)
    if text is None:
        return None
    days = _days(text)
    return field(seen.sheet, days[0] if days else text, _iso)


def _iso(text: str) -> str:
    whole = re.sub(r"(?<=\d)$", "日", text) if "月" in text else text
    return dates.parse(whole).isoformat()


def _counts(character: str) -> bool:
    return character.isdigit() or character in "〇○零一二三四五六七八九十"


def _term(seen: Form) -> dict[str, Field]:
    """First and last day of the term; an end alone where the first day is not printed."""
    text = _text(seen, "term")
    if text is None:
        return {}
    days = [field(seen.sheet, day, _iso) for day in _days(text)]
    open_end = _OPEN_END.search(text.text)
    if open_end is not None:
        until = field(seen.sheet, subtext(text, *open_end.span()), lambda _: "long-term")
        return present({"term_from": days[0] if days else None, "term_until": until})
    if len(days) == 2:
        return {"term_from": days[0], "term_until": days[1]}
    if len(days) == 1:
        return {"term_until" if re.match(r"\s*至", text.text) else "term_from": days[0]}
    return {"term_until": field(seen.sheet, text, lambda _: "")}


TYPE = DocumentType(
    id="business_licence",
    label="营业执照",
    anchors=(
        Anchor("营业执照", 0.45, title=True),
        Anchor("统一社会信用代码", 0.25),
        Anchor("法定代表人", 0.15),
        Anchor("注册资本", 0.25),
        Anchor("经营范围", 0.3),
        Anchor("营业期限", 0.3),
        Anchor("成立日期", 0.25),
        Anchor("注册日期", 0.2),
        Anchor("登记机关", 0.25),
        Anchor("国家企业信用信息公示系统", 0.4),
        Anchor("经营场所", 0.25),
        Anchor("组成形式", 0.3),
        Anchor("注册号", 0.2),
        Anchor("执行事务合伙人", 0.2),
        Anchor("资产负债表", -1.0),
        Anchor("利润表", -1.0),
        Anchor("现金流量表", -1.0),
        Anchor("收入证明", -0.8),
        Anchor("不动产权", -0.8),
        Anchor("章程", -1.0),
        Anchor("股东会", -0.8),
        Anchor("第一条", -0.8),
        Anchor("公示报告", -1.0),
        Anchor("登记状态", -0.8),
        Anchor("主体业态", -0.8),
        Anchor("许可证编号", -0.6),
        Anchor("开户许可证", -1.0),
        Anchor("甲方", -0.6),
        Anchor("户名", -0.5),
    ),
    fields=(
        FieldSpec("uscc", "统一社会信用代码", "id"),
        FieldSpec("registration_number", "注册号", "id"),
        FieldSpec("name", "名称", "text", mandatory=True),
        FieldSpec("type", "类型", "text"),
        FieldSpec("legal_representative", "法定代表人（经营者、负责人）", "text", mandatory=True),
        FieldSpec("registered_capital", "注册资本", "money"),
        FieldSpec("registered_capital_currency", "注册资本币种", "text"),
        FieldSpec("established_on", "成立日期", "date", mandatory=True),
        FieldSpec("term_from", "营业期限起", "date"),
        FieldSpec("term_until", "营业期限止", "date"),
        FieldSpec("address", "住所", "text", mandatory=True),
        FieldSpec("business_scope", "经营范围", "text", mandatory=True),
        FieldSpec("registration_authority", "登记机关", "text"),
        FieldSpec("issued_on", "核发日期", "date"),
        FieldSpec("status_marks", "吊销注销字样", "text"),
        FieldSpec("qr_text", "二维码内容", "text"),
    ),
    extract=extract,
    wants=frozenset({"seals", "codes"}),
    close_ups=close_ups,
)
