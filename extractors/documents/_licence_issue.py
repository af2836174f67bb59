"""The foot of a licence: who registered it, and when it was issued.

Year, month and day stand apart, in figures or Chinese numerals, with the red seal over them: what OCR leaves is put together from
its pieces, row by row, beneath the fields. The authority is often in the seal alone.
"""

from __future__ import annotations

import re

from extractors.documents._blocks import Form, value
from extractors.documents._fields import doubted, field
from extractors.documents._lines import found, glued_rows, weighed
from extractors.layout import Label
from extractors.model import Box, Field, Line, Seal, Sheet, union
from extractors.numbers import dates
from extractors.numbers.text import normal

PIECED = 0.85
"""Highest confidence of a date of which 年, 月 or 日 was not seen."""
ODD = 0.8

_YEAR = r"(?:(?:19|20)\s?\d\s?\d|[一二][〇○零OoQ0一二三四五六七八九]{3})"
_COUNT = r"(?:\d\s?\d|\d|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]|廿[一二三四五六七八九]?)"
_WHOLE = re.compile(rf"(?P<y>{_YEAR})\W*年\W*(?P<m>{_COUNT})\W*月\W*(?P<d>{_COUNT})\W*日")
_PIECES = re.compile(rf"(?P<y>{_YEAR})(?:\s+|\s*\D\s*)(?P<m>{_COUNT})(?:\s+|\s*\D\s*)(?P<d>{_COUNT})\s*日?(?!\s*\d)")
_ALL_BUT_LAST = re.compile(rf"(?P<y>{_YEAR})\s*年\s*(?P<m>{_COUNT})\s*月\s*(?P<d>\d\d)\s*$")
"""The last mark fell to the seal; a day of two figures lacks nothing."""
_DASHED = re.compile(r"(?P<y>(?:19|20)\d\d)\s?[-./]\s?(?P<m>\d{1,2})\s?[-./]\s?(?P<d>\d{1,2})(?!\d)")
_UNREAD = re.compile(rf"^\s*{_YEAR}\W*年|\d\W*年\W*\d.*月|月\W*\d+\W*日")
_LONE_YEAR = re.compile(rf"^\s*{_YEAR}")
_AUTHORITY = re.compile(r"[一-鿿()（）]{3,}(?:局|委员会|办公室|中心|大厅|管理处)(?:[一-鿿]{2,6}(?:分局|所))?")
_BEHIND_LABEL = re.compile(rf"机\W{{0,2}}关\s*(?P<value>{_AUTHORITY.pattern})$")
_MARK = re.compile(
    r"(?:[已被经未章，,、：:]|依法|予以|此照|本照|此件|该?企业|营业执照|吊销|注销|撤销|作废|登记|专用|声明|公告|状态)+"
)
_MARK_WORD = re.compile(r"吊销|注销|撤销|作废")


def issued_on(form: Form, established: str) -> Field | None:
    """The date of issue, without a value where only pieces of it were read. `established`: the day of establishment (ISO, ""
    when unknown), before which none is issued."""
    label = form.label("issued")
    if label is not None and (text := value(form, label)) is not None:
        return _checked(field(form.sheet, weighed(text, _counts), _day), established)
    rows = _foot(form)
    for pattern, most in ((_WHOLE, 1.0), (_DASHED, 1.0), (_ALL_BUT_LAST, 0.92), (_PIECES, PIECED)):
        for row in reversed(rows):
            part = found(row, pattern)
            match = pattern.search(row.text)
            if part is None or match is None or (most < 1 and not re.search("[年月日]", row.text)):
                continue
            one = field(form.sheet, weighed(part, _counts), lambda _, m=match: _iso(m), found=most)  # type: ignore[misc]
            if one.value:
                return _checked(one, established)
    unread = next((row for row in reversed(rows) if _UNREAD.search(row.text)), None)
    return field(form.sheet, unread, lambda _: "") if unread is not None else None


def _day(text: str) -> str:
    return dates.parse(text).isoformat()


def _iso(match: re.Match[str]) -> str:
    year, month, day = (re.sub(r"\s", "", match[name]) for name in "ymd")
    year = re.sub("[〇○零OoQ]", "〇", year) if not year.isdigit() else year
    return dates.parse(f"{year}年{month}月{day}日").isoformat()


def _counts(character: str) -> bool:
    return character.isdigit() or character in "〇○零一二三四五六七八九十廿"


def _checked(one: Field, established: str) -> Field:
    return doubted(one, ODD) if established and one.value and one.text < established else one


def date_row(form: Form) -> Box | None:
    """Where the date of issue stands, as high as one line, judged by its year; None when not even that was found."""
    for row in reversed(_foot(form)):
        year = found(row, _LONE_YEAR)
        if year is not None:
            h, at = form.height, year.box
            return Box(at.x0 - 0.3 * h, at.cy - 0.75 * h, at.x0 + 15 * h, at.cy + 0.75 * h)
    return None


def sealed_foot(form: Form) -> Box | None:
    """Beneath 登记机关 and across the seal, where a date stands that was not found at all; None where neither was seen."""
    h = form.height
    at = form.label("authority")
    marks = [seal.box for seal in form.sheet.seals if seal.box.cy > 0.5 * form.sheet.height] + ([at.box] if at is not None else [])
    if not marks:
        return None
    whole = union(marks)
    return Box(whole.x0 - 8 * h, whole.y0 - h, whole.x1 + 8 * h, whole.y1 + 6 * h)


def _foot(form: Form) -> list[Line]:
    """The rows beneath the lowest label of a field, without sentences; all rows beside or beneath 登记机关 where it was found."""
    used = {id(x.line) for x in form.labels}
    lines = [line for line in form.lines if id(line) not in used and not form.stops.search(line.text.replace(" ", ""))]
    anchor = form.label("authority")
    if anchor is not None:
        lines = [x for x in lines if x.box.cy > anchor.box.y0 and x.box.x1 > anchor.box.x0 - 4 * form.height]
    else:
        lowest = max((x.box.y1 for x in form.labels if x.name in form.columns), default=form.sheet.height / 2)
        lines = [x for x in lines if x.box.cy > lowest]
    return [row for row in glued_rows(lines, part_at=9) if len(row.text.replace(" ", "")) <= 24]


def authority(form: Form) -> Field | None:
    """Who registered it: printed beside or beneath 登记机关, else as far as the seal's text could be read."""
    printed = _printed_authority(form)
    if printed is not None:
        return printed
    for seal in form.sheet.seals:
        match = _AUTHORITY.search(normal(seal.text))
        if match is not None:
            spot = form.sheet.evidence(seal.box)
            return Field(match.group(), seal.text, round(min(seal.confidence, ODD), 4), spot)
    return None


def _printed_authority(form: Form) -> Field | None:
    label = form.label("authority")
    if label is None:
        behind = (found(row, _BEHIND_LABEL, "value") for row in form.lines)
        part = next((part for part in behind if part is not None), None)
        return field(form.sheet, part) if part is not None else None
    for part in _beside_and_beneath(form, label):
        if not label.line.text[label.start : label.end].endswith("关") and part.text.startswith("关") and len(part.text) > 1:
            part = part.part(1, len(part.text))
        if _AUTHORITY.fullmatch(part.text.replace(" ", "")):
            return field(form.sheet, part)
    return None


def _beside_and_beneath(form: Form, label: Label) -> list[Line]:
    text = value(form, label)
    beside = list(text.parts) if text is not None else []
    h = form.height
    beneath = [
        x
        for x in form.lines
        if label.box.cy < x.box.cy < label.box.y1 + 3 * h and x.box.x0 > label.box.x0 - 3 * h and x is not label.line
    ]
    return beside + sorted(beneath, key=lambda x: x.box.cy)


def status_marks(sheet: Sheet) -> Field | None:
    """Stamps that say the licence is no longer valid (吊销, 注销, 撤销, 作废), joined by 、; never words of a sentence."""
    marks: list[Line | Seal] = [
        line for line in sheet.lines if _MARK_WORD.search(line.text) and _MARK.fullmatch(line.text.replace(" ", ""))
    ]
    marks += [seal for seal in sheet.seals if _MARK_WORD.search(seal.text)]
    if not marks:
        return None
    printed = "、".join(dict.fromkeys(normal(mark.text) for mark in marks))
    return Field(printed, printed, round(min(mark.confidence for mark in marks), 4), sheet.evidence(marks[0].box))
