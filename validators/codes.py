"""The codes of the contract: severity and Chinese title of each, and the one way to make a finding of a code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from extractors.model import Document
from validators.model import NOTHING, Finding, Severity, Value


@dataclass(frozen=True, slots=True)
class Code:
    """A finding code: what people see as its title, and how heavy it is."""

    id: str
    severity: Severity
    title: str


_TABLE: tuple[tuple[str, Severity, str], ...] = (
    ("missing_document", "blocking", "缺少材料"),
    ("missing_side", "blocking", "身份证缺一面"),
    ("missing_field", "major", "必要内容未读到"),
    ("missing_page", "major", "材料缺页"),
    ("missing_seal", "major", "缺少印章"),
    ("unreadable_image", "blocking", "图像无法辨认"),
    ("unreadable_file", "blocking", "文件无法打开"),
    ("unknown_document", "minor", "未识别的材料"),
    ("duplicate_document", "info", "重复上传"),
    ("reused_document", "major", "材料在其他申请中出现过"),
    ("document_expired", "blocking", "证件已过期"),
    ("document_expires_soon", "minor", "证件即将到期"),
    ("document_too_old", "major", "材料超过有效期限"),
    ("date_in_future", "major", "日期晚于审核日"),
    ("id_checksum", "major", "身份证号码校验不通过"),
    ("id_birth_mismatch", "major", "身份证号码与出生日期不符"),
    ("id_sex_mismatch", "major", "身份证号码与性别不符"),
    ("id_validity_period", "major", "身份证有效期限不合规定"),
    ("uscc_checksum", "major", "统一社会信用代码校验不通过"),
    ("licence_not_valid", "blocking", "营业执照已失效"),
    ("amount_words_mismatch", "major", "大小写金额不一致"),
    ("annual_income_mismatch", "minor", "年收入与月收入不符"),
    ("name_mismatch", "blocking", "姓名不一致"),
    ("id_number_mismatch", "blocking", "身份证号码不一致"),
    ("employer_mismatch", "major", "工作单位不一致"),
    ("company_mismatch", "major", "企业名称不一致"),
    ("legal_representative_mismatch", "major", "法定代表人与借款人不一致"),
    ("address_mismatch", "minor", "地址不一致"),
    ("owner_mismatch", "blocking", "房产权利人不符"),
    ("property_encumbered", "major", "房产存在权利限制"),
    ("consent_missing", "blocking", "缺少共有人或配偶同意"),
    ("marital_status_mismatch", "major", "婚姻状况不一致"),
    ("spouse_mismatch", "blocking", "结婚证与当事人不符"),
    ("balance_sheet_unbalanced", "major", "资产负债表不平"),
    ("subtotal_mismatch", "major", "合计数不符"),
    ("cash_mismatch", "major", "现金余额不符"),
    ("profit_equity_mismatch", "minor", "未分配利润与净利润不符"),
    ("period_mismatch", "major", "报表期间不一致"),
    ("running_balance_broken", "major", "流水余额不连续"),
    ("statement_gap", "major", "流水期间不足或中断"),
    ("page_chain_broken", "major", "流水页间余额不衔接"),
    ("totals_mismatch", "major", "流水合计不符"),
    ("unusual_flow", "minor", "异常资金往来"),
    ("income_not_supported", "major", "流水不能支持所述收入"),
    ("debt_service_too_high", "major", "偿债比例过高"),
    ("loan_to_value_too_high", "major", "贷款成数过高"),
    ("term_too_long", "major", "贷款期限过长"),
    ("age_limit", "major", "年龄超过规定"),
    ("tamper_suspected", "major", "疑似修改痕迹"),
    ("photocopy", "minor", "复印件"),
    ("screen_capture", "minor", "翻拍或截屏"),
    ("low_confidence", "minor", "读数需人工核对"),
    ("broker_claim", "major", "经纪人指定的材料"),
)

CODES: Mapping[str, Code] = MappingProxyType({id: Code(id, severity, title) for id, severity, title in _TABLE})


def finding(
    code: str,
    documents: Iterable[Document | str] = (),
    *,
    values: Iterable[Value] = (),
    fields: Iterable[str] | None = None,
    for_manager: str,
    for_broker: str = "",
    detail: Mapping[str, Any] = NOTHING,
) -> Finding:
    """A finding of a contract code with the contract's severity; raises KeyError on a code that the contract lacks.

    `fields` default to those of `values`. Documents and fields are listed once each, in the order given.
    """
    shown = tuple(values)
    names = dict.fromkeys(v.field for v in shown) if fields is None else dict.fromkeys(fields)
    ids = dict.fromkeys(d if isinstance(d, str) else d.id for d in documents)
    more = MappingProxyType(dict(detail))
    return Finding(code, CODES[code].severity, tuple(ids), tuple(names), shown, for_manager, for_broker, more)
