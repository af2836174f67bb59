"""Amounts in words: what is written is read back, cn2an agrees, and people's own spellings are read or refused."""

from __future__ import annotations

import cn2an  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.numbers.amount_in_words import integer, parse, proposal, to_words
from extractors.numbers.errors import NumberError

FEN = st.integers(0, 10**15) | st.integers(0, 10**9) | st.integers(0, 10**5).map(lambda yuan: yuan * 100000)
PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
OTHER = str.maketrans("贰叁陆万亿元整拾", "貮叄陸萬億圆正十")


@given(st.text() | st.text("壹贰叁伍零拾佰仟万亿元角分整负廿一五十百千两", max_size=20))
def test_any_text_gives_a_result_or_a_number_error(text: str) -> None:
    for function in (parse, integer):
        try:
            assert isinstance(function(text), int)
        except NumberError as error:
            assert str(error) == error.code
    proposal(text)


@given(FEN)
def test_what_is_written_is_read_back(fen: int) -> None:
    words = to_words(fen)
    assert parse(words) == fen
    assert parse("人民币（大写）：" + words) == fen
    assert parse(words.translate(PLAIN)) == fen
    assert parse(words.translate(OTHER)) == fen
    if fen:
        assert parse(to_words(-fen)) == -fen


@given(FEN)
def test_gaps_may_be_left_unmarked(fen: int) -> None:
    words = to_words(fen)
    inner = words[0] + words[1:].replace("零", "")
    try:
        assert parse(inner) == fen
    except NumberError as error:
        assert error.code == "ambiguous"  # 壹万伍元 could be 壹万伍仟元


@given(st.integers(0, 10**12))
def test_cn2an_agrees_on_whole_numbers(number: int) -> None:
    assert integer(cn2an.an2cn(number, "up")) == number
    assert integer(cn2an.an2cn(number, "low")) == number


@given(st.integers(0, 10**11))
def test_cn2an_agrees_on_amounts(fen: int) -> None:
    written = cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")
    assert parse(written) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("壹万伍仟元整", 1500000),
        ("人民币：壹萬伍仟圓正", 1500000),
        ("￥壹万伍仟园整", 1500000),
        ("(大写)人民币 壹 万 伍 仟 元 整", 1500000),
        ("（人民币大写：壹万伍仟元整）", 1500000),
        ("一万五千元整", 1500000),
        ("壹拾伍万元整", 15000000),
        ("拾伍万元", 15000000),
        ("壹万零伍佰元整", 1050000),
        ("壹万伍佰元整", 1050000),
        ("零壹万伍仟零佰零拾零元零角零分", 1500000),
        ("⊗拾⊗万捌仟⊗佰⊗拾⊗元整", 800000),
        ("廿伍万元整", 25000000),
        ("伍角", 50),
        ("壹元零伍分", 105),
        ("壹仟零壹拾元零伍分", 101005),
        ("两万元整", 2000000),
        ("壹亿贰仟万元整", 12000000000),
        ("壹万伍仟整", 1500000),
        ("负叁佰元整", -30000),
        ("二〇〇元", None),
        ("叁佰伍百元", None),
        ("壹万伍仟", None),
        ("伍仟壹万亿", None),
        ("万元整", None),
        ("整", None),
        ("元整", None),
        ("壹万伍元整", None),
        ("一百五元", None),
        ("壹角贰角", None),
        ("15000元", None),
        ("壹万伍仟元整贰佰", None),
    ],
)
def test_spellings(text: str, fen: int | None) -> None:
    if fen is not None:
        assert parse(text) == fen
        return
    with pytest.raises(NumberError):
        parse(text)


def test_look_alikes_are_proposed_and_never_read() -> None:
    with pytest.raises(NumberError) as caught:
        parse("壶万伍仟元整")
    assert caught.value.code == "confusable"
    assert proposal("壶万伍仟元整") == 1500000


def test_beyond_all_sense() -> None:
    for write in (10**16, -(10**16)):
        with pytest.raises(NumberError):
            to_words(write)
