"""The rows of a bank statement in the order of time, and the chain of balances that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from statistics import median
from typing import Any, Literal

from extractors.model import Document, Evidence, Source
from validators.amounts import fen, fen_of, plain_yuan
from validators.model import Value, known

PageKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `index`: its place in the field `transactions`; amounts in fen, None where they were not read.

    `confidence` is that of day and sums, `text_confidence` that of summary and counterparty. `series`: the sub-account whose
    balance the entry carries on, where a statement holds several.
    """

    index: int
    day: date | None
    summary: str
    counterparty: str
    amount: int | None
    balance: int | None
    confidence: float
    evidence: Evidence | None
    source: Source
    series: str = ""
    text_confidence: float = 1.0

    @property
    def page(self) -> PageKey:
        return (self.evidence.file, self.evidence.page) if self.evidence else ("", 0)


@dataclass(frozen=True, slots=True)
class Step:
    """From one known balance to the next: `rows` are the entries between them, the last bears the balance.

    `gap`: printed balance less what it should be, in fen; None where an amount on the way was not read. `before` is
    None where the step starts from the printed opening balance.
    """

    before: Row | None
    rows: tuple[Row, ...]
    start: int
    gap: int | None

    @property
    def last(self) -> Row:
        return self.rows[-1]

    @property
    def crosses_pages(self) -> bool:
        return self.before is not None and self.before.page != self.last.page


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain breaks. `kind`: `balance` when both neighbours contradict one balance, else `step`."""

    kind: Literal["balance", "step"]
    step: Step
    gap: int

    @property
    def row(self) -> Row:
        return self.step.last


@dataclass(frozen=True, slots=True)
class Account:
    """A statement's rows, oldest first, and the chain through them. `mixed`: several sub-accounts, each with its chain."""

    document: Document
    rows: tuple[Row, ...]
    steps: tuple[Step, ...]
    breaks: tuple[Break, ...]
    opening: int | None
    closing: int | None
    mixed: bool = False

    @property
    def source(self) -> Source:
        return self.document.fields["transactions"].source

    def steps_unknown(self) -> tuple[Step, ...]:
        """The steps that nobody can check because an amount was not read."""
        return tuple(step for step in self.steps if step.gap is None)

    def held(self) -> frozenset[int]:
        """The rows whose balance a step that holds begins or ends with."""
        ends = ((step.before, step.last) for step in self.steps if step.gap == 0)
        return frozenset(row.index for pair in ends for row in pair if row is not None)

    def whole(self) -> bool:
        """Whether the chain runs without a break from the printed opening to the printed closing balance."""
        if self.opening is None or self.closing is None or not self.steps or self.breaks or self.steps_unknown():
            return False
        return self.rows[-1].balance == self.closing and self.steps[0].before is None


def account(document: Document) -> Account | None:
    """The account that a statement shows; None when no row was read."""
    printed = _rows(document)
    if not printed:
        return None
    opening, closing = fen_of(document, "opening_balance"), fen_of(document, "closing_balance")
    rows = _oldest_first(printed, page_numbers(document))
    steps, mixed = _chained(rows, opening)
    return Account(document, rows, steps, tuple(_breaks(steps)), opening, closing, mixed)


def _rows(document: Document) -> list[Row]:
    field = known(document, "transactions")
    if field is None or isinstance(field.value, str):
        return []
    return [_row(i, row, field.source, field.confidence) for i, row in enumerate(field.value)]


def _row(index: int, row: Mapping[str, Any], source: Source, confidence: float) -> Row:
    try:
        day = date.fromisoformat(str(row.get("date", ""))[:10])
    except ValueError:
        day = None
    evidence = row.get("evidence")
    return Row(
        index,
        day,
        str(row.get("summary") or ""),
        str(row.get("counterparty") or ""),
        fen(row.get("amount")),
        fen(row.get("balance")),
        float(row.get("confidence", confidence)),
        evidence if isinstance(evidence, Evidence) else None,
        source,
        str(row.get("series") or ""),
        float(row.get("text_confidence", row.get("confidence", confidence))),
    )


def page_numbers(document: Document) -> dict[PageKey, int]:
    """The running number printed on each page, where one was read."""
    field = known(document, "pages_printed")
    found: dict[PageKey, int] = {}
    for page in field.value if field is not None and not isinstance(field.value, str) else ():
        if str(page.get("number") or "").isdigit():
            found[str(page.get("file")), int(page["page"])] = int(page["number"])
    return found


def _oldest_first(printed: list[Row], numbers: Mapping[PageKey, int]) -> tuple[Row, ...]:
    """The rows in the order in which most balances run on, dates deciding between equals.

    Statements run either way, some turn the order of days but not that of a day's rows, and photos of pages are uploaded
    in any order.
    """
    best, most = printed, (-1, 0)
    for rows in _by_page(printed, numbers):
        for candidate in _directions(rows):
            score = _runs_on(candidate)
            if score > most:
                best, most = candidate, score
            if score[0] >= len(printed) - 1:
                return tuple(candidate)
    return tuple(best)


def _by_page(printed: list[Row], numbers: Mapping[PageKey, int]) -> Iterator[list[Row]]:
    yield printed
    pages = [list(rows) for _, rows in groupby(printed, key=lambda row: row.page)]
    if len(pages) < 2:
        return
    if all(rows[0].page in numbers for rows in pages):
        yield [row for rows in sorted(pages, key=lambda rows: numbers[rows[0].page]) for row in rows]
    dated = sorted(pages, key=lambda rows: min((row.day for row in rows if row.day), default=date.max))
    for pages_in_order in (dated, dated[::-1]):
        yield [row for rows in pages_in_order for row in rows]


def _directions(rows: list[Row]) -> Iterator[list[Row]]:
    yield rows
    yield rows[::-1]
    days = [list(group) for _, group in groupby(rows, key=lambda row: row.day)]
    yield [row for group in days[::-1] for row in group]
    yield [row for group in days for row in group[::-1]]


def _runs_on(rows: Sequence[Row]) -> tuple[int, int]:
    """How many balances follow from the one before, and how many dates do."""
    holds = _holding(_chained(rows, None)[0])
    days = [row.day for row in rows if row.day]
    return holds, sum(a <= b for a, b in pairwise(days)) - sum(a > b for a, b in pairwise(days))


def _chained(rows: Sequence[Row], opening: int | None) -> tuple[tuple[Step, ...], bool]:
    """The chain of all rows, or those of the sub-accounts where more balances run on so; and whether it is the latter."""
    whole = tuple(_steps(rows, opening))
    series = dict.fromkeys(row.series for row in rows)
    if len(series) < 2:
        return whole, False
    apart = tuple(step for name in series for step in _steps([row for row in rows if row.series == name], None))
    return (apart, True) if _holding(apart) > _holding(whole) else (whole, False)


def _holding(steps: Sequence[Step]) -> int:
    return sum(step.gap == 0 for step in steps if step.last.amount)


def _steps(rows: Sequence[Row], opening: int | None) -> Iterator[Step]:
    before: Row | None = None
    start = opening
    between: list[Row] = []
    for row in rows:
        between.append(row)
        if row.balance is None:
            continue
        if start is not None:
            amounts = [each.amount for each in between]
            known_amounts = [amount for amount in amounts if amount is not None]
            whole = len(known_amounts) == len(amounts)
            yield Step(before, tuple(between), start, row.balance - start - sum(known_amounts) if whole else None)
        before, start, between = row, row.balance, []


def _breaks(steps: Sequence[Step]) -> Iterator[Break]:
    """The broken steps; two that cancel each other around one balance are that balance's fault."""
    i = 0
    while i < len(steps):
        step = steps[i]
        follower = steps[i + 1] if i + 1 < len(steps) else None
        if step.gap:
            if follower is not None and follower.gap == -step.gap and follower.before is step.last:
                yield Break("balance", step, step.gap)
                i += 1
            elif not _opening_is_first_balance(step):
                yield Break("step", step, step.gap)
        i += 1


def _opening_is_first_balance(step: Step) -> bool:
    """Some statements print the first row's balance as the opening one."""
    return step.before is None and len(step.rows) == 1 and step.last.balance == step.start


Span = tuple[float, float]


def _spans(rows: Sequence[Row]) -> dict[int, Span]:
    """Where each row of one page begins and ends across the lines, by its index; fractions of the page."""
    boxes = {row.index: row.evidence.box for row in rows if row.evidence is not None}
    if not boxes:
        return {}
    tall, wide = (max(at) - min(at) for at in ([b.cy for b in boxes.values()], [b.cx for b in boxes.values()]))
    return {index: (b.y0, b.y1) if tall >= wide else (b.x0, b.x1) for index, b in boxes.items()}


def room_between(account: Account, a: Row, b: Row) -> bool:
    """Whether two neighbouring rows of a page stand so far apart that a row between them may have been overlooked."""
    if a.evidence is None or b.evidence is None or a.page != b.page or abs(a.index - b.index) != 1:
        return False
    spans = _spans([row for row in account.rows if row.page == a.page])
    ordered = sorted(spans.values())
    free = [right[0] - left[1] for left, right in pairwise(ordered)]
    one, other = sorted((spans[a.index], spans[b.index]))
    return other[0] - one[1] > median(free) + 0.8 * median(end - begin for begin, end in ordered)


def room_at_edge(account: Account, row: Row) -> bool:
    """Whether the outermost row of a page stands further in than the outermost rows of the other pages, by a row or more.

    Says nothing where there are fewer than three other pages to compare with.
    """
    pages = [list(rows) for _, rows in groupby(sorted(account.rows, key=lambda r: r.index), key=lambda r: r.page)]
    spans = [(rows, _spans(rows)) for rows in pages]
    mine = next((at for at, (_, where) in enumerate(spans) if row.index in where), None)
    if mine is None:
        return False
    where = spans[mine][1]
    height = median(end - begin for begin, end in where.values())
    low, high = min(where.values()), max(where.values())
    if where[row.index] == low and mine > 0:
        tops = [min(other.values())[0] for at, (_, other) in enumerate(spans) if at not in (0, mine) and other]
        return len(tops) > 2 and low[0] > median(tops) + 0.8 * height
    if where[row.index] == high and mine < len(spans) - 1:
        bottoms = [max(other.values())[1] for at, (_, other) in enumerate(spans[:-1]) if at != mine and other]
        return len(bottoms) > 2 and high[1] < median(bottoms) - 0.8 * height
    return False


def row_value(document: Document, row: Row) -> Value:
    """A row as one side of a comparison: its balance, and the row as it was read."""
    parts = [str(row.day or "日期未读出"), row.summary, row.counterparty]
    parts += ["金额" + (plain_yuan(row.amount) if row.amount is not None else "未读出")]
    parts += ["余额" + (plain_yuan(row.balance) if row.balance is not None else "未读出")]
    shown = plain_yuan(row.balance) if row.balance is not None else ""
    return Value(document.id, "transactions", shown, " ".join(part for part in parts if part), row.evidence)


def row_detail(row: Row, **more: Any) -> dict[str, Any]:
    """A row for `detail.rows`: its place in `transactions` counted from 0, its date, its page."""
    return {
        "row": row.index,
        "date": str(row.day or ""),
        "amount": plain_yuan(row.amount) if row.amount is not None else "",
        "file": row.page[0],
        "page": row.page[1],
        **more,
    }
