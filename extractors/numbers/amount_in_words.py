"""Amounts in capital numerals 大写金额 (支付结算办法, annex 1), as integer fen.

壹贰叁肆伍陆柒捌玖 with 拾佰仟 inside groups of four, 万 and 亿 between the groups, 元 (圆) and then 角 and 分,
整 (正) where there is no 分. 零 stands for a gap, or is left out. Forms with printed places write 零佰零拾; people also
use plain numerals, variant and traditional characters. What is read here is the whole amount or nothing: without 元
or 整 the end may be missing.

>>> parse("人民币壹万伍仟元整"), parse("壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"), parse("叁拾万零伍圆零壹分")
(1500000, 123456789, 30000501)
>>> parse("⊗万伍仟零佰零拾零元零角零分"), parse("一万五千元"), parse("負貳億圓正")
(500000, 1500000, -20000000000)
>>> parse("壹万伍仟")
Traceback (most recent call last):
extractors.numbers.errors.NumberError: format
>>> to_words(1500000), to_words(10700053), to_words(100000100), to_words(0)
('壹万伍仟元整', '壹拾万零柒仟元伍角叁分', '壹佰万零壹元整', '零元整')
"""

from __future__ import annotations

import re
import unicodedata

from extractors.numbers.errors import NumberError

_DIGITS = ("零〇○⊗×", "壹一弌", "贰二貳貮弍两", "叁三叄參参弎", "肆四", "伍五", "陆六陸", "柒七", "捌八", "玖九")
_FORMS = {form: digit for digit, forms in enumerate(_DIGITS) for form in forms}
_PLACES = {**dict.fromkeys("拾十", 10), **dict.fromkeys("佰百", 100), **dict.fromkeys("仟千", 1000)}
_TENS = {"廿": 2, "卄": 2, "卅": 3, "卌": 4}
_VARIANTS = str.maketrans({"萬": "万", "億": "亿", "圆": "元", "圓": "元", "園": "元", "园": "元", "正": "整", "毛": "角"})
_TWINS = str.maketrans("壶壸壷武肄律陈隆染柴别拐致玫抬恰伯倌任什阡方力刀员圜", "壹壹壹贰肆肆陆陆柒柒捌捌玖玖拾拾佰佰仟仟仟万万万元元")
_PREFIX = re.compile("^(?::|大写|金额|人民币|RMB|CNY|¥|合计|共计|计)+")
_NUMERAL = "".join(_FORMS) + "".join(_PLACES) + "".join(_TENS) + "万亿"
_AMOUNT = re.compile(
    rf"(?P<sign>[负負])?(?:(?P<yuan>[{_NUMERAL}]+)元)?(?:(?P<jiao>[{''.join(_FORMS)}]{{1,2}})角)?"
    rf"(?:(?P<fen>[{''.join(_FORMS)}]{{1,2}})分)?(?P<end>整)?"
)
_MOST_YUAN = 10**14
_LONGEST = 80


def compact(text: str) -> str:
    """The amount without prefix, spaces and punctuation, with one form of 万, 亿, 元, 整 and 角.

    >>> compact("大写：人民币 壹萬伍仟圓正")
    '壹万伍仟元整'
    """
    narrow = re.sub(r"\s|[,，。.、_()\[\]【】]", "", unicodedata.normalize("NFKC", text)).upper()
    return _PREFIX.sub("", narrow).translate(_VARIANTS)


def parse(text: str) -> int:
    """The amount in fen. Raises NumberError: empty, format, confusable (see `proposal`), ambiguous, range."""
    words = compact(text)
    if not words:
        raise NumberError("empty")
    try:
        return _amount(words)
    except NumberError:
        if proposal(text) is not None:
            raise NumberError("confusable") from None
        raise


def proposal(text: str) -> int | None:
    """The amount when characters that are no numerals are taken for the numerals they look like; None without such.

    >>> proposal("壶万伍任元整"), proposal("壹万伍仟元整"), proposal("壹万元五千")
    (1500000, None, None)
    """
    words = compact(text)
    twin = words.translate(_TWINS)
    if twin == words:
        return None
    try:
        return _amount(twin)
    except NumberError:
        return None


def integer(text: str) -> int:
    """A whole number in Chinese numerals, capital or plain. Raises NumberError: empty, format, ambiguous, range.

    >>> integer("叁佰"), integer("壹仟陆佰万"), integer("十二"), integer("廿五"), integer("二百万亿")
    (300, 16000000, 12, 25, 200000000000000)
    """
    words = unicodedata.normalize("NFKC", text).translate(_VARIANTS)
    if not words:
        raise NumberError("empty")
    if len(words) > _LONGEST:
        raise NumberError("range")
    if any(character not in _NUMERAL for character in words):
        raise NumberError("format")
    return _grouped(words, "亿")


def _amount(words: str) -> int:
    match = _AMOUNT.fullmatch(words) if len(words) <= _LONGEST else None
    if match is None:
        bare = re.fullmatch(rf"([负負])?([{_NUMERAL}]+)整", words) if len(words) <= _LONGEST else None
        if bare is None:
            raise NumberError("format")
        yuan, jiao, fen, negative = integer(bare[2]), 0, 0, bare[1]
    else:
        if not (match["yuan"] or match["jiao"] or match["fen"]):
            raise NumberError("format")
        yuan = integer(match["yuan"]) if match["yuan"] else 0
        jiao, fen, negative = _cents(match["jiao"]), _cents(match["fen"]), match["sign"]
    if yuan > _MOST_YUAN:
        raise NumberError("range")
    amount = yuan * 100 + jiao * 10 + fen
    return -amount if negative else amount


def _cents(words: str | None) -> int:
    if not words:
        return 0
    if len(words) == 2 and _FORMS[words[0]] != 0:
        raise NumberError("format")
    return _FORMS[words[-1]]


def _grouped(words: str, unit: str) -> int:
    """Splits at the last 亿, then at the last 万: what stands before it is counted in it."""
    head, found, tail = words.rpartition(unit)
    below = {"亿": "万", "万": ""}[unit]
    rest = (_grouped(tail, below) if below else _group(tail)) if tail else 0
    if not found:
        return rest
    size = 10**8 if unit == "亿" else 10**4
    if not head or unit in head or rest >= size:
        raise NumberError("format")
    if tail and rest and rest < 10 and len(tail) == 1:
        raise NumberError("ambiguous")  # 三万五 is said for 35,000
    return (_grouped(head, below) if below else _group(head)) * size + rest


def _group(words: str) -> int:
    """A number below ten thousand: digits with falling places; 零 fills gaps or stands before a place (零佰)."""
    total, digit, last = 0, None, 10**4
    for character in words:
        if character in _FORMS:
            if digit:
                raise NumberError("format")
            digit = _FORMS[character]
            continue
        place = 10 if character in _TENS else _PLACES.get(character)
        if place is None or place >= last or (character in _TENS and digit):
            raise NumberError("format")
        if digit is None and character not in _TENS and (place != 10 or total):
            raise NumberError("format")
        total += place * (_TENS.get(character) or (1 if digit is None else digit))
        digit, last = None, place
    if digit and last > 10 and last < 10**4 and words[-2] in _PLACES:
        raise NumberError("ambiguous")  # 一百五 is said for 150
    return total + (digit or 0)


def to_words(fen: int) -> str:
    """The amount in capital numerals, without 人民币. Raises NumberError: range."""
    if abs(fen) >= _MOST_YUAN * 100:
        raise NumberError("range")
    yuan, cents = divmod(abs(fen), 100)
    words = _yuan_words(yuan) + "元" if yuan or not cents else ""
    jiao, odd = divmod(cents, 10)
    if jiao:
        words += "壹贰叁肆伍陆柒捌玖"[jiao - 1] + "角"
    elif odd and yuan:
        words += "零"
    words += "壹贰叁肆伍陆柒捌玖"[odd - 1] + "分" if odd else "整"
    return ("负" if fen < 0 else "") + words


def _yuan_words(number: int) -> str:
    digits = str(number)
    words, gap = "", False
    for position, digit in enumerate(digits):
        power = len(digits) - 1 - position
        if digit == "0":
            gap = True
        else:
            words += ("零" if gap and words else "") + "零壹贰叁肆伍陆柒捌玖"[int(digit)] + ("", "拾", "佰", "仟")[power % 4]
            gap = False
        if power % 4 == 0 and power and int(digits[max(0, position - 3) : position + 1]):
            words += {4: "万", 8: "亿", 12: "万"}[power]
        elif power == 8 and words:
            words += "亿"
    return words or "零"
