"""Amounts as papers print them: figures in all notations, and capital numerals; apart from the readers on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

UNITS = {"元": 100, "千元": 100_000, "万元": 1_000_000}
"""Fen in one of the unit that a sheet names."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")

Negative = Literal["minus", "long", "brackets", "wide", "red"]
NEGATIVES: dict[Negative, str] = {"minus": "-{}", "long": "−{}", "brackets": "({})", "wide": "（{}）", "red": "{}"}


@dataclass(frozen=True, slots=True)
class Notation:
    """How a paper prints amounts.

    `negative`: `minus` -1.00, `long` −1.00, `brackets` (1.00), `wide` （1.00）, `red` 1.00 in red without a sign.
    `zero`: what stands for nought, may be empty; None: the figure. `symbol` such as ¥ stands before the figure.
    """

    unit: str = "元"
    places: int = 2
    separators: bool = True
    negative: Negative = "minus"
    zero: str | None = None
    symbol: str = ""

    def show(self, fen: int) -> str:
        """The amount as printed."""
        if fen == 0 and self.zero is not None:
            return self.zero
        amount = self.rounded(abs(fen))
        body = self.symbol + (f"{amount:,}" if self.separators else f"{amount}")
        if fen >= 0 or amount == 0:
            return body
        return NEGATIVES[self.negative].format(body)

    def rounded(self, fen: int) -> Decimal:
        """The amount in the unit, rounded to the printed places."""
        return (Decimal(fen) / UNITS[self.unit]).quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)

    def truth(self, fen: int) -> str | None:
        """What a reader can know of the printed amount, in yuan; None when the cell is left empty."""
        if fen == 0 and self.zero == "":
            return None
        return money(int(self.rounded(fen) * UNITS[self.unit]))


def money(fen: int) -> str:
    """Contract form: decimal string in yuan with two places."""
    return f"{Decimal(fen) / 100:.2f}"


def in_words(fen: int, yuan: str = "元", whole: str = "整") -> str:
    """Capital numerals of a positive amount; `yuan` may be 圆, `whole` 正.

    >>> in_words(1500000), in_words(1020305), in_words(10000050), in_words(10000000000)
    ('壹万伍仟元整', '壹万零贰佰零叁元零伍分', '壹拾万元零伍角整', '壹亿元整')
    """
    whole_yuan, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    words = _integer(whole_yuan) + yuan if whole_yuan else ""
    if not jiao and not cent:
        return words + whole
    if jiao:
        gap = "零" if words and whole_yuan % 10 == 0 else ""
        words += gap + DIGITS[jiao] + "角"
    elif words:
        words += "零"
    return words + (DIGITS[cent] + "分" if cent else whole)


def _integer(number: int) -> str:
    words, pending_zero = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if pending_zero else "") + DIGITS[digit] + PLACES[place % 4]
            pending_zero = False
        elif words:
            pending_zero = True
        if place % 4 == 0 and place and number // 10**place % 10_000:
            words += GROUPS[place // 4]
    return words
