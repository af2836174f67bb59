"""Problems of income, company, statements and accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from samples import bank_styles, people
from samples.flows import Flow
from samples.people import AS_OF
from samples.planting import Function, Said, plants, said
from samples.story import STATEMENTS, Draft, salary_flow, trade_flow
from samples.styles import proofs

# --- income ----------------------------------------------------------------------------------------------------------


def _income_plant(what: str, *fields: str) -> Function:
    def apply(draft: Draft, rng: Random) -> Said:
        if "income_proof" not in draft.orders:
            return None
        fitting = [
            name
            for name, style in proofs.STYLES[draft.story.part].items()
            if set(fields) <= {*style.says, "has_seal", "seal_text", "issued_on"}
        ]
        if not fitting:
            return None
        draft.orders["income_proof"] = replace(draft.orders["income_proof"], variant=rng.choice(fitting))
        draft.change("income_proof", plant=what)
        return said(["income_proof"], fields)

    return apply


plants("amount_words_mismatch", "low_confidence")(_income_plant("amount_words_mismatch", "amount_in_words"))
plants("annual_income_mismatch")(_income_plant("annual_income_mismatch", "monthly_income", "annual_income"))
plants("missing_seal", "missing_document")(_income_plant("missing_seal", "has_seal"))
plants("employer_mismatch", "missing_document")(_income_plant("seal_of_other", "employer", "seal_text"))
plants("date_in_future", "document_too_old", "missing_document")(_income_plant("date_in_future", "issued_on"))


@plants("employer_mismatch", "income_not_supported")
def other_payer(draft: Draft, rng: Random) -> Said:
    if "income_proof" not in draft.orders or draft.story.product != "personal_mortgage":
        return None
    draft.change("flow", flow=salary_flow(rng, draft.story, employer=people.company(rng).name))
    return said(["income_proof", "flow"], ["employer"])


@plants("income_not_supported")
def small_salary(draft: Draft, rng: Random) -> Said:
    if "income_proof" not in draft.orders or draft.story.product != "personal_mortgage":
        return None
    low = int(draft.story.monthly_income * rng.uniform(0.4, 0.65))
    draft.change("flow", flow=salary_flow(rng, draft.story, salary=low))
    return said(["income_proof", "flow"], ["monthly_income"])


@plants("document_too_old", "missing_document")
def old_proof(draft: Draft, rng: Random) -> Said:
    if "income_proof" not in draft.orders:
        return None
    draft.change("income_proof", issued_on=AS_OF - timedelta(days=rng.randrange(110, 300)))
    return said(["income_proof"], ["issued_on"])


# --- company ---------------------------------------------------------------------------------------------------------


@plants("uscc_checksum", "low_confidence")
def wrong_uscc(draft: Draft, rng: Random) -> Said:
    body = draft.story.company
    if body is None:
        return None
    wrong = replace(body, uscc=body.uscc[:-1] + rng.choice([char for char in "1234579ACEHKMPRT" if char != body.uscc[-1]]))
    draft.story = replace(draft.story, company=wrong)
    draft.change("licence", company=wrong)
    return said(["licence"], ["uscc"])


@plants("legal_representative_mismatch", "missing_document")
def other_representative(draft: Draft, rng: Random) -> Said:
    body = draft.story.company
    if body is None or draft.story.product != "personal_business":
        return None
    draft.change("licence", company=replace(body, representative=people.name(rng, "男")))
    return said(["licence"], ["legal_representative"])


@plants("document_expired", "missing_document")
def expired_licence(draft: Draft, rng: Random) -> Said:
    body = draft.story.company
    if body is None or body.kind == "individual":
        return None
    until = AS_OF - timedelta(days=rng.randrange(20, 300))
    start = people.add_years(until, -10) + timedelta(days=1)
    changed = replace(body, established_on=start, term_from=start, term_until=until, issued_on=max(start, date(2019, 3, 4)))
    draft.orders["licence"] = replace(draft.orders["licence"], variant="portrait")  # always prints its term
    draft.change("licence", company=changed)
    return said(["licence"], ["term_until"])


@plants("licence_not_valid", "missing_document")
def struck_off(draft: Draft, rng: Random) -> Said:
    if draft.story.company is None:
        return None
    word = rng.choice(("已注销", "已吊销", "作废"))
    draft.change("licence", void=word)
    return said(["licence"], word=word)


@plants("company_mismatch", "missing_document", "period_mismatch")
def other_company(draft: Draft, rng: Random) -> Said:
    if "balance_sheet" not in draft.orders:
        return None
    stranger = people.company(rng).name
    for kind in STATEMENTS:
        book = draft.orders[kind].facts["book"]
        draft.change(kind, book=replace(book, company=stranger))
    return said(["licence", *STATEMENTS], ["name", "company"])


def _book_plant(what: str, kind: str) -> Function:
    def apply(draft: Draft, rng: Random) -> Said:
        if kind not in draft.orders:
            return None
        if what == "cash_mismatch":  # one fault in shared books: all three sheets are drawn from them
            from samples.ledger_plants import plant as break_books

            broken = break_books(draft.orders[kind].facts["book"], what, rng)
            for each in STATEMENTS:
                draft.change(each, book=broken)
        else:
            draft.change(kind, plant=what)
        return said([kind])

    return apply


plants("balance_sheet_unbalanced", "subtotal_mismatch")(_book_plant("balance_sheet_unbalanced", "balance_sheet"))
plants("subtotal_mismatch")(_book_plant("subtotal_mismatch", "balance_sheet"))
plants("subtotal_mismatch")(_book_plant("income_subtotal_mismatch", "income_statement"))
plants("subtotal_mismatch")(_book_plant("cash_flow_subtotal_mismatch", "cash_flow_statement"))
plants("profit_equity_mismatch")(_book_plant("profit_equity_mismatch", "balance_sheet"))
plants("cash_mismatch")(_book_plant("cash_mismatch", "balance_sheet"))


@plants("period_mismatch", "cash_mismatch", "profit_equity_mismatch")
def other_period(draft: Draft, rng: Random) -> Said:
    if "income_statement" not in draft.orders:
        return None
    book = draft.orders["income_statement"].facts["book"]
    try:
        earlier = replace(
            book,
            as_of=book.as_of.replace(year=book.as_of.year - 1),
            period_from=book.period_from.replace(year=book.period_from.year - 1),
        )
    except ValueError:  # 29 February
        return None
    draft.change("income_statement", book=earlier)
    return said(["balance_sheet", "income_statement"], ["as_of", "period_until"])


# --- bank statements -------------------------------------------------------------------------------------------------

BROKEN_PAGES = ("running_balance_broken", "page_chain_broken", "totals_mismatch", "missing_page", "statement_gap")


def _bank_styles(draft: Draft, wanted: Callable[[bank_styles.Style], bool]) -> list[str]:
    flow: Flow = draft.orders["flow"].facts["flow"]
    return [name for name, style in _styles(draft).items() if flow.kind in style.kinds and wanted(style)]


def _styles(draft: Draft) -> dict[str, bank_styles.Style]:
    return dict(bank_styles.STYLES[draft.story.part])


def _bank_plant(what: str, wanted: Callable[[bank_styles.Style], bool], pages: int = 1) -> Function:
    def apply(draft: Draft, rng: Random) -> Said:
        flow: Flow = draft.orders["flow"].facts["flow"]
        rows = len(flow.rows)
        fitting = _bank_styles(
            draft, lambda style: wanted(style) and (pages == 1 or (bool(style.rows) and rows > style.rows * (pages - 1) + 2))
        )
        if not fitting:
            return None
        draft.orders["flow"] = replace(draft.orders["flow"], variant=rng.choice(fitting))
        draft.change("flow", plant=what)
        return said(["flow"], ["transactions"])

    return apply


plants("running_balance_broken", "totals_mismatch", "page_chain_broken")(_bank_plant("running_balance_broken", lambda style: True))
plants("running_balance_broken", "totals_mismatch", "page_chain_broken")(_bank_plant("amount_raised", lambda style: True))
plants("page_chain_broken", *BROKEN_PAGES)(_bank_plant("page_removed", lambda style: bool(style.rows), pages=3))
plants("missing_page", *BROKEN_PAGES)(_bank_plant("page_removed", lambda style: bool(style.rows and style.page_text), pages=3))
plants("totals_mismatch")(_bank_plant("totals_mismatch", lambda style: bool(style.totals)))
plants("unusual_flow")(_bank_plant("unusual_flow", lambda style: True))


@plants("statement_gap", "missing_document")
def short_statement(draft: Draft, rng: Random) -> Said:
    """Only the last three months."""
    flow: Flow = draft.orders["flow"].facts["flow"]
    if flow.kind == "company" and draft.story.company:
        short = trade_flow(rng, draft.story.company, 3, per_month=12)
    else:
        short = salary_flow(rng, draft.story, 3)
    draft.change("flow", flow=short)
    return said(["flow"], ["period_from", "period_until"])
