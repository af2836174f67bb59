"""Wordings of income proofs of the test part."""

from __future__ import annotations

from samples.styles.proof_form import BASIC, CONTACT, Style

WHOLE = (*BASIC, "monthly_income", "annual_income", "amount_in_words", *CONTACT)
MONTHLY = (*BASIC, "monthly_income", "amount_in_words", *CONTACT)
TEST = (
    Style(
        name="memo",
        template="income_letter",
        title="员工收入情况说明",
        body=(
            "{bank}：",
            "{name}，{sex}，公民身份号码{id}，{since}入职{employer}，劳动关系存续至今，岗位为{position}，隶属{department}。",
            "其月工资由基本工资{base}元与绩效工资{merit}元组成，月均收入合计{monthly}元（人民币{words}）；"
            "近十二个月实发收入总计{annual}元。",
            "我公司对本说明的真实性负责。如需核实，请致电{phone}，联系人{contact}。",
        ),
        closing=("", ">{employer}", ">{issued}"),
        says=WHOLE,
        figure="comma",
        since="day",
        letterhead=True,
    ),
    Style(
        name="institution",
        template="income_letter",
        title="收 入 证 明 信",
        body=(
            "贵行：",
            "我单位在编在岗人员{name}，身份证号码为{id}，自{since}起在我单位从事{position}工作，年收入（税前）{annual}元，"
            "即人民币{words}。",
            "以上内容如有虚假，我单位承担由此引起的一切责任。",
        ),
        closing=(">单位名称：{employer}", ">出证时间：{issued}", "", "经办部门：{department}", "经办人及电话：{contact}　{phone}"),
        says=(*BASIC, "annual_income", "amount_in_words", *CONTACT),
        figure="plain",
        day="chinese",
        yuan="圆",
        monthly_in_words=False,
    ),
    Style(
        name="bank_form",
        template="income_letter",
        title="工作及收入证明（个人贷款专用）",
        body=(
            "致：「{bank}」",
            "为配合贵行对我单位职工「{name}」（证件类型：身份证；证件号码「{id}」）贷款申请的审查，现就其工作和收入情况证明如下：",
            "1. 该职工自「{since}」起在我单位工作，目前在「{department}」任「{position}」，劳动合同类型为「无固定期限」。",
            "2. 该职工每月税后收入为人民币「{monthly}」元（大写：「{words}」）。",
            "3. 我单位通讯地址为「{address}」，人力资源部门联系人「{contact}」，办公电话「{phone}」。",
        ),
        closing=("单位全称（加盖公章）：「{employer}」", "", ">证明日期：「{issued}」"),
        says=MONTHLY,
        figure="comma",
        since="month",
        seal_centre="合同专用章",
    ),
    Style(
        name="boxes",
        template="income_table",
        title="个人贷款申请人收入证明书",
        body=(
            "申请人姓名|{name}|性别|{sex}",
            "身份证号|{id}",
            "所在单位名称|{employer}",
            "单位详细地址|{address}",
            "现任职务/岗位|{position}|到岗时间|{since}",
            "月均税后收入|￥{monthly}|近一年收入合计|￥{annual}",
            "月均收入大写|人民币{words}",
            "单位证明人|{contact}|证明人电话|{phone}",
        ),
        closing=("上列各项由单位填写，涂改无效。", "", ">单位签章：", ">填写日期：{issued}"),
        says=WHOLE,
        figure="comma",
        since="iso",
        day="iso",
        seal_centre="财务专用章",
    ),
    Style(
        name="numbered",
        template="income_list",
        title="在职证明",
        body=(
            "员工姓名：|{name}（{sex}）",
            "证件号码：|{id}",
            "入职日期：|{since}",
            "现任岗位：|{position}",
            "所属部门：|{department}",
            "用工单位：|{employer}",
            "月薪标准（税前）：|￥{monthly}",
        ),
        closing=("兹证明上述人员目前在我公司任职，特此证明。", "", ">{employer}（章）", ">{issued}", "", "HR：{contact}　Tel：{phone}"),
        says=(*BASIC, "monthly_income", *CONTACT),
        figure="comma",
        since="day",
        day="dots",
        monthly_in_words=False,
    ),
    Style(
        name="filled",
        template="income_letter",
        title="证　明",
        body=(
            "兹有「{name}」同志（身份证「{id}」）在「{employer}」上班，担任「{position}」，从「{since}」工作到现在，"
            "每月工资「{monthly}」元，大写「{words}」。",
            "情况属实。",
        ),
        closing=("", ">单位（盖章）", ">负责人：「{contact}」　电话：「{phone}」", ">「{issued}」"),
        says=MONTHLY,
        handwriting=True,
        whole="正",
    ),
)
