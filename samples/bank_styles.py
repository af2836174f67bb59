"""House styles of bank statements of all parts, which share none."""

from __future__ import annotations

from collections.abc import Mapping

from samples.paper import Part
from samples.styles.bank_form import LANDSCAPE, PORTRAIT, Style
from samples.styles.bank_form import columns as _columns
from samples.styles.bank_form import pairs as _pairs
from samples.styles.bank_retired import RETIRED
from samples.styles.bank_test import TEST

__all__ = ["PORTRAIT", "STYLES", "Style"]

TUNING = (
    Style(
        name="ruled",
        kinds=("personal", "company"),
        template="bank_ruled",
        title="{bank}账户交易明细清单",
        header=_pairs("户名：=holder|账号：=account|币种：=currency|起止日期：=period|打印时间：=printed|开户行：=branch"),
        columns=_columns(
            """index 序号 11 c
            date 交易日期 22 c
            summary 摘要 15
            out 支出金额 30 r
            in 收入金额 30 r
            balance 账户余额 32 r
            name 对方户名 42
            account 对方账号 0 c
            channel 渠道 20 c"""
        ),
        first_rows=18,
        rows=18,
        size_mm=LANDSCAPE,
        totals="page",
        carried=True,
        seal="last",
    ),
    Style(
        name="signed",
        kinds=("personal",),
        template="bank_plain",
        title="{bank}个人活期交易流水",
        header=_pairs("姓名=holder|卡号=account|起始日期=first|截止日期=last|币种=currency|打印日期=printed"),
        columns=_columns(
            """datetime 交易时间 20
            summary 交易摘要 26
            amount 交易金额 30 r
            balance 账户余额 28 r
            party 对方信息 0"""
        ),
        first_rows=20,
        rows=20,
        size_mm=PORTRAIT,
        newest_first=True,
        group_digits=True,
        plus=True,
        page_text="{page}/{of}",
        seal="every",
        seal_lines=("电子回单专用章",),
    ),
    Style(
        name="flag",
        kinds=("personal", "company"),
        template="bank_ruled",
        title="{bank}历史交易明细查询",
        header=_pairs("账户名称：=holder|账户号码：=account|查询区间：=period|币种：=currency|期初余额：=opening|期末余额：=closing"),
        columns=_columns(
            """serial 流水号 24 c
            date 记账日期 22 c
            time 交易时间 18 c
            flag 收/支 12 c
            amount 发生额 27 r
            balance 余额 29 r
            summary 摘要 26
            name 对方户名 0
            purpose 用途 30"""
        ),
        first_rows=22,
        rows=23,
        size_mm=LANDSCAPE,
        date_format="%Y/%m/%d",
        totals="end",
        flags=("收", "支"),
        page_text="第{page}页/共{of}页",
    ),
    Style(
        name="app",
        kinds=("personal",),
        template="bank_app",
        title="收支明细",
        header=_pairs("户名=holder|账号=account|币种=currency|查询时间=period"),
        columns=_columns("date 日期 0"),
        first_rows=0,
        rows=0,
        size_mm=(90.0, 0.0),
        newest_first=True,
        masked=True,
        plus=True,
        page_text="",
    ),
)

STYLES: Mapping[Part, Mapping[str, Style]] = {
    "tuning": {style.name: style for style in TUNING},
    "retired": {style.name: style for style in RETIRED},
    "test": {style.name: style for style in TEST},
}
