"""From invented books to a printed statement: what a house style prints of a table, and the truth of it.

A style is one household of forms (all three statements look alike in a company); the templates draw what is prepared here.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from samples import people, seals
from samples.figures import Negative
from samples.ledger import Books, Span, books, month_end
from samples.ledger_forms import FORMS, FormLine, Kind, field_name
from samples.ledger_plants import plant as plant_fault
from samples.paper import Paper, Part
from samples.sheet_styles import STYLES, Style
from samples.typeset import typeset

A4 = (210.0, 297.0)
NOT_INDENTED = ("fixed_assets_cost", "accumulated_depreciation", "cash_begin")
Row = dict[str, Any]


@dataclass(frozen=True)
class Printed:
    """A statement ready for its template, and its truth."""

    data: Mapping[str, Any]
    truth: Mapping[str, str]


def invent(rng: random.Random, style: Style, company: str | None = None, **wishes: Any) -> Books:
    """Books that suit a style: its standard, and amounts that its unit prints without rounding."""
    as_of = wishes.pop("as_of", None)
    span: Span = wishes.pop("span", None) or rng.choice(style.spans)
    # A quarter is the first one, so that the opening column stands at the quarter's begin too.
    as_of = as_of or {"year": month_end(2025, 12), "quarter": month_end(2026, 3)}.get(span, month_end(2026, rng.randint(3, 10)))
    name = company or people.company(rng).name
    grain = style.grain
    return books(rng, company=name, as_of=as_of, standard=style.standard, span=span, grain=grain, **wishes)


def make(
    kind: Kind,
    rng: random.Random,
    part: Part,
    variant: str | None = None,
    *,
    book: Books | None = None,
    company: str | None = None,
    uscc: str | None = None,
    plant: str | None = None,
    seal: bool | str | None = None,
    negative: Negative | None = None,
    **wishes: Any,
) -> Paper:
    """One statement. `book`: shared books (then only styles of its standard fit); else they are invented with `wishes`
    (`as_of`, `span`, `revenue`, `loss`). `plant`: a fault of ledger_plants put in before printing. `seal`: stamped or
    not, or the name of another company whose seal it bears; None: as the style has it. `negative`: another notation for negative
    amounts than the style's.
    """
    styles = STYLES[part]
    fitting = [name for name, one in styles.items() if book is None or fits(one, book)]
    style = styles[variant or rng.choice(fitting)]
    if negative:
        style = replace(style, notation=replace(style.notation, negative=negative))
    book = book or invent(rng, style, company, **wishes)
    if plant:
        book = plant_fault(book, plant, rng)
    parent = invent(rng, style, book.company, as_of=book.as_of, span=span_of(book)) if style.parent else None
    printed = prepare(kind, rng, style, book, parent, uscc)
    stamped = style.seal if seal is None else seal
    owner = seal if isinstance(seal, str) else book.company
    assets = _seals(rng, part, owner, printed.data["signers"]) if stamped else {}
    data = {**printed.data, "seal": bool(stamped)}
    pdf = typeset(f"{part}/{style.template(kind)}.typ", data, assets)
    notes = {"planted": list(book.planted), "seal": owner if stamped else "", "standard": book.standard}
    if style.template(kind) == "statement_sides" and style.look.get("landscape"):
        return Paper(kind, pdf, printed.truth, "sheet", (A4[1], A4[0]), part, style.name, notes=notes)
    return Paper(kind, pdf, printed.truth, "a4", A4, part, style.name, notes=notes)


def fits(style: Style, book: Books) -> bool:
    """Whether a style prints books of this standard and span."""
    return style.standard == book.standard and span_of(book) in style.spans


def span_of(book: Books) -> Span:
    """The span that books were invented with."""
    if "current_month" in book.tables["income_statement"]:
        return "to_date"
    return "year" if book.period_from.month == 1 and book.as_of.month == 12 else "quarter"


def prepare(kind: Kind, rng: random.Random, style: Style, book: Books, parent: Books | None = None, uscc: str | None = None) -> Printed:
    """The cells, headings and truth of one statement in a style."""
    table = dict(book.tables[kind])
    if parent:
        table |= {f"parent_{column}": amounts for column, amounts in parent.tables[kind].items()}
    columns = [column for column in style.columns[kind] if column.key in table]
    lines = FORMS[book.standard, kind]
    shown = [line for line in lines if _is_shown(line, style, [table[column.key] for column in columns])]
    truth: dict[str, str] = {}
    rows = [_row(line, style, columns, table, truth) for line in _with_headings(shown)]
    _number(rows, style)
    heading, dates = _heading(kind, style, book, uscc, rng)
    signers = [people.person(rng).name for _ in style.signers]
    data = heading | {
        "columns": [column.label(book.as_of, book.period_from) for column in columns],
        "rows": rows,
        "split": next((at for at, row in enumerate(rows) if row["key"] == "total_assets"), len(rows)) + 1,
        "signers": [{"label": label, "name": name} for label, name in zip(style.signers, signers, strict=True)],
        "numbers": style.numbers,
        "notes": style.notes and kind != "cash_flow_statement",
        "look": style.look,
        "font": rng.randrange(2),
        "company": book.company,
    }
    return Printed(data, {"company": book.company, "unit": style.notation.unit} | dates | truth)


def _is_shown(line: FormLine, style: Style, cells: Sequence[Mapping[str, int]]) -> bool:
    if line.key == "contract_liabilities":  # the same field as advances: only ever printed as an empty row beside them
        return style.all_lines and style.notation.zero == ""
    numbered = line.mark in "#=" or line.name[1:2] == "、"
    return style.all_lines or numbered or any(cell.get(line.key, 0) for cell in cells)


def _with_headings(lines: Sequence[FormLine]) -> list[FormLine]:
    """Without headings that nothing but another heading or the end follows."""
    after = [*lines[1:], None]
    return [line for line, following in zip(lines, after, strict=True) if line.mark != "#" or _is_amount(following)]


def _is_amount(line: FormLine | None) -> bool:
    return line is not None and line.mark != "#"


def _row(line: FormLine, style: Style, columns: Sequence[Any], table: Mapping[str, Mapping[str, int]], truth: dict[str, str]) -> Row:
    """One printed row; adds what it says to `truth`."""
    printed = style.names.get(line.key, line.name)
    if line.mark == "#":
        return {"key": "", "name": printed, "kind": "heading", "cells": [], "red": []}
    reddens = style.red or style.notation.negative == "red"
    cells: list[str] = []
    red: list[bool] = []
    for column in columns:
        amount = table[column.key].get(line.key)
        cells.append("" if amount is None else style.notation.show(amount))
        red.append(reddens and amount is not None and amount < 0)
        known = None if amount is None else style.notation.truth(amount)
        if known is not None and not column.key.startswith("parent_"):
            truth[f"{field_name(line.key, printed)}.{column.key}"] = known
    inner = line.mark == "." and line.key not in NOT_INDENTED and not printed.startswith("其中")
    kind = "total" if line.mark == "=" else "detail" if inner else "item"
    return {"key": line.key, "name": printed, "kind": kind, "cells": cells, "red": red}


def _number(rows: list[Row], style: Style) -> None:
    """行次 over all rows with amounts, and note references (五、1 …) beside some."""
    number = note = 0
    for row in rows:
        if row["kind"] == "heading":
            continue
        number += 1
        row["number"] = str(number)
        row["note"] = ""
        if row["kind"] == "item" and any(row["cells"]):
            note += 1
            row["note"] = f"{style.note_prefix}{note}"


def _heading(kind: Kind, style: Style, book: Books, uscc: str | None, rng: random.Random) -> tuple[dict[str, Any], dict[str, str]]:
    """Title, company, day or period and unit as printed; and the truth of day or period."""
    when = style.day_format if kind == "balance_sheet" else style.period_format
    first = book.period_from
    if when == "month" and "current_month" in book.tables["income_statement"]:
        first = book.as_of.replace(day=1)  # printed as one month, with 本月 and 本年累计 columns
    elif when == "month":
        when = "year_or_months"
    text = period_text(when, first, book.as_of)
    heading = {
        "title": style.titles[kind],
        "form": style.form_numbers.get(kind, ""),
        "company_label": style.company_label,
        "when": text,
        "unit": style.unit_text,
        "uscc": (uscc or people.company(rng).uscc) if style.uscc else "",
    }
    if kind == "balance_sheet":
        return heading, {"as_of": book.as_of.isoformat()}
    return heading, {"period_from": first.isoformat(), "period_until": book.as_of.isoformat()}


def period_text(how: str, first: date, last: date) -> str:
    """A day or period as printed.

    >>> period_text("range", date(2026, 1, 1), date(2026, 10, 31))
    '2026年1月1日至2026年10月31日'
    """
    if how == "year_or_months":
        if first.month == 1 and last.month == 12:
            return f"{last.year}年度"
        return f"{last.year}年{first.month}-{last.month}月"
    if how == "long_dash":
        return f"{last.year}年{first.month}—{last.month}月"
    if how == "month":
        return f"{last.year}年{last.month}月"
    if how == "day":
        return f"{last.year}年{last.month}月{last.day}日"
    if how == "iso":
        return last.isoformat()
    if how == "iso_range":
        return f"{first.isoformat()} 至 {last.isoformat()}"
    if how == "spaced":
        return f"{last.year} 年 {last.month:02d} 月 {last.day:02d} 日"
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"


def _seals(rng: random.Random, part: Part, company: str, signers: Sequence[Mapping[str, str]]) -> dict[str, bytes]:
    chop = seals.name_chop(signers[0]["name"], rng, part=part) if signers else b""
    return {"seal.png": seals.company_seal(company, rng, part=part)} | ({"chop.png": chop} if chop else {})
