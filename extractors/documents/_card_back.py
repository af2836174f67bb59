"""The emblem side of a resident identity card: who issued it, and from when until when it is valid."""

from __future__ import annotations

import re
from datetime import date

from extractors.documents._card_frames import COLUMN_GAP, PERIOD, cards, clear
from extractors.documents._card_front import BORNE_OUT, INFERRED, ODD, day
from extractors.documents._codes import CLEAR
from extractors.documents._fields import doubted, field, present, supported, text_field
from extractors.documents._lines import found, glued_rows, run, weighed, within
from extractors.layout import find, join
from extractors.model import Box, Field, Line, Sheet
from extractors.numbers.text import normal

LEGAL_YEARS = (5, 10, 20)
"""How long a card may be valid, unless it is so for good (居民身份证法 5)."""
LEGIBLE = 0.7
"""Below this a digit is a guess, which two dates that agree cannot save (ten years and twenty are both legal)."""

_AUTHORITY = re.compile(r"[一-鿿]{2,}(?:公安厅|公安局|公安处|分局|派出所)\S*")
_HAN = re.compile(r"[一-鿿]{2}")


def back(sheet: Sheet) -> dict[str, Field]:
    """The fields of the emblem side."""
    frame = next((card.frame for card in cards(sheet) if card.side == "back"), None)
    lines = clear(sheet.lines)
    if frame is not None:
        w = frame.width
        lines = within(lines, Box(frame.x0 - 0.15 * w, frame.y0 - 0.15 * w, frame.x1 + 0.15 * w, frame.y1 + 0.15 * w))
    rows = glued_rows(lines, COLUMN_GAP)
    period = next((row for row in rows if PERIOD.search(row.text)), None)
    period = period or next((row for row in rows if find(row, "有效期限")), None)
    fields = present({"issuing_authority": _authority(sheet, rows, period)}) | _validity(sheet, period)
    return _cross_checked(fields)


def _authority(sheet: Sheet, rows: list[Line], period: Line | None) -> Field | None:
    row = next((r for r in rows if find(r, "签发机关")), None)
    if row is not None:
        at = find(row, "签发机关")
        part = run(row, at[1] if at else 0, COLUMN_GAP)
        sure = 1.0
    else:
        row = next((r for r in rows if _AUTHORITY.search(r.text)), None)
        part = found(row, _AUTHORITY) if row is not None else None
        sure = INFERRED
    if row is None or part is None:
        return None
    one = text_field(sheet, join([part, *_wrapped(rows, row, part, period)]), found=sure)
    return one if one is None or _AUTHORITY.fullmatch(one.text) else doubted(one, ODD)


def _wrapped(rows: list[Line], row: Line, part: Line, period: Line | None) -> list[Line]:
    """The second line of a long authority: flush with the first, above the validity."""
    if _AUTHORITY.fullmatch(normal(part.text)):
        return []
    height = part.box.height
    more = [
        r
        for r in rows
        if row.box.y1 - 0.3 * height < r.box.cy < row.box.y1 + 1.5 * height
        and abs(r.box.x0 - part.box.x0) < height
        and (period is None or r.box.cy < period.box.y0)
        and _HAN.search(r.text)
        and not find(r, "有效期限")
    ]
    return more[:1]


def _validity(sheet: Sheet, row: Line | None) -> dict[str, Field]:
    if row is None:
        return {}
    since, until = found(row, PERIOD, "since"), found(row, PERIOD, "until")
    if since is not None and until is not None:
        return {
            "valid_from": field(sheet, weighed(since, str.isdigit), _squeezed_day),
            "valid_until": field(sheet, weighed(until), _until),
        }
    at = find(row, "有效期限")
    rest = run(row, at[1] if at else 0, COLUMN_GAP)
    return _by_digits(sheet, rest) if rest is not None else {}


def _by_digits(sheet: Sheet, printed: Line) -> dict[str, Field]:
    """The two dates by their sixteen digits alone, whatever specks stand between them; without a value when there are others."""
    places = [n for n, char in enumerate(printed.text) if char.isdigit()]
    open_end = re.search(r"长\s*期?|期", printed.text)
    if len(places) not in ((16,) if open_end is None else (8,)):
        unread = field(sheet, printed, lambda _: "")
        return {"valid_from": unread, "valid_until": unread}
    first = printed.part(places[0], places[7] + 1)
    last = printed.part(*open_end.span()) if open_end is not None else printed.part(places[8], places[15] + 1)
    return {
        "valid_from": field(sheet, weighed(first, str.isdigit), _squeezed_day, found=INFERRED),
        "valid_until": field(sheet, weighed(last), _until, found=INFERRED),
    }


def _squeezed_day(text: str) -> str:
    return day(re.sub(r"\D", "", text))


def _until(text: str) -> str:
    return "long-term" if not re.search(r"\d", text) else _squeezed_day(text)


def _cross_checked(fields: dict[str, Field]) -> dict[str, Field]:
    """Both ends of the validity fall on one day of the year, a legal number of years apart: one doubtful digit would show."""
    since, until = fields.get("valid_from"), fields.get("valid_until")
    if since is None or until is None or not since.value or not until.value or until.value == "long-term":
        return fields
    first, last = date.fromisoformat(since.text), date.fromisoformat(until.text)
    years = last.year - first.year
    same_day = (first.month, first.day) == (last.month, last.day)
    weakest = min(since.confidence, until.confidence)
    if same_day and years in LEGAL_YEARS and weakest >= LEGIBLE:
        return fields | {"valid_from": supported(since, BORNE_OUT), "valid_until": supported(until, BORNE_OUT)}
    if weakest >= CLEAR or (same_day and years in LEGAL_YEARS):
        return fields
    return fields | {"valid_from": doubted(since, ODD), "valid_until": doubted(until, ODD)}
