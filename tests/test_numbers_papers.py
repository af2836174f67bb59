"""Numbers without a standard check: certificates of property and marriage, accounts, telephones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from extractors.numbers import account, marriage_number, phone, property_number
from extractors.numbers.errors import NumberError

PRINTED = st.text("0123456789渝京沪()（）〔〕-第号字不动产权证明房地结离JLBGF* ×+转", max_size=32)
FUNCTIONS: list[Callable[[str], object]] = [
    property_number.validate,
    property_number.validate_unit,
    marriage_number.validate,
    marriage_number.region_known,
    account.validate,
    account.kind,
    phone.validate,
    phone.kind,
]


@given(st.text() | PRINTED)
def test_any_text_gives_a_result_or_a_number_error(text: str) -> None:
    for function in FUNCTIONS:
        try:
            function(text)
        except NumberError as error:
            assert str(error) == error.code
    account.mask(text), account.is_masked(text), account.same(text, text)
    account.proposals(text), property_number.unit_proposals(text)


@given(st.text() | PRINTED)
def test_what_is_valid_stays_valid(text: str) -> None:
    for function in (*FUNCTIONS[:3], account.validate, phone.validate):
        try:
            once = function(text)
        except NumberError:
            continue
        assert function(str(once)) == once


@pytest.mark.parametrize(
    ("text", "kind", "place", "year"),
    [
        ("渝(2019)渝北区不动产权第000123456号", "certificate", "渝北区", 2019),
        ("渝 （2019） 渝北区 不动产权 第 000123456 号", "certificate", "渝北区", 2019),
        ("京（2016）朝阳区不动产权第0012345号", "certificate", "朝阳区", 2016),
        ("川〔2021〕成都市不动产权第0123456号", "certificate", "成都市", 2021),
        ("粤(2018)广州市不动产权第02200123号", "certificate", "广州市", 2018),
        ("渝(2020)江北区不动产证明第000012345号", "proof", "江北区", 2020),
        ("渝房地证2008字第123456号", "former_certificate", "渝", 2008),
        ("106房地证2011字第12345号", "former_certificate", "106", 2011),
        ("X京房权证朝字第123456号", "former_certificate", "X京", None),
        ("京房权证朝私06字第123456号", "former_certificate", "京", None),
        ("沪房地浦字(2008)第012345号", "former_certificate", "沪", 2008),
        ("粤房地权证穗字第0150012345号", "former_certificate", "粤", None),
        ("粤房地证字第C1234567号", "former_certificate", "粤", None),
        ("成房权证监证字第1234567号", "former_certificate", "成", None),
        ("深房地字第3000123456号", "former_certificate", "深", None),
        ("渝国用(2008)第123号", "land_certificate", "渝", 2008),
    ],
)
def test_certificates(text: str, kind: str, place: str, year: int | None) -> None:
    found = property_number.parts(text)
    assert (found.kind, found.place, found.year) == (kind, place, year)


@pytest.mark.parametrize(
    "text", ["", "渝(2019)渝北区不动产权第号", "不动产权证书", "渝(2019)不动产权", "0123456789", "第123号", "重庆房地产2020"]
)
def test_no_certificates(text: str) -> None:
    assert not property_number.is_valid(text)


def test_units() -> None:
    unit = "500112005003GB00123F00010023"
    assert property_number.validate_unit("500112 005003 GB00123 F00010023") == unit
    assert property_number.validate_unit("500112005003GB00123W00000000")
    for wrong in (unit[:-1], unit.replace("GB", "G8"), unit.replace("F", "X"), unit.replace("F", "W"), "O" + unit[1:]):
        assert not property_number.is_valid_unit(wrong)
    assert property_number.unit_proposals("5OO112005003GB00123F00010023") == (unit,)
    assert unit in property_number.unit_proposals("500112005003GB00123F0001OO23")


@pytest.mark.parametrize(
    ("text", "kind", "year"),
    [
        ("J110101-2017-000123", "marriage", 2017),
        ("Ｊ110101－2017－000123", "marriage", 2017),
        ("L500106-2019-001234", "divorce", 2019),
        ("BJ500106-2019-001234", "marriage", 2019),
        ("渝沙结字第010500123号", "marriage", None),
        ("(1998)沙结字第123号", "marriage", 1998),
        ("渝北结字[2003]第1234号", "marriage", None),
        ("渝沙离字第010500123号", "divorce", None),
        ("京海结字010101234", "marriage", None),
    ],
)
def test_marriages(text: str, kind: str, year: int | None) -> None:
    found = marriage_number.parts(text)
    assert (found.kind, found.year) == (kind, year)


@pytest.mark.parametrize("text", ["", "J110101-2017", "J11010-2017-000123", "K110101-2017-000123", "结婚证", "500103198803151234"])
def test_no_marriages(text: str) -> None:
    assert not marriage_number.is_valid(text)


def test_the_registry_of_a_marriage() -> None:
    assert marriage_number.region_known("J500112-2017-000123")
    assert not marriage_number.region_known("J999999-2017-000123")


@given(st.integers(10**13, 10**16 - 1), st.integers(0, 18), st.sampled_from("0123456789"))
def test_cards_are_checked_by_luhn_as_python_stdnum_does(tail: int, at: int, digit: str) -> None:
    body = f"62{tail}"
    card = body + luhn.calc_check_digit(body)
    assert account.validate(card) == card and account.kind(card) == "card"
    at %= len(card)
    wrong = card[:at] + digit + card[at + 1 :]
    assert account.luhn(wrong) == luhn.is_valid(wrong)
    if at > 1:
        assert account.is_valid(wrong) == (wrong == card)


@pytest.mark.parametrize("text", ["310012345678901", "5000 1234 5678 9012 3456", "3100 0288 0920 0123 45", "6222 **** **** 0002"])
def test_accounts(text: str) -> None:
    assert account.is_valid(text)


@pytest.mark.parametrize("text", ["", "1234567", "中国银行", "*" * 16, "1" * 33])
def test_no_accounts(text: str) -> None:
    assert not account.is_valid(text)


def test_masked_accounts_are_compared_by_their_ends() -> None:
    assert account.same("6222********1234", "6222020000001234")
    assert account.same("********1234", "6222********1234")
    assert not account.same("6222********1234", "6222020000001235")
    assert not account.same("6217********1234", "6222020000001234")
    assert not account.same("****", "6222020000001234")
    assert not account.same("6222020000001234", "6222020000001235")


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("13800138000", "mobile", "13800138000"),
        ("138 0013 8000", "mobile", "13800138000"),
        ("+8613800138000", "mobile", "13800138000"),
        ("0086-13800138000", "mobile", "13800138000"),
        ("8613800138000", "mobile", "13800138000"),
        ("023-67891234", "fixed", "023-67891234"),
        ("(023)67891234", "fixed", "023-67891234"),
        ("02367891234", "fixed", "023-67891234"),
        ("010-87654321-801", "fixed", "010-87654321-801"),
        ("0571-87654321转801", "fixed", "0571-87654321-801"),
        ("0816-2345678", "fixed", "0816-2345678"),
        ("+86 23 67891234", "fixed", "023-67891234"),
        ("400-800-8820", "service", "4008008820"),
        ("67891234", "local", "67891234"),
    ],
)
def test_phones(text: str, kind: str, expected: str) -> None:
    assert (phone.kind(text), phone.validate(text)) == (kind, expected)


@pytest.mark.parametrize("text", ["", "12345678901", "1380013800", "138001380000", "电话", "13800138000 13900139000", "110"])
def test_no_phones(text: str) -> None:
    assert not phone.is_valid(text)
