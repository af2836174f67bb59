"""What a person calls the types and fields of the contract, and which fields a paper cannot do without."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from extractors.model import Document
from validators.model import known

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "resident_id_card": "居民身份证",
        "business_licence": "营业执照",
        "income_proof": "收入证明",
        "balance_sheet": "资产负债表",
        "income_statement": "利润表",
        "cash_flow_statement": "现金流量表",
        "bank_statement": "银行流水",
        "property_certificate": "不动产权证书",
        "marriage_certificate": "结婚证",
        "household_register": "户口簿",
        "tax_certificate": "完税证明",
        "social_insurance": "社保或公积金缴存证明",
        "credit_report": "信用报告",
        "purchase_contract": "购房或购销合同",
        "loan_application": "贷款申请表",
        "unknown": "未识别的材料",
    }
)

_COMMON: Mapping[str, str] = {
    "address": "住址",
    "id_number": "身份证号码",
    "name": "姓名",
    "issued_on": "开具日期",
    "period_from": "起始日期",
    "period_until": "截止日期",
    "company": "编制单位",
    "unit": "金额单位",
    "as_of": "报表日期",
    "registered_on": "登记日期",
    "certificate_number": "证书编号",
    "signed_on": "签署日期",
    "employer": "工作单位",
    "amount": "金额",
    "has_seal": "印章",
    "seal_text": "印章文字",
    "marital_status": "婚姻状况",
    "sides": "正反面",
}

_OF_TYPE: Mapping[str, Mapping[str, str]] = {
    "resident_id_card": {
        "sex": "性别",
        "ethnicity": "民族",
        "birth_date": "出生日期",
        "issuing_authority": "签发机关",
        "valid_from": "有效期起",
        "valid_until": "有效期止",
    },
    "business_licence": {
        "uscc": "统一社会信用代码",
        "registration_number": "注册号",
        "name": "名称",
        "type": "类型",
        "legal_representative": "法定代表人（经营者、负责人）",
        "registered_capital": "注册资本",
        "registered_capital_currency": "注册资本币种",
        "established_on": "成立日期",
        "term_from": "营业期限起",
        "term_until": "营业期限止",
        "business_scope": "经营范围",
        "registration_authority": "登记机关",
        "issued_on": "核发日期",
        "status_marks": "吊销注销字样",
        "qr_text": "二维码内容",
    },
    "income_proof": {
        "employee_name": "姓名",
        "position": "职务",
        "employed_since": "入职时间",
        "monthly_income": "月收入",
        "annual_income": "年收入",
        "amount_in_words": "大写金额",
        "contact_name": "联系人",
        "contact_phone": "联系电话",
        "bonus_stated": "提到奖金",
    },
    "bank_statement": {
        "bank": "开户银行",
        "account_holder": "户名",
        "account_number": "账号",
        "opening_balance": "期初余额",
        "closing_balance": "期末余额",
        "total_in": "收入合计",
        "total_out": "支出合计",
        "transactions": "交易明细",
        "pages_printed": "印刷页码",
        "page_balances": "各页余额",
    },
    "property_certificate": {
        "certificate_number": "证书号",
        "owners": "权利人",
        "co_ownership": "共有情况",
        "location": "坐落",
        "unit_number": "不动产单元号",
        "right_type": "权利类型",
        "right_nature": "权利性质",
        "usage": "用途",
        "floor_area": "建筑面积",
        "term_until": "使用期限止",
        "remarks": "附记",
        "encumbrances": "权利负担",
    },
    "marriage_certificate": {
        "holder_name": "持证人姓名",
        "holder_id_number": "持证人身份证号码",
        "spouse_name": "配偶姓名",
        "spouse_id_number": "配偶身份证号码",
        "certificate_number": "结婚证字号",
    },
    "household_register": {"head_name": "户主姓名", "relation": "与户主关系"},
    "tax_certificate": {"taxpayer_name": "纳税人", "total_tax": "税额合计"},
    "social_insurance": {"monthly_base": "月缴存基数", "paid_months": "缴存月数"},
    "credit_report": {"reported_at": "报告日期"},
    "purchase_contract": {"parties": "当事人", "subject": "标的"},
    "loan_application": {"applicant_name": "申请人", "term_months": "期限（月）", "purpose": "用途"},
}

LINES: Mapping[str, str] = MappingProxyType(
    {
        "cash": "货币资金",
        "notes_receivable": "应收票据",
        "accounts_receivable": "应收账款",
        "prepayments": "预付款项",
        "other_receivables": "其他应收款",
        "inventories": "存货",
        "current_assets": "流动资产合计",
        "fixed_assets": "固定资产",
        "construction_in_progress": "在建工程",
        "intangible_assets": "无形资产",
        "non_current_assets": "非流动资产合计",
        "total_assets": "资产总计",
        "short_term_loans": "短期借款",
        "notes_payable": "应付票据",
        "accounts_payable": "应付账款",
        "advances_received": "预收款项",
        "payroll_payable": "应付职工薪酬",
        "taxes_payable": "应交税费",
        "other_payables": "其他应付款",
        "current_liabilities": "流动负债合计",
        "long_term_loans": "长期借款",
        "non_current_liabilities": "非流动负债合计",
        "total_liabilities": "负债合计",
        "paid_in_capital": "实收资本",
        "capital_reserve": "资本公积",
        "surplus_reserve": "盈余公积",
        "retained_earnings": "未分配利润",
        "total_equity": "所有者权益合计",
        "total_liabilities_and_equity": "负债和所有者权益总计",
        "revenue": "营业收入",
        "cost_of_sales": "营业成本",
        "taxes_and_surcharges": "税金及附加",
        "selling_expenses": "销售费用",
        "admin_expenses": "管理费用",
        "rd_expenses": "研发费用",
        "finance_expenses": "财务费用",
        "operating_profit": "营业利润",
        "non_operating_income": "营业外收入",
        "non_operating_expenses": "营业外支出",
        "total_profit": "利润总额",
        "income_tax": "所得税费用",
        "net_profit": "净利润",
        "operating_inflow": "经营活动现金流入小计",
        "operating_outflow": "经营活动现金流出小计",
        "net_operating": "经营活动产生的现金流量净额",
        "net_investing": "投资活动产生的现金流量净额",
        "net_financing": "筹资活动产生的现金流量净额",
        "fx_effect": "汇率变动对现金的影响",
        "net_increase": "现金及现金等价物净增加额",
        "cash_begin": "期初现金及现金等价物余额",
        "cash_end": "期末现金及现金等价物余额",
    }
)
COLUMNS: Mapping[str, str] = MappingProxyType({"end": "期末", "begin": "年初", "current": "本期", "prior": "上期", "current_month": "本月"})

MANDATORY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "business_licence": (
            "uscc|registration_number",
            "name",
            "legal_representative",
            "established_on",
            "address",
            "business_scope",
        ),
        "income_proof": ("employee_name", "employer", "monthly_income|annual_income", "issued_on"),
        "balance_sheet": ("company", "as_of", "total_assets.end", "total_liabilities_and_equity.end"),
        "income_statement": ("company", "period_until", "revenue.current", "net_profit.current"),
        "cash_flow_statement": ("company", "period_until", "net_operating.current", "cash_end.current"),
        "bank_statement": ("account_holder", "account_number", "transactions"),
        "property_certificate": ("certificate_number", "owners", "location", "floor_area"),
        "marriage_certificate": (
            "holder_name",
            "holder_id_number",
            "spouse_name",
            "spouse_id_number",
            "registered_on",
            "certificate_number",
        ),
    }
)
DESCRIPTIVE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "resident_id_card": ("sex", "ethnicity", "birth_date", "address", "issuing_authority", "valid_from"),
        "business_licence": ("established_on", "address", "business_scope"),
        "property_certificate": ("floor_area",),
        "marriage_certificate": ("registered_on", "certificate_number"),
        "bank_statement": ("account_number",),
    }
)
"""Mandatory fields that tell neither who, what nor how much: unread, they are to be looked at, and need not be brought again."""
SAID_ELSEWHERE: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "income_proof": {"monthly_income|annual_income": ("amount_in_words",), "employee_name": ("id_number",)},
        "marriage_certificate": {
            f"{who}_{one}": (f"{who}_{other}",)
            for who in ("holder", "spouse")
            for one, other in (("name", "id_number"), ("id_number", "name"))
        },
        "income_statement": {"net_profit.current": ("other:持续经营净利润.current", "other:综合收益总额.current")},
        "balance_sheet": {
            "total_assets.end": ("total_liabilities_and_equity.end",),
            "total_liabilities_and_equity.end": ("total_assets.end",),
        },
    }
)
"""What a paper says a second time, in other fields: unread in one place, it is still known."""
CARD: Mapping[str, tuple[str, ...]] = {
    "front": ("name", "sex", "ethnicity", "birth_date", "address", "id_number"),
    "back": ("issuing_authority", "valid_from", "valid_until"),
}
_SUBSTANCE = re.compile("[0-9０-９零〇一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]")


def type_label(kind: str) -> str:
    """The Chinese name of a document type; the id itself for one that the contract lacks."""
    return TYPES.get(kind, kind)


def field_label(kind: str, name: str) -> str:
    """The Chinese name of a field of a type, a statement line with its column (`资产总计（期末）`)."""
    line, _, column = name.rpartition(".")
    if line and column in COLUMNS:
        printed = line.removeprefix("other:")
        return f"{LINES.get(printed, printed)}（{COLUMNS[column]}）"
    return _OF_TYPE.get(kind, {}).get(name) or _COMMON.get(name) or LINES.get(name, name)


def field_labels(kind: str, names: tuple[str, ...]) -> str:
    """The Chinese names of several fields, joined by 、; alternatives (`a|b`) by 或."""
    return "、".join("或".join(field_label(kind, part) for part in name.split("|")) for name in names)


def sides(card: Document) -> frozenset[str]:
    """The sides of an ID card that are there: by its `sides` field, else by the fields that were read."""
    told = known(card, "sides")
    if told is not None:
        return frozenset(told.text.split("+")) & frozenset(CARD)
    return frozenset(side for side, names in CARD.items() if any(known(card, name) for name in names))


def mandatory(document: Document) -> tuple[str, ...]:
    """The fields that a document of its type must have, of a card those of the sides that are there.

    `a|b` means that either will do.
    """
    if document.type == "resident_id_card":
        there = sides(document)
        return tuple(name for side, names in CARD.items() if side in there for name in names)
    return MANDATORY.get(document.type, ())


def lacking(document: Document) -> tuple[str, ...]:
    """The mandatory fields that were not read, or have no normal form."""
    return tuple(wanted for wanted in mandatory(document) if not any(known(document, name) for name in wanted.split("|")))


def lost(document: Document) -> tuple[str, ...]:
    """The lacking fields without which a paper does not serve: nothing that could be them stands on it, nor the same in other words."""
    elsewhere = SAID_ELSEWHERE.get(document.type, {})
    return tuple(
        wanted
        for wanted in lacking(document)
        if wanted not in DESCRIPTIVE.get(document.type, ())
        and not any(known(document, name) for name in elsewhere.get(wanted, ()))
        and not any(stands_there(document, name) for name in wanted.split("|"))
    )


def stands_there(document: Document, name: str) -> bool:
    """Whether something that may be the field's value was seen in its place, though it has no normal form."""
    field = document.fields.get(name)
    return field is not None and not field.value and len(_SUBSTANCE.findall(field.raw)) >= 2
