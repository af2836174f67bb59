"""Sums of money as printed in figures, as integer fen (hundredths).

Readers of pictures take commas for points and drop them, so a figure is read only where its separators leave one
reading: groups of three, at most two places after the point (more only where a unit such as 万元 makes them plausible).
Everything else is refused: a wrong sum is worse than none.

>>> parse("￥15,000.00"), parse("1，234.5元"), parse("(1,234.00)"), parse("—"), parse("1.5万元"), parse("1,2 34. 50")
(1500000, 123450, -123400, 0, 1500000, 123450)
>>> parse("12,345", unit_fen=WAN)
12345000000
>>> parse("15.000")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: ambiguous
>>> parse("15,0O0.00")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: confusable
>>> proposal("15,0O0.00"), to_contract(-1500050), capital("人民币叁佰万元整"), capital("100万美元")
(1500000, '-15000.50', (300000000, 'CNY'), (100000000, 'USD'))
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from extractors.numbers import amount_in_words
from extractors.numbers.errors import NumberError

YUAN, QIAN, WAN, YI = 100, 10**5, 10**6, 10**10
"""Fen in one unit of a sheet: 元, 千元, 万元, 亿元."""
_UNITS = {"亿": YI, "千万": 10**9, "百万": 10**8, "万": WAN, "千": QIAN, "百": 10**4, "": YUAN}
_CURRENCIES = {
    "CNY": "人民币|RMB|CNY|CN¥|[¥Y羊](?=[-+( 0-9])",
    "USD": "美元|美金|USD|US\\$|\\$",
    "HKD": "港元|港币|港圆|HKD|HK\\$",
    "EUR": "欧元|EUR|€",
    "JPY": "日元|日币|日圆|JPY|JP¥",
    "GBP": "英镑|GBP|£",
    "TWD": "新台币|台币|TWD",
    "SGD": "新加坡元|新元|SGD",
    "AUD": "澳大利亚元|澳元|AUD",
    "CAD": "加拿大元|加元|CAD",
    "KRW": "韩元|韩币|KRW",
    "CHF": "瑞士法郎|CHF",
}
_ANY_CURRENCY = re.compile("|".join(f"(?P<{code}>{names})" for code, names in sorted(_CURRENCIES.items(), reverse=True)))
_MINUS = str.maketrans("−–—―﹣－‐‑‒", "---------")
_PART = re.compile("([0-9.,' ]+)(亿|千万|百万|万|千|百)?元?")
_DIGIT_TWINS = str.maketrans("OoQDIl|ZzSsB", "000011122558")
_LONGEST = 60
_MOST_FEN = 10**18


def parse(text: str, unit_fen: int = YUAN) -> int:
    """The sum in fen; `unit_fen` is worth one of a figure that names no unit of its own (the unit of the sheet).

    A dash is zero. Raises NumberError: empty, format, ambiguous, confusable (see `proposal`), range.
    """
    narrow = _narrow(text)
    if not narrow:
        raise NumberError("empty")
    if len(narrow) > _LONGEST:
        raise NumberError("range")
    if re.fullmatch("-{1,4}", narrow):
        return 0
    try:
        return _signed(narrow, unit_fen)
    except NumberError as error:
        if error.code in ("format", "ambiguous") and proposal(text, unit_fen) is not None:
            raise NumberError("confusable") from None
        raise


def proposal(text: str, unit_fen: int = YUAN) -> int | None:
    """The sum when letters among the digits are the digits they look like; None without such letters or such a sum."""
    narrow = _narrow(text)
    plain = _ANY_CURRENCY.sub(lambda m: "" if m.lastgroup == "CNY" else m.group(), narrow)
    twin = plain.translate(_DIGIT_TWINS)
    if twin == plain or not re.search("[0-9]", plain) or len(twin) > _LONGEST:
        return None
    try:
        return _signed(twin, unit_fen)
    except NumberError:
        return None


def to_contract(fen: int) -> str:
    """The contract's form *money*: yuan with two places.

    >>> to_contract(0), to_contract(-5)
    ('0.00', '-0.05')
    """
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def from_contract(value: str) -> int:
    """The fen of a value in the contract's form. Raises NumberError: format.

    >>> from_contract("-15000.50")
    -1500050
    """
    if not re.fullmatch(r"-?[0-9]+\.[0-9]{2}", value):
        raise NumberError("format")
    return int(value.replace(".", ""))


def capital(text: str) -> tuple[int, str]:
    """A registered capital in hundredths of its currency (of every currency, the yen too) and that currency's code.

    In figures or in words, or in both when they agree. Raises NumberError as `parse` does.

    >>> capital("5000.0000万元人民币"), capital("壹仟陆佰万圆整"), capital("人民币伍佰万元（500万元）")
    ((5000000000, 'CNY'), (1600000000, 'CNY'), (500000000, 'CNY'))
    """
    narrow = _narrow(text)
    named = {match.lastgroup or "" for match in _ANY_CURRENCY.finditer(narrow)}
    if len(named) > 1 or len(narrow) > _LONGEST:
        raise NumberError("ambiguous" if len(named) > 1 else "range")
    parts = [part for part in re.split("[()]", _ANY_CURRENCY.sub("", narrow)) if part.strip("元整正圆圓: ")]
    if not parts:
        raise NumberError("empty")
    sums = {_capital_part(part) for part in parts}
    if len(sums) > 1:
        raise NumberError("ambiguous")
    return sums.pop(), next(iter(named), "CNY")


def _capital_part(part: str) -> int:
    if re.search("[0-9]", part):
        return _signed(part.strip(":"), YUAN)
    words = re.sub("[元圆圓园園]?[整正]?$", "", part.strip(": "))
    if re.search("[角分元圆]", words):
        return amount_in_words.parse(part)
    return amount_in_words.integer(words) * 100


def _narrow(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text.translate(_MINUS))).translate(_MINUS).strip()


def _signed(narrow: str, unit_fen: int) -> int:
    """Takes sign and currency off, in any order, and reads the rest."""
    currency = _ANY_CURRENCY.search(narrow)
    if currency and currency.lastgroup != "CNY":
        raise NumberError("format")
    body = _ANY_CURRENCY.sub("", narrow).strip()
    body, brackets = re.subn(r"^\((.*)\)$", r"\1", body)
    body, front = re.subn(r"^(?:-|负|負|△|▲|红字:?) ?", "", body.strip())
    body, back = re.subn("(?<=[0-9元]) ?-$", "", body)
    if brackets + front + back > 1:
        raise NumberError("ambiguous")
    fen = _parts(re.sub(r"^\+|^\*+|\*+$|[整正]$", "", body.strip()).strip(), unit_fen)
    return -fen if brackets + front + back else fen


def _parts(body: str, unit_fen: int) -> int:
    """A figure with its unit, or several with falling units (1亿2000万元)."""
    if not re.fullmatch("[0-9][0-9.,' 亿千万百元]*", body):
        raise NumberError("format")
    total, last, at = Decimal(0), 10**12, 0
    for match in _PART.finditer(body):
        named = _UNITS[match[2]] if match[2] else YUAN if match.group().endswith("元") else None
        unit = named or (YUAN if at else unit_fen)
        if match.start() != at or unit >= last:
            raise NumberError("format")
        if at and not named and len(match[1]) < 4:
            raise NumberError("ambiguous")  # 3万5 is said for 35,000
        total += _figure(match[1].strip(), decimals=2 if unit <= YUAN else 8) * unit
        last, at = unit, match.end()
    if at != len(body):
        raise NumberError("format")
    if total > _MOST_FEN:
        raise NumberError("range")
    return int(total.quantize(Decimal(1), ROUND_HALF_UP))


def _figure(printed: str, decimals: int) -> Decimal:
    """A figure without sign and unit, when its separators leave one reading."""
    figure = re.sub(" ?([.,']) ?", r"\1", printed)
    if " " in figure:
        # Only between a comma and the point can a gap not be that between a line number and its sum.
        match = re.fullmatch(r"([0-9]+,[0-9, ]*)(\.[0-9]*)?", figure)
        if match is None:
            raise NumberError("ambiguous")
        figure = match[1].replace(" ", "") + (match[2] or "")
    if re.fullmatch(rf"[0-9]+(?:\.[0-9]{{1,{decimals}}}0*)?", figure) and not re.fullmatch(r"[1-9][0-9]{,2}\.[0-9]{3}", figure):
        return Decimal(figure)
    if re.fullmatch(rf"[1-9][0-9]{{,2}}(?:,[0-9]{{3}})+(?:\.[0-9]{{1,{decimals}}}0*)?", figure):
        return Decimal(figure.replace(",", ""))
    if re.fullmatch(r"[1-9][0-9]{,2}(?:'[0-9]{3})+(?:\.[0-9]{1,2})?", figure):
        return Decimal(figure.replace("'", ""))
    if re.fullmatch(r"[1-9][0-9]{,2}(?:[.,][0-9]{3})+\.[0-9]{2}", figure):  # commas that were read as points
        return Decimal(re.sub("[.,]", "", figure)).scaleb(-2)
    raise NumberError("ambiguous")
