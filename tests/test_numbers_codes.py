"""Unified social credit codes and registration numbers against the standard's example and python-stdnum."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_11_10

from extractors.numbers import registration_number, uscc
from extractors.numbers.errors import NumberError


@st.composite
def codes(draw: st.DrawFn) -> str:
    character = st.sampled_from(uscc.ALPHABET)
    organisation = "".join(draw(st.lists(character, min_size=8, max_size=8)))
    place = f"{draw(st.integers(110000, 659999))}"
    body = draw(st.sampled_from(("91", "92", "93", "52"))) + place + organisation
    body += uscc.calc_organisation_check(organisation)
    return body + uscc.calc_check_character(body)


@st.composite
def registrations(draw: st.DrawFn) -> str:
    body = f"{draw(st.integers(10**13, 10**14 - 1))}"
    return body + registration_number.calc_check_digit(body)


@given(st.text() | st.text(uscc.ALPHABET + "IOZSV -.", max_size=20))
def test_any_text_gives_a_result_or_a_number_error(text: str) -> None:
    for function in (uscc.validate, uscc.organisation_code_valid, uscc.region, registration_number.validate):
        try:
            function(text)
        except NumberError as error:
            assert str(error) == error.code
    assert isinstance(uscc.proposals(text) + registration_number.proposals(text), tuple)


@given(codes())
def test_valid_codes(code: str) -> None:
    assert uscc.validate(f"{code[:4]} {code[4:].lower()}") == code
    assert uscc.organisation_code_valid(code)
    assert uscc.proposals(code) == ()
    assert stdnum_uscc.is_valid(code)


@given(codes(), st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_every_single_wrong_character_is_detected(code: str, at: int, character: str) -> None:
    wrong = code[:at] + character + code[at + 1 :]
    assert uscc.is_valid(wrong) == stdnum_uscc.is_valid(wrong) == (wrong == code)


@given(codes(), st.data())
def test_a_letter_outside_the_alphabet_is_repaired(code: str, data: st.DataObject) -> None:
    letters = {"0": "O", "1": "I", "2": "Z", "5": "S"}
    places = [n for n, character in enumerate(code) if character in letters]
    assume(places)
    at = data.draw(st.sampled_from(places))
    assert code in uscc.proposals(code[:at] + letters[code[at]] + code[at + 1 :])


@given(st.text(uscc.ALPHABET, min_size=17, max_size=17))
def test_the_check_character_is_that_of_python_stdnum(body: str) -> None:
    assert uscc.calc_check_character(body) == stdnum_uscc.calc_check_digit(body)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("91350100M000100Y4", "length"),
        ("91350100M000100Y4Z", "format"),
        ("9135O100M000100Y43", "format"),
        ("91350100M000100Y40", "checksum"),
        ("91350100M000100Y4\u0663", "format"),
    ],
)
def test_failures(text: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        uscc.validate(text)
    assert caught.value.code == code


def test_the_inner_check_is_a_second_one() -> None:
    body = "91350100M000100Y5"  # the organisation code ends in 4
    code = body + uscc.calc_check_character(body)
    assert uscc.is_valid(code) and not uscc.organisation_code_valid(code)


@given(registrations())
def test_valid_registrations(number: str) -> None:
    assert registration_number.validate(number) == number
    assert mod_11_10.is_valid(number)


@given(registrations(), st.integers(0, 14), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_of_a_registration_is_detected(number: str, at: int, digit: str) -> None:
    wrong = number[:at] + digit + number[at + 1 :]
    assert registration_number.is_valid(wrong) == (wrong == number)
