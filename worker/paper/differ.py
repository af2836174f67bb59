"""Which characters of two readings differ, so that the eye finds the one digit among eighteen."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from worker.paper.model import Piece

COMPARED = frozenset(
    {
        "name_mismatch", "id_number_mismatch", "employer_mismatch", "company_mismatch", "legal_representative_mismatch",
        "address_mismatch", "owner_mismatch", "spouse_mismatch", "marital_status_mismatch", "amount_words_mismatch",
        "page_chain_broken", "cash_mismatch", "low_confidence",
    }
)  # fmt: skip
"""Codes whose values say the same thing when all is well: only there is a difference of characters the point."""
FAR_APART = 0.3
"""Texts less alike than this are different as wholes; the few characters they share by chance mean nothing."""
LONGEST = 300
"""Longer texts are not compared: the work grows with the square."""


def plain(text: str) -> tuple[Piece, ...]:
    """The text as one piece in which nothing differs."""
    return (Piece(text, False),) if text else ()


def marked(texts: Sequence[str]) -> list[tuple[Piece, ...]]:
    """Each text in pieces, those marked that the first (for the first: any other) does not have.

    >>> [[(p.text, p.differs) for p in each] for each in marked(["张伟明", "张玮明"])]
    [[('张', False), ('伟', True), ('明', False)], [('张', False), ('玮', True), ('明', False)]]
    """
    if len(texts) < 2 or not texts[0] or any(len(text) > LONGEST for text in texts):
        return [plain(text) for text in texts]
    first: set[int] = set()
    pieces: list[tuple[Piece, ...]] = []
    for other in texts[1:]:
        ours, theirs = _apart(texts[0], other) if other else (set(), set())
        first |= ours
        pieces.append(_pieces(other, theirs))
    return [_pieces(texts[0], first), *pieces]


def _apart(a: str, b: str) -> tuple[set[int], set[int]]:
    """The positions in a and in b that have no counterpart."""
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < FAR_APART:
        return set(range(len(a))), set(range(len(b)))
    in_a, in_b = set(range(len(a))), set(range(len(b)))
    for block in matcher.get_matching_blocks():
        in_a -= set(range(block.a, block.a + block.size))
        in_b -= set(range(block.b, block.b + block.size))
    return in_a, in_b


def _pieces(text: str, apart: set[int]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for i, character in enumerate(text):
        differs = i in apart
        if pieces and pieces[-1].differs == differs:
            pieces[-1] = Piece(pieces[-1].text + character, differs)
        else:
            pieces.append(Piece(character, differs))
    return tuple(pieces)
