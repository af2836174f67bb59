"""All that can be wrong with a packet; here what is wrong with it as a whole: papers left out, ruined, damaged, too much asked.

Importing this module registers every way to plant a problem; `plant` plants one.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from samples import bank_styles, people, problems_money, problems_people
from samples.people import AS_OF
from samples.planting import PLANTS, Said, plant, plants, said
from samples.story import Draft, Order, payment

__all__ = ["PLANTS", "plant", "problems_money", "problems_people"]


@plants("missing_document", "marital_status_mismatch", "spouse_mismatch", "missing_side")
def left_out(draft: Draft, rng: Random) -> Said:
    optional = {"property"} if draft.story.product == "personal_mortgage" else set()
    if draft.story.product == "personal_business":
        optional |= {"income_proof"}
    keys = [key for key in draft.orders if key not in {*optional, "borrower_card", "licence"}]
    order = draft.orders.pop(rng.choice(keys))
    return said([], document_type=order.type, role=order.role)


@plants("unreadable_image", "missing_document", "missing_field", "missing_side", "missing_seal", "unknown_document", "low_confidence")
def ruined(draft: Draft, rng: Random) -> Said:
    keys = [key for key, order in draft.orders.items() if order.type in ("resident_id_card", "business_licence", "income_proof")]
    key = rng.choice(keys)
    draft.orders[key] = replace(draft.orders[key], ruined=True)
    return said([key])


@plants("unreadable_file", "missing_document", "missing_side")
def damaged(draft: Draft, rng: Random) -> Said:
    keys = [key for key, order in draft.orders.items() if order.type in ("income_proof", "marriage_certificate", "business_licence")]
    if not keys:
        return None
    key, fault = rng.choice(keys), rng.choice(("truncated", "encrypted", "empty"))
    draft.orders[key] = replace(draft.orders[key], fault=fault)
    return said([key], fault=fault)


@plants("unknown_document")
def stray_paper(draft: Draft, rng: Random) -> Said:
    draft.orders["stray"] = Order("stray", "unknown", "borrower", {"person": draft.story.borrower}, rng.choice(("bill", "photo", "letter")))
    return said(["stray"])


@plants("debt_service_too_high")
def too_much(draft: Draft, rng: Random) -> Said:
    story = draft.story
    if story.product != "personal_mortgage":
        return None
    amount = int(story.monthly_income * rng.uniform(0.7, 0.95) / payment(1.0, story.months, story.rate)) // 10_000 * 10_000
    draft.story = replace(story, amount=amount)
    return said(["income_proof"], ["monthly_income"], amount=amount)


@plants("term_too_long", "age_limit", "debt_service_too_high")
def too_long(draft: Draft, rng: Random) -> Said:
    months = {"personal_mortgage": 420, "personal_business": 180, "enterprise": 180}[draft.story.product]
    draft.story = replace(draft.story, months=months)
    return said([], months=months)


@plants("age_limit", "term_too_long", "debt_service_too_high")
def too_old(draft: Draft, rng: Random) -> Said:
    story = draft.story
    age = people.age_on(story.borrower.birth, AS_OF)
    months = (72 - age) * 12
    if story.product == "enterprise" or months > (360 if story.product == "personal_mortgage" else 120):
        return None
    draft.story = replace(story, months=months)
    return said(["borrower_card"], ["birth_date"], months=months)


@plants("tamper_suspected")
def edited_file(draft: Draft, rng: Random) -> Said:
    """A born-digital statement went through an editor after it was issued."""
    flow = draft.orders["flow"].facts["flow"]
    paper = [name for name, style in bank_styles.STYLES[draft.story.part].items() if style.rows and flow.kind in style.kinds]
    draft.orders["flow"] = replace(draft.orders["flow"], fault="edited", variant=rng.choice(paper))
    return said(["flow"])


@plants("property_encumbered")
def encumbered(draft: Draft, rng: Random) -> Said:
    if "property" not in draft.orders:
        return None
    draft.change("property", plant=rng.choice(("mortgage", "seizure", "residence")))
    return said(["property"])
