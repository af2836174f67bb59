"""House styles of statements of all parts, which share none of their looks."""

from __future__ import annotations

from collections.abc import Mapping

from samples.figures import Notation
from samples.paper import Part
from samples.styles.sheet_form import LISTED_NAMES, PLAIN, SHORT_NAMES, SIGNERS, Style, columns_of, three
from samples.styles.sheet_retired import RETIRED
from samples.styles.sheet_test import TEST

__all__ = ["STYLES", "Style"]

TUNING = (
    Style(
        name="classic",
        standard="enterprise",
        notation=Notation(zero=""),
        columns=columns_of("end=期末余额|begin=年初余额", "current=本期金额|prior=上期金额"),
        titles=PLAIN,
        form_numbers=three("会企01表", "会企02表", "会企03表"),
        company_label="编制单位：",
        unit_text="单位：元",
        day_format="day",
        period_format="year_or_months",
        spans=("year", "quarter"),
        signers=SIGNERS,
        numbers=True,
        sides=True,
        seal=True,
    ),
    Style(
        name="small",
        standard="small",
        notation=Notation(separators=False, zero="0.00", negative="minus"),
        columns=columns_of("end=期末余额|begin=年初余额", "current=本年累计金额|current_month=本月金额|prior=上年金额"),
        titles=PLAIN,
        form_numbers=three("会小企01表", "会小企02表", "会小企03表"),
        company_label="编制单位：",
        unit_text="单位：元",
        day_format="day",
        period_format="month",
        spans=("to_date",),
        signers=("单位负责人", "会计主管", "复核", "制表"),
        numbers=True,
        sides=True,
        look={"landscape": False},
    ),
    Style(
        name="plain",
        standard="enterprise",
        notation=Notation(negative="brackets", zero="-"),
        columns=columns_of("end={day}|begin={opening}", "current=本期发生额|prior=上期发生额"),
        titles=PLAIN,
        names=SHORT_NAMES,
        company_label="公司名称：",
        unit_text="单位：人民币元",
        day_format="iso",
        period_format="range",
        spans=("year", "quarter"),
        signers=("法定代表人", "主管会计工作负责人", "会计机构负责人"),
        all_lines=False,
        look={"ruled": False},
    ),
    Style(
        name="listed",
        standard="consolidated",
        notation=Notation(unit="元", negative="minus", zero=""),
        columns=columns_of("end=期末余额|begin=上年年末余额", "current={year}年度|prior={before}年度"),
        titles=three("合并资产负债表", "合并利润表", "合并现金流量表"),
        names=LISTED_NAMES,
        company_label="编制单位：",
        unit_text="单位：元 币种：人民币",
        day_format="day",
        period_format="long_dash",
        spans=("year",),
        signers=("公司负责人", "主管会计工作负责人", "会计机构负责人"),
        notes=True,
        note_prefix="七、",
        look={"ruled": True},
    ),
    Style(
        name="thousands",
        standard="enterprise",
        notation=Notation(unit="千元", negative="long", zero="—"),
        columns=columns_of("end=期末数|begin=期初数", "current=本期数|prior=上年同期数"),
        titles=PLAIN,
        names=SHORT_NAMES,
        company_label="单位名称：",
        unit_text="金额单位：千元",
        day_format="spaced",
        period_format="year_or_months",
        spans=("year", "quarter"),
        signers=("企业负责人", "制表人"),
        all_lines=False,
        look={"ruled": True},
    ),
)

STYLES: Mapping[Part, Mapping[str, Style]] = {
    "tuning": {style.name: style for style in TUNING},
    "retired": {style.name: style for style in RETIRED},
    "test": {style.name: style for style in TEST},
}
