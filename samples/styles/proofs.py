"""Wordings of income proofs of all parts, which share none."""

from __future__ import annotations

from collections.abc import Mapping

from samples.paper import Part
from samples.styles.proof_form import BASIC, CONTACT, Style
from samples.styles.proofs_test import TEST

__all__ = ["STYLES", "Style"]

TUNING = (
    Style(
        name="letter",
        template="income_letter",
        title="收入证明",
        body=(
            "兹证明{name}（身份证号码：{id}）系我单位正式职工，自{since}起在我单位工作，现任{department}{position}职务，"
            "月均收入人民币（大写）{words}（¥{monthly}）。",
            "特此证明。",
        ),
        closing=("联系人：{contact}", "联系电话：{phone}", "", ">{employer}（盖章）", ">{issued}"),
        says=(*BASIC, "monthly_income", "amount_in_words", *CONTACT),
    ),
    Style(
        name="table",
        template="income_table",
        title="个 人 收 入 证 明",
        body=(
            "姓名|{name}|性别|{sex}",
            "身份证号码|{id}",
            "工作单位|{employer}",
            "单位地址|{address}",
            "所在部门|{department}|职务|{position}",
            "入职时间|{since}|用工形式|合同制",
            "月均收入（税后）|人民币{monthly}元（大写：{words}）",
            "年收入（含奖金）|人民币{annual}元",
            "单位联系人|{contact}|联系电话|{phone}",
        ),
        closing=("我单位承诺以上内容真实，如有不实愿承担相应责任。", "", ">单位公章：{employer}", ">开具日期：{issued}"),
        says=(*BASIC, "monthly_income", "annual_income", "amount_in_words", *CONTACT),
        since="day",
        figure="comma",
    ),
    Style(
        name="bank",
        template="income_letter",
        title="收入证明",
        body=(
            "{bank}：",
            "兹证明「{name}」同志，身份证号码「{id}」，自「{since}」起至今在我单位工作，职务为「{position}」，"
            "其月均收入（税后）为人民币「{monthly}」元（大写：「{words}」）。",
            "我单位对以上证明内容的真实性负责，并愿意承担由此产生的法律责任。本证明仅用于申请银行贷款，不作为我单位的担保。",
        ),
        closing=(
            "单位地址：「{address}」",
            "联系人：「{contact}」　　联系电话：「{phone}」",
            "",
            ">单位名称（公章）：{employer}",
            ">{issued}",
        ),
        says=(*BASIC, "monthly_income", "amount_in_words", *CONTACT),
        seal_centre="人事专用章",
        yuan="圆",
    ),
    Style(
        name="employment",
        template="income_letter",
        title="在职及收入证明",
        body=(
            "兹证明{name}，{sex}，身份证号：{id}，为我公司全职员工，于{since}入职，目前在{department}担任{position}一职，"
            "双方签有无固定期限劳动合同。该员工税前月薪为人民币{monthly}元。",
            "本证明仅用于证明该员工的在职及收入情况。",
        ),
        closing=("", ">{employer}", ">{issued}"),
        says=(*BASIC, "monthly_income"),
        since="day",
        figure="comma",
        day="dots",
        monthly_in_words=False,
    ),
    Style(
        name="annual",
        template="income_letter",
        title="收 入 证 明",
        body=(
            "兹有我单位员工{name}（身份证号码{id}），于{since}到我单位工作，现担任{position}，"
            "近一年年总收入为人民币{annual}元（大写：人民币{words}）。",
            "特此证明！",
        ),
        closing=("经办人：{contact}　电话：{phone}", "", ">{employer}", ">{issued}"),
        says=(*BASIC, "annual_income", "amount_in_words", *CONTACT),
        monthly_in_words=False,
    ),
)
RETIRED = (
    Style(
        name="free",
        template="income_letter",
        title="证　　明",
        body=(
            "{name}同志，{sex}，身份证号{id}，于{since}到我公司参加工作，现为{department}{position}。该同志工作认真，"
            "最近一年平均每月工资性收入（扣除五险一金后）为{monthly}元，大写：{words}。",
            "情况属实，特出此证明，供其到银行办理贷款手续使用。",
        ),
        closing=(">{employer}", ">{issued}", "", "附：公司地址：{address}", "　　人事部联系人：{contact}　电话：{phone}"),
        says=(*BASIC, "monthly_income", "amount_in_words", *CONTACT),
        day="spaced",
    ),
    Style(
        name="blanks",
        template="income_letter",
        title="个人收入及工作证明",
        body=(
            "{bank}：",
            "兹证明「{name}」先生/女士（身份证件名称：居民身份证，证件号码：「{id}」）系我单位员工，"
            "于「{since}」起在我单位任职，现任职务「{position}」。"
            "其目前税后月收入为人民币（小写）「￥{monthly}」元，（大写）「{words}」。",
            "我单位承诺上述情况真实、有效。如因情况不实给贵行造成损失，我单位愿承担相应的法律责任。",
        ),
        closing=("单位（公章或人事部门章）：「{employer}」", "单位地址：「{address}」", "单位联系人：「{contact}」",
                 "联系电话：「{phone}」", "出具日期：「{issued}」"),
        says=(*BASIC, "monthly_income", "amount_in_words", *CONTACT),
        since="day",
        figure="comma",
        yuan="圆",
        seal_centre="人事部",
    ),
    Style(
        name="sections",
        template="income_table",
        title="借款人工作及收入情况证明",
        body=(
            "基本情况|姓　名|{name}|性　别|{sex}",
            "|证件号码|{id}",
            "工作情况|工作单位（全称）|{employer}",
            "|单位地址|{address}",
            "|部门及职务|{position}|入职日期|{since}",
            "收入情况|税前月收入（元）|{monthly}|税前年收入（元）|{annual}",
            "|年收入大写|{words}",
            "核实信息|人事经办人|{contact}|固定电话|{phone}",
        ),
        closing=("以上所填内容经我单位核实无误。", "", ">证明单位（盖章）", ">{issued}"),
        says=(*BASIC, "monthly_income", "annual_income", "amount_in_words", *CONTACT),
        since="iso",
        figure="plain",
        monthly_in_words=False,
    ),
    Style(
        name="listed",
        template="income_list",
        title="在职及收入证明",
        body=(
            "姓名：|{name}",
            "身份证号码：|{id}",
            "任职单位：|{employer}",
            "所在部门：|{department}",
            "担任职务：|{position}",
            "到职时间：|{since}",
            "月均收入（税后）：|人民币{monthly}元整",
            "大写金额：|{words}",
        ),
        closing=("以上信息真实有效，特此证明。", "经办人：{contact}　　联系方式：{phone}", "", ">{employer}", ">{issued}"),
        says=(*BASIC, "monthly_income", "amount_in_words", *CONTACT),
        since="day",
        figure="comma",
        day="dots",
    ),
    Style(
        name="wan",
        template="income_letter",
        title="收入及在职证明",
        body=(
            "致相关银行：",
            "{name}（{sex}，身份证号码{id}）自{since}起与我司建立劳动关系，截至本证明开具之日仍在职，任{position}一职。",
            "该员工月工资标准为人民币{monthly}元/月，上一年度税前总收入为人民币{annual}。",
            "本证明不构成我司对该员工任何债务的担保。",
        ),
        closing=("", ">{employer}", ">人力资源部", ">{issued}", "", "核实电话：{phone}　　联系人：{contact}"),
        says=(*BASIC, "monthly_income", "annual_income", *CONTACT),
        since="month",
        figure="comma",
        annual_figure="wan",
        day="chinese",
        seal_centre="人力资源专用章",
        monthly_in_words=False,
        letterhead=True,
    ),
    Style(
        name="penned",
        template="income_letter",
        title="收入证明",
        body=(
            "兹证明我单位职工「{name}」，身份证号码「{id}」，在我单位工作，工作单位全称为「{employer}」，职务/岗位「{position}」，"
            "参加本单位工作时间「{since}」，月收入（人民币）「{monthly}」元，大写「{words}」。",
            "特此证明。",
        ),
        closing=("", ">单位公章或人事章", ">经办人签字：「{contact}」", ">联系电话：「{phone}」", ">「{issued}」"),
        says=(*BASIC, "monthly_income", "amount_in_words", *CONTACT),
        handwriting=True,
        whole="正",
    ),
)
STYLES: Mapping[Part, Mapping[str, Style]] = {
    "tuning": {style.name: style for style in TUNING},
    "retired": {style.name: style for style in RETIRED},
    "test": {style.name: style for style in TEST},
}
