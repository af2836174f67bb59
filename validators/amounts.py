"""Money inside rules: integer fen, how exactly it was printed, and how it is shown to people."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from extractors.model import SURE, Document, Field
from validators.model import known

SURE_AGAINST_SUM = 0.97
"""How sure a picture's digit must be to stand against a sum that one look-alike digit would mend."""

_UNITS = (("亿", 10_000_000_000), ("百万", 100_000_000), ("万", 1_000_000), ("千", 100_000))
_LOOK_ALIKE_PAIRS = "08 06 09 17 14 27 35 38 49 56 58 68 69 89 79 23 47"
_LOOK_ALIKES = frozenset(frozenset(pair) for pair in _LOOK_ALIKE_PAIRS.split())


def fen(text: object) -> int | None:
    """A decimal string of yuan as fen, half a fen rounded up; None for anything else.

    >>> fen("15000.00"), fen("-0.125"), fen(""), fen(None)
    (1500000, -13, None, None)
    """
    if not isinstance(text, str):
        return None
    try:
        amount = Decimal(text) * 100
    except InvalidOperation:
        return None
    if not amount.is_finite():
        return None
    whole = int(abs(amount) + Decimal("0.5"))
    return whole if amount >= 0 else -whole


def fen_of(document: Document, name: str) -> int | None:
    """A money field in fen; None when it was not read."""
    field = known(document, name)
    return None if field is None else fen(field.value)


def yuan(amount: int) -> str:
    """Fen as people read them.

    >>> yuan(123456789), yuan(-5)
    ('1,234,567.89元', '-0.05元')
    """
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100:,}.{abs(amount) % 100:02d}元"


def unit_factor(unit: str) -> int:
    """Fen that one of a sheet's unit is worth; 元 where nothing else is said.

    >>> unit_factor("单位：万元"), unit_factor("人民币元"), unit_factor("")
    (1000000, 100, 100)
    """
    return next((factor for word, factor in _UNITS if word in unit), 100)


def grain(raw: str, factor: int = 100) -> int:
    """What the last printed digit is worth, in fen, at least 1.

    >>> grain("1,234.50"), grain("1234"), grain("12.3", 1_000_000), grain("1，234．5")
    (1, 100, 100000, 10)
    """
    match = re.search(r"[.．。](\d{1,6})\D*$", raw) or re.search(r"[,，](\d{1,2})\D*$", raw)
    decimals = len(match[1]) if match else 0
    return int(max(1, factor // 10**decimals))


def look_alike(one: int, other: int) -> bool:
    """Whether two amounts differ in one digit that a reader of pictures takes for the other.

    >>> look_alike(123_00, 128_00), look_alike(123_00, 523_00), look_alike(12_00, 120_00), look_alike(5, 5), look_alike(-8_50, -50)
    (True, False, False, False, True)
    """
    if one * other < 0:
        return False
    a, b = (f"{abs(amount):03d}" for amount in (one, other))  # 0.50 is printed with its nought
    if len(a) != len(b):
        return False
    apart = [{x, y} for x, y in zip(a, b, strict=True) if x != y]
    return len(apart) == 1 and apart[0] in _LOOK_ALIKES


def digits_alike(one: str, other: str) -> bool:
    """Whether a reader of pictures takes one digit for the other.

    >>> digits_alike("3", "8"), digits_alike("2", "9")
    (True, False)
    """
    return frozenset((one, other)) in _LOOK_ALIKES


def fragment(one: int, other: int) -> bool:
    """Whether an amount is what is left of the other when its first digits, or one digit inside, were not read.

    A stamp or the edge of a cell hides digits, and the reader is as sure of the rest as ever.

    >>> fragment(6_306_95, 166_306_95), fragment(160_306_95, 1_603_306_95), fragment(123_00, 128_00), fragment(0, 5_00)
    (True, True, False, False)
    """
    short, long = sorted((str(abs(one)), str(abs(other))), key=len)
    if len(short) == len(long) or one * other <= 0:
        return False
    return long.endswith(short) or (len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))))


def firm(confidence: float, source: str, printed: int, expected: int) -> bool:
    """Whether a printed amount may stand against the sums around it, which want `expected`.

    A misread digit is likelier than a forged one where the picture was not surely read, or where a look-alike digit mends all;
    a picture's amount never stands where lost digits explain everything.
    """
    if source == "text":
        return confidence >= SURE
    if fragment(printed, expected) and abs(printed) < abs(expected):
        return False
    return confidence >= (SURE_AGAINST_SUM if look_alike(printed, expected) else SURE)


def trusted(field: Field, expected: int) -> bool:
    """`firm` for a money field."""
    printed = fen(field.value)
    return printed is not None and firm(field.confidence, field.source, printed, expected)


def plain_yuan(amount: int) -> str:
    """Fen in the contract's form.

    >>> plain_yuan(-1234567), plain_yuan(0)
    ('-12345.67', '0.00')
    """
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"
