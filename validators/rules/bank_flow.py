"""Patterns in a bank statement that a manager should look at; hints, never proof. Brokers do not see them.

Source: what reviewers of statements look for (快进快出, 结息合理性, window dressing, round sums); the measures are bank policy: a
product file may set them as limits of the same names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from validators.account_rows import Account, Row, account, row_detail, row_value
from validators.amounts import yuan
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, known
from validators.people import is_company
from validators.registry import rule
from validators.salary import is_wage
from validators.say import paper

MEASURES: Mapping[str, float] = {
    "flow_large_amount_min": 50_000,  # yuan; smaller sums are nobody's window dressing
    "flow_large_times_median": 3,  # a large credit is this many times the usual one
    "flow_in_out_days_max": 1,
    "flow_in_out_share_max": 0.02,  # of a sum that leaves at once, how much may stay
    "flow_in_out_share_company_max": 0.005,  # companies pay and are paid all day
    "flow_dressing_days": 10,
    "flow_dressing_balance_times": 3,
    "flow_round_unit": 10_000,  # yuan
    "flow_round_share_max": 0.6,
    "flow_round_count_min": 6,
    "flow_interest_rate_min": 0.0002,
    "flow_interest_rate_max": 0.02,
}
"""Used where the product's file sets no limit of that name. Demand deposits earned 0.05 % in 2025 and 2026, agreed ones more."""
_INTEREST = re.compile("结息|利息")
_NOT_DEMAND = re.compile("贷|还|定期|通知|存单|理财|扣|税")
_OWN_LOAN = re.compile("放款|贷款发放|贷款入账|理财|赎回|定期|存单|转存")
MOST_SHOWN = 8

Said = Iterator[Finding | Unchecked]
Measure = Callable[[str], float]


@rule("unusual_flow", needs=("bank_statement",))
def unusual_flow(case: Case) -> Said:
    """流水中快进快出、期末冲高、整数进账、结息与余额不符等情形，提示人工关注（银行流水审查通行做法）。"""
    measure: Measure = lambda name: float(case.policy.limits.get(name, MEASURES[name]))  # noqa: E731
    for document in case.of("bank_statement"):
        rows = account(document)
        if rows is None:
            yield Unchecked(f"{paper(case, document)}没有读到交易明细，未能分析资金往来", (document.id,))
            continue
        for look in (in_and_out, window_dressing, round_sums, interest):
            for kind, told, hit in look(rows, measure):
                yield _flow(case, rows, kind, told, hit)
        blank = sum(row.amount is None or row.day is None for row in rows.rows)
        if blank:
            reason = f"有{blank}行的日期或金额未读出，资金往来分析不完整"
            yield Unchecked(f"{paper(case, document)}{reason}", (document.id,))


def _flow(case: Case, rows: Account, kind: str, told: str, hit: Sequence[Row]) -> Finding:
    return finding(
        "unusual_flow",
        [rows.document],
        values=[row_value(rows.document, row) for row in hit[:MOST_SHOWN]],
        for_manager=f"{paper(case, rows.document)}{told}。",
        detail={"kind": kind, "rows": tuple(row_detail(row) for row in hit)},
    )


Hint = tuple[str, str, list[Row]]


def _large_credits(rows: Account, measure: Measure, times: float) -> list[Row]:
    """Credits, no wages nor interest, of some size that are so many times this account's usual ones."""
    credits = [row for row in rows.rows if row.amount and row.amount > 0]
    if not credits:
        return []
    usual = median(row.amount or 0 for row in credits)
    least = max(measure("flow_large_amount_min") * 100, times * usual)
    large = (row for row in credits if (row.amount or 0) >= least and not is_wage(row))
    return [row for row in large if not _INTEREST.search(row.summary) and not _OWN_LOAN.search(row.summary)]


def in_and_out(rows: Account, measure: Measure) -> Iterator[Hint]:
    """快进快出: a large sum comes in and nearly all of it leaves, in up to three payments, at once."""
    holder = known(rows.document, "account_holder")
    share = measure("flow_in_out_share_company_max" if holder and is_company(holder.text) else "flow_in_out_share_max")
    days = timedelta(days=measure("flow_in_out_days_max"))
    large = _large_credits(rows, measure, measure("flow_large_times_median"))
    for credit in _large_credits(rows, measure, 0.0):
        if credit.day is None:
            continue
        # The very sum that came, to the fen, is told even where such sums are usual.
        part = share if credit in large else 0.0
        at = rows.rows.index(credit)
        later = (row for row in rows.rows[at + 1 :] if row.day is not None and row.day - credit.day <= days)
        debits = [row for row in later if row.amount is not None and row.amount < 0]
        left = _leaving(credit.amount or 0, debits, part)
        if left:
            gone = -sum(row.amount or 0 for row in left)
            told = f"{credit.day}转入{yuan(credit.amount or 0)}，{left[-1].day}即转出{yuan(gone)}，疑为快进快出"
            yield "in_and_out", told, [credit, *left]


def _leaving(amount: int, debits: Sequence[Row], share: float) -> list[Row]:
    """Up to three of the largest payments that together are nearly the sum; empty when there are none."""
    if same := next((row for row in debits if row.amount == -amount), None):
        return [same]
    largest = sorted(debits, key=lambda row: row.amount or 0)[:3]
    for count in range(1, len(largest) + 1):
        gone = -sum(row.amount or 0 for row in largest[:count])
        if amount * (1 - share) <= gone <= amount:
            return sorted(largest[:count], key=debits.index)
    return []


def window_dressing(rows: Account, measure: Measure) -> Iterator[Hint]:
    """期末冲高: large credits of the last days make the closing balance, that was far lower all along."""
    days = [row.day for row in rows.rows if row.day]
    closing = rows.rows[-1].balance
    if not days or rows.mixed or closing is None or (days[-1] - days[0]).days < 60:
        return
    since = days[-1] - timedelta(days=measure("flow_dressing_days"))
    large = _large_credits(rows, measure, measure("flow_large_times_median"))
    late = [row for row in large if row.day and row.day > since]
    before = [balance for day, balance in daily_balances(rows) if day <= since]
    came = sum(row.amount or 0 for row in late)
    if not before or came * 2 < closing or closing < measure("flow_dressing_balance_times") * max(1, median(before)):
        return
    told = (
        f"最后{int(measure('flow_dressing_days'))}天内转入{yuan(came)}，期末余额升至{yuan(closing)}，"
        f"而此前余额通常为{yuan(int(median(before)))}，疑为期末冲高"
    )
    yield "window_dressing", told, late


def round_sums(rows: Account, measure: Measure) -> Iterator[Hint]:
    """整数进账: most credits are whole tens of thousands of yuan."""
    unit = int(measure("flow_round_unit")) * 100
    credits = [row for row in rows.rows if row.amount and row.amount >= unit // 10 and not is_wage(row)]
    round_ones = [row for row in credits if (row.amount or 0) % unit == 0]
    if len(round_ones) < measure("flow_round_count_min") or len(round_ones) < measure("flow_round_share_max") * len(credits):
        return
    told = f"{len(credits)}笔进账中有{len(round_ones)}笔为{unit // 100:,}元的整数倍，整数进账偏多"
    yield "round_sums", told, round_ones


def interest(rows: Account, measure: Measure) -> Iterator[Hint]:
    """结息与余额不符: the quarter's interest implies a rate that no demand deposit earns."""
    posts = [row for row in rows.rows if row.amount and row.day and row.amount > 0 and _is_interest(row)]
    balances = dict(daily_balances(rows))
    for earlier, later in pairwise(posts):
        assert earlier.day is not None and later.day is not None and later.amount is not None
        span = (later.day - earlier.day).days
        if not 80 <= span <= 100:
            continue
        held = [balances.get(earlier.day + timedelta(days=i)) for i in range(span)]
        known_days = [balance for balance in held if balance is not None]
        if len(known_days) < span or sum(known_days) <= 0:
            continue
        rate = later.amount * 360 / sum(known_days)
        low, high = measure("flow_interest_rate_min"), measure("flow_interest_rate_max")
        # A few fen of interest are rounding, not a rate.
        expected_least, expected_most = (sum(known_days) / 360 * bound for bound in (low, high))
        if later.amount + 100 < expected_least or later.amount - 100 > expected_most:
            average = sum(known_days) // span
            told = f"{later.day}结息{yuan(later.amount)}，而该季度日均余额为{yuan(average)}，折合年利率{rate:.3%}，与活期利率不符"
            yield "interest", told, [earlier, later]


def _is_interest(row: Row) -> bool:
    return bool(_INTEREST.search(row.summary)) and not _NOT_DEMAND.search(row.summary)


def daily_balances(rows: Account) -> Iterator[tuple[date, int]]:
    """The balance at the end of each day from the first entry to the last; nothing for a stretch that is not known."""
    ends: dict[date, int | None] = {}
    for row in rows.rows:
        if row.day is None or rows.mixed:
            return
        ends[row.day] = row.balance
    for (day, balance), (next_day, _) in pairwise([*ends.items(), (max(ends) + timedelta(days=1), None)]):
        for i in range((next_day - day).days):
            if balance is not None:
                yield day + timedelta(days=i), balance
