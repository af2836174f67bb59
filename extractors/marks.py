"""What people write across copies: 仅供办理贷款使用, 再次复印无效, 样本."""

from __future__ import annotations

import re

_WATERMARK = re.compile(
    r"仅[供限用]于?.{0,12}(使用|专用|贷款|审核|申请|办理|业务)|不得用(作|于)其|他用无效|复印(件)?无效|再次复印|SPECIMEN"
    r"|^信息披露|信息披露(使用|专用)|^样[本张]$|^电?子营业执照$"
)
_COPY_MARK = re.compile(r"仅[供限用]|[供用]于?办理|他用|无效|复印|扫描件|水印|样[本张]|与原件|贷款|使用|审核")
MOST_BESIDES = 14
"""Characters that may stand on a watermark's line besides its words (whose copy it is, for which bank, the day)."""


def is_watermark(text: str) -> bool:
    """Whether a line is what people write across copies. Long texts such as a scope of business or a letter may hold the like.

    >>> is_watermark("仅供办理贷款 使用"), is_watermark("样本 SPECIMEN"), is_watermark("电信业务（仅限分支机构经营）")
    (True, True, False)
    >>> is_watermark("月均收入为人民币8000元。本证明仅供办理贷款使用")
    False
    """
    plain = re.sub(r"\s", "", text)
    return _WATERMARK.search(plain) is not None and len(_WATERMARK.sub("", plain)) <= MOST_BESIDES


def is_copy_mark(text: str) -> bool:
    """As `is_watermark`, and also pieces of it: for cards, on which none of these words is ever printed.

    >>> is_copy_mark("理贷款使用"), is_copy_mark("重庆市渝北区龙溪街道")
    (True, False)
    """
    return _COPY_MARK.search(text.replace(" ", "")) is not None or is_watermark(text)
