"""Lists of entries as apps show them: no columns, each entry a few short lines with its sum at the right.

    12-25 星期三                      支出 35.00
    餐饮  示例餐厅                        -35.00
    12:30                         余额 1,234.00

An entry is anchored by its sum; the lines between two sums go to the one they are nearer to, parted at the widest gap. Days
stand in the entry or in a line of their own above the entries of that day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from extractors.documents._bank_dates import NO_DAY, Day, day_of
from extractors.documents._bank_rows import Entry, Figure, clean, figure, name_of
from extractors.layout import join
from extractors.model import Line, Sheet, union
from extractors.table_header import Level, levels, printed_rows

_SUM = re.compile(r"^(?:支出|收入|转出|转入)?\s*[-+−–]?\s*[¥￥]?\s*[-+−–]?\d[\d,，]*[.．]\d{2}\s*元?$")
_BALANCE = re.compile(r"(?:余额|结余)\s*(?:\(元\))?[:：]?\s*[¥￥]?\s*(-?\d[\d,，]*[.．]\d{2})")
_MONTH_SUMS = re.compile(r"(?:收入|支出|流入|流出|收|支)[:：]?\s*(?:合计|\d+\s*笔)?\s*[¥￥]?\s*\d[\d,]*\.\d\d")
_MONTH_DAY_CLOCK = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{2})(?=(?:[01]\d|2[0-3]):[0-5]\d)")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?(?!\d)")
_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*月?(?!\d)")
_YEAR = re.compile(r"((?:19|20)\d\d)\s*年?(?!\s*[\d./-])")
_WEEKDAY = re.compile(r"(星期|周)[一二三四五六日天]|今天|昨天|前天")
_CARD_TAIL = re.compile(r"(尾号|储蓄卡|信用卡|账户)[\d*（(）) ]*$")
_PURPOSE = re.compile(
    r"转账|消费|工资|薪|还款|充值|提现|支付|付款|收款|退款|息|取款|存款|存入|支取|代发|代扣|代付|赎回|申购|理财|缴|费$|红包|汇|转入|转出|来账|往账|购|奖金|报销"
)
_PARTY = re.compile(r"公司|[店厂部馆厅局院校社站]$|中心|商城|商户|平台|超市|集团|事务所|有限|银行|先生|女士|\*")
EITHER = 0.8
"""Highest confidence of an entry's texts where they do not tell which of them names the other side."""
LEAST = 3
"""So many sums under each other make a list."""
LISTED = 1.2
"""Points for a list of entries that no title names."""


def screen_entries(place: int, sheet: Sheet) -> tuple[list[Entry], list[Line]]:
    """The entries of a screen in the order shown, and the lines that belong to none; no entries when it is no such list."""
    rows = printed_rows(levels(sheet))
    sums = [(n, line) for n, row in enumerate(rows) if (line := _sum_in(row, sheet.width)) is not None]
    if len(sums) < LEAST:
        return [], list(sheet.lines)
    taken, day_rows = _taken(rows, [n for n, _ in sums])
    year = _year(sheet)
    entries: list[Entry] = []
    last = NO_DAY
    for (n, line), own in zip(sums, taken, strict=True):
        for above in range(0 if not entries else sums[len(entries) - 1][0], n + 1):
            if above in day_rows:
                last = day_rows[above]
                month = _MONTH.search(_spaced(rows[above]))
                year = int(month[1]) if month else year
        entries.append(_entry(place, line, [each[2] for row in own for each in rows[row]], last, year))
    used = {id(each[2]) for own in taken for row in own for each in rows[row]}
    return entries, [line for line in sheet.lines if id(line) not in used]


def _sum_in(row: Sequence[Level], width: float) -> Line | None:
    """The sum of an entry on a printed line: the rightmost text that is nothing but a sum, in the right half."""
    text = " ".join(each[2].text for each in row)
    if _MONTH_SUMS.search(text) and (_MONTH.search(text) or len(re.findall(r"\.\d\d", text)) > 1):
        return None
    for _, _, line in reversed(row):
        if _SUM.match(line.text.strip()) and line.box.x1 > 0.6 * width:
            return line
    return None


def _taken(rows: Sequence[Sequence[Level]], anchors: Sequence[int]) -> tuple[list[list[int]], dict[int, Day]]:
    """For each entry the printed lines it consists of, and the lines that are a heading with a day."""
    day_rows = {n: day for n, row in enumerate(rows) if n not in anchors and (day := _heading(row)) is not None}
    for n, row in enumerate(rows):
        if n not in day_rows and n not in anchors and _only_sums(row):
            day_rows[n] = day_rows.get(n - 1, NO_DAY)
    owned: list[list[int]] = [[n] for n in anchors]
    pitch = _pitch(rows, anchors)
    for k, anchor in enumerate(anchors):
        before = anchors[k - 1] if k else -1
        between = [n for n in range(before + 1, anchor) if n not in day_rows]
        cut = _cut(rows, before, between, anchor, {n for n in day_rows if before < n < anchor}, pitch)
        for n in between:
            if n >= cut:
                owned[k].append(n)
            elif k:
                owned[k - 1].append(n)
    tail = [n for n in range(anchors[-1] + 1, len(rows)) if n not in day_rows]
    reach = rows[anchors[-1]][0][0] + 0.7 * pitch
    owned[-1] += [n for n in tail if rows[n][0][0] < reach]
    return owned, day_rows


def _pitch(rows: Sequence[Sequence[Level]], anchors: Sequence[int]) -> float:
    ys = [rows[n][0][0] for n in anchors]
    steps = sorted(b - a for a, b in pairwise(ys))
    return steps[len(steps) // 2]


def _cut(rows: Sequence[Sequence[Level]], before: int, between: Sequence[int], anchor: int, headings: set[int], pitch: float) -> int:
    """The first printed line of the lower entry: under a heading, else after the widest gap."""
    if headings:
        return max(headings) + 1
    if before < 0:
        near = [n for n in between if rows[anchor][0][0] - rows[n][0][0] < 0.45 * pitch]
        return near[0] if near else anchor
    chain = [before, *between, anchor]
    gaps = [(_top(rows[b]) - _bottom(rows[a]), b) for a, b in pairwise(chain)]
    return max(gaps)[1]


def _top(row: Sequence[Level]) -> float:
    return min(each[0] - each[1] / 2 for each in row)


def _bottom(row: Sequence[Level]) -> float:
    return max(each[0] + each[1] / 2 for each in row)


def _spaced(row: Sequence[Level]) -> str:
    return unicodedata.normalize("NFKC", " ".join(each[2].text for each in row))


def _only_sums(row: Sequence[Level]) -> bool:
    """Whether a line tells nothing but what came and left in a month or a day."""
    text = _spaced(row)
    rest = re.sub(r"[收入支出流合计共笔元]", "", _MONTH_SUMS.sub("", text))
    return _MONTH_SUMS.search(text) is not None and not re.search(r"[^\W\d_]", rest)


def _heading(row: Sequence[Level]) -> Day | None:
    """The day of a line that stands over the entries of one day; a month alone gives no day but ends the entry above."""
    spaced = _spaced(row)
    if _BALANCE.search(spaced) or _CLOCK.search(spaced):
        return None
    text = re.sub(r"\s", "", spaced)
    confidence = min(each[2].confidence for each in row)
    day, month_day, _, trust = day_of(_MONTH_SUMS.sub("", text))
    if day or month_day:
        rest = re.sub(r"[\d年月日./\-()（）,，:：¥￥收入支出合计共笔]", "", _WEEKDAY.sub("", text))
        return Day(day, month_day, "", min(confidence, trust)) if len(rest) <= 2 else None
    return NO_DAY if _MONTH.match(text) and (len(text) < 12 or _MONTH_SUMS.search(text)) else None


def _year(sheet: Sheet) -> int | None:
    years = {int(found[1]) for line in sheet.lines if (found := _MONTH.search(line.text) or _YEAR.match(line.text))}
    return years.pop() if len(years) == 1 else None


SPECK = 0.4
"""Below this confidence a text of less than half the sum's height is dirt: no print of an entry is that small."""


def _entry(place: int, sum_line: Line, lines: Sequence[Line], heading: Day, year: int | None) -> Entry:
    day, balance, words = heading, None, []
    time = ""
    for line in sorted(lines, key=lambda each: (round(each.box.y0), each.box.x0)):
        if line is sum_line or (line.confidence < SPECK and line.box.height < 0.5 * sum_line.box.height):
            continue
        narrow = unicodedata.normalize("NFKC", line.text)
        held = _BALANCE.search(narrow)
        if held:
            balance = _part_figure(line, held[1])
            narrow = f"{narrow[: held.start()]} {narrow[held.end() :]}"
        narrow = _MONTH_DAY_CLOCK.sub(r"\1\2\3 ", narrow)
        own, month_day, clock, trust = day_of(_CLOCK.sub("", narrow)) if _CLOCK.search(narrow) else day_of(narrow)
        clock = clock or (found.group() if (found := _CLOCK.search(narrow)) else "")
        time = time or clock if _CLOCK.search(narrow) else time
        if own or month_day:
            day = Day(own, month_day, "", min(line.confidence, trust))
        rest = _CLOCK.sub("", re.sub(r"((19|20)\d\d[-./年])?\d{1,2}[-./月]\d{1,2}日?", "", narrow)).strip(" |·-,")
        if rest and not _WEEKDAY.fullmatch(rest) and not _CARD_TAIL.search(rest) and re.search(r"[^\W\d_]", rest):
            words.append((line, rest))
    if day.day is None and day.month_day and year:
        full = day_of(f"{year}-{day.month_day[0]:02}-{day.month_day[1]:02}")[0]
        day = Day(full, day.month_day, day.time, day.confidence)
    amount = figure(join([sum_line]))
    side = 1 if re.match(r"收入|转入", sum_line.text) else -1 if re.match(r"支出|转出", sum_line.text) else 0
    (summary, party), trust = _told([word for _, word in words[:2]])
    return Entry(
        place, "entry", union(each.box for each in lines), Day(day.day, day.month_day, time, day.confidence), amount, None, None,
        balance, side, summary, party, min((trust, *(w[0].confidence for w in words[:2]))), "", "",
    )  # fmt: skip


def _told(words: Sequence[str]) -> tuple[tuple[str, str], float]:
    """What an entry says it is for and with whom, and how clear it is which of its two texts is which: apps print them in either
    order.

    >>> _told(["示例超市", "消费"]), _told(["工资", "重庆示例有限公司"])
    ((('消费', '示例超市'), 1.0), (('工资', '重庆示例有限公司'), 1.0))
    """
    if len(words) < 2:
        return (clean(words[0]) if words else "", ""), 1.0
    first, second = (bool(_PURPOSE.search(word)) - bool(_PARTY.search(word)) for word in words)
    what, who = (words[1], words[0]) if second > first else (words[0], words[1])
    return (clean(what), name_of(who)), 1.0 if first != second else EITHER


def _part_figure(line: Line, printed: str) -> Figure | None:
    start = unicodedata.normalize("NFKC", line.text).find(printed)
    part = line.part(start, start + len(printed)) if start >= 0 and start + len(printed) <= len(line.text) else line
    return figure(join([part]))


def speaks(sheet: Sheet) -> float:
    """Points for a sheet that is an app's list without any title: nearly all its entries have a day, a signed sum or one that says
    where it goes, and a word."""
    entries, _ = screen_entries(0, sheet)
    whole = [
        e
        for e in entries
        if (e.day.day or e.day.month_day) and e.amount and (e.amount.signed or e.side) and e.summary
    ]
    return LISTED if len(whole) >= max(LEAST, 0.8 * len(entries)) else 0.0
