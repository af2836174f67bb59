"""Printed text in its normal form, and whether two texts name the same thing.

The normal form is the contract's form *text*: NFKC, no layout spaces. Comparing has three outcomes, because a reader
of pictures errs in known ways: `same`; `confusable` (they differ only where one character is taken for its twin or a
punctuation mark was lost: a person must look); `different`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from rapidfuzz.distance import Levenshtein

from extractors.numbers.confusables import forms, twins

Likeness = Literal["same", "confusable", "different"]

# Radicals that PDF fonts give for whole characters and NFKC leaves alone (CJK Radicals Supplement).
_RADICALS = str.maketrans(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳", "母民虎西见角贝车长门青页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟"
)
_DOTS = re.compile("[•‧∙⋅・ꞏ⸱]")
_LETTER = "\u00c0-\u024f"
_LAYOUT_SPACE = re.compile(rf"(?<![!-'*-~){_LETTER}]) | (?![!-(*+\-/-9<-~{_LETTER}])")
_LONGEST = 4000  # an alignment takes memory by the square
_HAN_STOP = re.compile(r"(?<=[\u3400-\u9fff])\.(?=[\u3400-\u9fff])")


def normal(text: str) -> str:
    """The contract's form *text*: NFKC, no invisible characters, single spaces between Latin words and no others.

    Brackets, colons and commas become the narrow ones, all middle dots the one of names (U+00B7).

    >>> normal("重庆 示例（集团） 有限公司"), normal(" ABC  Trading Co., Ltd "), normal("阿卜杜拉•买买提")
    ('重庆示例(集团)有限公司', 'ABC Trading Co., Ltd', '阿卜杜拉·买买提')
    """
    visible = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    text = _DOTS.sub("·", unicodedata.normalize("NFKC", visible).translate(_RADICALS))
    text = _LAYOUT_SPACE.sub("", re.sub(r"\s+", " ", text).strip())
    return unicodedata.normalize("NFKC", text)


def person(text: str) -> str:
    """The name of a person: as `normal`, and a full stop between Han characters is the middle dot.

    >>> person("欧 阳　娜"), person("迪丽热巴.迪力木拉提")
    ('欧阳娜', '迪丽热巴·迪力木拉提')
    """
    return _HAN_STOP.sub("·", normal(text))


def _mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PSZ"


def same(a: str, b: str) -> Likeness:
    """How two names or titles compare.

    >>> same("张己（重庆）", "张己(重庆)"), same("王巳", "王已"), same("买买提·艾力", "买买提艾力")
    ('same', 'confusable', 'confusable')
    >>> same("张伟", "张玮"), same("张三", "张三丰")
    ('different', 'different')
    """
    left, right = person(a), person(b)
    if left.upper() == right.upper():
        return "same"
    if max(len(left), len(right)) > _LONGEST:
        return "different"
    replaced = 0
    for step in Levenshtein.editops(left, right):
        if step.tag == "replace":
            one, other = left[step.src_pos], right[step.dest_pos]
            if not (twins(one, other) or (_mark(one) and _mark(other))):
                return "different"
            replaced += not (_mark(one) or forms(one, other))
        elif not _mark(left[step.src_pos] if step.tag == "delete" else right[step.dest_pos]):
            return "different"
    return "confusable" if replaced <= max(1, min(len(left), len(right)) // 3) else "different"


_SEAL_WORDS = re.compile(
    "(?<=[司厂店行社部所院会心])((人力资源|人事行政|人事|行政|财务|综合管理|综合|办公)(部|科|处|中心|室))?"
    "((财务|合同|人事|业务|发票|人力资源|行政|劳动合同|劳资)?专用)?(公?章)?$"
)


def company(text: str) -> str:
    """The name of a company: as `normal`, without the words that a seal adds to it.

    >>> company("重庆示例科技有限公司人力资源部"), company("重庆示例科技有限公司 财务专用章")
    ('重庆示例科技有限公司', '重庆示例科技有限公司')
    """
    return _SEAL_WORDS.sub("", normal(text))


def company_same(a: str, b: str) -> Likeness:
    """How two names of companies compare. 有限责任公司 for 有限公司 is how people write one company: confusable.

    A branch, another legal form (股份有限公司) or any other word makes another company.

    >>> company_same("示例（集团）有限公司", "示例(集团)有限公司"), company_same("示例有限责任公司", "示例有限公司")
    ('same', 'confusable')
    >>> company_same("示例有限公司", "示例股份有限公司"), company_same("示例有限公司", "示例有限公司渝北分公司")
    ('different', 'different')
    """
    left, right = company(a), company(b)
    found = same(left, right)
    if found == "different" and ("有限责任公司" in left) != ("有限责任公司" in right):
        found = same(*(name.replace("有限责任公司", "有限公司") for name in (left, right)))
        return "different" if found == "different" else "confusable"
    return found


def address_same(a: str, b: str) -> Literal["same", "confusable", "unclear", "different"]:
    """How two addresses compare: see `extractors.numbers.address`."""
    from extractors.numbers import address  # it needs the list of divisions, which other texts do not

    return address.address_same(a, b)
