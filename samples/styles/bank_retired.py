"""House styles of bank statements of the retired part."""

from __future__ import annotations

from samples.figures import Notation
from samples.styles.bank_form import LANDSCAPE, PORTRAIT, Style, columns, pairs

RETIRED = (
    Style(
        name="teller",
        kinds=("personal",),
        template="bank_teller",
        title="{bank}个人账户交易明细单",
        header=pairs("客户姓名=holder|账号/卡号=account|币种=currency|起始日期=first|终止日期=last|柜员号=teller|打印时间=printed|打印网点=branch"),
        columns=columns(
            """index 序号 10
            date 交易日期 22
            summary 交易类型 24
            amount 发生额 28 r
            balance 账户余额 30 r
            name 交易对手 0
            channel 渠道 22"""
        ),
        first_rows=34,
        rows=34,
        size_mm=PORTRAIT,
        totals="end",
        seal="last",
        seal_lines=("业务章",),
        page_text="第{page}页,共{of}页",
    ),
    Style(
        name="app",
        kinds=("personal",),
        template="bank_app",
        title="交易明细",
        header=pairs("账户=account|户名=holder|查询范围=period"),
        columns=columns("date 日期 0"),
        first_rows=0,
        rows=0,
        size_mm=(88.0, 0.0),
        newest_first=True,
        notation=Notation(symbol="¥"),
        period_format="{first}~{last}",
        page_text="",
    ),
    Style(
        name="boxed",
        kinds=("personal", "company"),
        template="bank_boxed",
        title="{bank}电子对账单",
        header=pairs("户名=holder|账号=account|开户网点=branch|账单周期=period|期初余额=opening|期末余额=closing|借方合计=total_out|贷方合计=total_in"),
        columns=columns(
            """date 交易日 20 c
            time 时间 16 c
            summary 摘要 22
            out 借方金额 27 r
            in 贷方金额 27 r
            balance 余额 29 r
            name 对方户名 52
            account 对方账号 40
            channel 交易渠道 0"""
        ),
        first_rows=17,
        rows=17,
        size_mm=LANDSCAPE,
        date_format="%Y/%m/%d",
        totals="header",
        seal="every",
        seal_lines=("电子对账专用章",),
        nothing="0.00",
        page_text="{page}/{of}",
    ),
    Style(
        name="corporate",
        kinds=("company",),
        template="bank_corporate",
        title="{bank}单位账户交易明细",
        header=pairs("单位名称=holder|账号=account|币别=currency|查询起日=first|查询止日=last|导出时间=printed"),
        columns=columns(
            """date 交易日 18
            out 借方 25 r
            in 贷方 25 r
            balance 余额 28 r
            name 对方单位 0
            purpose 用途 28
            serial 流水号 24"""
        ),
        first_rows=26,
        rows=26,
        size_mm=PORTRAIT,
        notation=Notation(separators=False),
        date_format="%Y%m%d",
        newest_first=True,
        totals="end",
        page_text="",
    ),
    Style(
        name="two_line",
        kinds=("personal", "company"),
        template="bank_two_line",
        title="{bank}历史明细清单（申请）",
        header=pairs("账号=account|户名=holder|起止日期=period|开户行=branch|验证码=code|打印时间=printed"),
        columns=columns(
            """date 交易日期 24
            currency 币种 14
            summary 摘要 30
            amount 收入/支出金额 36 r
            balance 余额 36 r
            channel 渠道 0
            party 对方户名及账号 0"""
        ),
        first_rows=22,
        rows=23,
        size_mm=PORTRAIT,
        date_format="%Y-%m-%d",
        period_format="{first} — {last}",
        plus=True,
        page_text="第 {page} / {of} 页",
        seal="last",
        seal_lines=("柜面业务", "清讫章"),
    ),
)
