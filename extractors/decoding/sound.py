"""Is a page's text layer what a reader sees? Pure; runs inside the locked child, tested outside.

A text layer that is not surely so is not used: the page is rendered and read by OCR instead. Reasons, for the report:
"no_text", "invisible" (an OCR layer laid under or over a scan), "garbled" (the font's map to Unicode is missing or wrong),
"rotated" (in several directions), "picture" (the page is a picture, the text only a stamp on it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ENOUGH = 60
"""Characters that a page with large pictures must have for its text to be more than a page number or a scanner's mark."""
PICTURE_SHARE = 0.3
"""Share of the page under many small pictures from which the above is asked; a single large one is enough, too."""
ODD_SHARE = 0.08
COMMON_SHARE = 0.6
LATIN_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Layer:
    """What was counted on a page: all characters, those a reader can see, map errors among these, the share of the page that
    pictures cover, and the direction of most characters with their share."""

    characters: int
    visible: NDArray[np.int64]
    unmapped: int
    picture_share: float
    large_picture: bool
    upright_share: float


def why_unsound(layer: Layer) -> str:
    """The reason not to trust the text layer, "" when it is sound."""
    seen = layer.visible
    if layer.characters == 0:
        return "no_text"
    if len(seen) < 0.5 * layer.characters:
        return "invisible"
    if layer.unmapped > ODD_SHARE * len(seen) or is_garbled(seen):
        return "garbled"
    if layer.upright_share < 0.9:
        return "rotated"
    if (layer.large_picture or layer.picture_share >= PICTURE_SHARE) and len(seen) < ENOUGH:
        return "picture"
    return ""


def is_garbled(codes: NDArray[np.int64]) -> bool:
    """Whether these code points cannot be the text of a Chinese paper: private or unassigned ones, foreign scripts, Latin
    letters with marks as of text read in the wrong code page, or ideographs that nobody uses.

    >>> is_garbled(np.array([ord(c) for c in "中国工商银行 借记账户历史明细清单 2024-01-01 余额 100.00"]))
    False
    >>> is_garbled(np.array([ord(c) for c in "ÖÐ¹ú¹¤ÉÌÒøÐÐ ½è¼ÇÕË»§ÀúÊ·Ã÷Ï¸Çåµ¥"]))
    True
    """
    codes = codes[codes > 32]
    if len(codes) == 0:
        return True
    if np.mean(~_expected(codes)) > ODD_SHARE:
        return True
    if np.mean((codes >= 0xC0) & (codes <= 0xFF)) > LATIN_SHARE:
        return True
    han = codes[(codes >= 0x4E00) & (codes <= 0x9FFF)]
    return len(han) >= 20 and float(np.mean([_common(int(c)) for c in han])) < COMMON_SHARE


_EXPECTED: Sequence[tuple[int, int]] = (
    (0x21, 0x7E), (0xA1, 0xFF), (0x100, 0x24F), (0x370, 0x3FF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x22FF),
    (0x2460, 0x25FF), (0x2600, 0x27BF), (0x2E80, 0x2FDF), (0x3000, 0x303F),
    (0x3220, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0xFB00, 0xFB06), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF),
)  # fmt: skip


def _expected(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    result = np.zeros(len(codes), dtype=np.bool_)
    for first, last in _EXPECTED:
        result |= (codes >= first) & (codes <= last)
    return result


def _common(code: int) -> bool:
    """Whether an ideograph is of the first level of GB 2312 or Big5: 7,000 of the 21,000, but nearly all of any real text."""
    try:
        if 0xB0 <= chr(code).encode("gb2312")[0] <= 0xD7:
            return True
    except UnicodeEncodeError:
        pass
    try:
        return 0xA4 <= chr(code).encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False
