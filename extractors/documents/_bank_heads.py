"""A ledger that names itself nowhere (a company's export of its account): told by the heads of its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from extractors.documents import _bank_titles as titles
from extractors.model import Line, Sheet
from extractors.numbers.text import normal

HEADED, BANKS = 0.6, 0.4
"""Points for a day, a sum and a balance heading columns of one row; for a further head that only a bank prints."""
BOOKS = re.compile("科目|凭证字|日记账|总账|明细账")
"""A company's own books have the same columns and are no statement."""
_UNIT = re.compile(r"[(:：].*")


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    return {title: kind for kind, printed in titles.COLUMNS.items() for title in printed}


def speaks(sheet: Sheet) -> float:
    """Points for a sheet with a row of heads as only a ledger of an account has it."""
    known = _kinds()
    heads = [(line, kind) for line in sheet.lines for text in {line.text, *line.text.split()} if (kind := known.get(_title(text)))]
    balances = [line for line, kind in heads if kind == "balance"]
    if not balances or any(BOOKS.search(line.text) for line in sheet.lines):
        return 0.0
    return max(_points(line, heads) for line in balances)


def _title(text: str) -> str:
    return _UNIT.sub("", normal(text).replace(" ", ""))


def _points(balance: Line, heads: Sequence[tuple[Line, str]]) -> float:
    """Of the row of heads that this one stands in; a head may be printed in two lines, so near is enough."""
    row = {kind for line, kind in heads if abs(line.box.cy - balance.box.cy) < 1.2 * balance.box.height}
    if not (row & {"date", "posted", "time"} and (row & {"amount"} or row >= {"in", "out"})):
        return 0.0
    return HEADED + (BANKS if row & {"counterparty", "counterparty account", "flag", "account"} else 0.0)
