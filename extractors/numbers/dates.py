"""Dates and periods as printed on Chinese papers.

Years have four digits; a date with two (24.3.5) or with the year last is refused, because its order is a guess. What the
contract holds is a text: `YYYY-MM-DD`, `YYYY-MM` for a month, `long-term` for an open end.

>>> parse("2024年3月5日"), parse("2024.03.05"), parse("20240305")
(datetime.date(2024, 3, 5), datetime.date(2024, 3, 5), datetime.date(2024, 3, 5))
>>> parse("二〇二四年十二月廿五日"), parse_partial("2024年3月"), parse_partial("2024 年 03 月 05 日")
(datetime.date(2024, 12, 25), '2024-03', '2024-03-05')
>>> parse("2024年2月30日")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: date
>>> parse("2O24年3月5日")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: confusable
>>> proposal("2O24年3月5日")
datetime.date(2024, 3, 5)
>>> parse_period("自2010年05月06日至长期").contract, parse_period("2006.08.12-2026.08.12").contract
(('2010-05-06', 'long-term'), ('2006-08-12', '2026-08-12'))
>>> parse_period("2024年1月—12月").contract, parse_period("2023年度").contract
(('2024-01-01', '2024-12-31'), ('2023-01-01', '2023-12-31'))
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extractors.numbers import amount_in_words
from extractors.numbers.errors import NumberError

LONG_TERM: Literal["long-term"] = "long-term"
_LONGEST = 64
_DASHES = re.compile("[–—―−~～〜‐‑﹣－]+|--+")
_TWINS = str.maketrans("OoQDIl|ZzSsB口曰", "000011122558日日")
_HAN = "零〇○一二三四五六七八九十廿卅壹贰叁肆伍陆柒捌玖拾"
_HAN_DIGITS = {form: str(i) for forms in ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", "○") for i, form in enumerate(forms)}
_CLOCK = re.compile("(?:(?<=[0-9]{2})|(?<=日)|[T ])[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?|(?<= )[0-9]:[0-9]{2}(?::[0-9]{2})?")
_YEAR, _ONE, _TWO = "(?:1[89]|2[01])[0-9]{2}", "[0-9]{1,2}", "[0-9]{2}"
_DAY = rf"{_YEAR}年{_ONE}月{_ONE}[日号]|{_YEAR}-{_ONE}-{_ONE}|{_YEAR}[./,·]{_ONE}[./,·]{_ONE}|{_YEAR}{_TWO}{_TWO}"
_MONTH = rf"{_YEAR}年{_ONE}月份?|{_YEAR}[-./]{_ONE}|{_YEAR}{_TWO}"
_QUARTERS = {**dict(zip("1234", ((1, 3), (4, 6), (7, 9), (10, 12)), strict=True)), "上半年": (1, 6), "下半年": (7, 12)}
_OPEN = "(?:长期有效|长期|永久有效|永久|永续|无固定期限|不约定期限|无期限|无限期)"
_TO = "(?:起?[至到/-]+)"
_SPAN = re.compile(
    rf"(?P<start>{_DAY}|{_MONTH}|{_YEAR}年)(?:{_TO}(?P<until>{_DAY}|{_MONTH}|{_YEAR}年度?|{_OPEN}|{_ONE}月份?(?:{_ONE}[日号])?)|"
    rf"起?(?P<glued>{_DAY}|{_OPEN}))"
)
_MONTHS = re.compile(rf"(?P<year>{_YEAR})年(?P<first>{_ONE})-(?P<last>{_ONE})月份?")
_PART = re.compile(rf"(?P<year>{_YEAR})年(?:第?(?P<quarter>[1-4一二三四])季度|(?P<half>[上下]半年))")


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day; None where the paper does not say, LONG_TERM for an end that never comes."""

    start: date | None
    until: date | Literal["long-term"] | None

    @property
    def contract(self) -> tuple[str, str]:
        """Both ends in the contract's form, "" where the paper does not say."""
        return to_contract(self.start), to_contract(self.until)


def parse(text: str) -> date:
    """The day, whatever time of day follows. Raises NumberError: empty, format, date, confusable, ambiguous."""
    narrow = _narrow(text)
    if re.fullmatch(_DAY, narrow):
        return _day(narrow)
    raise _failure(narrow, _DAY)


def parse_partial(text: str) -> str:
    """The day, or the month where no day is printed, in the contract's form. Raises NumberError as `parse`."""
    narrow = _narrow(text)
    if re.fullmatch(_DAY, narrow):
        return _day(narrow).isoformat()
    if re.fullmatch(_MONTH, narrow):
        return f"{_first(narrow):%Y-%m}"
    raise _failure(narrow, f"{_DAY}|{_MONTH}")


def with_marks(text: str) -> str:
    """A date of eight figures from which one of its two dashes was lost, with both; any other text as it is.

    >>> with_marks("202308-10"), with_marks("2023.0810"), with_marks("2023-08-10")
    ('2023-08-10', '2023-08-10', '2023-08-10')
    """
    match = re.fullmatch(r"\s*(\d{4})(?:(\d\d)[-./](\d\d)|[-./](\d\d)(\d\d))\s*", text)
    return text if match is None else "-".join(part for part in match.groups() if part)


def proposal(text: str) -> date | None:
    """The day when letters are the digits they look like; None without such."""
    narrow = _narrow_unchecked(text)
    try:
        return None if narrow.translate(_TWINS) == narrow else parse(narrow.translate(_TWINS))
    except NumberError:
        return None


def parse_period(text: str) -> Period:
    """First and last day; a month, a quarter, a year stand for their days. Raises NumberError as `parse`.

    >>> parse_period("长期").contract, parse_period("至2036年10月20日").contract, parse_period("2024年一季度").contract
    (('', 'long-term'), ('', '2036-10-20'), ('2024-01-01', '2024-03-31'))
    """
    narrow = _narrow(text).strip("()[]:自从由截止;。")
    if re.fullmatch(f"{_TO}?{_OPEN}", narrow):
        return Period(None, LONG_TERM)
    if match := re.fullmatch(f"{_TO}({_DAY})", narrow):
        return Period(None, _day(match[1]))
    if match := re.fullmatch(f"({_DAY}|{_MONTH})(?:起|{_TO}(?:今|年月日|[*]+)?)", narrow):
        return Period(_first(match[1]), None)
    period = _span(narrow) or _calendar_part(narrow)
    if period is None:
        raise _failure(narrow, f"{_SPAN.pattern}|{_OPEN}")
    if isinstance(period.until, date) and period.start is not None and period.until < period.start:
        raise NumberError("date")
    return period


def to_contract(day: date | Literal["long-term"] | None) -> str:
    """The contract's form *date*; "" for None."""
    return "" if day is None else str(day)


def from_contract(value: str) -> date | Literal["long-term"]:
    """The day of a value in the contract's form; of a month, its first. Raises NumberError: format, date.

    >>> from_contract("2036-10-20"), from_contract("2024-03"), from_contract("long-term")
    (datetime.date(2036, 10, 20), datetime.date(2024, 3, 1), 'long-term')
    """
    if value == LONG_TERM:
        return LONG_TERM
    if not re.fullmatch("[0-9]{4}-[0-9]{2}(-[0-9]{2})?", value):
        raise NumberError("format")
    return _date(*(int(part) for part in (value + "-01").split("-")[:3]))


def _narrow_unchecked(text: str) -> str:
    narrow = re.sub(r"\s+", " ", _DASHES.sub("-", unicodedata.normalize("NFKC", text))).strip()
    narrow = _CLOCK.sub("", _CLOCK.sub("", narrow).replace(" ", "")).replace("--", "-")
    narrow = re.sub(f"[{_HAN}]{{4}}(?=年)", lambda m: "".join(_HAN_DIGITS.get(c, c) for c in m.group()), narrow)
    return re.sub(f"[{_HAN}]{{1,3}}(?=[月日号])", _count, narrow)


def _narrow(text: str) -> str:
    narrow = _narrow_unchecked(text)
    if not narrow:
        raise NumberError("empty")
    if len(narrow) > _LONGEST:
        raise NumberError("format")
    return narrow


def _count(match: re.Match[str]) -> str:
    try:
        return str(amount_in_words.integer(match.group()))
    except NumberError:
        return match.group()


def _failure(narrow: str, form: str) -> NumberError:
    if re.fullmatch(form, narrow.translate(_TWINS)):
        return NumberError("confusable")
    unordered = re.fullmatch("[0-9]{2}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?|([0-9]{1,2}[-./]){2}[0-9]{4}", narrow)
    return NumberError("ambiguous" if unordered else "format")


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NumberError("date") from None


def _numbers(printed: str) -> tuple[int, int, int]:
    """Year, month and day; 0 for what is not printed."""
    digits = re.findall("[0-9]+", f"{printed[:4]} {printed[4:]}")
    if len(digits) == 2 and len(digits[1]) == 4:
        digits = [digits[0], digits[1][:2], digits[1][2:]]
    year, month, day, *_ = [*map(int, digits), 0, 0]
    return year, month, day


def _day(printed: str) -> date:
    return _date(*_numbers(printed))


def _first(printed: str) -> date:
    year, month, day = _numbers(printed)
    whole_year = re.fullmatch(f"{_YEAR}年度?", printed)
    return _date(year, 1 if whole_year else month, day if re.fullmatch(_DAY, printed) else 1)


def _last(printed: str) -> date:
    if re.fullmatch(_DAY, printed):
        return _day(printed)
    first = _first(printed)
    month = 12 if re.fullmatch(f"{_YEAR}年度?", printed) else first.month
    return date(first.year, month, monthrange(first.year, month)[1])


def _span(narrow: str) -> Period | None:
    if match := _MONTHS.fullmatch(narrow):
        return Period(_first(f"{match['year']}年{match['first']}月"), _last(f"{match['year']}年{match['last']}月"))
    if (match := _SPAN.fullmatch(narrow)) is None:
        return None
    start, until = match["start"], match["until"] or match["glued"]
    if re.fullmatch(_OPEN, until):
        return Period(_first(start), LONG_TERM)
    if re.fullmatch(f"{_ONE}月.*", until):
        until = start[:4] + "年" + until
    return Period(_first(start), _last(until))


def _calendar_part(narrow: str) -> Period | None:
    if match := _PART.fullmatch(narrow):
        quarter = str("一二三四".find(match["quarter"]) + 1 or match["quarter"]) if match["quarter"] else match["half"]
        first, last = _QUARTERS[quarter]
        return Period(_first(f"{match['year']}年{first}月"), _last(f"{match['year']}年{last}月"))
    if re.fullmatch(f"{_MONTH}|{_YEAR}年度?", narrow):
        return Period(_first(narrow), _last(narrow))
    return None
