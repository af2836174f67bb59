"""Sums in figures: every common way to print one is read, and what has two readings is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numbers.amount_in_words import to_words
from extractors.numbers.errors import NumberError
from extractors.numbers.money import QIAN, WAN, capital, from_contract, parse, proposal, to_contract

FEN = st.integers(-(10**15), 10**15)
PRINTED = st.text("0123456789,.' -−()（）￥¥元万千亿负OlB", max_size=20)


@given(st.text() | PRINTED)
def test_any_text_gives_a_result_or_a_number_error(text: str) -> None:
    for function in (parse, capital, from_contract):
        try:
            function(text)
        except NumberError as error:
            assert str(error) == error.code
    proposal(text)


@given(FEN)
def test_the_contract_form_is_read_back(fen: int) -> None:
    assert from_contract(to_contract(fen)) == parse(to_contract(fen)) == fen


@given(FEN)
def test_every_way_to_print_a_sum(fen: int) -> None:
    plain = f"{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
    assert parse(plain) == parse(f"￥{plain}") == parse(f"RMB {plain}元") == parse(plain.replace(",", "，")) == abs(fen)
    for negative in (
        f"-{plain}",
        f"−{plain}",
        f"({plain})",
        f"（{plain}）",
        f"{plain}-",
        f"负{plain}",
        f"-¥{plain}",
        f"¥-{plain}",
    ):
        assert parse(negative) == -abs(fen)


@given(st.integers(10**5, 10**13))
def test_a_lost_or_moved_separator_never_changes_the_sum(fen: int) -> None:
    """Whatever a reader does to one comma, the sum is read as it was or refused."""
    plain = f"{fen // 100:,}.{fen % 100:02d}"
    at = plain.index(",")
    for wrong in ("", ".", " ", ", ", " ,"):
        try:
            assert parse(plain[:at] + wrong + plain[at + 1 :]) == fen
        except NumberError:
            continue


@given(st.integers(10**5, 10**13), st.integers(0, 15))
def test_a_lost_digit_of_a_grouped_sum_is_noticed_unless_it_leads(fen: int, at: int) -> None:
    plain = f"{fen // 100:,}.{fen % 100:02d}"
    first = plain.index(",") + 1
    at = first + at % (plain.index(".") - first)
    if plain[at] != ",":
        with pytest.raises(NumberError):
            parse(plain[:at] + plain[at + 1 :])


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("15000", 1500000),
        ("15000.5", 1500050),
        ("１５，０００．００", 1500000),
        ("人民币15,000.00元整", 1500000),
        ("CNY15,000.00", 1500000),
        ("Y15,000.00", 1500000),
        ("¥ 15,000.00", 1500000),
        ("15 ,000. 00", 1500000),
        ("1.234.567.00", 123456700),
        ("15.000.00", 1500000),
        ("1'234'567.00", 123456700),
        ("1.5万元", 1500000),
        ("500.0000万元", 500000000),
        ("2千元", 200000),
        ("1亿2,000万元", 12000000000),
        ("3万5000元", 3500000),
        ("0.00", 0),
        ("-", 0),
        ("－－", 0),
        ("——", 0),
        ("-0.00", 0),
        ("+1,234.00", 123400),
        ("***15,000.00", 1500000),
        ("15000.0000", 1500000),
    ],
)
def test_read(text: str, fen: int) -> None:
    assert parse(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("15.000", "ambiguous"),
        ("1,23", "ambiguous"),
        ("12,34.00", "ambiguous"),
        ("1,2345.00", "ambiguous"),
        ("1,234,00", "ambiguous"),
        ("5 234.00", "ambiguous"),
        ("5 1,234.00", "ambiguous"),
        ("12 345", "ambiguous"),
        ("1234.567", "ambiguous"),
        ("3万5", "ambiguous"),
        ("-1,234.00-", "ambiguous"),
        ("1,234.00 5,678.00", "ambiguous"),
        ("15,0O0.00", "confusable"),
        ("l5000.00", "confusable"),
        ("十五", "format"),
        ("USD 100", "format"),
        ("$100.00", "format"),
        ("12.5%", "format"),
        ("货币资金", "format"),
        ("9" * 30, "range"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse(text)
    assert caught.value.code == code


def test_the_unit_of_the_sheet_and_the_unit_of_the_figure() -> None:
    assert parse("12,345.67", QIAN) == 1234567000
    assert parse("12,345.6789", WAN) == 12345678900
    assert parse("500元", WAN) == 50000
    assert parse("2万元", QIAN) == 2000000
    assert parse("-", WAN) == 0


@given(st.integers(1, 10**9))
def test_capital_in_words_and_figures(yuan: int) -> None:
    words = to_words(yuan * 100)
    assert capital(f"人民币{words}") == (yuan * 100, "CNY")
    assert capital(f"{words}（{yuan}元）") == (yuan * 100, "CNY")
    assert capital(f"{yuan:,}元人民币") == (yuan * 100, "CNY")
    with pytest.raises(NumberError):
        capital(f"{words}（{yuan + 1}元）")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("叁佰万元整", (300000000, "CNY")),
        ("人民币5000.0000万元整", (5000000000, "CNY")),
        ("人民币 叁佰万圆整", (300000000, "CNY")),
        ("壹仟陆佰万圆整", (1600000000, "CNY")),
        ("500万元人民币", (500000000, "CNY")),
        ("500万人民币元", (500000000, "CNY")),
        ("(人民币)伍佰万元", (500000000, "CNY")),
        ("100万美元", (100000000, "USD")),
        ("美元壹佰万元整", (100000000, "USD")),
        ("US$1,000,000.00", (100000000, "USD")),
        ("壹仟万港元", (1000000000, "HKD")),
        ("123.456789万元", (123456789, "CNY")),
        ("6.6666667万元", (6666667, "CNY")),
        ("壹亿元整", (10000000000, "CNY")),
        ("壹拾万零伍佰元伍角", (10050050, "CNY")),
        ("50万", (50000000, "CNY")),
        ("1000万元", (1000000000, "CNY")),
        ("￥500,000.00", (50000000, "CNY")),
    ],
)
def test_capital(text: str, expected: tuple[int, str]) -> None:
    assert capital(text) == expected


@pytest.mark.parametrize("text", ["", "无", "万元", "人民币", "100万美元500万元人民币", "1.200万元", "叁佰万元(500万元)"])
def test_capital_refused(text: str) -> None:
    with pytest.raises(NumberError):
        capital(text)
