"""What bank statements print: column titles, labels, words of rows that are no entries, names of banks.

Titles and labels are compared without spaces. Collected from the statements of the national, joint-stock and rural banks and of
the two payment houses; another bank's word is added here and nowhere else.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COLUMNS: dict[str, tuple[str, ...]] = {
    "date": _words("""
        交易日期 交易日 发生日期 业务日期 日期 交易日期/时间 交易日期时间 交易日期及时间 TransDate TransactionDate
    """),
    "posted": _words("""
        记账日期 记帐日期 入账日期 入帐日期 过账日期 会计日期 账务日期 记账日 入账日 记账日期/时间
    """),
    "time": _words("交易时间 入账时间 记账时间 时间 交易时间戳 TransTime"),
    "summary": _words("""
        摘要 交易摘要 业务摘要 摘要说明 摘要内容 交易说明 交易描述 摘要/附言 摘要及附言 摘要/用途 摘要代码 摘要信息 用途/摘要
        摘要备注 摘要(用途) 交易内容 Abstract Summary Description Particulars
    """),
    "type": _words("""
        交易类型 交易名称 业务类型 交易种类 业务种类 业务名称 交易类别 业务品种 商品说明 商品名称 TransactionType TradingType
    """),
    "remark": _words("""
        附言 交易附言 备注 用途 客户摘要 交易备注 交易用途 附言/用途 交易地点/附言 资金用途 附加信息 客户附言 留言 Remark CustomerType
    """),
    "amount": _words("""
        交易金额 发生额 发生金额 金额 收入/支出金额 收支金额 收/支金额 收入/支出 交易额 借贷发生额 存入/支取金额 存入/支取
        支出/收入 支出/收入金额 收入支出金额 借/贷方发生额 借贷方发生额 借方/贷方发生额 收(付)金额 交易发生额 金额(元)
        交易金额(元) 转账金额 TransactionAmount TransAmt Amount
    """),
    "in": _words("""
        贷方发生额 贷方 贷方金额 贷方发生金额 收入 收入金额 存入 存入金额 收方金额 收方 转入金额 转入 入账金额 收款金额 进账
        进账金额 存款 收入(贷方) 贷方(收入) 贷方发生额(收入) 贷方发生额(收) 存入(贷方) 存入金额(贷方) 贷方(存入) 收入(贷)
        贷方发生额/收入 收入/贷方 贷方/收入 贷 Credit CreditAmount Deposit MoneyIn
    """),
    "out": _words("""
        借方发生额 借方 借方金额 借方发生金额 支出 支出金额 支取 支取金额 付方金额 付方 转出金额 转出 出账金额 付款金额 取出
        取款 支出(借方) 借方(支出) 付出 付出金额 付出(借) 付出(借方) 支出(借) 借方(付出) 借方发生额(支出) 借方发生额(支) 支取(借方)
        支取金额(借方) 借方(支取) 借方发生额/支出
        支出/借方 借方/支出 借 Debit DebitAmount Withdrawal MoneyOut
    """),
    "balance": _words("""
        余额 账户余额 帐户余额 本次余额 联机余额 交易后余额 当前余额 活期余额 账面余额 结余 余额(元) 交易余额 卡余额 当日余额
        本次结余 结存余额 结存金额 账户结余 Balance AccountBalance
    """),
    "other balance": _words("可用余额 冻结金额 上次余额 上日余额"),
    "flag": _words("""
        借贷标志 借贷标识 借贷方向 借贷 借/贷 借贷别 借贷标记 收支 收/支 收支标志 收支类型 收支方向 收支类别 交易方向
        收/支/其他 收/付 收付标志 存取标志 方向 资金流向 发生额方向 借贷状态 DcFlg D/C Dr/Cr
    """),
    "balance side": _words("余额方向 余额借贷 余额性质"),
    "counterparty": _words("""
        对方户名 对方名称 对方姓名 对手户名 对手名称 对手姓名 对方账户名 对方账户名称 对方帐户名称 交易对手 交易对手名称
        交易对方 对手信息 对方信息 收付方 收/付方 对方名 对方姓名/名称 对方账号与户名 对方户名与账号 对方账号/户名 对方户名/账号
        对方账号户名 对方户名账号
        对方账号及户名 对方户名及账号 对方单位 对方单位名称 对方客户名称 收/付款人 收付款人 收付款人名称 收/付款人名称
        收(付)款人名称 收(付)方名称 收款人/付款人 对手方 对手方名称 对方账户 对手账户名称 对手账户名 往来户名 对方开户名
        交易对手户名 交易对手信息 交易对方名称 对方户名/名称 收付方名称 收(付)款方 收付款方 交易方姓名 交易方户名 交易方名称
        交易方 交易对方户名 交易对方姓名 对方账户名称/姓名 对方姓名/名称 CounterParty
        Counterparty PaymentReceiptAccountName
    """),
    "counterparty account": _words("""
        对方账号 对方帐号 对方卡号 对方账卡号 对方账/卡号 对方账(卡)号 对方卡号/账号 对方账号/卡号 对方账户号 对手账号 对手账户 对手卡号
        交易对手账号 收付款账号
        收(付)款账号 收/付款人账号 收(付)方账号 收付方账号 交易对方账号 往来账号 对方账号(卡号) 交易方账号 交易方卡号
        交易对方卡号 交易对方账户 交易对手卡号 PaymentReceiptAccount
    """),
    "account": _words("账号 帐号 卡号 账户 交易卡号 交易账号 本方账号 子账号 账户序号 我方账号"),
    "currency": _words("币种 币别 货币 交易币种 Currency"),
    "other": _words("""
        序号 编号 行号 钞汇 钞汇标志 钞/汇 汇钞 地区 地区号 渠道 交易渠道 储种 凭证号 凭证号码 凭证种类 凭证类型 凭证
        凭证种类及号码 流水号 交易流水号 交易流水 日志号 网点 网点名称 网点号 交易网点 交易机构 交易地点 交易场所 机构 机构号
        柜员 柜员号 交易柜员 操作员 操作员号 经办柜员 对方开户行 对方开户行名称 对方行名 对方行号 对方银行 对方开户机构
        对手行名 对手银行 对手开户行 对方行 开户行 开户机构 交易行 交易行所 交易行名 业务编号 交易单号 商户单号 交易订单号
        商家订单号 现转标志 现转 钱转 交易方式 收/付款方式 收付款方式 支付方式 状态 交易状态 起息日 起息日期 利率 应用号
        冲正标志 冲补标志 交易码 交易代码 业务代码 摘要码 手续费 汇率 存期 支付渠道 商户名称 商户号 订单号 电子回单号 回单编号
        企业流水号 票据号 核心流水号 全局流水号 平台流水号 交易序号 分录序号 产品名称 产品类型 传票号 结算方式 SerialNum
        TradingPlace
    """),
}
"""Column name → printed titles."""

LABELS: dict[str, tuple[str, ...]] = {
    "account_holder": _words("""
        户名 客户姓名 账户名称 帐户名称 账户户名 账户名 客户名称 客户名 姓名 单位名称 存款人名称 存款人 开户名称 账号名称
        账户姓名 持卡人姓名 账户持有人 持卡人 户主 单位户名 开户人 企业名称 公司名称 客户中文名称 AccountName Name
    """),
    "account_number": _words("""
        卡号/账号 账号/卡号 卡号或账号 账户/卡号 卡/账号 账/卡号 卡(账)号 账(卡)号 查询账号 查询卡号 客户账号 客户帐号
        借记卡号 账户号码 查询账户 账（卡）号 账户账号 账户卡号 结算账号 交易账号 交易卡号 主账号 账号 帐号 卡号 账户 AccountNo
        AccountNumber
        支付宝账户 支付宝账号 微信号 银行账号
    """),
    "period": _words("""
        起止日期 查询时间段 查询起止日期 查询日期段 查询日期 查询区间 查询时间 查询期间 查询范围 交易区间 交易时间段 交易期间
        交易日期 交易起止日期 交易时间 起止时间 时间范围 时间区间 时间段 日期范围 日期区间 对账期间 对账日期 对账区间
        对账单期间 账单期间 账单周期 账期 明细期间 流水时间 流水区间 流水期间 统计区间 打印区间 打印期间 期间
        交易明细对应时间段 明细时间段 记账日期 Period
    """),
    "period_from": _words("""
        起始日期 开始日期 起始日 开始时间 起始时间 起日期 起始交易日期 查询起始日期 查询开始日期 查询起日 查询起始日 StartDate
    """),
    "period_until": _words("""
        终止日期 结束日期 截止日期 终止日 截止日 结束时间 截止时间 止日期 查询终止日期 查询结束日期 查询截止日期 查询止日 查询截止日 EndDate
    """),
    "opening_balance": _words("""
        期初余额 上期余额 承前余额 上期结余 起始余额 上页余额 承前页余额 承上结余 期初账户余额 上月余额 上年结转 OpeningBalance
    """),
    "closing_balance": _words("""
        期末余额 本期余额 本期结余 截止余额 期末账户余额 终止余额 结束余额 截止日余额 ClosingBalance
    """),
    "other": _words("""
        币种 币别 货币 钞汇 钞汇标志 开户行 开户网点 开户机构 开户银行 机构名称 网点名称 打印日期 打印时间 打印网点 打印渠道
        打印柜员 申请时间 申请日期 账户类型 账户种类 账户性质 验证码 页码 页数 证件号码 证件类型 身份证号 客户号 客户编号
        电子流水号 流水号 编号 交易类型 查询类型 交易方向 收支类型 单位 操作员 柜员 柜员号 利率 可用余额 账户余额 当前余额
        总笔数 笔数 记录数 生成时间 导出时间 产品名称 储种 卡种 账户状态 凭证号 凭证种类 科目 科目号 制表日期 制单日期
        联系电话 地址 Date Currency Branch AccountType VerificationCode SubBranch
    """),
}
"""Field → printed labels; `other`: what else stands in rows of labels, so that values end before it."""

OPENING = _words("""
    承前页 承上页 承上结余 承前 上页余额 上页结转 期初余额 上期余额 上期结余 上年结转 上月结转 结转上年 承前余额 期初 上月余额 上日余额
    昨日余额
""")
CARRIED = _words("过次页 转下页 结转下页 过下页 转次页 下页结转 结转下年 结转次页")
CLOSING = _words("期末余额 本期余额 期末 本期结余 本月余额 当前余额")
PAGE_TOTAL = _words("本页小计 本页合计 小计 页小计 当页合计 本页累计 本页")
TOTAL = _words("""
    合计 总计 累计 本期合计 本月合计 本月累计 本年累计 本日合计 本季合计 本期累计 发生额合计 本期发生额 借方合计 贷方合计
    收入合计 支出合计 当日合计 本期发生额合计 总收入 总支出 合计金额 合计笔数 总额 汇总 日合计 月合计
""")
"""How rows that are no entries begin."""

IN_WORDS = _words("贷 收 入 存 进 来 C +")
OUT_WORDS = _words("借 支 付 出 取 往 D -")
"""What flags say, by their first telling character."""

NATIONAL_BANKS = _words("""
    中国工商银行 中国农业银行 中国银行 中国建设银行 交通银行 中国邮政储蓄银行 招商银行 中信银行 中国民生银行 上海浦东发展银行
    兴业银行 中国光大银行 平安银行 华夏银行 广发银行 浙商银行 恒丰银行 渤海银行 国家开发银行 中国农业发展银行 中国进出口银行
    微众银行 网商银行
""")
SHORT_BANKS = {
    "工商银行": "中国工商银行",
    "农业银行": "中国农业银行",
    "建设银行": "中国建设银行",
    "邮政储蓄银行": "中国邮政储蓄银行",
    "邮储银行": "中国邮政储蓄银行",
    "民生银行": "中国民生银行",
    "浦发银行": "上海浦东发展银行",
    "浦东发展银行": "上海浦东发展银行",
    "光大银行": "中国光大银行",
    "中信实业银行": "中信银行",
}
LATIN_BANKS = {
    "INDUSTRIAL AND COMMERCIAL BANK OF CHINA": "中国工商银行",
    "ICBC": "中国工商银行",
    "AGRICULTURAL BANK OF CHINA": "中国农业银行",
    "CHINA CONSTRUCTION BANK": "中国建设银行",
    "BANK OF COMMUNICATIONS": "交通银行",
    "CHINA MERCHANTS BANK": "招商银行",
    "POSTAL SAVINGS BANK OF CHINA": "中国邮政储蓄银行",
    "CHINA CITIC BANK": "中信银行",
    "CHINA MINSHENG BANK": "中国民生银行",
    "CHINA EVERBRIGHT BANK": "中国光大银行",
    "PING AN BANK": "平安银行",
    "HUA XIA BANK": "华夏银行",
    "BANK OF CHINA": "中国银行",
    "SHANGHAI PUDONG DEVELOPMENT BANK": "上海浦东发展银行",
    "SPD BANK": "上海浦东发展银行",
    "CHINA GUANGFA BANK": "广发银行",
}
PAYMENT_HOUSES = {
    "微信支付": "微信支付",
    "财付通": "微信支付",
    "支付宝": "支付宝",
}
