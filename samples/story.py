"""The invented facts behind one packet, in agreement with each other and inside every limit; and the papers they call for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

from samples import flows, people
from samples.flows import Flow
from samples.ledger import Books
from samples.paper import Part
from samples.people import AS_OF, Company, Couple, Person
from samples.sheet_styles import STYLES as SHEET_STYLES
from samples.sheets import invent
from samples.types import business_licence

Product = Literal["personal_mortgage", "personal_business", "enterprise"]
PRODUCTS: tuple[Product, ...] = ("personal_mortgage", "personal_business", "enterprise")
STATEMENTS = ("balance_sheet", "income_statement", "cash_flow_statement")
LAST_BANK_DAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Story:
    """Who wants which loan, and what is true of them. `pair` None: the borrower is single. Money in yuan."""

    product: Product
    part: Part
    borrower: Person
    pair: Couple | None
    company: Company | None
    employer: Company
    monthly_income: int
    net_salary: int
    amount: int
    months: int
    rate: float

    @property
    def spouse(self) -> Person | None:
        return self.pair.spouse if self.pair else None


@dataclass(frozen=True)
class Order:
    """One paper to be drawn: its document type, whose it is (a role), the template and the facts for `make`.

    `ruined`: delivered unreadable. `fault`: delivered as a file that cannot be opened, or `edited`. `copy_of`: the key of
    the order whose very paper is handed in again.
    """

    key: str
    type: str
    role: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    variant: str | None = None
    ruined: bool = False
    fault: str = ""
    copy_of: str = ""


@dataclass
class Draft:
    """A packet before drawing: its story, the orders by key in the order of the checklist, and what was planted."""

    story: Story
    orders: dict[str, Order]
    problems: list[dict[str, Any]] = field(default_factory=list)

    def change(self, key: str, **facts: Any) -> None:
        """Gives further facts to one order."""
        order = self.orders[key]
        self.orders[key] = replace(order, facts={**order.facts, **facts})


def payment(amount: float, months: int, rate: float) -> float:
    """Monthly instalment of an annuity."""
    monthly = rate / 12
    return amount * monthly / (1 - (1 + monthly) ** -months)


def _affordable(income: float, months: int, rate: float, share: float) -> int:
    """A loan whose instalment is about this share of the income, in whole ten thousands, at least one."""
    return max(10_000, int(income * share / payment(1.0, months, rate)) // 10_000 * 10_000)


def _borrowing_years(rng: Random, borrower: Person, most: int) -> int:
    left = 69 - people.age_on(borrower.birth, AS_OF)
    return rng.choice([years for years in (3, 5, 8, 10, 15, 20, 25, 30) if years <= min(left, most)])


def _company(rng: Random, product: Product, owner: Person) -> Company | None:
    if product == "personal_mortgage":
        return None
    kinds: tuple[people.Kind, ...] = ("company", "company", "individual") if product == "personal_business" else ("company",)
    body = people.company(rng, rng.choice(kinds), representative=owner.name, founded=(2006, 2022))
    return business_licence.before_unified_code(body, rng) if rng.random() < 0.06 else body


def tell(rng: Random, part: Part, product: Product | None = None, married: bool | None = None) -> Story:
    """A story of the product. The borrower is between 23 and 61, two in three are married."""
    wanted: Product = rng.choice(PRODUCTS) if product is None else product
    pair = people.couple(rng) if (rng.random() < 0.66 if married is None else married) else None
    borrower = pair.holder if pair else people.person(rng, born=(1968, 2002))
    employer = people.company(rng)
    income = rng.randrange(60, 420) * 100
    years = _borrowing_years(rng, borrower, 30 if wanted == "personal_mortgage" else 10)
    rate = rng.choice((0.031, 0.0335, 0.035, 0.039, 0.0425))
    amount = _affordable(income, years * 12, rate, rng.uniform(0.22, 0.4))
    if wanted == "enterprise":
        amount = rng.randrange(5, 60) * 100_000
    return Story(
        wanted, part, borrower, pair, _company(rng, wanted, borrower), employer, income,
        int(income * rng.uniform(0.9, 0.98)), amount, years * 12, rate,
    )  # fmt: skip


def salary_flow(rng: Random, story: Story, months: int = 6, **changes: Any) -> Flow:
    """The borrower's account with salaries that bear out the stated income."""
    first = _months_back(LAST_BANK_DAY, months - 1)
    facts: dict[str, Any] = {
        "holder": story.borrower.name, "employer": story.employer.name, "salary": story.net_salary,
        "per_month": rng.randrange(7, 15),
    } | changes  # fmt: skip
    return flows.personal(rng, first=first, last=LAST_BANK_DAY, **facts)


def trade_flow(rng: Random, company: Company, months: int = 12, **changes: Any) -> Flow:
    """The company's account over twelve months."""
    first = _months_back(LAST_BANK_DAY, months - 1)
    facts: dict[str, Any] = {"holder": company.name, "per_month": rng.randrange(5, 11)} | changes
    return flows.company(rng, first=first, last=LAST_BANK_DAY, **facts)


def _months_back(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, 1)


def _books(rng: Random, part: Part, company: str) -> tuple[Books, str]:
    """Books and the house style in which all three statements are printed."""
    style = rng.choice(sorted(SHEET_STYLES[part]))
    span = rng.choice(SHEET_STYLES[part][style].spans)
    return invent(rng, SHEET_STYLES[part][style], company, span=span), style


def _licence_form(body: Company) -> str | None:
    """A licence from before the unified code where the company is older than that, now and then."""
    return "old" if body.issued_on < date(2015, 10, 1) else None


def _flow_facts(rng: Random, story: Story) -> dict[str, Any]:
    if story.product == "personal_mortgage":
        return {"flow": salary_flow(rng, story)}
    assert story.company is not None
    if story.company.kind == "individual":  # a shop's money runs over its owner's account
        return {"flow": salary_flow(rng, story, 12, salary=0, per_month=rng.randrange(6, 10))}
    return {"flow": trade_flow(rng, story.company)}


def orders(rng: Random, story: Story) -> dict[str, Order]:
    """What the product's checklist asks for, every paper of it in agreement with the story."""
    first = "legal_representative" if story.product == "enterprise" else "borrower"
    listed = [Order("borrower_card", "resident_id_card", first, {"person": story.borrower})]
    if story.pair and story.product != "enterprise":
        listed.append(Order("spouse_card", "resident_id_card", "spouse", {"person": story.pair.spouse}))
        listed.append(Order("marriage", "marriage_certificate", "borrower", {"couple": story.pair}))
    if story.company:
        listed.append(Order("licence", "business_licence", "company", {"company": story.company}, _licence_form(story.company)))
    # A shop's owner lives on the shop: no employer's word, and no salary on the account.
    employed = story.company is None or (story.product == "personal_business" and story.company.kind != "individual" and rng.random() < 0.4)
    if employed:
        issued = AS_OF - timedelta(days=rng.randrange(3, 70))
        facts = {
            "person": story.borrower,
            "company": story.employer,
            "monthly": story.monthly_income,
            "issued_on": issued,
        }
        listed.append(Order("income_proof", "income_proof", "borrower", facts))
    if story.company and story.product == "enterprise":
        book, style = _books(rng, story.part, story.company.name)
        listed += [Order(kind, kind, "company", {"book": book}, style) for kind in STATEMENTS]
    holder = "company" if story.company and story.company.kind != "individual" else "borrower"
    listed.append(Order("flow", "bank_statement", holder, _flow_facts(rng, story)))
    if story.product == "personal_business" or (story.product == "personal_mortgage" and rng.random() < 0.4):
        owners = [story.borrower, *([story.spouse] if story.spouse and rng.random() < 0.6 else [])]
        listed.append(Order("property", "property_certificate", "borrower", {"owners": owners}))
    return {order.key: order for order in listed}


def draft(rng: Random, part: Part, product: Product | None = None, married: bool | None = None) -> Draft:
    """A packet without any problem."""
    story = tell(rng, part, product, married)
    return Draft(story, orders(rng, story))
