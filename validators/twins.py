"""Whether two documents are two pictures of one paper, read with different slips."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz.distance import Levenshtein

from extractors.model import SURE, Document, Field
from validators.account_rows import account
from validators.model import known
from validators.papers import sides

IDENTIFYING: Mapping[str, tuple[str, ...]] = {
    "resident_id_card": ("id_number",),
    "business_licence": ("uscc|registration_number",),
    "income_proof": ("employee_name", "issued_on"),
    "balance_sheet": ("company", "as_of", "total_assets.end"),
    "income_statement": ("company", "period_until", "revenue.current", "net_profit.current"),
    "cash_flow_statement": ("company", "period_until", "net_operating.current", "cash_end.current"),
    "bank_statement": ("account_number", "period_from", "period_until"),
    "property_certificate": ("certificate_number", "location"),
    "marriage_certificate": ("certificate_number", "holder_name"),
}
"""What two pictures of one paper have in common, and two papers of one type have not."""
_ALIKE = 0.7
"""The share of the values read on both that agree; of two papers of one person or company fewer do."""
_SLIP = 0.25
"""The share of a value's characters that an unsure reading may have wrong."""


def twins(a: Document, b: Document) -> bool:
    """Whether nothing speaks against two documents being one paper, something that identifies it speaks for it, and the rest agrees."""
    if a.type != b.type or a.type not in IDENTIFYING or (a.type == "resident_id_card" and sides(a) != sides(b)):
        return False
    judged = [_alike(_first(a, names), _first(b, names)) for names in IDENTIFYING[a.type]]
    if False in judged or True not in judged:
        return False
    if a.type == "bank_statement" and not _same_entries(a, b):
        return False
    common = [name for name in a.fields if _text(known(a, name)) and _text(known(b, name))]
    agree = sum(_alike(known(a, name), known(b, name)) is not False for name in common)
    return agree >= _ALIKE * len(common)


def _first(document: Document, names: str) -> Field | None:
    """The first of alternatives (`a|b`) that was read."""
    return next((field for name in names.split("|") if (field := known(document, name)) is not None), None)


def _text(field: Field | None) -> str:
    return field.value if field is not None and isinstance(field.value, str) else ""


def _alike(a: Field | None, b: Field | None) -> bool | None:
    """True for equal readings, False for two that slips do not explain, None where one cannot tell."""
    one, other = _text(a), _text(b)
    if a is None or b is None or not one or not other:
        return None
    if one == other:
        return True
    unsure = min(a.confidence, b.confidence) < SURE
    if unsure and (one in other or other in one):
        return None  # cut off by a seal or an edge
    return None if unsure and Levenshtein.distance(one, other) <= max(1, _SLIP * max(len(one), len(other))) else False


def _same_entries(a: Document, b: Document) -> bool:
    """Whether most entries of the shorter statement stand on the other: pages of one statement share its head, and no entries."""
    one, other = account(a), account(b)
    if one is None or other is None:
        return False
    entries = [{(row.day, row.amount, row.balance) for row in each.rows} for each in (one, other)]
    return len(entries[0] & entries[1]) >= _ALIKE * min(map(len, entries))
