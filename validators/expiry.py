"""Whether a paper's last day has come, for cards and licences alike."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.model import Document
from validators.model import Case, Finding, Unchecked, known
from validators.papers import field_label
from validators.sides import chinese_day, day_of, may_be_slip, not_read, sure_or_doubt


def expiry(case: Case, document: Document, name: str, for_broker: str) -> Iterator[Finding | Unchecked]:
    """`document_expired` past the day in field `name`, `document_expires_soon` within the product's days before it.

    A last day that was not surely read makes `low_confidence` of both; one that was not read is `Unchecked`.
    """
    until = known(document, name)
    if until is not None and until.text == "long-term":
        return
    day = day_of(document, name)
    if day is None:
        yield not_read(case, document, name)
        return
    left = (day - case.as_of).days
    soon = int(case.policy.limits.get("expires_soon_days", 0))
    label = field_label(document.type, name)
    if left < 0:
        said = f"已于{chinese_day(day)}到期（{label}），审核日为{chinese_day(case.as_of)}"
        slip = may_be_slip(document, name, lambda other: case.as_of <= other)
        yield sure_or_doubt("document_expired", case, document, (name,), said=said, for_broker=for_broker, slip=slip, days=-left)
    elif left <= soon:
        said = f"将于{chinese_day(day)}到期（{label}），距审核日{left}天"
        yield sure_or_doubt(
            "document_expires_soon", case, document, (name,), said=said, for_broker="请留意证件到期日，及时换领。", days=left
        )
