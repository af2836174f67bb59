"""利润表 (损益表, 综合收益表): what a period brought and cost, under both accounting standards and the older forms."""

from __future__ import annotations

from functools import partial

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents import _statement
from extractors.documents._statement_cells import empty_cells

ANCHORS = (
    Anchor("利润表", 0.7, title=True),
    Anchor("损益表", 0.7, title=True),
    Anchor("综合收益表", 0.5, title=True),
    Anchor("利润及利润分配表", 0.5, title=True),
    Anchor("会企02表", 0.5),
    Anchor("会小企02表", 0.5),
    Anchor("二、营业利润", 0.4),
    Anchor("三、利润总额", 0.4),
    Anchor("四、净利润", 0.2),
    Anchor("科目余额表", -2.0),
    Anchor("纳税申报表", -1.5),
    Anchor("应纳税所得额", -1.0),
    Anchor("目录", -0.5, title=True),
)
FIELDS = (
    FieldSpec("company", "编制单位", "text", mandatory=True),
    FieldSpec("period_from", "期间起", "date"),
    FieldSpec("period_until", "期间止", "date", mandatory=True),
    FieldSpec("unit", "金额单位", "text"),
    FieldSpec("revenue.current", "营业收入本期金额", "money", mandatory=True),
    FieldSpec("total_profit.current", "利润总额本期金额", "money"),
    FieldSpec("net_profit.current", "净利润本期金额", "money", mandatory=True),
)

TYPE = DocumentType(
    id="income_statement",
    label="利润表",
    anchors=ANCHORS,
    fields=FIELDS,
    extract=partial(_statement.extract, kind="income_statement"),
    split=_statement.split,
    continues=_statement.continues("income_statement"),
    assemble=_statement.assemble("income_statement"),
    speaks=_statement.speaks("income_statement"),
    close_ups=empty_cells("income_statement"),
)
