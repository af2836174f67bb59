"""Dates and periods: every usual way to print a day is read, and what leaves a guess is refused."""

from __future__ import annotations

from datetime import date

import cn2an  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numbers.dates import Period, from_contract, parse, parse_partial, parse_period, proposal, to_contract
from extractors.numbers.errors import NumberError

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")
PRINTED = st.text("0123456789年月日至-—./自止长期 OI:十二〇", max_size=30)


@given(st.text() | PRINTED)
def test_any_text_gives_a_result_or_a_number_error(text: str) -> None:
    for function in (parse, parse_partial, parse_period, from_contract):
        try:
            function(text)
        except NumberError as error:
            assert str(error) == error.code
    proposal(text)


@given(DAYS)
def test_every_way_to_print_a_day(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    han = f"{str(y).translate(HAN)}年{cn2an.an2cn(m)}月{cn2an.an2cn(d)}日"
    for printed in (
        f"{y}年{m}月{d}日",
        f"{y} 年 {m:02d} 月 {d:02d} 日",
        f"{y}.{m:02d}.{d:02d}",
        f"{y}-{m}-{d}",
        f"{y}/{m:02d}/{d}",
        f"{y}{m:02d}{d:02d}",
        f"{y}-{m:02d}-{d:02d} 12:33:00",
        f"{y}-{m:02d}-{d:02d}09:33",
        f"{y}-{m:02d}-{d:02d}T09:33:21.123",
        f"{y}年{m}月{d}日 9:05",
        han,
        han.replace("〇", "零"),
    ):
        assert parse(printed) == day, printed
        assert parse_partial(printed) == to_contract(day)
    assert from_contract(to_contract(day)) == day
    assert parse_partial(f"{y}年{m}月") == parse_partial(f"{y}-{m}") == parse_partial(f"{y}{m:02d}") == f"{y}-{m:02d}"


@given(DAYS, DAYS)
def test_every_way_to_print_a_period(a: date, b: date) -> None:
    start, until = sorted((a, b))
    for form in ("%Y年%m月%d日", "%Y.%m.%d", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"):
        for between in ("至", "-", "—", " ~ ", "到", "－", "——", " "):
            printed = f"{start.strftime(form)}{between}{until.strftime(form)}"
            assert parse_period(printed) == Period(start, until), printed
        assert parse_period(f"自{start.strftime(form)}起至{until.strftime(form)}止") == Period(start, until)
        for ever in ("长期", "永久", "长期有效", "/长期", "至长期", "-长期", "无固定期限"):
            assert parse_period(f"{start.strftime(form)}{ever}") == Period(start, "long-term")
        if start != until:
            with pytest.raises(NumberError):
                parse_period(f"{until.strftime(form)}至{start.strftime(form)}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年1月至2024年12月", ("2024-01-01", "2024-12-31")),
        ("2024年1月—2024年2月", ("2024-01-01", "2024-02-29")),
        ("2024年1月至12月", ("2024-01-01", "2024-12-31")),
        ("2024年1-6月", ("2024-01-01", "2024-06-30")),
        ("2024年1-6月份", ("2024-01-01", "2024-06-30")),
        ("2024年1月1日至12月31日", ("2024-01-01", "2024-12-31")),
        ("202401-202412", ("2024-01-01", "2024-12-31")),
        ("2024.01-2024.12", ("2024-01-01", "2024-12-31")),
        ("2024-01-2024-12", ("2024-01-01", "2024-12-31")),
        ("2024-01至2024-12", ("2024-01-01", "2024-12-31")),
        ("2023年2月", ("2023-02-01", "2023-02-28")),
        ("2024年度", ("2024-01-01", "2024-12-31")),
        ("2024年", ("2024-01-01", "2024-12-31")),
        ("2023年至2024年", ("2023-01-01", "2024-12-31")),
        ("2024年第3季度", ("2024-07-01", "2024-09-30")),
        ("2024年四季度", ("2024-10-01", "2024-12-31")),
        ("2024年上半年", ("2024-01-01", "2024-06-30")),
        ("二〇二四年一月至二〇二四年十二月", ("2024-01-01", "2024-12-31")),
        ("（2024年1月1日至2024年12月31日）", ("2024-01-01", "2024-12-31")),
        ("2006.08.122026.08.12", ("2006-08-12", "2026-08-12")),
        ("2010-05-06至 永久", ("2010-05-06", "long-term")),
        ("2020年1月1日起长期有效", ("2020-01-01", "long-term")),
        ("2020年1月1日至", ("2020-01-01", "")),
        ("自2020年1月1日起", ("2020-01-01", "")),
        ("2018年3月至今", ("2018-03-01", "")),
        ("至2036年10月20日止", ("", "2036-10-20")),
        ("/长期", ("", "long-term")),
        ("2010年05月06日至 年 月 日", ("2010-05-06", "")),
        ("截至2024年12月31日", ("", "2024-12-31")),
        ("2024-01-01 00:00:00 - 2024-12-31 23:59:59", ("2024-01-01", "2024-12-31")),
        ("2024年01月01日00:00:00至2024年12月31日23:59:59", ("2024-01-01", "2024-12-31")),
    ],
)
def test_periods(text: str, expected: tuple[str, str]) -> None:
    assert parse_period(text).contract == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("2024年2月30日", "date"),
        ("2024年13月1日", "date"),
        ("2023-02-29", "date"),
        ("2024年0月5日", "date"),
        ("24年3月5日", "ambiguous"),
        ("24.3.5", "ambiguous"),
        ("03/05/2024", "ambiguous"),
        ("2O24年3月5日", "confusable"),
        ("2024年3月l5日", "confusable"),
        ("2024年3月5口", "confusable"),
        ("2024年3月5", "format"),
        ("2024年3月", "format"),
        ("2024.1-12", "format"),
        ("20243月5日", "format"),
        ("长期", "format"),
        ("2024", "format"),
        ("1024年3月5日", "format"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["", "2024年3月5日", "2024", "/", "2024年13月至14月", "2O24.01.01-2024.02.01", "2024年五季度"])
def test_periods_refused(text: str) -> None:
    with pytest.raises(NumberError):
        parse_period(text)


def test_a_look_alike_is_proposed() -> None:
    assert proposal("2O24年3月5日") == date(2024, 3, 5)
    assert proposal("2024年3月5日") is None
