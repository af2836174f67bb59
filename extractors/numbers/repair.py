"""Likelier readings of a code, for a person to accept: what a check digit tells about look-alike characters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product

LOOK_ALIKES = {
    **{"0": "O8DQ", "1": "7ILT", "2": "Z", "3": "8", "4": "A", "5": "S6", "6": "58G", "7": "1T", "8": "B360", "9": "Q"},
    **{"O": "0DQ", "D": "0", "Q": "09", "I": "1L", "L": "1", "Z": "2", "A": "4", "S": "5", "G": "6C9", "B": "83", "T": "71"},
    **{"C": "G", "E": "F", "F": "E", "P": "R", "R": "P", "V": "UY", "U": "V", "M": "N", "N": "MH", "H": "N", "W": "VM"},
    **dict.fromkeys("|!/\\丨", "1"),
    **dict.fromkeys("×*✕✖χΧХK%", "X"),
    **dict.fromkeys("〇○", "0"),
}
"""Characters (upper case) that readers of pictures take for each other; the tightest only."""
_MOST_IMPOSSIBLE = 4


def repairs(text: str, alphabets: Sequence[str], fits: Callable[[str], bool], others: Sequence[str] = ()) -> tuple[str, ...]:
    """Every reading of `text` that `fits` after the least change, in order.

    `alphabets`: what may stand at each place. Characters that cannot stand at theirs are replaced all at once; where
    there are none, one character is exchanged: for the reader's second choice when that fits (`others`, one string per
    character as in `Line.others`; blank those of characters that were read surely), else for a look-alike.

    >>> repairs("1O", ("0123456789",) * 2, lambda text: text == "10")
    ('10',)
    """
    if len(text) != len(alphabets):
        return ()
    second = [c.upper() for c in others] if len(others) == len(text) else [""] * len(text)

    def choices(i: int, candidates: str) -> list[str]:
        return [c for c in candidates if c in alphabets[i] and c != text[i]]

    wrong = [i for i, (character, alphabet) in enumerate(zip(text, alphabets, strict=True)) if character not in alphabet]
    if len(wrong) > _MOST_IMPOSSIBLE:
        return ()
    if wrong:
        options = [choices(i, LOOK_ALIKES.get(text[i], "") + second[i]) for i in wrong]
        return _fitting((_put(text, dict(zip(wrong, chosen, strict=True))) for chosen in product(*options)), fits)
    by_second = _fitting((_put(text, {i: c}) for i in range(len(text)) for c in choices(i, second[i])), fits)
    if by_second:
        return by_second
    singles = (_put(text, {i: c}) for i in range(len(text)) for c in choices(i, LOOK_ALIKES.get(text[i], "")))
    return _fitting(singles, fits)


def _put(text: str, changes: dict[int, str]) -> str:
    return "".join(changes.get(i, character) for i, character in enumerate(text))


def _fitting(readings: Iterable[str], fits: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(sorted({reading for reading in readings if fits(reading)}))
