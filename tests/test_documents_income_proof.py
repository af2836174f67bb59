"""Income proofs on sheets set by hand: wordings, forms and slips of real letters."""

from __future__ import annotations

import pytest

from extractors.classify import documents_of
from extractors.documents import income_proof
from extractors.model import SURE, Box, Field, Line, Seal
from tests.sheet_lines import NARROW, line, sheet

WIDTH, LEFT, HEIGHT = 1600.0, 150.0, 30.0
ID = "500112198902118047"


def letter(*texts: str, closing: tuple[str, ...] = (), seal: str = "") -> dict[str, Field]:
    """The fields of a letter: paragraphs wrapped as a page does, first lines indented; the closing at the right edge."""
    lines: list[Line] = []
    y = 100.0
    for text in texts:
        rest, x = text, LEFT + 2 * HEIGHT
        while rest:
            n = fitting(rest, WIDTH - LEFT - x)
            lines.append(line(rest[:n], x, y, height=HEIGHT))
            rest, x, y = rest[n:], LEFT, y + 60
    for text in closing:
        lines.append(line(text, WIDTH - LEFT - width(text), y, height=HEIGHT))
        y += 60
    seals = [Seal(Box(1000, y - 200, 1300, y + 100), seal, 0.98)] if seal else []
    return dict(income_proof.extract((sheet(lines, size=(WIDTH, 2200), seals=seals),)))


def width(text: str) -> float:
    return sum(HEIGHT * (NARROW if ord(char) < 0x2E80 else 1.0) for char in text)


def fitting(text: str, room: float) -> int:
    """How many characters stand on a line; a number is not cut."""
    n = len(text)
    while width(text[:n]) > room or (n < len(text) and text[n - 1 : n + 1].isascii() and text[n - 1 : n + 1].isalnum()):
        n -= 1
    return n


def test_a_letter_with_its_parts_and_its_bonus() -> None:
    found = letter(
        f"兹证明我公司员工 贾 琳 （身份证号：{ID}），现任我公司销售部销售经理，于2018年08月入职。月基本工资6000元，"
        "绩效奖金4500元，岗位津贴1500元，合计月收入12000元（大写：人民币壹万贰仟元整）。年终奖约3万元。",
        closing=("苏州工业园区恒瑞包装材料有限公司", "2026 年 10 月 26 日"),
    )
    values = {name: one.value for name, one in found.items()}
    assert values == {
        "employee_name": "贾琳",
        "id_number": ID,
        "employer": "苏州工业园区恒瑞包装材料有限公司",
        "position": "销售经理",
        "employed_since": "2018-08",
        "monthly_income": "12000.00",
        "amount_in_words": "12000.00",
        "issued_on": "2026-10-26",
        "bonus_stated": "true",
        "has_seal": "false",
    }


def test_a_basic_wage_alone_is_not_surely_the_income() -> None:
    one = letter("兹证明张伟系我公司员工，月基本工资为6000元。")["monthly_income"]
    assert one.value == "6000.00" and one.confidence < SURE


@pytest.mark.parametrize(
    ("said", "monthly", "annual"),
    [
        ("税前月平均收入（含奖金、津贴）为人民币21,500.00元（大写：贰万壹仟伍佰元整），年收入合计约人民币258000元。", "21500.00", "258000.00"),
        ("目前月薪为1.5万元（税前），年收入约20万元。", "15000.00", "200000.00"),
        ("该员工目前月收入税前9800元/月，税后8650元/月。", "9800.00", None),
        ("年收入约八万元左右，月收入6500元。", "6500.00", "80000.00"),
        ("月均收入壹万零伍佰元整（¥10,500.00）。", "10500.00", None),
        ("月平均收入为人民币13443.33元。", "13443.33", None),
        ("年收入合计人民币52800元，平均每月4400元。", "4400.00", "52800.00"),
        ("家庭年收入约16.8万元，本人月收入8420元。", "8420.00", None),
    ],
)
def test_amounts(said: str, monthly: str, annual: str | None) -> None:
    found = letter("兹证明张伟系我公司员工，" + said)
    assert found["monthly_income"].value == monthly
    assert (found["annual_income"].value if "annual_income" in found else None) == annual


def test_neither_end_of_a_range_is_sure() -> None:
    assert letter("兹证明张伟系我公司员工，月收入8000-10000元。")["monthly_income"].confidence < SURE


@pytest.mark.parametrize(
    "sentence",
    [
        "兹证明我村村民蒋大山，男，汉族，身份证号码：{id}，家住我村3组。",
        "兹证明蒋大山为我公司合伙人，身份证号为{id}，现任副所长。",
        "借款申请人蒋大山（身份证号码：{id}）及其配偶方艳琼向贵行申请贷款。现证明蒋大山系我公司员工，就职于我公司工程部，担任经理职务。",
        "兹有我院职工蒋大山，身份证号：{id}，职务：护士长。",
        "我校教师蒋大山，女，现年38岁，身份证号码为{id}。",
    ],
)
def test_the_employee_among_other_words(sentence: str) -> None:
    found = letter(sentence.format(id=ID))
    assert (found["employee_name"].value, found["id_number"].value) == ("蒋大山", ID)


def test_what_begins_with_no_surname_is_no_sure_name() -> None:
    one = letter(f"兹证明呢啊（身份证号：{ID}）系我公司员工。")["employee_name"]
    assert one.confidence < SURE


@pytest.mark.parametrize(
    "employer",
    [
        "天健会计师事务所（特殊普通合伙）重庆分所",
        "江津区先锋镇保坪村村民委员会",
        "垫江县高安镇中心卫生院",
        "重庆市南岸区长生桥镇人民政府",
        "中铁十一局集团第五工程有限公司",
        "重庆市江北区石马河小学校",
        "渝中区老渔村火锅店",
        "贵阳天佑商贸有限公司",
        "本溪示例机械有限公司",
        "老王经营部",
    ],
)
@pytest.mark.parametrize("form", ["{}", "{}（盖章）", "单位名称（公章）：{}", "公司名称：{}"])
def test_employers_of_all_kinds(employer: str, form: str) -> None:
    found = letter("兹证明张伟系我单位员工，月收入6000元。", closing=(form.format(employer), "二〇二六年十月二十日"))
    assert found["employer"].value == employer.replace("（", "(").replace("）", ")")
    assert found["issued_on"].value == "2026-10-20"


def test_the_seal_names_the_employer_where_nothing_else_does() -> None:
    one = letter("兹证明张伟系我单位员工。", closing=("2026年11月12日",), seal="重庆天星房地产经纪有限公司人事专用章")["employer"]
    assert one.value == "重庆天星房地产经纪有限公司" and one.confidence < SURE


@pytest.mark.parametrize(
    ("sentence", "position"),
    [
        ("系本所专职律师，月薪1万元。", "专职律师"),
        ("在我院内科任主治医师，月收入1万元。", "主治医师"),
        ("现从事行政管理工作，职务办公室主任，职称无。", "办公室主任"),
        ("系我公司正式员工，任出纳，月收入5600元。", "出纳"),
        ("任职于客户服务部，职位为柜面主管。", "柜面主管"),
        ("在我公司任职会计，月收入6000元。", "会计"),
        ("在我公司工作，职位Position：工程师。", "工程师"),
    ],
)
def test_positions(sentence: str, position: str) -> None:
    assert letter("兹证明张伟" + sentence)["position"].value == position


def test_a_number_at_the_right_edge_does_not_run_on_into_the_date() -> None:
    found = letter("兹证明张伟系我店员工。", closing=("负责人：龙小军 电话：15923456789", "2026年10月8日"))
    assert found["contact_phone"].value == "15923456789"
    assert found["issued_on"].value == "2026-10-08"


def test_the_day_of_employment_is_not_the_day_of_issue() -> None:
    assert "issued_on" not in letter("兹证明张伟于2018年3月1日入职我公司，月收入6000元。")


def test_a_circle_read_as_the_letter_o() -> None:
    assert letter("兹证明张伟系我单位员工。", closing=("二O二六年九月十八日",))["issued_on"].value == "2026-09-18"


def test_labels_in_two_languages() -> None:
    texts = [
        "员工姓名 Name：严 子轩", f"身份证号码 ID No.：{ID}", "入职日期 Date of Joining：2019-09-02", "职位 Position：高级采购工程师",
        "月收入 Monthly Income：CNY 18,000.00", "年收入 Annual Income：CNY 262,500.00", "签发日期 Date of Issue：2026-11-17",
    ]  # fmt: skip
    lines = [line(text, LEFT, 200 + 60 * n, height=HEIGHT) for n, text in enumerate(["收入证明", *texts])]
    found = income_proof.extract((sheet(lines, size=(WIDTH, 2200)),))
    names = ("employee_name", "employed_since", "position", "monthly_income", "annual_income", "issued_on")
    assert [found[name].value for name in names] == ["严子轩", "2019-09-02", "高级采购工程师", "18000.00", "262500.00", "2026-11-17"]


def test_the_sum_of_ten_months_is_no_monthly_income() -> None:
    found = letter(
        f"汤 雨，男，身份证号码：{ID}，系我局在编公务员，现任一级科员。"
        "该同志2026年1-10月应发工资合计98,650.00元，月均应发工资9,865.00元。"
    )
    assert (found["employee_name"].value, found["monthly_income"].value) == ("汤雨", "9865.00")


def test_labels_within_a_sentence() -> None:
    found = letter(f"姓名：覃晓芳，性别：女，身份证号：{ID}，现任职务：语文教师，参加工作时间：2012年9月。")
    names = ("employee_name", "id_number", "position", "employed_since")
    assert [found[name].value for name in names] == ["覃晓芳", ID, "语文教师", "2012-09"]


@pytest.mark.parametrize(
    ("said", "position", "sure"),
    [
        ("现任综合管理部部门项目经理职务。", "项目经理", True),
        ("现任职务为药师。", "药师", True),
        ("任市场部部门经理。", "部门经理", False),
        ("现任财务部经理。", "经理", False),
        ("任技术部高级室内设计师，", "高级室内设计师", True),
    ],
)
def test_where_the_department_ends_and_the_position_begins(said: str, position: str, sure: bool) -> None:
    one = letter("兹证明张伟系我公司员工，" + said)["position"]
    assert (one.value, one.confidence >= SURE) == (position, sure)


def test_behind_its_label_a_position_keeps_its_department() -> None:
    assert letter("兹证明张伟系我公司员工。", "职务：财务部经理")["position"].value == "财务部经理"


@pytest.mark.parametrize(
    ("lines", "type_id"),
    [
        (["职工收入及工作情况证明", "职工姓名：张伟", "单位全称：成都恒瑞包装材料有限公司"], "income_proof"),
        (["证明", "兹证明张伟系我厂操作工，已在我处工作十年，每月工资收入为5600元整。", "情况属实，特此证明。"], "income_proof"),
        (["职工收入情况证明表", "姓名：张伟", "工作单位：成都恒瑞包装材料有限公司"], "income_proof"),
        (["证明", "我单位张伟同志，现任我单位会计，月工资收入为5600元整。", "情况属实，特此证明。"], "income_proof"),
        (["证明", "兹证明张伟系我厂操作工，表现良好。"], "unknown"),
        (["个人收入纳税证明", "纳税人姓名：张伟"], "unknown"),
        (["个人贷款申请表", "姓名：张伟", "工作单位：成都恒瑞包装材料有限公司", "月收入：6000元"], "unknown"),
    ],
)
def test_papers_of_many_titles(lines: list[str], type_id: str) -> None:
    page = sheet([line(text, LEFT, 200 + 60 * n, height=HEIGHT) for n, text in enumerate(lines)], size=(WIDTH, 2200))
    assert [d.type for d in documents_of([page])] == [type_id]


def test_labels_in_two_rows_of_narrow_cells() -> None:
    cells = [("职工", "姓名", "覃晓芳"), ("担任", "职务", "质检员"), ("单位", "全称", "成都恒瑞包装材料有限公司")]
    lines = [line("收入证明", 500, 60, height=HEIGHT)]
    for n, (upper, lower, value) in enumerate(cells):
        y = 200 + 100 * n
        lines += [line(upper, LEFT, y, height=30), line(lower, LEFT, y + 32, height=30), line(value, 500, y + 16, height=30)]
    found = income_proof.extract((sheet(lines, size=(WIDTH, 2200)),))
    assert [found[name].value for name in ("employee_name", "position", "employer")] == [cells[0][2], cells[1][2], cells[2][2]]


def test_two_rows_read_as_one_are_looked_at_again_apart() -> None:
    rows = [line("担任职务", LEFT, 100 + 60 * n, height=HEIGHT) for n in range(6)]
    smudge = Line("所听", Box(LEFT, 500, LEFT + 60, 570), 0.42)
    upper, lower = income_proof.close_ups(sheet([*rows, smudge]))
    assert (upper.box.y0, upper.box.y1, lower.box.y0, lower.box.y1) == (500, 535, 535, 570)
    assert not income_proof.close_ups(sheet(rows))


def test_a_number_in_the_head_is_not_the_number_to_ask() -> None:
    head = line("地址：成都市人民路1号 电话：028-43854687", 300, 60, height=HEIGHT)
    body = line("兹证明张伟系我公司员工，月薪6000元。", LEFT, 300, height=HEIGHT)
    foot = line("联系人：龙小军 联系电话：15923456789", LEFT, 800, height=HEIGHT)
    asked = income_proof.extract((sheet([head, body, foot], size=(WIDTH, 2200)),))["contact_phone"]
    other = income_proof.extract((sheet([head, body, line("电话：15923456789", LEFT, 800)], size=(WIDTH, 2200)),))["contact_phone"]
    assert (asked.value, asked.confidence >= SURE) == ("15923456789", True)
    assert other.confidence < SURE


def test_a_seal_that_nearly_says_the_employer_is_read_wrong_or_the_employer_is() -> None:
    found = letter("兹证明张伟系我单位员工。", closing=("成都恒瑞包装材料有限公司", "2026年11月12日"), seal="成都垣瑞包装材料有限公司")
    assert found["employer"].confidence < SURE and found["seal_text"].confidence < SURE
    other = letter("兹证明张伟系我单位员工。", closing=("成都恒瑞包装材料有限公司", "2026年11月12日"), seal="重庆天星房地产经纪有限公司")
    assert other["employer"].confidence >= SURE and other["seal_text"].confidence >= SURE


def test_sentence_and_label_that_say_two_things_are_not_sure() -> None:
    found = letter("兹证明张伟系我公司员工，月收入6000元。", "月均收入：8000元")
    assert found["monthly_income"].confidence < SURE


def test_a_foot_further_right_than_the_body_does_not_end_the_bodys_rows() -> None:
    body = ["兹证明张伟系我单位正式职工，现任综合管理部项目经", "理职务，近一年内该职工的平均月收入为人民币8000元，", "我单位对本证明的真实性负责，本证明仅用于办理贷款"]
    lines = [line(text, LEFT, 300 + 60 * n, height=HEIGHT) for n, text in enumerate(body)]
    lines.append(line("单位地址：成都市人民路一号恒瑞大厦", 560, 700, height=HEIGHT))
    assert income_proof.extract((sheet(lines, size=(2000, 2200)),))["position"].value == "项目经理"


def test_english_beside_a_label_and_notes_beneath_it() -> None:
    rows = [("姓名/Name", "赵永华"), ("职位/Title", "总经理助理"), ("月薪（税前）", "19,900.00"), ("身份证号/ID Number", ID)]
    lines = [line("收入证明", 500, 60, height=HEIGHT)]
    for n, (label, value) in enumerate(rows):
        lines += [line(label, LEFT, 200 + 80 * n, height=HEIGHT), line(value, 700, 200 + 80 * n, height=HEIGHT)]
    lines += [line("年收入合计", LEFT, 600, height=30), line("（税后）", LEFT + 30, 632, height=30), line("180,000.00", 700, 616, height=30)]
    found = income_proof.extract((sheet(lines, size=(WIDTH, 2200)),))
    names = ("employee_name", "position", "monthly_income", "id_number", "annual_income")
    assert [found[name].value for name in names] == ["赵永华", "总经理助理", "19900.00", ID, "180000.00"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("现有我单位职工冯国杰因购房需要向贵行申请贷款，自2018年5月至今在我单位任职，岗位为会计。", "冯国杰"),
        ("兹证明刘凯为成都恒瑞包装材料有限公司在职员工，月薪6000元。", "刘凯"),
    ],
)
def test_names_in_more_wordings(said: str, name: str) -> None:
    assert letter(said)["employee_name"].value == name


def test_who_is_to_be_asked_in_one_cell() -> None:
    found = letter("兹证明张伟系我公司员工。", "经办人及电话：龙小军 15923456789")
    assert (found["contact_name"].value, found["contact_phone"].value) == ("龙小军", "15923456789")


def test_the_income_of_a_year_in_brackets() -> None:
    found = letter("兹证明张伟系我公司员工，其上年度（2025年1月至2025年12月）税前总收入为人民币壹拾贰万元整（￥120,000.00）。")
    assert found["annual_income"].value == "120000.00"


def test_one_figure_is_not_the_income_of_a_month_and_of_a_year() -> None:
    heads = [line("月均收入", LEFT, 300, height=30), line("年度合计收入", 700, 300, height=30), line("15,000.00", 400, 320, height=30)]
    found = income_proof.extract((sheet([line("收入证明", 500, 60), *heads], size=(WIDTH, 2200)),))
    assert all(one.confidence < SURE for name, one in found.items() if name.endswith("_income"))


def test_a_thousand_that_was_misread_cuts_no_amount() -> None:
    found = letter("兹证明徐文海系我公司员工，月收入为人民币壹万捌任伍佰元整(小写：¥18,500.00)。")
    assert found["monthly_income"].text == "18500.00"
    assert found["amount_in_words"].text == "18500.00" and found["amount_in_words"].confidence < SURE


def _stamped(*seals: Seal) -> dict[str, Field]:
    lines = [line("收入证明", 700, 200), line("兹证明冯建国系我院职工，月收入为26000元。", 300, 400), line("大连滨海骨伤医院", 900, 600)]
    return dict(income_proof.extract((sheet(lines, seals=seals),)))


def test_red_cloth_beside_the_paper_is_no_seal() -> None:
    beside, far_below = Seal(Box(0, 400, 120, 560), "X", 0.29), Seal(Box(900, 1250, 1100, 1390), "", 0.0)
    assert _stamped(beside, far_below)["has_seal"].text == "false"


def test_a_seal_at_the_letter_that_cannot_be_read_is_there_but_not_surely() -> None:
    found = _stamped(Seal(Box(900, 560, 1100, 760), "", 0.0))["has_seal"]
    assert found.text == "true" and found.confidence < SURE


def test_a_name_under_a_seal_is_read_from_both() -> None:
    lines = [line("收入证明", 700, 200), line("兹证明冯建国系我公司职工，月收入为26000元。", 300, 400), line("单位名称：太原达餐饮理有限公司", 700, 600)]
    seal = Seal(Box(900, 560, 1100, 760), "太原犇达餐饮管理有限公司", 0.99)
    found = income_proof.extract((sheet(lines, seals=[seal]),))["employer"]
    assert found.text == "太原犇达餐饮管理有限公司" and found.confidence < SURE
    assert "达餐饮理" in found.raw


def test_who_is_to_be_asked_before_his_number() -> None:
    found = letter("兹证明万琳系我公司员工，月收入为8260元。", closing=("经办人：谢婷13996218805",))
    assert found["contact_name"].text == "谢婷"


def test_the_name_of_who_is_to_be_asked_is_not_the_employees() -> None:
    found = letter("员工姓名：张伟；岗位：会计；", "该员工为我司在册员工，月收入6000元。联系人姓名：王芳；电话：13800001234。")
    assert found["employee_name"].value == "张伟" and found["employee_name"].confidence >= SURE


def test_what_a_family_has_a_month_is_not_the_employees_income() -> None:
    assert "monthly_income" not in letter("兹证明张伟系我公司员工，家庭平均每月20000元。")
