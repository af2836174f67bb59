"""Specimens of `income_proof`: letters, forms, banks' templates with filled blanks, employment certificates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from samples import people, seals, words
from samples.figures import in_words, money
from samples.paper import Paper, Part
from samples.people import AS_OF
from samples.styles.proofs import STYLES, Style
from samples.typeset import typeset

A4 = (210.0, 297.0)
CHINESE = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Proof:
    """What an employer says. Amounts in fen, 0 where unsaid; `in_words` is the amount that the capitals say."""

    name: str
    sex: str
    id_number: str
    employer: str
    address: str
    department: str
    position: str
    since: date
    monthly: int
    annual: int
    in_words: int
    issued_on: date
    contact: str
    phone: str
    bank: str


VARIANTS = {part: tuple(styles) for part, styles in STYLES.items()}


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A proof. Facts: `person` (people.Person), `company` (people.Company), `monthly` and `annual` in yuan, `position`,
    `since`, `issued_on`, `bank`; what is missing is invented.

    `plant`: `amount_words_mismatch`, `annual_income_mismatch` (where both are printed), `missing_seal`,
    `seal_of_other`, `date_in_future`. `seal_text`: another text for the seal.
    """
    style = STYLES[part][variant or rng.choice(VARIANTS[part])]
    plant = facts.get("plant")
    proof = _planted(rng, style, _invented(rng, style, facts), plant)
    seal_text = facts.get("seal_text") or (people.company(rng).name if plant == "seal_of_other" else proof.employer)
    stamped = plant != "missing_seal"
    values = _values(style, proof)
    data = {
        "title": style.title,
        "body": [_table_row(line, values) if style.template != "income_letter" else _runs(line, values) for line in style.body],
        "closing": [{"right": line.startswith(">"), "runs": _runs(line.lstrip(">"), values)} for line in style.closing],
        "letterhead": {"name": proof.employer, "address": proof.address, "phone": proof.phone} if style.letterhead else None,
        "handwriting": style.handwriting,
        "variant": style.name,
        "seal": stamped,
        "nudge": [round(rng.uniform(-12, 10), 1), round(rng.uniform(-6, 5), 1)],
        "font": rng.randrange(2),
    }
    assets = {"seal.png": seals.company_seal(seal_text, rng, style.seal_centre, part=part)} if stamped else {}
    pdf = typeset(f"{part}/{style.template}.typ", data, assets)
    truth = _truth(style, proof)
    truth["has_seal"] = "true" if stamped else "false"
    if stamped:
        truth["seal_text"] = seal_text + style.seal_centre
    return Paper("income_proof", pdf, truth, "a4", A4, part, style.name, notes={"planted": plant or "", "seal_text": seal_text})


def _invented(rng: Random, style: Style, facts: Mapping[str, Any]) -> Proof:
    who: people.Person = facts.get("person") or people.person(rng)
    firm: people.Company = facts.get("company") or people.company(rng)
    issued = facts.get("issued_on") or AS_OF - timedelta(days=rng.randrange(2, 26))
    monthly = round((facts.get("monthly") or rng.randrange(45, 400) * 100) * 100)
    annual = round(facts["annual"] * 100) if "annual" in facts else monthly * 12
    earliest = max(firm.established_on, people.add_years(who.birth, 20))
    since = facts.get("since") or people.day_between(rng, earliest, max(earliest, issued - timedelta(days=200)))
    return Proof(
        name=who.name,
        sex=who.sex,
        id_number=who.id_number,
        employer=firm.name,
        address=firm.address,
        department=rng.choice(words.DEPARTMENTS),
        position=facts.get("position") or rng.choice(words.POSITIONS),
        since=since,
        monthly=monthly,
        annual=annual,
        in_words=monthly if style.monthly_in_words else annual,
        issued_on=issued,
        contact=people.person(rng).name,
        phone=firm.phone,
        bank=facts.get("bank") or people.account(rng).branch,
    )


def _planted(rng: Random, style: Style, proof: Proof, plant: str | None) -> Proof:
    if plant == "amount_words_mismatch":
        _need(style, "amount_in_words")
        return replace(proof, in_words=proof.in_words + rng.randrange(1, 9) * 100_000)
    if plant == "annual_income_mismatch":
        _need(style, "annual_income")
        _need(style, "monthly_income")
        return replace(proof, annual=round(proof.annual * rng.uniform(1.4, 1.9) / 10_000) * 10_000)
    if plant == "date_in_future":
        return replace(proof, issued_on=AS_OF + timedelta(days=rng.randrange(3, 60)))
    return proof


def _need(style: Style, field: str) -> None:
    if field not in style.says:
        raise ValueError(f"the style {style.name} prints no {field}")


def _values(style: Style, proof: Proof) -> dict[str, str]:
    return {
        "name": proof.name,
        "sex": proof.sex,
        "id": proof.id_number,
        "employer": proof.employer,
        "address": proof.address,
        "department": proof.department,
        "position": proof.position,
        "since": since_text(style.since, proof.since),
        "monthly": figure_text(style.figure, proof.monthly),
        "annual": figure_text(style.annual_figure or style.figure, proof.annual),
        "base": figure_text(style.figure, proof.monthly * 6 // 1000 * 100),
        "merit": figure_text(style.figure, proof.monthly - proof.monthly * 6 // 1000 * 100),
        "words": in_words(proof.in_words, style.yuan, style.whole),
        "issued": day_text(style.day, proof.issued_on),
        "contact": proof.contact,
        "phone": proof.phone,
        "bank": proof.bank,
    }


def since_text(how: str, day: date) -> str:
    """The day of joining as printed, by month or by day."""
    if how == "month":
        return f"{day.year}年{day.month}月"
    return day.isoformat() if how == "iso" else f"{day.year}年{day.month}月{day.day}日"


def figure_text(how: str, fen: int) -> str:
    """An amount as printed: 15000.00, 15,000.00, or 1.5万元."""
    if how == "wan":
        return f"{fen / 1_000_000:.4f}".rstrip("0").rstrip(".") + "万元"
    return f"{fen // 100:,}.{fen % 100:02d}" if how == "comma" else money(fen)


def day_text(how: str, day: date) -> str:
    """A day as printed.

    >>> day_text("chinese", date(2026, 11, 20))
    '二〇二六年十一月二十日'
    """
    if how == "chinese":
        year = "".join(CHINESE[int(digit)] for digit in str(day.year))
        return f"{year}年{_ordinal(day.month)}月{_ordinal(day.day)}日"
    if how == "spaced":
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    if how == "dots":
        return f"{day:%Y.%m.%d}"
    return day.isoformat() if how == "iso" else f"{day.year}年{day.month}月{day.day}日"


def _ordinal(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else CHINESE[tens] + "十") + (CHINESE[ones] if ones else "")


def _runs(line: str, values: Mapping[str, str]) -> list[dict[str, object]]:
    """Printed and filled-in pieces of a line."""
    pieces = re.split(r"[「」]", line)
    filled = [piece.format(**values) for piece in pieces]
    return [{"text": text, "blank": at % 2 == 1} for at, text in enumerate(filled) if text]


def _table_row(line: str, values: Mapping[str, str]) -> list[str]:
    return [cell.format(**values) for cell in line.split("|")]


def _truth(style: Style, proof: Proof) -> dict[str, str]:
    since = f"{proof.since:%Y-%m}" if style.since == "month" else proof.since.isoformat()
    known = {
        "employee_name": proof.name,
        "id_number": proof.id_number,
        "employer": proof.employer,
        "position": proof.position,
        "employed_since": since,
        "monthly_income": money(proof.monthly),
        "annual_income": money(proof.annual),
        "amount_in_words": money(proof.in_words),
        "contact_name": proof.contact,
        "contact_phone": proof.phone,
    }
    said: Sequence[str] = style.says
    return {name: known[name] for name in said} | {"issued_on": proof.issued_on.isoformat()}
