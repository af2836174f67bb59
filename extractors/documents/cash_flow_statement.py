"""现金流量表: where a period's cash came from and went, with totals (enterprises) or net (small companies)."""

from __future__ import annotations

from functools import partial

from extractors.doctype import Anchor, DocumentType, FieldSpec
from extractors.documents import _statement
from extractors.documents._statement_cells import empty_cells

ANCHORS = (
    Anchor("现金流量表", 0.7, title=True),
    Anchor("会企03表", 0.5),
    Anchor("会小企03表", 0.5),
    Anchor("经营活动产生的现金流量", 0.4),
    Anchor("投资活动产生的现金流量", 0.3),
    Anchor("筹资活动产生的现金流量", 0.3),
    Anchor("现金流入小计", 0.2),
    Anchor("科目余额表", -2.0),
    Anchor("目录", -0.5, title=True),
)
FIELDS = (
    FieldSpec("company", "编制单位", "text", mandatory=True),
    FieldSpec("period_from", "期间起", "date"),
    FieldSpec("period_until", "期间止", "date", mandatory=True),
    FieldSpec("unit", "金额单位", "text"),
    FieldSpec("net_operating.current", "经营活动产生的现金流量净额本期金额", "money", mandatory=True),
    FieldSpec("cash_end.current", "期末现金余额本期金额", "money", mandatory=True),
)

TYPE = DocumentType(
    id="cash_flow_statement",
    label="现金流量表",
    anchors=ANCHORS,
    fields=FIELDS,
    extract=partial(_statement.extract, kind="cash_flow_statement"),
    split=_statement.split,
    continues=_statement.continues("cash_flow_statement"),
    assemble=_statement.assemble("cash_flow_statement"),
    speaks=_statement.speaks("cash_flow_statement"),
    close_ups=empty_cells("cash_flow_statement"),
)
