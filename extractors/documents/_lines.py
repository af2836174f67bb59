"""Lines made fit for reading a certificate: rows glued to one line, labels mended, watermarks left out, parts cut out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from extractors.doctype import CloseUp
from extractors.layout import COLONS, Text, below, join, line_height, rows, trimmed
from extractors.marks import is_copy_mark as is_copy_mark
from extractors.marks import is_watermark as is_watermark
from extractors.model import Box, Line, Sheet, Source, union

APART = 0.4
"""A gap of this many line heights between two lines of a row becomes a space when they are glued."""

def glued(row: Sequence[Line]) -> Line:
    """Lines of one row, left to right, as one line; a gap between two becomes a space. ValueError when there is none."""
    pieces: list[Line] = []
    for line in row:
        if pieces and line.box.x0 - pieces[-1].box.x1 > APART * line.box.height:
            pieces.append(_space(pieces[-1].box, line.box))
        pieces.append(line)
    if len(pieces) == 1:
        return pieces[0]
    full = [_spelled_out(piece) for piece in pieces]
    edges = [full[0].edges[0], *(edge for piece in full for edge in piece.edges[1:])]
    source: Source = "text" if all(piece.source == "text" for piece in row) else "ocr"
    return Line(
        "".join(piece.text for piece in full),
        union(piece.box for piece in full),
        min(piece.confidence for piece in row),
        tuple(edges),
        tuple(c for piece in full for c in piece.confidences),
        tuple(o for piece in full for o in piece.others),
        source,
    )


def _space(left: Box, right: Box) -> Line:
    box = Box(left.x1, max(left.y0, right.y0), right.x0, max(left.y0, right.y0) + 1)
    return Line(" ", box, 1.0)


def _spelled_out(line: Line) -> Line:
    """The line with edges, confidences and second readings for each of its characters."""
    n = len(line.text)
    edges = line.edges
    if len(edges) != n + 1:
        edges = tuple(line.box.x0 + line.box.width * i / n for i in range(n + 1))
    confidences = line.confidences if len(line.confidences) == n else (line.confidence,) * n
    others = line.others if len(line.others) == n else ("",) * n
    return replace(line, edges=edges, confidences=confidences, others=others)


def glued_rows(lines: Iterable[Line], part_at: float = float("inf")) -> list[Line]:
    """Every printed row as one line, top to bottom; a row is parted where a gap is wider than `part_at` line heights."""
    done: list[Line] = []
    for row in rows(line for line in lines if line.text.strip()):
        start = 0
        for n in range(1, len(row)):
            if row[n].box.x0 - row[n - 1].box.x1 > part_at * min(row[n].box.height, row[n - 1].box.height):
                done.append(glued(row[start:n]))
                start = n
        done.append(glued(row[start:]))
    return done


def mended(lines: Sequence[Line], phrases: Iterable[str], reach: float = 6.0) -> list[Line]:
    """Lines in which labels that OCR took apart (名 | 称, 法 | 定代表人, 类 | 型有限公司) are whole again.

    A line that is nothing but the beginning of a phrase is glued to the line at its right, at most `reach` heights away, when
    together they hold the phrase.
    """
    wanted = tuple(phrases)
    starts = {phrase[:n] for phrase in wanted for n in range(1, len(phrase))}
    left = list(lines)
    while (pair := _torn(left, wanted, starts, reach)) is not None:
        left = [each for each in left if each is not pair[0] and each is not pair[1]]
        left.append(glued(pair))
    return sorted(left, key=lambda each: (each.box.cy, each.box.x0))


def stacked(lines: Sequence[Line], phrases: Sequence[str]) -> list[Line]:
    """Lines in which a label that a narrow cell wraps (房屋所有 over 权人) is one."""
    done = list(lines)
    for upper in lines:
        text = re.sub(r"\s", "", upper.text)
        wanted = {phrase[len(text) :] for phrase in phrases if phrase.startswith(text) and len(phrase) > len(text) >= 2}
        if not wanted or text in phrases or not any(each is upper for each in done):
            continue
        under = [x for x in below(upper.box, done, upper.box.height) if abs(x.box.cx - upper.box.cx) < 2 * upper.box.height]
        lower = next((x for x in under if re.sub(r"[\s:：]", "", x.text) in wanted), None)
        if lower is not None:
            both = replace(
                upper,
                text=text + re.sub(r"\s", "", lower.text),
                box=upper.box.union(lower.box),
                confidence=min(upper.confidence, lower.confidence),
                edges=(), confidences=(), others=(),
            )  # fmt: skip
            done = [both if x is upper else x for x in done if x is not lower]
    return done


SMUDGED = 0.8
"""Below this a line as high as two may be two rows of a narrow cell that the detector took for one."""


def smudged(lines: Sequence[Line]) -> list[CloseUp]:
    """The upper and lower halves of what was badly read and is as high as two rows: labels that narrow cells wrap."""
    height = usual_height(lines)
    parts = []
    for line in lines:
        box = line.box
        if line.confidence < SMUDGED and 1.5 * height < box.height < 3.2 * height and box.width < 6 * height:
            x0, x1 = box.x0 - 0.3 * height, box.x1 + 0.3 * height
            parts += [CloseUp(Box(x0, y0, x1, y1), one_line=True) for y0, y1 in ((box.y0, box.cy), (box.cy, box.y1))]
    return parts


def _torn(
    lines: Sequence[Line], wanted: Sequence[str], starts: Container[str], reach: float
) -> tuple[Line, Line] | None:
    for line in lines:
        text = re.sub(r"\s", "", line.text)
        if text not in starts or (len(text) > 1 and line.box.height > 1.3 * line.box.width):
            continue  # what is written downwards heads several rows (房屋 before 建筑面积)
        after = _right_neighbour(line, lines, reach)
        if after is None:
            continue
        ahead = text + re.sub(r"\s", "", after.text)
        if ahead in starts or any(ahead.startswith(phrase) and len(phrase) > len(text) for phrase in wanted):
            return line, after
    return None


def _right_neighbour(line: Line, lines: Iterable[Line], reach: float) -> Line | None:
    height = line.box.height
    near = [
        other
        for other in lines
        if other is not line
        and -0.5 * height <= other.box.x0 - line.box.x1 <= reach * height
        and other.box.overlap_y(line.box) >= 0.4 * min(height, other.box.height)
    ]
    return min(near, key=lambda other: other.box.x0, default=None)


def within(lines: Iterable[Line], box: Box) -> list[Line]:
    """The lines whose middle lies in the box."""
    return [line for line in lines if box.x0 <= line.box.cx <= box.x1 and box.y0 <= line.box.cy <= box.y1]


def found(line: Line, pattern: re.Pattern[str], group: int | str = 0) -> Line | None:
    """The part of a line that a group of the pattern covers, None without a match or for an empty group."""
    match = pattern.search(line.text)
    if match is None or match.start(group) < 0 or match.start(group) == match.end(group):
        return None
    return line.part(match.start(group), match.end(group))


def run(line: Line, start: int, gap: float) -> Line | None:
    """The text of a glued line from a character on, up to the first space wider than `gap` line heights; None when empty."""
    full = _spelled_out(line)
    while start < len(full.text) and (full.text[start].isspace() or full.text[start] in COLONS):
        start += 1
    end = start
    while end < len(full.text):
        if full.text[end].isspace() and full.edges[end + 1] - full.edges[end] > gap * line.box.height:
            break
        end += 1
    return trimmed(full, start, end) if end > start else None


def characters(part: Line | Text) -> list[tuple[str, float, str]]:
    """Each character of a part with its confidence and its second likeliest reading ("" for none)."""
    lines = part.parts if isinstance(part, Text) else (part,)
    full = [_spelled_out(line) for line in lines if line.text]
    return [each for line in full for each in zip(line.text, line.confidences, line.others, strict=True)]


def weighed(part: Line | Text, counts: Callable[[str], bool] = str.isalnum) -> Text:
    """The part with the confidence of its weakest character that counts: a doubtful dot in a date does no harm."""
    sure = [confidence for char, confidence, _ in characters(part) if counts(char)]
    lines = part.parts if isinstance(part, Text) else (part,)
    return Text(part.text, part.box, min(sure, default=part.confidence), tuple(lines))


_CLOSING = "，,。.；;：:、）)】》”"
HOLE = 2.65
"""Two neighbouring Han characters that take up this many usual ones have lost something between them."""


def holes(part: Line | Text) -> int:
    """How many gaps there are between Han characters, or before a bracket, as if one had been lost: punctuation that the network
    skipped."""
    count = 0
    for line in part.parts if isinstance(part, Text) else (part,):
        widths = [b - a for a, b in pairwise(line.edges)]
        if len(widths) != len(line.text) or len(widths) < 8:
            continue
        han = ["一" <= char <= "鿿" for char in line.text]
        usual = median([w for w, is_han in zip(widths[1:-1], han[1:-1], strict=True) if is_han] or [float("inf")])
        next_to = [is_han or char in "(（" for is_han, char in zip(han, line.text, strict=True)]
        count += sum(han[n] and next_to[n + 1] and widths[n] + widths[n + 1] > HOLE * usual for n in range(1, len(widths) - 2))
    return count


def han_width(line: Line) -> float:
    """The usual width of a Han character of a line, its height where it holds too few."""
    widths = [b - a for char, (a, b) in zip(line.text, pairwise(_spelled_out(line).edges), strict=True) if "一" <= char <= "鿿"]
    return median(widths) if len(widths) > 3 else line.box.height


def open_rows(text: Text) -> list[Line]:
    """The rows of a text, but the last, that end without a mark: the detector often leaves a mark at the end of a row out."""
    return [row for row in text.parts[:-1] if row.text.rstrip()[-1:] not in _CLOSING]


def cut_rows(text: Text) -> list[Line]:
    """The rows of a text over which something seems lost: too short by a character that the next row begins with.

    A row may be short where the next one begins with a figure or a word that is not parted, or with a character that its
    comma holds. A comma lost at the end looks the same as one at the beginning of the next row: that one is indented.
    """
    if len(text.parts) < 3:
        return []
    left, right = min(p.box.x0 for p in text.parts), max(p.box.x1 for p in text.parts)
    lost = []
    for row, after in pairwise(text.parts):
        size = min(row.box.height, row.box.width / max(1, len(row.text)) * 1.1)
        held = len(after.text) > 1 and after.text[1] in _CLOSING
        short = right - row.box.x1 > 0.95 * size and row.text[-1] not in _CLOSING and not held and "一" <= after.text[0] <= "鿿"
        if short or after.box.x0 - left > 0.75 * size:
            lost.append(row if short else after)
    return lost


def split_number(text: Text) -> bool:
    """Whether a number goes on in the next row with figures alone: a dash between them (3-29 | -1) may have been lost."""
    pairs = pairwise(text.parts)
    return any(row.text[-1:].isdigit() and re.fullmatch(r"\d{1,3}", after.text.strip()) for row, after in pairs)


_ENGLISH_LABEL = re.compile(r"^[A-Za-z][A-Za-z .&'/()-]*[:：]\s*")


def without_english_label(text: Text) -> Text:
    """The value without the English label that bilingual papers print between the Chinese one and the value."""
    match = _ENGLISH_LABEL.match(text.parts[0].text) if text.parts else None
    if match is None or match.end() == len(text.parts[0].text):
        return text
    return join([text.parts[0].part(match.end(), len(text.parts[0].text)), *text.parts[1:]])


def subtext(text: Text, start: int, end: int) -> Text:
    """The characters start..end of a text that was joined without glue, with the parts of lines that hold them."""
    parts, at = [], 0
    for part in text.parts:
        begin, stop = max(start - at, 0), min(end - at, len(part.text))
        if begin < stop:
            parts.append(part.part(begin, stop))
        at += len(part.text)
    return join(parts)


SETTLED = 0.95
_OLD_FORMS = (
    "别別国國汉漢号號凉涼钱錢证證业業黄黃许許静靜张張刘劉陈陳杨楊赵趙吴吳孙孫马馬郑鄭罗羅叶葉"
    "静靜刚剛宁寧诗詩晓曉颖穎韵韻莹瑩苏蘇卢盧贾賈范範陆陸龙龍万萬汤湯严嚴温溫兰蘭齐齊庄莊颜顏伟偉华華强強军軍丽麗洁潔云雲凤鳳贵貴贤賢红紅辉輝飞飛东東长長门門县縣乡鄉镇鎮区區楼樓单單阳陽园園学學"
)
"""Today's form and the old one that the network takes it for, by turns."""
_OLD = {_OLD_FORMS[n + 1]: _OLD_FORMS[n] for n in range(0, len(_OLD_FORMS), 2)}


def todays(text: str) -> str:
    """The text with today's forms of the characters that the network is known to give in old ones.

    >>> todays("許旭國")
    '许旭国'
    """
    return "".join(_OLD.get(char, char) for char in text)


def settled(part: Line | Text) -> Text:
    """The part, sure where the network only wavers between two forms of one character (国 國, ( （): the paper prints today's."""
    each = [
        max(sure, SETTLED) if other and (_OLD.get(other) == char or _narrow(other) == _narrow(char)) else sure
        for char, sure, other in characters(part)
        if not char.isspace()
    ]
    lines = part.parts if isinstance(part, Text) else (part,)
    return Text(part.text, part.box, max(part.confidence, min(each, default=0.0)), tuple(lines))


def _narrow(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def cut_out(sheet: Sheet, box: Box, lines: Iterable[Line] | None = None) -> Sheet:
    """The region of a sheet as a sheet of its own, with these lines (default: those whose middle lies in it)."""
    a, b, c, d, e, f, g, h, i = sheet.to_page
    x, y = box.x0, box.y0
    to_page = (a, b, a * x + b * y + c, d, e, d * x + e * y + f, g, h, g * x + h * y + i)
    kept = within(sheet.lines, box) if lines is None else lines
    return replace(
        sheet,
        width=box.width,
        height=box.height,
        to_page=to_page,
        bend=(sheet.bend[0] - x, sheet.bend[1] - y, *sheet.bend[2:]) if sheet.bend else (),
        lines=tuple(replace(k, box=moved(k.box, x, y), edges=tuple(v - x for v in k.edges)) for k in kept),
        rules=(),
        seals=tuple(replace(s, box=moved(s.box, x, y)) for s in sheet.seals if _inside(s.box, box)),
        codes=tuple(replace(s, box=moved(s.box, x, y)) for s in sheet.codes if _inside(s.box, box)),
    )


def moved(box: Box, x: float, y: float) -> Box:
    """The box as seen from the point x, y."""
    return Box(box.x0 - x, box.y0 - y, box.x1 - x, box.y1 - y)


def _inside(box: Box, frame: Box) -> bool:
    return frame.x0 <= box.cx <= frame.x1 and frame.y0 <= box.cy <= frame.y1


def usual_height(lines: Iterable[Line]) -> float:
    """Median height of the lines that hold Han characters."""
    return line_height(line for line in lines if re.search(r"[\u4e00-\u9fff]", line.text))
