"""The printed pieces of a statement's sheet: names, figures, dashes, small numbers; and which of them are titles. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.documents._statement_names import Kind, known
from extractors.model import Line, Sheet
from extractors.table_columns import stripped
from extractors.table_header import gaps, levels

_FIGURE = re.compile(r"^[-+−–—－(（△▲￥¥*负 ]*[\dOoIlQ|][\d,，.．。'` OoIlSBQZ|]*[)）]?[-−－]?$")
STRONG = re.compile(r"\d[,，.．。]\s?\d{2}|\d{4}")
_DASH = re.compile(r"^[-−–—―－‑_一~]{1,4}$")
_SMALL = re.compile(r"^\d{1,3}$")
_TWO_SUMS = re.compile(r"(?<=[.．]\d\d)\s*(?=[-−(（]?\d)|(?<=[.．]\d\d[)）])\s*(?=[-−(（]?\d)")
_NAME_THEN_SUM = re.compile(r"(?<=[\u3400-\u9fff)）”\"：:])\s*(?=[-−(（]?\d[\d,，.]*$)")
_TITLE_WORD = re.compile(
    r"项目|资产$|^资产|负债和|负债及|所有者权益|股东权益|行次|附注|注释|期末|年末|年初|期初|上年|上期|去年|本期|本年|本月|当期|累计|金额|余额|发生额|合并|母公司"
    r"|本集团|本公司|\d{4}年|\d{4}[-./]\d|^序号$|^行$|^次$|期数|年数|月数|实际数|同期"
)


_ROLE_WORD = re.compile(
    r"期末|年末|年初|期初|上年|上期|去年|本期|本年|本月|当期|累计|金额|余额|\d{4}年|\d{4}[-./]\d|期数|年数|月数|同期"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A text, figure, dash or small number; `y` is levelled, `height` that of its line."""

    line: Line
    y: float
    height: float
    form: str

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def cx(self) -> float:
        return self.line.box.cx


def tokens_of(sheet: Sheet) -> list[Token]:
    """The sheet's lines, cut where columns ran together, top to bottom."""
    found = []
    for y, height, line in levels(sheet):
        for part in _cut(line):
            found.append(Token(part, y, height, form_of(part.text)))
    return found


def form_of(text: str) -> str:
    """`figure`, `dash`, `small` (a number of up to three digits) or `text`."""
    squeezed = text.strip()
    if _SMALL.match(squeezed):
        return "small"
    if _DASH.match(squeezed):
        return "dash"
    return "figure" if _FIGURE.match(squeezed) else "text"


def _cut(line: Line) -> list[Line]:
    if len(line.text) < 2:
        return [line] if line.text.strip() else []
    cuts = {0, len(line.text)}
    cuts |= {m.end() for m in _TWO_SUMS.finditer(line.text)}
    if STRONG.search(line.text):
        cuts |= {m.end() for m in _NAME_THEN_SUM.finditer(line.text)}
    if re.search(r"\d", line.text) or len(line.text) > 12:
        space = gaps(line)
        cuts |= {n for n in range(1, len(line.text)) if space[n] > 1.2 * line.box.height}
    places = sorted(cuts)
    parts = [stripped(line, start, end) for start, end in pairwise(places)]
    return [part for part in parts if part is not None]


def body_top(tokens: Sequence[Token], kind: Kind) -> float:
    """The y of the first printed line of the body: a known name beside an amount, a heading, or the first amounts."""
    for token in tokens:
        if token.form != "text" or not known(token.text, kind):
            continue
        bare = re.sub(r"[\s:：]", "", token.text)
        if bare in ("项目", "资产", "负债", "补充资料") or bare.startswith(("负债和", "负债及", "所有者权益", "股东权益")):
            continue
        beside = [t for t in tokens if abs(t.y - token.y) < 0.6 * token.height]
        if not any(t.form == "text" and _TITLE_WORD.search(squeezed(t.text)) and not known(t.text, kind) for t in beside):
            return min(t.y for t in beside) - 0.1 * token.height
    strong = [t.y for t in tokens if t.form == "figure" and re.search(r"\.\d\d\)?$", t.text)]
    return min(strong, default=float("inf")) - 1


def squeezed(text: str) -> str:
    """The text without spaces, widths unified (NFKC)."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def titles_over(above: Sequence[Token], first: float) -> tuple[list[Token], float]:
    """The titles: the printed lines over the body, upwards as long as they hold titles and nothing of the heading."""
    taken: list[Token] = []
    edge = first
    for token in sorted(above, key=lambda t: -t.y):
        if edge - token.y > 3.2 * token.height or len(taken) > 40:
            break
        beside = [t for t in above if abs(t.y - token.y) < 0.5 * token.height]
        if any(_is_heading(t.text) for t in beside):
            break
        if _TITLE_WORD.search(squeezed(token.text)) or (len(squeezed(token.text)) <= 8 and token.form != "figure"):
            taken.append(token)
            if _TITLE_WORD.search(squeezed(token.text)):
                edge = min(edge, token.y)
    kept = [t for t in taken if t.y >= edge - 0.6 * t.height]
    return sorted(kept, key=lambda t: (t.y, t.line.box.x0)), min((t.y - 0.5 * t.height for t in kept), default=first)


def _is_heading(text: str) -> bool:
    """Whether a line is of the sheet's heading: its title, company, unit or form number."""
    plain = squeezed(text)
    return bool(
        re.search(r"(资产负债|利润|损益|收益|现金流量)表|单位[:：(]|[:：]人民币|单位为|会.?企|币种|公司$|[:：].*公司|编制|^第?\d+页", plain)
    )


def role_word(text: str) -> bool:
    """Whether a title is that of an amount column."""
    return _ROLE_WORD.search(text) is not None


def role_or_owner(text: str) -> bool:
    """Whether a title says which amounts, or whose."""
    return role_word(text) or re.search("合并|母公司|本集团|本公司|集团|公司", text) is not None
