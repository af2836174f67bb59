"""Where the head of a statement's table ends and its body begins, and which printed pieces of the head are titles. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.documents._statement_names import Kind, is_line, known
from extractors.documents._statement_tokens import Token, squeezed

_TITLE_WORD = re.compile(
    r"项目|资产$|^资产|负债和|负债及|所有者权益|股东权益|行次|附注|注释|期末|年末|年初|期初|上年|上期|去年|本期|本年|本月|当期|累计|金额|余额|发生额|合并|母公司"
    r"|本集团|本公司|^集团$|^公司$|\d{4}年|\d{4}[-./]\d|\d月\d{1,2}日|^序号$|^行$|^次$|^附$|^注$|期数|年数|月数|实际数|同期|增减|变动|[%％]$"
)
_ROLE_WORD = re.compile(
    r"期末|年末|年初|期初|上年|上期|去年|本期|本年|本月|当期|累计|金额|余额|发生额|\d{4}年|\d{4}[-./]\d|\d月\d{1,2}日|期数|年数|月数|同期|增减|变动|[%％]$|比例"
)
_OWNER = re.compile(r"合并|母公司|本集团|本公司|集团|公司")
_OWNERS_ONLY = re.compile(r"(?:合并|母公司|本?集团|本?公司|[及和与数/、()（）]|金额|期[末初]|年[末初]|余额)+")
_MONEY = re.compile(r"\d[,，]\s?\d{3}(?!\d)|\d[.．]\d\d[)）]?$")
_DATE = re.compile(r"^\d{4}[-./年]\d{1,2}")
NAMES_ALONE = ("项目", "资产", "负债", "补充资料")
"""Names of lines that are titles of columns as well."""
FAR = 3.2
"""Titles stand at most this many heights above one another, the lowest a name's wrapped line further above the body."""


def body_top(tokens: Sequence[Token], kind: Kind) -> float:
    """The y over the first printed line of the body: a known name that stands beside no title, or the first amount."""
    named = next((t for t in tokens if _opens(t, tokens, kind)), None)
    figure = next((t for t in tokens if t.form == "figure" and _MONEY.search(t.text) and not _DATE.match(t.text)), None)
    first = min((t for t in (named, figure) if t is not None), key=lambda t: t.y, default=None)
    if first is None:
        return float("inf")
    beside = [t for t in tokens if abs(t.y - first.y) < 0.6 * first.height and not (is_title(t) and t.y < first.y)]
    amounts = [t for t in beside if t.form == "figure"]
    return _with_wrapped_name(min(t.y for t in beside) - 0.1 * first.height, amounts, tokens)


def _opens(token: Token, tokens: Sequence[Token], kind: Kind) -> bool:
    if token.form != "text" or not known(token.text, kind):
        return False
    bare = re.sub(r"[\s:：]", "", token.text)
    claims = bare.startswith(("负债和", "负债及", "负债与", "所有者权益", "股东权益")) and not is_line(token.text, kind)
    if bare in NAMES_ALONE or claims:
        return False
    beside = [t for t in tokens if is_title(t) and not known(t.text, kind) and abs(t.y - token.y) < 0.6 * token.height]
    return not beside or (is_line(token.text, kind) and max(t.y for t in beside) < token.y - 0.1 * token.height)


def _with_wrapped_name(top: float, amounts: Sequence[Token], tokens: Sequence[Token]) -> float:
    """The top moved up over the first lines of a wrapped name whose amount stands lower."""
    for token in sorted((t for t in tokens if t.y < top), key=lambda t: -t.y):
        if top - token.y > 2.0 * token.height or is_title(token) or _is_heading(token.text):
            break
        beside = [t for t in tokens if abs(t.y - token.y) < 0.5 * token.height]
        if any(is_title(t) for t in beside):
            break
        if token.form == "text" and any(token.line.box.x1 < amount.line.box.x0 for amount in amounts):
            top = token.y - 0.1 * token.height
    return top


def is_title(token: Token) -> bool:
    """Whether a piece reads like the title of a column, and not like a name that goes on in the next line."""
    plain = squeezed(token.text)
    return token.form in ("text", "figure") and plain.count("(") <= plain.count(")") and _TITLE_WORD.search(plain) is not None


def titles_over(above: Sequence[Token], first: float) -> tuple[list[Token], float]:
    """The titles: the printed lines over the body, upwards as long as they hold titles and nothing of the heading."""
    taken: list[Token] = []
    edge, reach = first, 1.6 * FAR
    for token in sorted(above, key=lambda t: -t.y):
        if edge - token.y > reach * token.height or len(taken) > 60:
            break
        beside = [t for t in above if abs(t.y - token.y) < 0.5 * token.height]
        if any(_is_heading(t.text) for t in beside):
            owners = [t for t in beside if _OWNERS_ONLY.fullmatch(squeezed(t.text))]
            taken += owners
            edge = min((t.y for t in owners), default=edge)
            break
        if is_title(token) or (len(squeezed(token.text)) <= 8 and token.form != "figure"):
            taken.append(token)
            if is_title(token):
                edge, reach = min(edge, token.y), FAR
    kept = [t for t in taken if t.y >= edge - 0.6 * t.height]
    return sorted(kept, key=lambda t: (t.y, t.line.box.x0)), min((t.y - 0.5 * t.height for t in kept), default=first)


def _is_heading(text: str) -> bool:
    """Whether a line is of the sheet's heading: its title, company, unit or form number."""
    plain = squeezed(text)
    if _OWNERS_ONLY.fullmatch(plain):
        return False
    return bool(
        re.search(r"(资产负债|利润|损益|收益|现金流量)表|单位[:：(]|[:：]人民币|单位为|会.?企|币种|公司$|[:：].*公司|编制|^第?\d+页", plain)
    )


def role_word(text: str) -> bool:
    """Whether a title is that of an amount column."""
    return _ROLE_WORD.search(text) is not None


def role_or_owner(text: str) -> bool:
    """Whether a title says which amounts, or whose."""
    return role_word(text) or _OWNER.search(text) is not None
