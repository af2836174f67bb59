"""Bank statements that may be pieces of one: a page whose head was not read alike stands as a statement of its own."""

from __future__ import annotations

from collections.abc import Mapping

from extractors.model import Document
from validators.account_rows import PageKey, page_numbers
from validators.match import compare
from validators.model import Case, known


def pieces(case: Case, document: Document) -> tuple[Document, ...]:
    """The other statements of the packet that may hold pages of this one.

    They name the same account, or share a file with it and neither account nor holder surely speaks against it; where page
    numbers were read, no number is on both.
    """
    own = set(page_numbers(document).values())
    return tuple(
        other
        for other in case.of("bank_statement")
        if other is not document and _may_belong(document, other) and not own & set(page_numbers(other).values())
    )


def _may_belong(a: Document, b: Document) -> bool:
    account, holder = (compare(known(a, name), known(b, name)) for name in ("account_number", "account_holder"))
    if account == "same":
        return True  # one account has one holder, however his name was read
    shared = {ref.file for ref in a.pages} & {ref.file for ref in b.pages}
    return bool(shared) and "different" not in (account, holder)


def between(others: tuple[Document, ...], numbers: Mapping[PageKey, int], a: PageKey, b: PageKey) -> bool:
    """Whether one of the pieces has a page between two pages: by place in the file, or by printed number."""
    low, high = sorted((a, b))
    inside = any(ref.file == a[0] == b[0] and low[1] < ref.page < high[1] for other in others for ref in other.pages)
    if a not in numbers or b not in numbers:
        return inside
    first, last = sorted((numbers[a], numbers[b]))
    return inside or any(first < number < last for other in others for number in page_numbers(other).values())
