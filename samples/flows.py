"""Coherent invented bank accounts: rows in the order of time whose balances run, with salaries, spending and interest.

Amounts are integer fen, signed: in is positive. Interest is posted on the 21st of the last month of a quarter and is what
the daily balances up to the 20th earn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from samples import people, words

Kind = Literal["personal", "company"]
Party = tuple[str, str, str]
"""Name, account number, bank."""
DEMAND_RATE = 0.0005
"""Yearly demand interest; banks paid 0.05 % in 2025 and 2026."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `balance` is the one after it; `summary` as banks word it; `purpose` longer, may be empty."""

    at: datetime
    summary: str
    amount: int
    balance: int
    counterparty: str = ""
    counterparty_account: str = ""
    counterparty_bank: str = ""
    purpose: str = ""
    channel: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Flow:
    """An account over a period, rows oldest first. `planted` names what was broken, `rows_hit` where."""

    kind: Kind
    holder: str
    account: people.Account
    period_from: date
    period_until: date
    opening: int
    rows: tuple[Row, ...]
    employer: str = ""
    planted: tuple[str, ...] = ()
    rows_hit: tuple[int, ...] = ()

    @property
    def closing(self) -> int:
        return self.rows[-1].balance if self.rows else self.opening

    @property
    def total_in(self) -> int:
        return sum(row.amount for row in self.rows if row.amount > 0)

    @property
    def total_out(self) -> int:
        return -sum(row.amount for row in self.rows if row.amount < 0)


@dataclass(frozen=True, slots=True)
class Wish:
    """An entry before the balance is known."""

    at: datetime
    summary: str
    amount: int
    counterparty: str = ""
    account: str = ""
    bank: str = ""
    purpose: str = ""
    channel: str = ""


def personal(
    rng: random.Random,
    *,
    holder: str,
    first: date,
    last: date,
    account: people.Account | None = None,
    employer: str = "",
    salary: int = 0,
    opening: int | None = None,
    per_month: int = 18,
    skip_month: date | None = None,
) -> Flow:
    """A person's account. `salary`: net monthly credit in yuan from `employer`, 0 for none (then trade income).

    `per_month`: other entries in a month, on average. `skip_month`: a day of a month that gets no entries at all.
    """
    account = account or people.account(rng)
    start = opening if opening is not None else rng.randrange(300_000, 6_000_000)
    monthly = salary or rng.randrange(6_000, 30_000)
    wishes: list[Wish] = []
    payday = rng.choice((5, 8, 10, 15, 25, 28))
    payer = (employer, str(rng.randrange(10**17, 10**18)), rng.choice(words.BANKS))
    for month in months(first, last):
        if _same_month(month, skip_month):
            continue
        if salary:
            wishes.append(_salary(rng, month, payday, payer, salary))
        else:
            wishes.extend(_trade_income(rng, month, monthly))
        wishes.extend(_fixed_costs(rng, month, holder, monthly))
        wishes.extend(_spending(rng, month, monthly, per_month))
    inside = [wish for wish in wishes if first <= wish.at.date() <= last]
    rows = settle(rng, inside, first, last, start, floor=5_000, skip_month=skip_month)
    return Flow("personal", holder, account, first, last, start, rows, employer if salary else "")


def company(
    rng: random.Random,
    *,
    holder: str,
    first: date,
    last: date,
    account: people.Account | None = None,
    turnover: int = 0,
    opening: int | None = None,
    per_month: int = 30,
    skip_month: date | None = None,
) -> Flow:
    """A company's account. `turnover`: monthly receipts in yuan."""
    account = account or people.account(rng, corporate=True)
    monthly = turnover or int(10 ** rng.uniform(5, 6.6))
    start = opening if opening is not None else int(monthly * rng.uniform(20, 90))
    partners = [(people.company(rng).name, str(rng.randrange(10**17, 10**18)), rng.choice(words.BANKS)) for _ in range(9)]
    wishes: list[Wish] = []
    for month in months(first, last):
        if _same_month(month, skip_month):
            continue
        wishes.extend(_business(rng, month, monthly, per_month, partners))
    inside = [wish for wish in wishes if first <= wish.at.date() <= last]
    rows = settle(rng, inside, first, last, start, floor=100_000, skip_month=skip_month)
    return Flow("company", holder, account, first, last, start, rows)


def months(first: date, last: date) -> Iterator[date]:
    """The first days of the months from `first` to `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def settle(
    rng: random.Random,
    wishes: Sequence[Wish],
    first: date,
    last: date,
    opening: int,
    floor: int,
    skip_month: date | None = None,
) -> tuple[Row, ...]:
    """Rows with running balances and interest; spending that would leave less than `floor` is left out."""
    queue = sorted(wishes, key=lambda wish: wish.at)
    posts = [day for day in _interest_days(first, last) if not _same_month(day, skip_month)]
    rows: list[Row] = []
    balance, since, earned, serial = opening, _posted_before(first), 0, rng.randrange(10**8, 9 * 10**8)
    for wish in [*queue, None]:
        until = wish.at.date() if wish else last
        while posts and posts[0] <= until:
            day = posts.pop(0)
            earned += balance * (day - since).days
            interest, since, earned = round(earned * DEMAND_RATE / 360), day, 0
            if interest > 0:
                balance += interest
                stamp = datetime.combine(day, time(0, rng.randrange(1, 59), rng.randrange(60)))
                rows.append(Row(stamp, "结息", interest, balance, purpose="结息", channel="批处理", serial=str(serial)))
                serial += rng.randrange(3, 9_000)
        if wish is None or balance + wish.amount < floor:
            continue
        earned += balance * (until - since).days
        since = until
        balance += wish.amount
        party = (wish.counterparty, wish.account, wish.bank)
        rows.append(Row(wish.at, wish.summary, wish.amount, balance, *party, wish.purpose, wish.channel, str(serial)))
        serial += rng.randrange(3, 9_000)
    return tuple(rows)


def rebalance(rows: Sequence[Row], opening: int) -> tuple[Row, ...]:
    """The rows with their balances run anew from `opening`."""
    done: list[Row] = []
    balance = opening
    for row in rows:
        balance += row.amount
        done.append(replace(row, balance=balance))
    return tuple(done)


def _same_month(day: date, other: date | None) -> bool:
    return other is not None and (day.year, day.month) == (other.year, other.month)


def _posted_before(day: date) -> date:
    """The last interest day on or before `day`: what the account earned since then is still to be posted."""
    candidates = [date(year, month, 21) for year in (day.year - 1, day.year) for month in (3, 6, 9, 12)]
    return max(one for one in candidates if one <= day)


def _interest_days(first: date, last: date) -> Iterator[date]:
    for month in months(first, last):
        if month.month % 3 == 0 and first < month.replace(day=21) <= last:
            yield month.replace(day=21)


def _moment(rng: random.Random, month: date, day: int | None = None, hours: tuple[int, int] = (7, 22)) -> datetime:
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    chosen = min(day or rng.randrange(1, last.day + 1), last.day)
    clock = time(rng.randrange(*hours), rng.randrange(60), rng.randrange(60))
    return datetime.combine(month.replace(day=chosen), clock)


def _salary(rng: random.Random, month: date, payday: int, payer: Party, salary: int) -> Wish:
    """A credit near `salary` (bonus and tax move it by some percent), early when payday falls on a weekend."""
    at = _moment(rng, month, payday, (9, 17))
    while at.weekday() >= 5:
        at -= timedelta(days=1)
    amount = round(salary * 100 * rng.uniform(0.96, 1.05))
    summary = rng.choice(("工资", "代发工资", "工资", "代发"))
    return Wish(at, summary, amount, *payer, f"{month.month}月工资", "企业网银")


def _trade_income(rng: random.Random, month: date, monthly: int) -> Iterator[Wish]:
    for _ in range(rng.randrange(3, 8)):
        amount = round(monthly * 100 * rng.uniform(0.12, 0.4))
        name = people.person(rng).name
        yield Wish(
            _moment(rng, month),
            rng.choice(("转账", "跨行转入", "网银转入")),
            amount,
            name,
            people.card_number(rng, "6217"),
            rng.choice(words.BANKS),
            rng.choice(("货款", "往来款", "")),
            "手机银行",
        )


def _fixed_costs(rng: random.Random, month: date, holder: str, monthly: int) -> Iterator[Wish]:
    base = monthly * 100
    if rng.random() < 0.8:
        yield Wish(_moment(rng, month, 20, (1, 5)), "贷款还款", -round(base * 0.24), "", "", "", "个人住房贷款", "批处理")
    yield Wish(_moment(rng, month), "代扣电费", -rng.randrange(6_000, 40_000), "国网电力", channel="代扣")
    if rng.random() < 0.6:
        yield Wish(_moment(rng, month), "信用卡还款", -round(base * rng.uniform(0.05, 0.2)), holder, channel="手机银行")
    if rng.random() < 0.4:
        name = people.person(rng).name
        number, bank = people.card_number(rng, "6228"), rng.choice(words.BANKS)
        yield Wish(_moment(rng, month), "转账", -rng.randrange(50_000, 400_000), name, number, bank, "", "手机银行")


SHOPS = (
    "财付通-微信支付-永兴便利店",
    "支付宝-上海拉扎斯外卖",
    "财付通-微信支付-滴滴出行",
    "美团支付-美团",
    "京东支付-网银在线",
    "抖音支付-抖音电商商家",
    "中石化加油站",
    "财付通-微信转账",
    "支付宝-余额宝",
    "银联商务-重百超市",
)
"""Counterparties as they stand in statements; processors are named so by every bank."""
PAYMENTS = ("快捷支付", "消费", "网上支付", "POS消费", "跨行消费", "扫码支付")


def _spending(rng: random.Random, month: date, monthly: int, per_month: int) -> Iterator[Wish]:
    for _ in range(rng.randrange(max(1, per_month * 2 // 3), per_month * 4 // 3 + 1)):
        amount = -max(150, int(rng.expovariate(1 / (monthly * 100 * 0.5 / max(1, per_month)))))
        if rng.random() < 0.06:
            yield Wish(_moment(rng, month), "ATM取款", -rng.choice((50_000, 100_000, 200_000)), channel="ATM")
            continue
        if rng.random() < 0.05:
            yield Wish(_moment(rng, month), "退款", -amount, rng.choice(SHOPS), channel="快捷支付")
            continue
        yield Wish(_moment(rng, month), rng.choice(PAYMENTS), amount, rng.choice(SHOPS), channel="快捷支付")


def _business(rng: random.Random, month: date, monthly: int, per_month: int, partners: Sequence[Party]) -> Iterator[Wish]:
    base, count = monthly * 100, max(1, per_month * 2 // 5)
    for _ in range(count + rng.randrange(3)):
        amount = round(base * rng.uniform(0.4, 1.6) / count)
        purpose = rng.choice(("货款", "工程款", "服务费", "合同款"))
        yield Wish(_office(rng, month), "转账收入", amount, *rng.choice(partners[:5]), purpose, "网银")
    for _ in range(count + rng.randrange(3)):
        amount = -round(base * rng.uniform(0.3, 1.3) / count * 1.05)
        purpose = rng.choice(("材料款", "采购款", "运费", "租金"))
        yield Wish(_office(rng, month), "转账支出", amount, *rng.choice(partners[4:]), purpose, "网银")
    tax, wages = round(base * rng.uniform(0.01, 0.03)), round(base * rng.uniform(0.06, 0.12))
    yield Wish(_office(rng, month, 15), "代扣税款", -tax, "国家金库", purpose="增值税及附加", channel="财税库银")
    yield Wish(_office(rng, month, 10), "代发工资", -wages, purpose="工资", channel="网银")
    for _ in range(per_month // 8):
        fee = rng.choice((50, 100, 550, 1050))
        yield Wish(_office(rng, month), "手续费", -fee, purpose="转账手续费", channel="批处理")


def _office(rng: random.Random, month: date, day: int | None = None) -> datetime:
    return _moment(rng, month, day, (9, 17))


# --- planted faults ---------------------------------------------------------------------------------------------------


def break_balance(flow: Flow, rng: random.Random, at: int | None = None) -> Flow:
    """The printed balance of one row is off; amounts and all other balances stay true."""
    hit = at if at is not None else rng.randrange(len(flow.rows) // 3, len(flow.rows) * 2 // 3)
    row = flow.rows[hit]
    wrong = replace(row, balance=row.balance + rng.randrange(10, 900) * 10_000)
    return _hit(flow, "running_balance_broken", hit, wrong)


def raise_credit(flow: Flow, rng: random.Random, at: int | None = None) -> Flow:
    """The amount of one credit is raised without its balance, as a crude editor does; totals follow the rows."""
    credits = [i for i, row in enumerate(flow.rows) if row.amount > 100_000]
    hit = at if at is not None else rng.choice(credits)
    row = flow.rows[hit]
    return _hit(flow, "running_balance_broken", hit, replace(row, amount=row.amount + rng.randrange(20, 90) * 10_000))


def in_and_out(flow: Flow, rng: random.Random) -> Flow:
    """A large round sum comes in and leaves on the same day (`unusual_flow`), balances coherent."""
    at = rng.randrange(len(flow.rows) // 3, len(flow.rows) * 2 // 3)
    stamp = flow.rows[at].at + timedelta(minutes=1)
    amount = max(20_000_000, (flow.total_in // len(flow.rows)) // 10_000_000 * 40_000_000)
    came = Row(stamp, "转账", amount, 0, people.person(rng).name, people.card_number(rng, "6217"), "", "", "手机银行")
    left = replace(came, at=stamp + timedelta(minutes=9), amount=-amount, counterparty=people.person(rng).name)
    rows = (*flow.rows[: at + 1], came, left, *flow.rows[at + 1 :])
    ordered = sorted(rows, key=lambda row: row.at)
    hit = tuple(i for i, row in enumerate(ordered) if abs(row.amount) == amount)
    planted = (*flow.planted, "unusual_flow")
    return replace(flow, rows=rebalance(ordered, flow.opening), planted=planted, rows_hit=hit)


def _hit(flow: Flow, what: str, at: int, row: Row) -> Flow:
    rows = (*flow.rows[:at], row, *flow.rows[at + 1 :])
    return replace(flow, rows=rows, planted=(*flow.planted, what), rows_hit=(*flow.rows_hit, at))
