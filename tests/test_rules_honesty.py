"""All rules together: a reading that is not sure accuses nobody, and what could not be compared has not passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Box, Document, Evidence, Field
from samples.ledger import books as drawn_books
from tests.builders import (
    TODAY,
    WOMAN,
    card,
    case,
    deed,
    document,
    file_of,
    licence,
    marriage,
    outcome,
    party,
    proof,
    statement,
    unread,
)
from tests.test_rules_statements import sheet_of
from validators import registry
from validators.amounts import plain_yuan
from validators.model import Declaration, Loan
from validators.parties import assemble

UNSURE = 0.6
LOAN = Loan(50_000_000, 120, 0.035, 120_000_000)
COMPANY = "重庆示例科技有限公司"
Papers = tuple[Document, ...]


# --- packets --------------------------------------------------------------------------------------------------------------


def account(holder: str, doc_id: str = "account", wage: int = 15_000_00) -> Document:
    """A year's statement of two pages with everything that a statement can print about itself."""
    rows: list[dict[str, Any]] = []
    balance, sums = 10_000_00, {1: 0, -1: 0}
    for month in range(12):
        for day, summary, payer, amount in ((5, "消费", "超市", -325_10), (10, "代发工资", COMPANY, wage), (20, "转账支出", "王五", -2_000_33)):
            year, at = 2025 + (month + 10) // 12, (month + 10) % 12 + 1
            balance += amount
            sums[1 if amount > 0 else -1] += abs(amount)
            page, line = divmod(len(rows), 18)
            spot = Evidence(f"{doc_id}.pdf", page + 1, Box(0.1, 0.1 + line * 0.04, 0.9, 0.12 + line * 0.04))
            rows.append({"date": f"{year}-{at:02d}-{day:02d}", "summary": summary, "counterparty": payer, "amount": plain_yuan(amount),
                         "balance": plain_yuan(balance), "confidence": 0.99, "evidence": spot})  # fmt: skip
    printed = [{"file": f"{doc_id}.pdf", "page": page, "number": page, "of": 2} for page in (1, 2)]
    return document(
        "bank_statement", doc_id=doc_id, file=f"{doc_id}.pdf", pages=(1, 2), bank="示例银行", account_holder=holder,
        account_number="6222000000000000", period_from="2025-11-01", period_until="2026-10-31", opening_balance="10000.00",
        closing_balance=plain_yuan(balance), total_in=plain_yuan(sums[1]), total_out=plain_yuan(sums[-1]), transactions=rows,
        pages_printed=printed,
    )  # fmt: skip


def sheets() -> Papers:
    import random

    book = drawn_books(random.Random(7), company=COMPANY, as_of=date(2025, 12, 31), standard="small", span="year")
    kinds: tuple[Any, ...] = ("balance_sheet", "income_statement", "cash_flow_statement")
    day = {"income_statement": {"period_from": "2025-01-01"}, "cash_flow_statement": {"period_from": "2025-01-01"}}
    return tuple(sheet_of(book, kind, **day.get(kind, {})) for kind in kinds)


@cache
def packets() -> dict[str, tuple[Declaration, Papers]]:
    couple = (card(), card("李娜", WOMAN, doc_id="wife"), marriage())
    home = deed("张伟、李娜", co_ownership="共同共有", term_until="2080-01-01", remarks="无")
    income = proof(annual_income="180000.00", amount_in_words="15000.00")
    people = (party("borrower", marital_status="married"), party("spouse", "李娜", WOMAN))
    return {
        "mortgage": (Declaration("c", "personal_mortgage", LOAN), (*couple, income, account("张伟"), home)),
        "declared": (Declaration("c", "personal_mortgage", LOAN, people), (*couple, income, account("张伟"))),
        "inferred": (Declaration("c"), (*couple, income, account("张伟"))),
        "business": (Declaration("c", "personal_business", LOAN), (licence(), *couple, account("张伟"), replace(home, id="home"), *sheets())),
        "enterprise": (Declaration("c", "enterprise", LOAN), (licence(), card(), account(COMPANY), *sheets())),
    }  # fmt: skip


def run(declaration: Declaration, papers: Papers) -> tuple[set[str], dict[str, str]]:
    """The codes of all blocking and major findings, and what became of each rule."""
    findings, checks = registry.run(assemble(papers, file_of(*papers), declaration, TODAY))
    return {f.code for f in findings if f.severity in ("blocking", "major")}, {c.rule: c.outcome for c in checks}


@cache
def as_it_is(name: str) -> tuple[set[str], dict[str, str]]:
    return run(*packets()[name])


@pytest.mark.parametrize("name", list(packets()))
def test_sound_packets_accuse_nobody(name: str) -> None:
    accused, outcomes = as_it_is(name)
    assert accused == set()
    assert sum(each == "passed" for each in outcomes.values()) >= 15


# --- one value less sure, or misread ----------------------------------------------------------------------------------------

Change = Callable[[Field], Field]


def changed(papers: Papers, at: int, name: str, change: Change) -> Papers:
    paper = papers[at]
    fields = {**paper.fields, name: change(paper.fields[name])}
    return (*papers[:at], replace(paper, fields=MappingProxyType(fields)), *papers[at + 1 :])


def in_row(place: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    def one(field: Field) -> Field:
        rows = list(field.value)
        rows[place] = MappingProxyType(change(dict(rows[place])))  # type: ignore[arg-type]
        return replace(field, value=tuple(rows), confidence=UNSURE if "number" in rows[place] else field.confidence)

    return one


def doubted(field: Field) -> Field:
    return replace(field, confidence=UNSURE)


def other(character: str, by: int) -> str:
    if character.isdigit():
        return str((int(character) + by) % 10)
    return "XYZABCDEF"[by % 9] if character.isascii() else "某甲丁"[by % 3]


def misread(text: str, at: int, by: int) -> str:
    """The text with one character taken for another; with `by` 0 without it."""
    at %= len(text)
    return text[:at] + (other(text[at], by) if by else "") + text[at + 1 :]


@st.composite
def places(draw: st.DrawFn) -> tuple[str, int, str]:
    """A packet, a paper of it, a field of the paper."""
    name = draw(st.sampled_from(list(packets())))
    papers = packets()[name][1]
    at = draw(st.integers(0, len(papers) - 1))
    names = [field for field in papers[at].fields if field not in ("sides", "has_seal", "unit")]
    return name, at, draw(st.sampled_from(names))


@given(places(), st.integers(0, 10_000), st.integers(0, 8), st.sampled_from(["date", "summary", "counterparty", "amount", "balance"]))
@settings(max_examples=250, deadline=None)
def test_one_unsure_character_accuses_nobody(spot: tuple[str, int, str], at: int, by: int, cell: str) -> None:
    name, paper, field = spot
    declaration, papers = packets()[name]
    value = papers[paper].fields[field].value
    if isinstance(value, str):
        wrong = misread(value, at, by)
        change: Change = lambda f: replace(f, value=wrong, raw=wrong, confidence=UNSURE)  # noqa: E731
    else:
        key = cell if field == "transactions" else ("number", "of")[by % 2]
        change = in_row(at % len(value), lambda row: {**row, key: misread(str(row[key]), at, by), "confidence": UNSURE})
    accused, _ = run(declaration, changed(papers, paper, field, change))
    assert accused <= as_it_is(name)[0] | {"missing_field"}


BROKEN: dict[str, tuple[str, int, str, str]] = {
    "name": ("mortgage", 0, "name", "王强"),
    "number": ("mortgage", 3, "id_number", WOMAN),
    "words": ("mortgage", 3, "amount_in_words", "16000.00"),
    "income": ("mortgage", 3, "monthly_income", "95000.00"),
    "owner": ("mortgage", 5, "owners", "李强"),
    "opening": ("mortgage", 4, "opening_balance", "77777.77"),
    "total": ("mortgage", 4, "total_in", "99999.99"),
    "partner": ("declared", 2, "spouse_name", "赵敏"),
    "code": ("business", 0, "uscc", "91350100M000100Y44"),
    "boss": ("business", 0, "legal_representative", "赵敏"),
    "company": ("enterprise", 3, "company", "成都样本贸易有限公司"),
    "day": ("enterprise", 4, "period_until", "2024-12-31"),
    "assets": ("enterprise", 3, "total_assets.end", "123456789.01"),
    "cash": ("enterprise", 5, "cash_end.current", "8888888.88"),
}  # fmt: skip


@pytest.mark.parametrize("fault", list(BROKEN))
def test_a_plain_fault_is_found_and_doubt_never_makes_it_pass(fault: str) -> None:
    name, paper, field, wrong = BROKEN[fault]
    declaration, papers = packets()[name]
    papers = changed(papers, paper, field, lambda f: replace(f, value=wrong, raw=wrong))
    accused, outcomes = run(declaration, papers)
    assert accused, "a fault between values that were surely read is found"
    for at, each in enumerate(papers):
        for doubtful in each.fields:
            _, now = run(declaration, changed(papers, at, doubtful, doubted))
            risen = {rule for rule, was in outcomes.items() if was in ("not_checked", "warned", "failed") and now[rule] == "passed"}
            assert not risen, f"{each.id}.{doubtful} is less sure"


def one_by_one(papers: Papers) -> Iterator[tuple[int, str]]:
    return ((at, name) for at, each in enumerate(papers) for name in each.fields if name not in ("sides", "has_seal", "unit"))


@pytest.mark.parametrize("name", list(packets()))
def test_a_value_that_was_not_read_accuses_nobody_and_passes_nothing(name: str) -> None:
    declaration, papers = packets()[name]
    outcomes = as_it_is(name)[1]
    for at, field in one_by_one(papers):
        kept = {key: each for key, each in papers[at].fields.items() if key != field}
        accused, now = run(declaration, (*papers[:at], replace(papers[at], fields=MappingProxyType(kept)), *papers[at + 1 :]))
        # A line that is nought in all other columns cannot be told from one that nobody printed.
        optional = "." in field and f"{field.rpartition('.')[0]}.{'prior' if field.endswith('current') else 'current'}" not in kept
        assert accused <= {"missing_field", *(["subtotal_mismatch"] if optional else [])}, f"{papers[at].id} without {field}"
        risen = {rule for rule, was in outcomes.items() if was in ("not_checked", "warned") and now[rule] == "passed"}
        assert not risen, f"{papers[at].id} without {field}"


# --- nothing to compare -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "papers", "expected"), [
    ("name_mismatch", (card(),), "not_applicable"),
    ("name_mismatch", (card(name=unread()),), "not_checked"),
    ("id_number_mismatch", (card(), statement()), "not_applicable"),
    ("company_mismatch", (licence(),), "not_applicable"),
    ("company_mismatch", (licence(name=None),), "not_checked"),
    ("employer_mismatch", (proof(seal_text=None, has_seal=None),), "not_checked"),
    ("address_mismatch", (card(),), "not_applicable"),
    ("address_mismatch", (card(), document("household_register")), "not_checked"),
    ("marital_status_mismatch", (marriage(),), "not_applicable"),
    ("id_checksum", (proof(id_number=None),), "not_applicable"),
    ("spouse_mismatch", (card(), marriage()), "not_checked"),
    ("legal_representative_mismatch", (licence(), card()), "not_applicable"),
    ("amount_words_mismatch", (proof(),), "not_checked"),
])  # fmt: skip
def test_nothing_compared_is_not_passed(rule: str, papers: Papers, expected: str) -> None:
    one = party("borrower")
    packet = case(*papers, parties=[replace(one, inferred=True)], party_of={d.id: one.id for d in papers})
    assert outcome(rule, packet) == expected
