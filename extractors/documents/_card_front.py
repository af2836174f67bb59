"""The portrait side of a resident identity card, row by row.

Labels are small and pale and photos lose them, so a row is also known by content and place: 男 or 女, a date with 月, the block
of the address, eighteen characters at the foot. Cards of minority regions bear a second script above each row: left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from extractors.documents._card_frames import COLUMN_GAP, NUMBER, PORTRAIT, cards, clear
from extractors.documents._codes import RESIDENT_ID, code_field
from extractors.documents._fields import doubted, field, person_field, present, supported
from extractors.documents._lines import found, glued_rows, han_width, run, settled, weighed, within
from extractors.layout import find, join
from extractors.model import Box, Field, Line, Sheet
from extractors.numbers import resident_id
from extractors.numbers.errors import NumberError
from extractors.numbers.text import normal

_ETHNIC_GROUPS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 土"
    " 柯尔克孜 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京"
    " 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 穿青人 革家人 其他"
)
ETHNICITIES = frozenset(_ETHNIC_GROUPS.split())
_SIMPLIFIED = str.maketrans("漢滿維爾壯瑤納鮮達錫東鄉", "汉满维尔壮瑶纳鲜达锡东乡")
"""No card prints these forms; the network gives them for the simplified ones."""
INFERRED = 0.88
"""Highest confidence of a text whose label was not found: a person has to look."""
IN_PLACE = 0.93
"""The same where it stands exactly at the place that it has on every card."""
ODD = 0.8
"""Highest confidence of a text that is not like what stands at such a place."""
BORNE_OUT = 0.97
"""Confidence of a field that the id number, its check digit right, repeats."""

NAME_AT, SEX_AT, BIRTH_AT, ADDRESS_AT, NUMBER_AT = 0.1055, 0.187, 0.27, 0.35, 0.549
"""Where these rows stand, in widths of the card beneath its upper edge."""
FOOT_AT = 0.49
"""Where the address ends and the row of the number begins."""
VALUES_AT, STRIP = 0.165, 0.058
"""Where values begin, in widths of the card right of its left edge; and the height of a row."""

_SEX = re.compile(r"[男女]")
_ETHNICITY = re.compile(r"民\s*族\s*(?P<value>\S{1,5})")
_AFTER_SEX = re.compile(r"[男女]\s*(?:民\s*\S(?=\s*\S)|\S\s*族(?=\s*\S))?\s*(?P<value>\S{1,5})")
_BIRTH = re.compile(r"[12]\d{3}\s*\D{0,2}\s*\d{1,2}\s*月\s*\d{1,2}(?:\s*日)?")
_BIRTH_LOOSE = re.compile(r"[12]\d{3}\D{1,4}\d{1,2}\D{1,4}\d{1,2}(?!\d)")
_LIKE_NAME_LABEL = re.compile(r"\s*(?:姓\s*\S|\S\s*名)\s*")
_LIKE_ADDRESS_LABEL = re.compile(r"\s*(?:住\s*\S|\S\s*址)\s*")
_ADDRESS_ROW = re.compile(r"[一-鿿]|^[\dA-Za-z]{1,5}(?:[-—#][\dA-Za-z]+)*$")
_SPECKS = re.compile(r"[.,:;'`\"·。|]+")
_SPECK_IN_NUMBER = re.compile(r"\d\s*[.,:;·。]\s*\d")
_READ_AS_DASH = re.compile(r"\d[一—]\d")
_COMPLETE = re.compile(r"[号室户组层楼幢栋座元房屋铺村社队院内外旁东西南北]$")
"""How an address ends; one that ends otherwise at the end of a full row goes on in the next."""
_OF_A_MARK = re.compile(r"办理|[贷货]款?|复印|仅[供限]|限用|审[批核]|抵押|无效|[-—]$")
"""What no address holds: words of a watermark that ran into it, or an end that was cut off."""
_MARK_AT_END = re.compile(r".{2}[批贷款仅限复供审抵押]$")
_RUN_INTO = re.compile(r"\d[^\d号室户组层楼幢栋座单弄区排房屋铺村社队院附之甲乙丙丁东西南北]{2,3}$")
"""Characters behind a house number that are no part of one: of a watermark."""


@dataclass(frozen=True, slots=True)
class _Front:
    """What stands on a front above its number and left of its portrait, as lines and as rows; the number; the card's place."""

    sheet: Sheet
    lines: tuple[Line, ...]
    rows: tuple[Line, ...]
    number: Line | None
    frame: Box | None

    def labelled(self, *labels: str) -> Line | None:
        """The first row that bears one of these labels."""
        return next((row for label in labels for row in self.rows if find(row, label)), None)

    def placed(self, share: float) -> Line | None:
        """The row at this share of the card's width beneath its upper edge, where rows stand on every card."""
        if self.frame is None:
            return None
        y = self.frame.y0 + share * self.frame.width
        near = [row for row in self.rows if abs(row.box.cy - y) < 0.04 * self.frame.width]
        return min(near, key=lambda row: abs(row.box.cy - y), default=None)

    def at_label_column(self, row: Line) -> bool:
        """Whether a row begins where labels stand (or nobody can tell)."""
        return self.frame is None or row.box.x0 < self.frame.x0 + 0.135 * self.frame.width


def front(sheet: Sheet) -> dict[str, Field]:
    """The fields of the portrait side."""
    seen = _front(sheet)
    birth_row = _birth_row(seen)
    sex_row = _sex_row(seen, birth_row)
    fields = present(
        {
            "name": _name(seen, sex_row or birth_row),
            "sex": _sex(seen, sex_row),
            "ethnicity": _ethnicity(seen, sex_row),
            "birth_date": _birth(seen, birth_row),
            "address": _address(seen, birth_row),
            "id_number": _number(seen),
        }
    )
    return _cross_checked(fields)


def strips(sheet: Sheet, unread: Collection[str]) -> list[Box]:
    """Where on the sheet the rows of these fields lie, each as high as one line: what the detector did not find apart."""
    seen = _front(sheet)
    if seen.frame is None:
        return []
    w = seen.frame.width
    left, right = seen.frame.x0 + VALUES_AT * w, seen.frame.x0 + PORTRAIT * w
    birth_row = _birth_row(seen)
    number_label = next((line for line in sheet.lines if find(line, "公民身份号码") and len(line.text) < 9), None)
    found_at = _address_strips(seen, birth_row) if "address" in unread else []
    known = {"birth_date": birth_row, "sex": _sex_row(seen, birth_row), "id_number": number_label}
    places = {"birth_date": BIRTH_AT, "sex": SEX_AT, "id_number": NUMBER_AT}
    for name, share in places.items():
        if name not in unread:
            continue
        row = known[name]
        middle = row.box.cy if row is not None else seen.frame.y0 + share * w
        x0, x1 = left, right
        if name == "id_number":
            x0, x1 = row.box.x1 if row is not None else seen.frame.x0 + 0.3 * w, seen.frame.x0 + 0.97 * w
        found_at.append(Box(x0, middle - STRIP / 2 * w, x1, middle + STRIP / 2 * w))
    return found_at


def _address_strips(seen: _Front, birth_row: Line | None) -> list[Box]:
    if seen.frame is None:
        return []
    rows, _ = _address_rows(seen, birth_row)
    left = min((row.box.x0 for row in rows), default=0.0) - 0.01 * seen.frame.width
    right = seen.frame.x0 + PORTRAIT * seen.frame.width
    strips = [Box(left, row.box.cy - 0.58 * row.box.height, right, row.box.cy + 0.58 * row.box.height) for row in rows]
    if len(rows) > 1 and _goes_on(rows):
        last, step = rows[-1].box, rows[-1].box.cy - rows[-2].box.cy
        strips.append(Box(left, last.cy + 0.45 * step, left + 6 * last.height, last.cy + 1.5 * step))
    return strips


def _front(sheet: Sheet) -> _Front:
    frame = next((card.frame for card in cards(sheet) if card.side == "front"), None)
    lines = clear(sheet.lines)
    if frame is not None:
        w = frame.width
        lines = within(lines, Box(frame.x0 - 0.1 * w, frame.y0 - 0.1 * w, frame.x1 + 0.1 * w, frame.y1 + 0.1 * w))
        portrait = frame.x0 + PORTRAIT * w
        foot = frame.y0 + FOOT_AT * w
        lines = [line for line in lines if line.box.x0 < portrait or line.box.cy > foot]
    rows = glued_rows(lines, COLUMN_GAP)
    number = next((row for row in reversed(rows) if _digits(row) >= 15 or find(row, "公民身份号码")), None)
    above = [row for row in rows if number is None or row.box.cy < number.box.y0]
    upper = [line for line in lines if number is None or line.box.cy < number.box.y0]
    return _Front(sheet, tuple(upper), tuple(above), number, frame)


def _digits(row: Line) -> int:
    part = found(row, NUMBER)
    return sum(c.isdigit() for c in part.text) if part else 0


def _birth_row(seen: _Front) -> Line | None:
    dated = [row for row in seen.rows if _BIRTH.search(row.text)]
    labelled = [row for row in seen.rows if find(row, "出生") and _BIRTH_LOOSE.search(row.text)]
    return next(iter([row for row in dated if find(row, "出生")] + labelled + dated), None) or seen.placed(BIRTH_AT)


def _sex_row(seen: _Front, birth_row: Line | None) -> Line | None:
    labelled = seen.labelled("性别", "性別", "民族")
    if labelled is not None:
        return labelled
    above = [r for r in seen.rows if _SEX.search(r.text) and (birth_row is None or r.box.cy < birth_row.box.y0)]
    return above[-1] if birth_row is not None and above else None


def _name(seen: _Front, next_row: Line | None) -> Field | None:
    row = seen.labelled("姓名")
    sure = 1.0
    if row is not None:
        at = find(row, "姓名")
        part = run(row, at[1] if at else 0, 2.5)
    else:
        above = [r for r in seen.rows if next_row is not None and r.box.cy < next_row.box.y0 and re.search(r"[一-鿿]", r.text)]
        row = above[-1] if above else seen.placed(NAME_AT)
        match = _LIKE_NAME_LABEL.match(row.text) if row is not None and seen.at_label_column(row) else None
        part = run(row, match.end() if match else 0, 2.5) if row is not None else None
        sure = IN_PLACE if row is seen.placed(NAME_AT) else INFERRED
    one = person_field(seen.sheet, part, found=sure)
    return doubted(one, INFERRED) if one is not None and _MARK_AT_END.fullmatch(one.text) else one


def _sex(seen: _Front, row: Line | None) -> Field | None:
    part = found(row, _SEX) if row is not None else None
    return field(seen.sheet, part) if part is not None else None


def _ethnicity(seen: _Front, row: Line | None) -> Field | None:
    if row is None:
        return None
    part = found(row, _ETHNICITY, "value") or found(row, _AFTER_SEX, "value")
    if part is None:
        return None
    lead = re.match(r"[^一-鿿]*", part.text)
    start = lead.end() if lead else 0
    printed = part.text.translate(_SIMPLIFIED)
    known = [n for n in range(3, 0, -1) if start + n <= len(printed) and printed[start : start + n] in ETHNICITIES]
    if not known:
        return doubted(field(seen.sheet, part), ODD)
    one = field(seen.sheet, settled(part.part(start, start + known[0])), lambda text: normal(text).translate(_SIMPLIFIED), raw=part.text)
    rest = re.sub(r"[^\w]|族", "", part.text[start + known[0] :])
    if rest:
        return doubted(one, INFERRED)
    return supported(one, 0.93) if one.confidence >= 0.7 else one


def _birth(seen: _Front, row: Line | None) -> Field | None:
    if row is None:
        return None
    part = found(row, _BIRTH) or found(row, _BIRTH_LOOSE)
    if part is None:
        return field(seen.sheet, row, lambda _: "") if re.search(r"\d{4}", row.text) else None
    return field(seen.sheet, weighed(part, str.isdigit), day)


def day(text: str) -> str:
    """The ISO date of the year, month and day in a text. Raises ValueError when that is no day of the calendar.

    >>> day("1988 年3月 15日"), day("2010.05.06")
    ('1988-03-15', '2010-05-06')
    """
    digits = re.findall(r"\d+", text)
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    year, month, of_month = (int(d) for d in digits)
    return date(year, month, of_month).isoformat()


def _address(seen: _Front, birth_row: Line | None) -> Field | None:
    rows, sure = _address_rows(seen, birth_row)
    if not rows:
        return None
    text = settled(join(rows))
    one = field(seen.sheet, text, _without_specks, found=sure)
    speck = _SPECK_IN_NUMBER.search(text.text)
    odd = speck or _READ_AS_DASH.search(one.text) or len(one.text) < 6 or _indented(rows) or _skipped(rows) or _goes_on(rows)
    into = _RUN_INTO.search(one.text) or _OF_A_MARK.search(one.text)
    return doubted(one, ODD) if odd or into else one


def _indented(rows: Sequence[Line]) -> bool:
    """Whether a row begins a character too far right: a thin one (一) was overlooked there. Where the first row begins is
    reckoned from its end, since its label may run into it."""
    size = han_width(rows[0])
    left = rows[0].box.x1 - sum(size if ord(char) > 0x2E80 else 0.55 * size for char in rows[0].text)
    return any(row.box.x0 - left > 0.6 * size for row in rows[1:])


def _goes_on(rows: Sequence[Line]) -> bool:
    """Whether the last row is full and not the end of an address: two characters alone beneath it are easily missed."""
    full = len(rows) > 1 and rows[-1].box.x1 > rows[0].box.x1 - 1.2 * han_width(rows[0])
    return rows[-1].text.rstrip().endswith(("-", "—")) or (full and _COMPLETE.search(rows[-1].text.strip()) is None)


def _skipped(rows: Sequence[Line]) -> bool:
    """Whether there is room for a row between two rows: a watermark over it kept it from being read."""
    return any(after.box.cy - row.box.cy > 1.6 * max(row.box.height, after.box.height) for row, after in pairwise(rows))


def _address_rows(seen: _Front, birth_row: Line | None) -> tuple[list[Line], float]:
    """The rows of the address without their label, and how sure it is at most that they are it."""
    first = seen.labelled("住址")
    sure = 1.0
    if first is not None:
        at = find(first, "住址")
        begin = run(first, at[1] if at else 0, 1.6)
    else:
        if birth_row is None:
            return [], 0.0
        first = next((r for r in seen.rows if r.box.cy > birth_row.box.y1 and re.search(r"[一-鿿]", r.text)), None)
        match = _LIKE_ADDRESS_LABEL.match(first.text) if first is not None and seen.at_label_column(first) else None
        begin = run(first, match.end() if match else 0, 1.6) if first is not None else None
        sure = IN_PLACE if first is seen.placed(ADDRESS_AT) else INFERRED
    if first is None or begin is None:
        return [], 0.0
    return [begin, *_further_rows(seen, first, begin)], sure


def _without_specks(printed: str) -> str:
    """An address holds no such marks: specks of a copy are read as them."""
    return _SPECKS.sub("", normal(printed))


def _further_rows(seen: _Front, first: Line, begin: Line) -> list[Line]:
    """The rows of the address beneath its first: flush with it, holding Han characters or a house number."""
    more: list[Line] = []
    height = begin.box.height
    for row in glued_rows(line for line in seen.lines if line.box.x0 > begin.box.x0 - 1.4 * height):
        if row.box.cy <= first.box.y1 or abs(row.box.x0 - begin.box.x0) > 1.4 * height:
            continue
        if row.box.y0 - (more[-1] if more else first).box.y1 > 2 * height:
            break
        part = run(row, 0, 1.6)
        if part is not None and _ADDRESS_ROW.search(part.text.replace(" ", "")):
            more.append(part)
    return more


def _number(seen: _Front) -> Field | None:
    if seen.number is None:
        return None
    part = found(seen.number, NUMBER)
    if part is None:
        at = find(seen.number, "公民身份号码")
        part = run(seen.number, at[1] if at else 0, COLUMN_GAP)
    return code_field(seen.sheet, part, RESIDENT_ID) if part is not None else None


def _cross_checked(fields: dict[str, Field]) -> dict[str, Field]:
    """Birth, sex and number say the same thing twice: where they agree and the check digit fits, each is sure."""
    number = fields.get("id_number")
    if number is None or not resident_id.is_valid(number.text):
        return fields
    checked = dict(fields)
    try:
        said = {"birth_date": resident_id.birth_date(number.text).isoformat(), "sex": resident_id.sex(number.text)}
    except NumberError:
        return fields
    for name, value in said.items():
        if name in checked and checked[name].value == value:
            checked[name] = supported(checked[name], BORNE_OUT)
    if checked.get("birth_date", number).value == said["birth_date"]:
        checked["id_number"] = supported(number, BORNE_OUT)
    return checked


