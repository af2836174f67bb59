"""Which entries of a bank statement are wages."""

from __future__ import annotations

import re

from extractors.numbers import text
from validators.account_rows import Row

_WAGES = re.compile("工资|薪|代发|劳务费|劳务报酬|奖金|津贴|绩效|年终奖|加班费|提成|补助")
_NO_WAGES = re.compile("报销|退款|退税|养老|退休|医保|社保|公积金|低保|补贴款|利息|红包")
_MASKED = re.compile(r"[*＊×✱]+|…|\.{2,}")
_SHORTEST_PART = 4


def is_wage(row: Row, employer: str = "") -> bool:
    """Whether an entry is a wage: by its summary, or because the employer paid it."""
    if row.amount is not None and row.amount <= 0:
        return False
    if _NO_WAGES.search(row.summary) and "工资" not in row.summary:
        return False
    return bool(_WAGES.search(row.summary)) or (bool(employer) and is_payer(row.counterparty, employer))


def is_payer(counterparty: str, employer: str) -> bool:
    """Whether a counterparty may be this employer: names are cut off by narrow columns and masked.

    >>> is_payer("重庆示例科技有限", "重庆示例科技有限公司"), is_payer("重庆**科技有限公司", "重庆示例科技有限公司")
    (True, True)
    >>> is_payer("重庆样本贸易有限公司", "重庆示例科技有限公司"), is_payer("", "重庆示例科技有限公司")
    (False, False)
    """
    shown, name = text.company(counterparty), text.company(employer)
    if not shown or not name:
        return False
    if text.company_same(shown, name) != "different":
        return True
    parts = [part for part in _MASKED.split(shown) if part]
    if sum(map(len, parts)) < _SHORTEST_PART:
        return False
    if len(parts) > 1 or _MASKED.search(shown):
        return bool(re.fullmatch(".+".join(map(re.escape, parts)) + ".*", name))
    return len(shown) >= _SHORTEST_PART + 2 and name.startswith(shown)
