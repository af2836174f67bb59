"""Problems of people: their cards, and papers that name them otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from samples import people
from samples.people import AS_OF, Person
from samples.planting import Said, plants, said
from samples.story import Draft, Order


def _people_orders(draft: Draft) -> list[Order]:
    return [order for order in draft.orders.values() if order.type == "resident_id_card"]


def _card(draft: Draft, rng: Random) -> Order:
    return rng.choice(_people_orders(draft))


def _other_char(rng: Random, name: str) -> str:
    """The name with its last character really changed, in sound alike and in shape not."""
    alike = {
        "伟": "薇",
        "婷": "庭",
        "国": "果",
        "强": "蔷",
        "丽": "莉",
        "明": "铭",
        "军": "俊",
        "华": "骅",
        "敏": "闽",
        "静": "靖",
    }
    pool = [char for char in "铭骏萍琴松梁贵廷薇蔷" if char != name[-1]]
    return name[:-1] + alike.get(name[-1], rng.choice(pool))


def _wrong_digit(rng: Random, number: str) -> str:
    """The number with its check character wrong, as no confusion of shapes explains."""
    last = [digit for digit in "0123456789" if digit != number[-1]]
    return number[:-1] + rng.choice(last)


def _replace_person(draft: Draft, old: Person, new: Person) -> None:
    """Everyone and everything that names the person names the new one."""
    story = draft.story
    pair = story.pair
    if pair:
        pair = replace(pair, holder=new if pair.holder is old else pair.holder, spouse=new if pair.spouse is old else pair.spouse)
    draft.story = replace(story, borrower=new if story.borrower is old else story.borrower, pair=pair)
    for key, order in draft.orders.items():
        facts = dict(order.facts)
        for name, value in facts.items():
            if value is old:
                facts[name] = new
            elif name == "couple":
                facts[name] = pair
            elif name == "owners":
                facts[name] = [new if owner is old else owner for owner in value]
        draft.orders[key] = replace(order, facts=facts)


# --- identity cards --------------------------------------------------------------------------------------------------


@plants("missing_side", "missing_document", "missing_field")
def one_side(draft: Draft, rng: Random) -> Said:
    order = _card(draft, rng)
    side = rng.choice(("front", "back"))
    draft.change(order.key, sides=side)
    return said([order.key], missing="back" if side == "front" else "front")


@plants("id_checksum", "low_confidence")
def wrong_number(draft: Draft, rng: Random) -> Said:
    order = _card(draft, rng)
    old: Person = order.facts["person"]
    _replace_person(draft, old, replace(old, id_number=_wrong_digit(rng, old.id_number)))
    return said([order.key], ["id_number"])


@plants("id_birth_mismatch", "id_validity_period")
def other_birth(draft: Draft, rng: Random) -> Said:
    order = _card(draft, rng)
    who: Person = order.facts["person"]
    birth = who.birth.replace(day=who.birth.day % 27 + 1)
    draft.change(order.key, person=replace(who, birth=birth))
    return said([order.key], ["id_number", "birth_date"])


@plants("id_sex_mismatch")
def other_sex(draft: Draft, rng: Random) -> Said:
    order = _card(draft, rng)
    who: Person = order.facts["person"]
    draft.change(order.key, person=replace(who, sex="女" if who.sex == "男" else "男"))
    return said([order.key], ["id_number", "sex"])


@plants("id_validity_period")
def odd_validity(draft: Draft, rng: Random) -> Said:
    order = _card(draft, rng)
    who: Person = order.facts["person"]
    start = people.day_between(rng, date(2014, 1, 1), date(2022, 12, 28))
    draft.change(order.key, person=replace(who, card_from=start, card_until=people.add_years(start, rng.choice((13, 15, 17)))))
    return said([order.key], ["valid_from", "valid_until"])


def _ending(draft: Draft, rng: Random, until: date) -> Said:
    """A card of legal length that ends on this day."""
    for order in rng.sample(_people_orders(draft), len(_people_orders(draft))):
        who: Person = order.facts["person"]
        for years in (20, 10):
            start = people.add_years(until, -years)
            if start >= date(2005, 6, 1) and people.card_years(people.age_on(who.birth, start)) == years:
                draft.change(order.key, person=replace(who, card_from=start, card_until=until))
                return said([order.key], ["valid_until"])
    return None


@plants("document_expired")
def expired_card(draft: Draft, rng: Random) -> Said:
    return _ending(draft, rng, AS_OF - timedelta(days=rng.randrange(10, 500)))


@plants("document_expires_soon")
def expiring_card(draft: Draft, rng: Random) -> Said:
    return _ending(draft, rng, AS_OF + timedelta(days=rng.randrange(5, 85)))


# --- names and numbers across papers ---------------------------------------------------------------------------------


@plants("name_mismatch", "missing_document", "owner_mismatch", "spouse_mismatch")
def other_name(draft: Draft, rng: Random) -> Said:
    keys = [key for key in ("income_proof", "marriage") if key in draft.orders]
    if not keys:
        return None
    key, borrower = rng.choice(keys), draft.story.borrower
    wrong = replace(borrower, name=_other_char(rng, borrower.name))
    if key == "income_proof":
        draft.change(key, person=wrong)
        return said(["borrower_card", key], ["name", "employee_name"])
    draft.change(key, couple=replace(draft.orders[key].facts["couple"], holder=wrong))
    return said(["borrower_card", key], ["name", "holder_name"])


@plants("id_number_mismatch", "missing_document")
def other_number(draft: Draft, rng: Random) -> Said:
    if "income_proof" not in draft.orders:
        return None
    who = draft.story.borrower
    while (number := people.id_number(rng, who.id_number[:6], who.birth, who.sex)) == who.id_number:
        pass
    draft.change("income_proof", person=replace(who, id_number=number))
    return said(["borrower_card", "income_proof"], ["id_number"])


@plants("spouse_mismatch", "missing_document", "name_mismatch", "id_number_mismatch", "marital_status_mismatch")
def other_spouse(draft: Draft, rng: Random) -> Said:
    if "marriage" not in draft.orders:
        return None
    pair = draft.orders["marriage"].facts["couple"]
    stranger = people.couple(rng, born=(pair.holder.birth.year - 2, pair.holder.birth.year + 2))
    draft.change("marriage", couple=replace(stranger, registered_on=pair.registered_on))
    return said(["marriage"], ["holder_name", "spouse_name"])


@plants("owner_mismatch", "missing_document", "consent_missing")
def other_owner(draft: Draft, rng: Random) -> Said:
    if "property" not in draft.orders:
        return None
    draft.change("property", owners=[people.person(rng)])
    return said(["property"], ["owners"])


@plants("consent_missing", "missing_document", "owner_mismatch")
def unknown_co_owner(draft: Draft, rng: Random) -> Said:
    """A co-owner of whom no other paper speaks."""
    if "property" not in draft.orders:
        return None
    draft.change("property", owners=[draft.story.borrower, people.person(rng)])
    return said(["property"], ["owners"])


@plants("duplicate_document")
def twice(draft: Draft, rng: Random) -> Said:
    key = rng.choice(
        [key for key, order in draft.orders.items() if order.type in ("business_licence", "income_proof", "marriage_certificate")] or [""]
    )
    if not key:
        return None
    draft.orders[f"{key}_again"] = replace(draft.orders[key], key=f"{key}_again", copy_of=key)
    return said([key, f"{key}_again"])
