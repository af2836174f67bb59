"""House styles of bank statements of the test part."""

from __future__ import annotations

from samples.figures import Notation
from samples.styles.bank_form import LANDSCAPE, PORTRAIT, Style, columns, pairs

TEST = (
    Style(
        name="history",
        kinds=("personal",),
        template="bank_history",
        title="{bank}借记账户历史明细（电子版）",
        header=pairs("卡号=account|户名=holder|起止日期=period|下载时间=printed|验证码=code"),
        columns=columns(
            """date 交易日期 21
            =活期 储种 11 c
            =人民币 币种 14 c
            =钞 钞汇 11 c
            summary 摘要 26
            amount 收入/支出金额 29 r
            balance 余额 27 r
            name 对方户名 46
            account 对方账号 39
            channel 渠道 0"""
        ),
        first_rows=19,
        rows=21,
        size_mm=LANDSCAPE,
        plus=True,
        period_format="{first} ~ {last}",
        page_text="第{page}页/共{of}页",
        seal="every",
        seal_lines=("电子回单", "专用章"),
    ),
    Style(
        name="slip",
        kinds=("personal",),
        template="bank_slip",
        title="{bank} 个人账户交易流水",
        header=pairs("户名=holder|账号=account|开户机构=branch|打印区间=period|打印柜员=teller|打印日期=printed"),
        columns=columns(
            """date 日期 20
            summary 业务摘要 26
            out 支取 26 r
            in 存入 26 r
            balance 结存 28 r
            party 对方账户信息 0"""
        ),
        first_rows=30,
        rows=30,
        size_mm=PORTRAIT,
        date_format="%Y%m%d",
        period_format="{first}-{last}",
        totals="page",
        page_text="- {page} / {of} -",
        seal="last",
        seal_lines=("现金讫",),
    ),
    Style(
        name="web",
        kinds=("personal", "company"),
        template="bank_web",
        title="交易明细查询结果",
        header=pairs("账户名称=holder|账号=account|查询时段=period|收入总额=total_in|支出总额=total_out"),
        columns=columns(
            """index 序号 13 c
            datetime 交易日期时间 36 c
            out 支出(元) 30 r
            in 收入(元) 30 r
            balance 余额(元) 32 r
            name 对方单位/姓名 0
            summary 摘要 30
            serial 交易流水号 32"""
        ),
        first_rows=0,
        rows=0,
        size_mm=(270.0, 0.0),
        newest_first=True,
        date_format="%Y-%m-%d",
        period_format="{first} 到 {last}",
        totals="header",
        nothing="--",
        page_text="",
    ),
    Style(
        name="app",
        kinds=("personal",),
        template="bank_app",
        title="账户明细",
        header=pairs("账号=account|户名=holder|起止=period"),
        columns=columns("date 日期 0"),
        first_rows=0,
        rows=0,
        size_mm=(92.0, 0.0),
        newest_first=True,
        masked=True,
        plus=True,
        date_format="%Y.%m.%d",
        period_format="{first}-{last}",
        page_text="",
    ),
    Style(
        name="storeys",
        kinds=("personal", "company"),
        template="bank_storeys",
        title="{bank}账户交易明细",
        header=pairs("客户名称=holder|账户=account|查询起始日=first|查询截止日=last|期初余额=opening|期末余额=closing"),
        columns=columns(
            """date 交易日期 24
            time 交易时间 24
            summary 交易摘要 34
            channel 交易渠道 34
            name 对方户名 0
            account 对方账号 0
            amount 发生金额 34 r
            balance 账户余额 34 r"""
        ),
        first_rows=19,
        rows=19,
        size_mm=PORTRAIT,
        notation=Notation(negative="minus"),
        page_text="{page}/{of}",
        seal="last",
        seal_lines=("业务受理章",),
    ),
    Style(
        name="reconciliation",
        kinds=("company",),
        template="bank_reconciliation",
        title="{bank}单位客户存款对账单",
        header=pairs("单位名称=holder|单位账号=account|开户银行=branch|币种=currency|对账区间=period"),
        columns=columns(
            """date 记账日 20 c
            serial 凭证号码 24 c
            purpose 摘要 34
            name 对方户名 0
            out 借方金额 31 r
            in 贷方金额 31 r
            direction 方向 11 c
            balance 余额 33 r"""
        ),
        first_rows=18,
        rows=18,
        size_mm=LANDSCAPE,
        date_format="%Y%m%d",
        totals="page",
        carried=True,
        page_text="第 {page} 张 共 {of} 张",
        seal="last",
        seal_lines=("对公业务", "专用章"),
    ),
    Style(
        name="spreadsheet",
        kinds=("personal", "company"),
        template="bank_spreadsheet",
        title="账户历史交易明细表",
        header=pairs("开户行=branch|账号=account|户名=holder|起始日期=first|结束日期=last|币种=currency"),
        columns=columns(
            """serial 交易流水 22
            date 交易日期 19 c
            flag 借贷 10 c
            amount 交易金额 26 r
            balance 交易后余额 28 r
            name 对方户名 0
            summary 附言 26"""
        ),
        first_rows=36,
        rows=38,
        size_mm=PORTRAIT,
        notation=Notation(separators=False),
        newest_first=True,
        date_format="%Y/%m/%d",
        totals="end",
        flags=("贷", "借"),
        page_text="第 {page} 页，共 {of} 页",
    ),
)
