"""House styles of bank statements of all parts, which share none."""

from __future__ import annotations

from collections.abc import Mapping

from samples.figures import Notation
from samples.paper import Part
from samples.styles.bank_form import LANDSCAPE, PORTRAIT, Style
from samples.styles.bank_form import columns as _columns
from samples.styles.bank_form import pairs as _pairs
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

RETIRED = (
    Style(
        name="counter",
        kinds=("personal",),
        template="bank_counter",
        title="{bank}  活期账户历史明细",
        header=_pairs("户　名:=holder|卡　号:=account|起止日期:=period|币　种:=currency|打印柜员:=teller|打印时间:=printed"),
        columns=_columns(
            """date 日期 17
            summary 摘要 22
            out 支出 24 r
            in 存入 24 r
            balance 余额 26 r
            name 对方户名 0"""
        ),
        first_rows=40,
        rows=42,
        size_mm=PORTRAIT,
        notation=Notation(separators=False),
        date_format="%Y%m%d",
        period_format="{first}--{last}",
        totals="page",
        page_text="页码:{page}/{of}",
        seal="last",
        nothing="",
    ),
    Style(
        name="electronic",
        kinds=("personal",),
        template="bank_electronic",
        title="{bank}交易流水",
        header=_pairs("户　　名=holder|账号=account|账户类型=kind|申请时间=printed|开 户 行=branch|验证码=code"),
        columns=_columns(
            """date 记账日期/Date 25
            currency 货币/Currency 22
            amount 交易金额/Transaction_Amount 31 r
            balance 联机余额/Balance 29 r
            summary 交易摘要/Transaction_Type 31
            party 对手信息/Counter_Party 0"""
        ),
        first_rows=25,
        rows=27,
        size_mm=PORTRAIT,
        period_format="{first} -- {last}",
        subtitle=True,
        seal="every",
        seal_lines=("电子业务专用章",),
        page_text="{page}/{of}",
    ),
    Style(
        name="company",
        kinds=("company",),
        template="bank_company",
        title="{bank}对公账户对账单",
        header=_pairs("账户名称=holder|账号=account|开户机构=branch|对账期间=period|币种=currency|上期余额=opening"),
        columns=_columns(
            """date 交易日期 20 c
            serial 凭证号 22 c
            purpose 摘要/用途 30
            out 借方发生额 28 r
            in 贷方发生额 28 r
            direction 借/贷 10 c
            balance 余额 30 r
            account 对方账号 34
            name 对方户名 0"""
        ),
        first_rows=20,
        rows=20,
        size_mm=LANDSCAPE,
        totals="page",
        carried=True,
        page_text="第{page}页 共{of}页",
        seal="last",
        seal_lines=("对账专用章", "(01)"),
    ),
    Style(
        name="web",
        kinds=("personal", "company"),
        template="bank_web",
        title="{bank}网上银行 - 账户明细查询",
        header=_pairs("账户户名=holder|账号=account|查询起止日期=period|收入合计=total_in|支出合计=total_out"),
        columns=_columns(
            """datetime 交易时间 40
            flag 收支类型 20 c
            amount 交易金额(元) 30 r
            balance 账户余额(元) 32 r
            name 对方户名 0
            account 对方账号 40
            summary 摘要 26"""
        ),
        first_rows=0,
        rows=0,
        size_mm=(290.0, 0.0),
        newest_first=True,
        date_format="%Y-%m-%d",
        period_format="{first} - {last}",
        totals="header",
        page_text="",
    ),
    Style(
        name="marked",
        kinds=("personal", "company"),
        template="bank_electronic",
        title="{bank}账户明细对账单",
        header=_pairs("客户名称=holder|账号=account|起始日=first|终止日=last|期初余额=opening|期末余额=closing"),
        columns=_columns(
            """date 交易日 22
            time 时间 17
            flag 借贷标志 16 c
            amount 金额 27 r
            balance 余额 28 r
            summary 摘要 26
            name 对方名称 0"""
        ),
        first_rows=32,
        rows=33,
        size_mm=PORTRAIT,
        date_format="%Y.%m.%d",
        newest_first=True,
        totals="end",
        flags=("贷", "借"),
        page_text="第 {page} 页，共 {of} 页",
    ),
)

STYLES: Mapping[Part, Mapping[str, Style]] = {
    "tuning": {style.name: style for style in TUNING},
    "retired": {style.name: style for style in RETIRED},
    "test": {style.name: style for style in TEST},
}
