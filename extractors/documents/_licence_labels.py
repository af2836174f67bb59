"""The labels of licences: which field each names, and the traces that are left of short ones.

名称, 类型 and 住所 are printed as wide as four characters. OCR reads such a pair as two lines, one line, or sees only one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractors.documents._blocks import Form
from extractors.layout import Label
from extractors.model import Box, Line

LABELS: Mapping[str, Sequence[str]] = {
    "uscc": ("统一社会信用代码", "社会信用代码"),
    "registration_number": ("注册号",),
    "name": ("企业名称", "字号名称", "名称"),
    "type": ("公司类型", "企业类型", "主体类型", "经济性质", "类型"),
    "legal_representative": (
        *("法定代表人（负责人）", "法定代表人(负责人)", "法定代表人", "执行事务合伙人", "执行事务合"),
        *("经营者", "负责人", "投资人"),
    ),
    "registered_capital": ("成员出资总额", "注册资本", "注册资金", "资金数额", "出资额"),
    "paid_in": ("实收资本",),
    "established_on": ("成立日期", "注册日期", "设立日期"),
    "term": ("营业期限", "合伙期限", "经营期限"),
    "address": ("主要经营场所", "主要经营场", "企业住所", "经营场所", "营业场所", "住所"),
    "business_scope": ("经营范围及方式", "经营范围", "业务范围"),
    "composition": ("组成形式",),
    "shareholders": ("股东（发起人）", "股东(发起人)"),
    "authority": ("登记机关", "发照机关"),
    "issued": ("发照日期", "发证日期", "核准日期"),
    "serial": ("证照编号",),
}
"""Label → its printed forms, also the first row of those that are broken in two.

Those that are no field of the contract end the value before them."""
COLUMNS = frozenset(LABELS) - {"uscc", "registration_number", "authority", "issued", "serial"}
STOPS = re.compile(
    r"登记机关|发照机关|信用信息公示|市场主体应当|企业应当于|监制|总局制|https?:|www\.|gsxt|扫描二维码|^须知|^提示|^重要提示|年度报告"
)
_SHORT = {"name": "名称", "type": "类型", "address": "住所"}


def completed(form: Form) -> Form:
    """The form with the labels of which only one of two characters was seen at the place of labels, and without the words of
    labels in sentences (应当向登记机关申请变更登记)."""
    form = replace(form, labels=tuple(x for x in form.labels if x.name != "authority" or not _in_sentence(x)))
    pillars = [x.box for x in form.labels if x.name in form.columns and len(x.line.text[x.start : x.end].replace(" ", "")) >= 4]
    missing = [name for name in _SHORT if form.label(name) is None]
    if not pillars or not missing:
        return form
    labelled = {id(x.line) for x in form.labels}
    added: list[Label] = []
    spent: list[Line] = []
    for line in form.lines:
        if id(line) in labelled:
            continue
        name = next((n for n in missing if line.text[0] in _SHORT[n] and _trace(line, pillars, form.height)), None)
        at = 0
        if name is None:
            name = next((n for n in missing if line.text[-1] == _SHORT[n][1] and _trace_at_end(line, pillars, form.height)), None)
            at = len(line.text) - 1
        if name is not None:
            added.append(Label(name, line, at, at + 1))
            missing.remove(name)
            spent += [x for x in form.lines if _other_half(x, line, _SHORT[name][1], form.height)]
    return replace(form, labels=(*form.labels, *added), lines=tuple(x for x in form.lines if not any(x is s for s in spent)))


def _in_sentence(label: Label) -> bool:
    text = label.line.text
    return text[: label.start].strip() != "" or re.match(r"\s*(?:应|申请|将|依法|的|核准|及|和)", text[label.end :]) is not None


def _other_half(line: Line, label: Line, character: str, height: float) -> bool:
    """Whether a line is the second character of a label, with at most a stain before it (类 | ☑型)."""
    beside = line is not label and line.box.x0 > label.box.cx and line.box.overlap_y(label.box) > 0.5 * label.box.height
    return beside and len(line.text.strip()) <= 2 and line.text.strip()[-1:] == character and line.box.x0 - label.box.x1 < 4 * height


def _trace_at_end(line: Line, pillars: Sequence[Box], height: float) -> bool:
    """Whether a line, a stain before it, ends where labels end with the last character of one."""
    last = line.part(len(line.text) - 1, len(line.text)).box
    return len(line.text) <= 6 and any(abs(last.x1 - p.x1) < height and abs(last.x0 - p.x0) < 6 * height for p in pillars)


def _trace(line: Line, pillars: Sequence[Box], height: float) -> bool:
    """Whether the first character of a line stands where a label begins or ends and the rest, if any, where values stand."""
    first = line.part(0, 1).box
    rest = line.part(1, 2).box.x0 if len(line.text) > 1 else float("inf")
    return any(
        (abs(first.x0 - p.x0) < height or abs(first.x1 - p.x1) < height) and rest > p.x1 - 0.5 * height for p in pillars
    )
