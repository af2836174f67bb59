"""What people read for the service's own states and kinds."""

from __future__ import annotations

STAGES = {
    "open": "待交齐", "review": "待审核", "returned": "待补件", "passed": "已通过", "declined": "已拒绝", "closed": "已结束",
}  # fmt: skip
VERDICTS = {"complete": "齐全", "incomplete": "不齐全", "discrepant": "有矛盾或疑点"}
PRODUCTS = {"personal_mortgage": "个人住房贷款", "personal_business": "个人经营贷款", "enterprise": "企业贷款"}
SEVERITIES = {"blocking": "阻断", "major": "重要", "minor": "一般", "info": "提示"}
STATUSES = {"present": "有", "missing": "缺", "unusable": "不可用"}
FILES = {"waiting": "等待读取", "reading": "正在读取", "read": "已读取", "failed": "无法读取"}
ROLES = {
    "borrower": "借款人", "spouse": "配偶", "guarantor": "保证人", "pledger": "抵押人", "company": "企业",
    "legal_representative": "法定代表人",
}  # fmt: skip
MARITAL = {"": "未说明", "married": "已婚", "single": "未婚", "divorced": "离异", "widowed": "丧偶"}
OUTCOMES = {"passed": "通过", "failed": "未通过", "warned": "需留意", "not_applicable": "不适用", "not_checked": "未能核对"}
DECISIONS = {"confirmed": "已确认", "waived": "已豁免", "noticed": "已列入补件", "open": "待处理"}
PEOPLE = {"broker": "经纪人", "manager": "客户经理", "administrator": "管理员", "auditor": "审计员"}
ORGANISATIONS = {"bank": "银行", "branch": "支行", "agency": "经纪机构"}
AGES = {"day": "一天内", "week": "一天至一周", "older": "一周以上"}
DUE = {"late": "已超时", "soon": "四小时内到期"}
GROUPS = {"file": "上传", "read": "读取", "report": "报告", "correction": "更正", "finding": "问题处理", "message": "往来", "case": "件"}
WORK = {"read": "读取文件", "check": "核对", "paper": "打印报告"}
STATES = {"queued": "排队", "running": "进行中", "failed": "失败"}
