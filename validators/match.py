"""Comparing what two papers say of one thing, without taking a slip of the reader for a contradiction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from rapidfuzz.distance import Levenshtein

from extractors.model import SURE, Field
from extractors.numbers import resident_id, text
from validators.amounts import SURE_AGAINST_SUM, digits_alike

Likeness = Literal["same", "confusable", "unclear", "different"]
Judgement = Literal["same", "doubtful", "different", "unknown"]
MASKS = "*＊×✱"
_LEGAL_FORMS = ("公司", "厂", "店", "行", "部", "中心", "合作社", "事务所", "工作室", "企业", "集团")


def masked_same(a: str, b: str) -> bool:
    """Whether two texts agree where neither is masked (`张*`, `500103********123X`); False where none is masked.

    >>> masked_same("张*", "张伟"), masked_same("*伟", "张玮"), masked_same("张伟", "张伟"), masked_same("**", "张伟")
    (True, False, False, False)
    """
    pairs = list(zip(a, b, strict=False))
    shown = [(x, y) for x, y in pairs if x not in MASKS and y not in MASKS]
    return len(a) == len(b) and 0 < len(shown) < len(pairs) and all(x == y for x, y in shown)


def names_alike(a: str, b: str) -> Likeness:
    """How two names of persons compare; a masked character agrees with any.

    >>> names_alike("迪丽热巴", "迪丽热巴·迪力木拉提"), names_alike("张伟", "张伟伟")
    ('confusable', 'different')
    """
    left, right = text.person(a), text.person(b)
    likeness: Likeness = "same" if masked_same(left, right) else text.same(left, right)
    parts = {left.partition("·")[0], right.partition("·")[0]}
    # Of a long name in two parts a narrow line shows the first.
    cut = len(parts) == 1 and ("·" in left) != ("·" in right)
    return "confusable" if likeness == "different" and cut else likeness


def compare(a: Field | None, b: Field | None, how: Callable[[str, str], Likeness] = names_alike) -> Judgement:
    """What may be claimed of two readings.

    `different` only where both were surely read and no confusable character explains it; `doubtful` where a person
    must look; `unknown` where one of them was not read.
    """
    if a is None or b is None or not isinstance(a.value, str) or not isinstance(b.value, str):
        return "unknown"
    if not a.value or not b.value:
        return "unknown"
    likeness = how(a.value, b.value)
    if likeness == "same":
        return "same"
    if likeness != "different" or min(a.confidence, b.confidence) < SURE:
        return "doubtful"
    if b.value in (a.proposal,) or a.value in (b.proposal,):
        return "doubtful"
    return "different"


def numbers_alike(a: str, b: str) -> Likeness:
    """How two id numbers compare: `confusable` where one of them fails its check and a digit lost or taken for its look-alike
    explains it. Two numbers that both check are two numbers.

    >>> numbers_alike("110105198803151232", "110105198803151282"), numbers_alike("110105198803151232", "11010519880315123")
    ('confusable', 'confusable')
    >>> numbers_alike("110105198803151232", "110105199005201228"), numbers_alike("110105********1232", "110105198803151232")
    ('different', 'same')
    """
    likeness = names_alike(a, b)
    if likeness != "different" or (resident_id.is_valid(a) and resident_id.is_valid(b)):
        return likeness
    if len(a) == len(b):
        apart = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        return "confusable" if len(apart) == 1 and digits_alike(*apart[0]) else "different"
    return "confusable" if abs(len(a) - len(b)) == 1 and Levenshtein.distance(a, b) == 1 else "different"


def companies_alike(a: str, b: str) -> Likeness:
    """How two names of companies compare: `confusable` also where one is a piece of the other that is no whole name.

    >>> companies_alike("重庆示例", "重庆示例科技有限公司"), companies_alike("重庆示例科技有限公司渝北分公司", "重庆示例科技有限公司")
    ('confusable', 'different')
    """
    likeness = text.company_same(a, b)
    short, long = sorted((text.company(a), text.company(b)), key=len)
    piece = len(short) >= 2 and short in long and not short.endswith(_LEGAL_FORMS)
    return "confusable" if likeness == "different" and piece else likeness


def compare_companies(a: Field | None, b: Field | None) -> Judgement:
    """`compare` for names of companies: long ones that differ in one character only must be read very surely to be two."""
    judgement = compare(a, b, companies_alike)
    if judgement != "different" or a is None or b is None or Levenshtein.distance(text.company(a.text), text.company(b.text)) > 1:
        return judgement
    pictures = [field.confidence for field in (a, b) if field.source == "ocr"]
    return "doubtful" if min(pictures, default=1.0) < SURE_AGAINST_SUM else "different"


def near_names(a: str, b: str) -> bool:
    """Whether two names differ in one character only, so that one person may be meant.

    >>> near_names("张伟", "张玮"), near_names("张伟", "王芳"), near_names("张伟", "张伟伟"), near_names("张", "王")
    (True, False, True, False)
    """
    left, right = text.person(a), text.person(b)
    return min(len(left), len(right)) >= 2 and Levenshtein.distance(left, right) == 1


def near_numbers(a: str, b: str) -> bool:
    """Whether two id numbers differ in one or two places only.

    >>> near_numbers("11010519491231002X", "110105194912310021"), near_numbers("11010519491231002X", "1101")
    (True, False)
    """
    return len(a) == len(b) and 0 < sum(x != y for x, y in zip(a, b, strict=True)) <= 2
