"""资产负债表: one day's assets against liabilities and equity, under both accounting standards and the older forms."""

from __future__ import annotations

from functools import partial

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents import _statement
from extractors.documents._statement_cells import empty_cells

ANCHORS = (
    Anchor("资产负债表", 0.7, title=True),
    Anchor("合并资产负债表", 0.3, title=True),
    Anchor("会企01表", 0.5),
    Anchor("会小企01表", 0.5),
    Anchor("流动资产合计", 0.3),
    Anchor("流动负债合计", 0.3),
    Anchor("资产总计", 0.2),
    Anchor("负债和所有者权益", 0.2),
    Anchor("科目余额表", -2.0),
    Anchor("试算平衡表", -2.0),
    Anchor("所有者权益变动表", -0.7, title=True),
    Anchor("纳税申报表", -1.5),
    Anchor("目录", -0.5, title=True),
)
FIELDS = (
    FieldSpec("company", "编制单位", "text", mandatory=True),
    FieldSpec("as_of", "报表日期", "date", mandatory=True),
    FieldSpec("unit", "金额单位", "text"),
    FieldSpec("total_assets.end", "资产总计期末余额", "money", mandatory=True),
    FieldSpec("total_liabilities.end", "负债合计期末余额", "money"),
    FieldSpec("total_equity.end", "所有者权益合计期末余额", "money"),
    FieldSpec("total_liabilities_and_equity.end", "负债和所有者权益总计期末余额", "money", mandatory=True),
)

TYPE = DocumentType(
    id="balance_sheet",
    label="资产负债表",
    anchors=ANCHORS,
    fields=FIELDS,
    extract=partial(_statement.extract, kind="balance_sheet"),
    split=_statement.split,
    continues=_statement.continues("balance_sheet"),
    assemble=_statement.assemble("balance_sheet"),
    speaks=_statement.speaks("balance_sheet"),
    close_ups=empty_cells("balance_sheet"),
)
