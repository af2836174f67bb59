"""The invented books, accounts and proofs hold what they promise, and each planted fault breaks just what it should."""

from __future__ import annotations

import random
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from samples import figures, flows, ledger, ledger_plants, sheets
from samples.bank_styles import STYLES as BANK_STYLES
from samples.ledger_forms import FORMS, Kind, Standard, field_name
from samples.paper import PARTS, Paper, Part
from samples.sheet_styles import STYLES as SHEET_STYLES
from samples.types import bank_statement, income_proof, property_certificate

KINDS: tuple[Kind, ...] = ("balance_sheet", "income_statement", "cash_flow_statement")
STANDARDS: tuple[Standard, ...] = ("enterprise", "consolidated", "small")


def broken_identities(book: ledger.Books) -> set[str]:
    """Every identity of the books that does not hold, by name."""
    found: set[str] = set()
    for kind in KINDS:
        for column, amounts in book.table(kind).items():
            for line in FORMS[book.standard, kind]:
                if line.terms and amounts[line.key] != sum(sign * amounts[key] for sign, key in line.terms):
                    found.add(f"{line.key}.{column}")
    for column, amounts in book.table("balance_sheet").items():
        if amounts["total_assets"] != amounts["total_liabilities_and_equity"]:
            found.add(f"balance.{column}")
    end, begin = book.table("balance_sheet")["end"], book.table("balance_sheet")["begin"]
    flow = book.table("cash_flow_statement")
    if (flow["current"]["cash_begin"], flow["current"]["cash_end"]) != (begin["cash"], end["cash"]):
        found.add("cash")
    if flow["prior"]["cash_end"] != flow["current"]["cash_begin"]:
        found.add("prior cash")
    profit = book.table("income_statement")["current"]
    earned = profit.get("parent_profit", profit["net_profit"])
    moved = end["retained_earnings"] - begin["retained_earnings"] + end["surplus_reserve"] - begin["surplus_reserve"]
    if not min(0, earned) <= moved <= max(0, earned):
        found.add("retained earnings")
    return found


def some_books(seed: int) -> ledger.Books:
    rng = random.Random(seed)
    as_of = ledger.month_end(2026, rng.randint(1, 12))
    wishes: dict[str, Any] = {"grain": rng.choice((1, 100, 1_000, 10_000)), "loss": rng.random() < 0.2}
    span = rng.choice(("year", "to_date", "quarter"))
    return ledger.books(rng, company="示例公司", as_of=as_of, standard=rng.choice(STANDARDS), span=span, **wishes)


@given(st.integers(0, 10**9))
@example(559)  # a profit smaller than the roundest dividend
@settings(max_examples=120, deadline=None)
def test_all_identities_hold_to_the_cent(seed: int) -> None:
    assert broken_identities(some_books(seed)) == set()


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_a_month_continues_the_year_to_date(seed: int) -> None:
    rng = random.Random(seed)
    book = ledger.books(rng, company="示例公司", as_of=ledger.month_end(2026, rng.randint(2, 11)), standard="small", span="to_date")
    flow = book.table("cash_flow_statement")
    assert flow["current_month"]["cash_end"] == flow["current"]["cash_end"]
    income = book.table("income_statement")
    assert income["current_month"]["revenue"] < income["current"]["revenue"]


EXPECTED = {
    "balance_sheet_unbalanced": {"balance.end"},
    "subtotal_mismatch": {"current_assets.end"},
    "income_subtotal_mismatch": {"operating_profit.current"},
    "cash_mismatch": {"cash"},
    "profit_equity_mismatch": {"retained earnings"},
}


@pytest.mark.parametrize("plant", sorted(ledger_plants.PLANTS))
@pytest.mark.parametrize("standard", STANDARDS)
def test_a_fault_breaks_just_its_identity(plant: str, standard: Standard) -> None:
    rng = random.Random(5)
    book = ledger.books(rng, company="示例公司", as_of=date(2025, 12, 31), standard=standard)
    faulty = ledger_plants.plant(book, plant, rng)
    outflow = "net_operating.current" if standard == "small" else "operating_outflow.current"
    assert broken_identities(faulty) == EXPECTED.get(plant, {outflow})
    assert faulty.planted == (plant,) and broken_identities(book) == set()


def truth_amounts(paper: Paper) -> dict[str, Decimal]:
    return {name: Decimal(value) for name, value in paper.truth.items() if re.search(r"\.\w+$", name)}


@pytest.mark.parametrize(("part", "variant"), [(part, name) for part in PARTS for name in SHEET_STYLES[part]])
def test_printed_statements_balance_and_articulate(part: Part, variant: str) -> None:
    rng = random.Random(11)
    style = SHEET_STYLES[part][variant]
    book = sheets.invent(rng, style)
    papers = {kind: sheets.make(kind, rng, part, variant, book=book) for kind in KINDS}
    balance, cash = truth_amounts(papers["balance_sheet"]), truth_amounts(papers["cash_flow_statement"])
    for column in ("end", "begin"):
        assert balance[f"total_assets.{column}"] == balance[f"total_liabilities_and_equity.{column}"]
    assert balance["cash.end"] == cash["cash_end.current"]
    assert {paper.truth["company"] for paper in papers.values()} == {book.company}
    assert all(paper.pdf.startswith(b"%PDF") for paper in papers.values())


def test_truth_holds_only_what_is_printed() -> None:
    rng = random.Random(3)
    style = SHEET_STYLES["tuning"]["classic"]
    book = sheets.invent(rng, style)
    printed = sheets.prepare("balance_sheet", rng, style, book)
    cells = [cell for row in printed.data["rows"] for cell in row["cells"] if cell]
    assert len(cells) == sum(name.endswith((".end", ".begin")) for name in printed.truth)
    shown = {row["name"] for row in printed.data["rows"]}
    assert "货币资金" in shown and printed.truth["cash.end"].replace(".", "").isdigit()


def test_line_names_of_truth() -> None:
    assert field_name("cash", "货币资金") == "cash"
    assert field_name("treasury_shares", "减：库存股") == "other:库存股"
    assert field_name("continuing_profit", "（一）持续经营净利润（净亏损以“-”号填列）") == "other:持续经营净利润"


def test_rounding_to_the_unit_is_what_the_truth_says() -> None:
    notation = figures.Notation(unit="万元", negative="brackets", zero="-")
    assert (notation.show(-123_456_789), notation.truth(-123_456_789)) == ("(123.46)", "-1234600.00")
    assert (notation.show(0), notation.truth(0)) == ("-", "0.00")
    assert figures.Notation(zero="").truth(0) is None


@given(st.integers(1, 10**13))
def test_words_say_the_amount(fen: int) -> None:
    assert read_words(figures.in_words(fen)) == fen


def read_words(text: str) -> int:
    """Fen of capital numerals, read in a way of its own: group by group, unit by unit."""
    digits = {char: at for at, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
    units = {"拾": 10, "佰": 100, "仟": 1000}
    yuan_text, _, rest = text.partition("元") if "元" in text else ("", "", text)
    total = group = digit = 0
    for char in yuan_text:
        if char in digits:
            digit = digits[char]
        elif char in units:
            group, digit = group + digit * units[char], 0
        else:
            total, group, digit = total + (group + digit) * {"万": 10_000, "亿": 100_000_000}[char], 0, 0
    fen = (total + group + digit) * 100
    for amount, unit in re.findall(r"([壹贰叁肆伍陆柒捌玖])([角分])", rest):
        fen += digits[amount] * (10 if unit == "角" else 1)
    return fen


# --- accounts ---------------------------------------------------------------------------------------------------------


def broken_rows(flow: flows.Flow) -> list[int]:
    before = [flow.opening, *(row.balance for row in flow.rows[:-1])]
    return [at for at, row in enumerate(flow.rows) if before[at] + row.amount != row.balance]


def an_account(seed: int, **wishes: Any) -> flows.Flow:
    rng = random.Random(seed)
    dates = {"first": date(2026, 5, 1), "last": date(2026, 10, 31)}
    if seed % 2:
        return flows.company(rng, holder="示例公司", **dates, **wishes)
    return flows.personal(rng, holder="示例", employer="示例公司", salary=12_000, **dates, **wishes)


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_balances_run_and_stay_positive(seed: int) -> None:
    flow = an_account(seed)
    assert broken_rows(flow) == []
    assert min(row.balance for row in flow.rows) > 0
    assert all(one.at <= other.at for one, other in pairwise(flow.rows))
    assert flow.closing == flow.opening + flow.total_in - flow.total_out
    assert [row.at.date() for row in flow.rows if row.summary == "结息"] == [date(2026, 6, 21), date(2026, 9, 21)]


def test_salary_comes_monthly_from_one_payer_near_what_was_wished() -> None:
    flow = an_account(4)
    paid = [row for row in flow.rows if row.counterparty == "示例公司" and row.amount > 0]
    assert sorted({(row.at.year, row.at.month) for row in paid}) == [(2026, month) for month in range(5, 11)]
    assert len(paid) == 6 and len({row.counterparty_account for row in paid}) == 1
    assert all(0.94 < row.amount / 1_200_000 < 1.06 for row in paid)


def test_interest_is_what_the_balances_earn() -> None:
    flow = an_account(6)
    september = next(row for row in flow.rows if row.summary == "结息" and row.at.month == 9)
    earned = 0
    for day in range((date(2026, 9, 21) - date(2026, 6, 21)).days):
        current = date.fromordinal(date(2026, 6, 21).toordinal() + day)
        earned += max((row for row in flow.rows if row.at.date() <= current), key=lambda row: row.at).balance
    assert abs(september.amount - earned * flows.DEMAND_RATE / 360) < 2


def test_a_skipped_month_is_empty_and_the_rest_still_runs() -> None:
    flow = an_account(2, skip_month=date(2026, 8, 1))
    assert {row.at.month for row in flow.rows} == {5, 6, 7, 9, 10} and broken_rows(flow) == []


def test_a_broken_balance_breaks_two_steps_and_no_sum() -> None:
    flow = an_account(8)
    faulty = flows.break_balance(flow, random.Random(1), 40)
    assert broken_rows(faulty) == [40, 41]
    assert (faulty.total_in, faulty.total_out, faulty.closing) == (flow.total_in, flow.total_out, flow.closing)


def test_a_raised_amount_breaks_one_step() -> None:
    flow = an_account(8)
    faulty = flows.raise_credit(flow, random.Random(1))
    assert broken_rows(faulty) == list(faulty.rows_hit) and faulty.closing == flow.closing


def test_money_in_and_out_leaves_the_balances_whole() -> None:
    faulty = flows.in_and_out(an_account(9), random.Random(1))
    came, left = (faulty.rows[at] for at in faulty.rows_hit)
    assert broken_rows(faulty) == [] and came.amount == -left.amount and came.at.date() == left.at.date()


@pytest.mark.parametrize(("part", "variant"), [(part, name) for part in PARTS for name in BANK_STYLES[part]])
def test_printed_statements_agree_with_their_truth(part: Part, variant: str) -> None:
    kind = BANK_STYLES[part][variant].kinds[-1]
    paper = bank_statement.make(random.Random(2), part, variant, kind=kind, first=date(2026, 9, 1))
    rows = paper.truth["transactions"]
    balances = [Decimal(row["balance"]) for row in rows]
    amounts = [Decimal(row["amount"]) for row in rows]
    newest_first = BANK_STYLES[part][variant].newest_first
    steps = zip(balances, balances[1:], amounts if newest_first else amounts[1:], strict=False)
    assert all((a - b if newest_first else b - a) == amount for a, b, amount in steps)
    if "total_in" in paper.truth:
        assert Decimal(paper.truth["total_in"]) == sum(amount for amount in amounts if amount > 0)
        assert Decimal(paper.truth["total_out"]) == -sum(amount for amount in amounts if amount < 0)


def test_a_removed_page_takes_its_rows_and_only_them() -> None:
    whole = bank_statement.make(random.Random(6), "retired", "teller")
    short = bank_statement.make(random.Random(6), "retired", "teller", plant="page_removed")
    assert short.notes["page_removed"] in range(1, short.notes["pages"] - 1)
    kept = short.truth["transactions"]
    lost = len(whole.truth["transactions"]) - len(kept)
    style = BANK_STYLES["retired"]["teller"]
    assert lost == style.rows and kept == [row for row in whole.truth["transactions"] if row in kept]


def test_wrong_totals_differ_from_the_rows_only() -> None:
    paper = bank_statement.make(random.Random(6), "tuning", "ruled", plant="totals_mismatch", first=date(2026, 9, 1))
    amounts = [Decimal(row["amount"]) for row in paper.truth["transactions"]]
    assert Decimal(paper.truth["total_in"]) != sum(amount for amount in amounts if amount > 0)
    assert Decimal(paper.truth["total_out"]) == -sum(amount for amount in amounts if amount < 0)


# --- proofs and certificates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "variant"), [(part, name) for part in PARTS for name in income_proof.VARIANTS[part]])
def test_income_proofs(part: Part, variant: str) -> None:
    truth = income_proof.make(random.Random(4), part, variant).truth
    stated = {truth[name] for name in ("monthly_income", "annual_income") if name in truth}
    assert stated and truth.get("amount_in_words", min(stated)) in stated
    assert truth["seal_text"].startswith(truth["employer"]) and truth["has_seal"] == "true"


def test_plants_of_income_proofs() -> None:
    def proof(plant: str, variant: str) -> Any:
        return income_proof.make(random.Random(4), "retired", variant, plant=plant).truth

    words = proof("amount_words_mismatch", "sections")
    assert words["amount_in_words"] not in (words["monthly_income"], words["annual_income"])
    bare = proof("missing_seal", "sections")
    assert bare["has_seal"] == "false" and "seal_text" not in bare
    other = proof("seal_of_other", "sections")
    assert other["seal_text"] != other["employer"]
    annual = proof("annual_income_mismatch", "sections")
    assert Decimal(annual["annual_income"]) > Decimal("1.3") * 12 * Decimal(annual["monthly_income"])
    with pytest.raises(ValueError, match="prints no"):
        proof("amount_words_mismatch", "wan")


@pytest.mark.parametrize(("part", "variant"), [(part, name) for part in PARTS for name in property_certificate.VARIANTS[part]])
def test_property_certificates(part: Part, variant: str) -> None:
    paper = property_certificate.make(random.Random(4), part, variant, owners=["张三", "李四"], plant="mortgage")
    assert paper.truth["owners"] == "张三、李四"
    assert paper.truth["certificate_number"].endswith("号")
    if "unit_number" in paper.truth:
        assert len(paper.truth["unit_number"]) == 28
    assert "抵押" in printed_text(paper)


def printed_text(paper: Paper) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(paper.pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


@pytest.mark.parametrize("part", PARTS)
def test_every_page_bears_the_mark(part: Part) -> None:
    import pypdfium2

    papers = [
        *(property_certificate.make(random.Random(1), part, name) for name in property_certificate.VARIANTS[part]),
        *(income_proof.make(random.Random(1), part, name) for name in income_proof.VARIANTS[part]),
        *(bank_statement.make(random.Random(1), part, name, first=date(2026, 9, 1)) for name in BANK_STYLES[part]),
        *(sheets.make("balance_sheet", random.Random(1), part, name) for name in SHEET_STYLES[part]),
    ]
    for paper in papers:
        document = pypdfium2.PdfDocument(paper.pdf)
        texts = [page.get_textpage().get_text_range() for page in document]
        document.close()
        assert all("SPECIMEN" in text for text in texts), (paper.type, paper.variant)


def test_the_same_seed_draws_the_same_paper() -> None:
    one, other = (bank_statement.make(random.Random(9), "retired", "boxed") for _ in range(2))
    assert one.pdf == other.pdf and one.truth == other.truth
