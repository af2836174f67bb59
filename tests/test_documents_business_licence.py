"""Business licences on hand-built sheets: columns, torn labels, all kinds of bodies, the pieced date, the QR code."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from extractors.classify import label
from extractors.documents._lines import holes, split_number
from extractors.documents.business_licence import TYPE, extract
from extractors.layout import join
from extractors.model import Box, Code, Line, Seal, Sheet
from tests.sheet_lines import line, sheet

CODE = "91350100M000100Y43"
SCOPE = ("软件开发；计算机软硬件及辅助设备零售；信息系统集", "成服务（依法须经批准的项目，经相关部门批准后方可", "开展经营活动）")


def landscape(*more: Line, skip: tuple[str, ...] = ()) -> list[Line]:
    """A landscape licence of a company as OCR gives it: short labels torn, two columns, the scope in three rows."""
    lines = [
        line("统一社会信用代码", 250, 230, height=26),
        line(CODE, 250, 300, height=34),
        line("营业执照", 765, 290, height=130),
        line("(副本)", 1090, 460, height=46),
        line("名", 250, 600, height=40),
        line("称", 395, 600, height=40),
        line("福州示例科技（集团）有限公司", 480, 600, height=40),
        line("类", 250, 680, height=40),
        line("型有限责任公司（自然人独资）", 395, 680, height=40),
        line("法定代表人张 伟", 250, 760, height=40),
        line("经营范围", 250, 840, height=40),
        *(line(row, 480, 840 + 50 * n, height=38) for n, row in enumerate(SCOPE)),
        line("注册资本", 1270, 602, height=40),
        line("人民币5000.0000万元整", 1510, 602, height=40),
        line("成立日期2015年03月12日", 1270, 680, height=40),
        line("营业期限", 1270, 760, height=40),
        line("2015年03月12日至", 1510, 760, height=40),
        line("2035年03月11日", 1900, 760, height=40),
        line("住", 1270, 840, height=40),
        line("所福州市鼓楼区示例路88号示例大厦1", 1390, 840, height=40),
        line("2层1203", 1430, 892, height=40),
        line("登记机关", 1430, 1140, height=42),
        line("2019", 1585, 1376, height=42),
        line("年", 1700, 1378, height=42),
        line("05 月", 1770, 1374, height=42),
        line("20日", 1905, 1379, height=42),
        line("国家企业信用信息公示系统网址：http://www.gsxt.gov.cn", 205, 1500, height=24),
        line("市场主体应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送公示年度报告", 820, 1500, height=24),
    ]
    return [*(each for each in lines if not any(each.text.startswith(s) for s in skip)), *more]


def read(*lines: Line, size: tuple[float, float] = (2340, 1654), **more: object) -> dict[str, str]:
    fields = extract((sheet(lines, size=size, **more),))  # type: ignore[arg-type]
    return {name: one.text for name, one in fields.items()}


def test_two_columns_with_torn_labels() -> None:
    assert read(*landscape()) == {
        "uscc": CODE,
        "name": "福州示例科技(集团)有限公司",
        "type": "有限责任公司(自然人独资)",
        "legal_representative": "张伟",
        "registered_capital": "50000000.00",
        "established_on": "2015-03-12",
        "term_from": "2015-03-12",
        "term_until": "2035-03-11",
        "address": "福州市鼓楼区示例路88号示例大厦12层1203",
        "business_scope": "软件开发;计算机软硬件及辅助设备零售;信息系统集成服务(依法须经批准的项目,经相关部门批准后方可开展经营活动)",
        "issued_on": "2019-05-20",
    }
    fields = extract((sheet(landscape(), size=(2340, 1654)),))
    assert all(one.confidence >= 0.9 for one in fields.values())


def upright(rows: dict[str, str | tuple[str, ...]], *more: Line, code: str = f"统一社会信用代码{CODE}") -> list[Line]:
    """An upright duplicate: one column, labels of two characters torn apart."""
    lines = [line("营业执照", 380, 390, height=130), line(code, 510, 680, height=34)]
    y = 790.0
    for name, printed in rows.items():
        if len(name) == 2:
            lines += [line(name[0], 270, y, height=40), line(name[1], 390, y, height=40)]
        else:
            lines.append(line(name, 270, y, height=40))
        for row in (printed,) if isinstance(printed, str) else printed:
            lines.append(line(row, 545, y, height=40))
            y += 52
        y += 20
    return [*lines, line("登记机关", 890, 1790, height=40), *more]


@pytest.mark.parametrize(
    ("person", "place"),
    [
        ("经营者", "经营场所"),
        ("投资人", "住所"),
        ("负责人", "营业场所"),
        ("执行事务合伙人", "主要经营场所"),
        ("法定代表人", "企业住所"),
        ("法定代表人姓名", "住所"),
    ],
)
def test_labels_of_all_kinds_of_bodies(person: str, place: str) -> None:
    rows = {"名称": "示例小吃店", "类型": "个体工商户", person: "黄珺明", place: "洛阳市老城区示例街108号", "经营范围": "小吃服务"}
    got = read(*upright(dict(rows)), size=(1654, 2340))
    assert (got["name"], got["legal_representative"], got["address"]) == ("示例小吃店", "黄珺明", "洛阳市老城区示例街108号")


def test_labels_that_are_broken_in_two_rows() -> None:
    lines = upright({"名称": "示例中心", "类型": "有限合伙企业", "经营范围": "软件开发"})
    lines += [line("执行事务合", 270, 1100, height=40), line("田若琳", 545, 1100, height=40), line("伙人", 270, 1150, height=40)]
    lines += [line("主要经营场云南省昆明市示例路33号", 270, 1230, height=40), line("所", 270, 1280, height=40)]
    got = read(*lines, size=(1654, 2340))
    assert (got["legal_representative"], got["address"]) == ("田若琳", "云南省昆明市示例路33号")


def test_a_name_without_any_label_is_found_by_its_place() -> None:
    rows = {"名称": "示例小吃店", "类型": "个体工商户", "经营范围": "小吃服务", "注册日期": "2018年12月24日"}
    lines = [each for each in upright(dict(rows)) if each.text not in ("名", "称")]
    one = extract((sheet(lines, size=(1654, 2340)),))["name"]
    assert (one.text, one.confidence < 0.9) == ("示例小吃店", True)


def test_a_label_of_which_one_character_was_seen() -> None:
    rows = {"名称": "示例小吃店", "类型": "个体工商户", "经营范围": "小吃服务", "注册日期": "2018年12月24日"}
    got = read(*(each for each in upright(dict(rows)) if each.text not in ("名", "型")), size=(1654, 2340))
    assert (got["name"], got["type"]) == ("示例小吃店", "个体工商户")


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("叁佰万元整", "3000000.00"),
        ("壹仟陆佰万圆整", "16000000.00"),
        ("人民币5000.0000万元整", "50000000.00"),
        ("500万元人民币", "5000000.00"),
        ("（人民币）伍佰万元", "5000000.00"),
    ],
)
def test_capital_as_licences_print_it(printed: str, value: str) -> None:
    got = read(*upright({"名称": "示例公司", "注册资本": printed, "成立日期": "2015年3月1日"}), size=(1654, 2340))
    assert got["registered_capital"] == value
    assert "registered_capital_currency" not in got


def test_capital_in_another_currency_keeps_its_code() -> None:
    got = read(*upright({"名称": "示例公司", "注册资本": "100万美元", "成立日期": "2015年3月1日"}), size=(1654, 2340))
    assert (got["registered_capital"], got["registered_capital_currency"]) == ("1000000.00", "USD")


def test_capital_that_is_no_sum_has_no_value() -> None:
    fields = extract((sheet(upright({"名称": "示例公司", "注册资本": "叁拾佰万", "成立日期": "2015年3月1日"})),))
    assert (fields["registered_capital"].text, fields["registered_capital"].confidence < 0.9) == ("", True)


@pytest.mark.parametrize(
    ("printed", "since", "until"),
    [
        ("2015年03月12日至长期", "2015-03-12", "long-term"),
        ("2015年03月12日/长期", "2015-03-12", "long-term"),
        ("长期", None, "long-term"),
        ("/长期", None, "long-term"),
        ("自2015年3月12日至2035年3月11日", "2015-03-12", "2035-03-11"),
        ("2015-03-12至2035-03-11", "2015-03-12", "2035-03-11"),
        ("2015-03-12-2035-03-11", "2015-03-12", "2035-03-11"),
        (("2015年03月12日至2035年03月", "11日"), "2015-03-12", "2035-03-11"),
        ("至2035年3月11日", None, "2035-03-11"),
        ("2015年03月12日至****年**月**日", "2015-03-12", None),
    ],
)
def test_terms(printed: str | tuple[str, ...], since: str | None, until: str | None) -> None:
    got = read(*upright({"名称": "示例公司", "营业期限": printed, "成立日期": "2015年3月1日"}), size=(1654, 2340))
    assert (got.get("term_from"), got.get("term_until")) == (since, until)


def test_a_licence_from_before_the_unified_code() -> None:
    rows = {"名称": "示例公司", "住所": "福州市示例路1号", "实收资本": "叁佰万元整", "公司类型": "有限责任公司", "经营范围": "软件开发"}
    got = read(*upright(dict(rows), code="注册号500112000012345(1-1)"), size=(1654, 2340))
    assert got["registration_number"] == "500112000012345"
    assert "uscc" not in got
    assert "registered_capital" not in got, "paid-in capital is not the registered one"
    assert got["type"] == "有限责任公司"


def issued(*pieces: tuple[str, float, float]) -> tuple[str, float]:
    lines = landscape(*(line(text, x, y, height=42) for text, x, y in pieces), skip=("2019", "年", "05 月", "20日"))
    one = extract((sheet(lines, size=(2340, 1654)),)).get("issued_on")
    return (one.text, one.confidence) if one is not None else ("", 0.0)


def test_the_date_of_issue_in_chinese_numerals() -> None:
    assert issued(("二〇一九年", 1500, 1376), ("十一月", 1750, 1380), ("二十五日", 1900, 1374))[0] == "2019-11-25"


def test_a_date_of_issue_that_lost_its_marks_is_not_sure() -> None:
    value, confidence = issued(("2019", 1585, 1376), ("05", 1770, 1374), ("月", 1830, 1374), ("20", 1925, 1379))
    assert value == "2019-05-20"
    assert confidence < 0.9


@pytest.mark.parametrize(
    "pieces",
    [
        (("2019", 1585, 1376), ("12月", 1770, 1374), ("日", 1960, 1374)),
        (("2019 年", 1585, 1376), ("25日", 1960, 1374)),
        (("2019", 1585, 1376), ("12", 1770, 1374)),
    ],
)
def test_no_date_is_made_of_too_few_pieces(pieces: tuple[tuple[str, float, float], ...]) -> None:
    value, confidence = issued(*pieces)
    assert (value, confidence < 0.5) == ("", True)


def test_a_date_of_issue_before_the_foundation_is_not_sure() -> None:
    value, confidence = issued(("2012年05月20日", 1585, 1376))
    assert (value, confidence < 0.9) == ("2012-05-20", True)


def test_the_authority_beside_its_label_and_in_the_seal() -> None:
    beside = read(*landscape(line("福州市市场监督管理局", 1780, 1142, height=36)))
    assert beside["registration_authority"] == "福州市市场监督管理局"
    seal = Seal(Box(1690, 1150, 2000, 1460), "福州市市场监督管理局", 0.97)
    sealed = extract((sheet(landscape(), size=(2340, 1654), seals=[seal]),))["registration_authority"]
    assert (sealed.text, sealed.confidence < 0.9) == ("福州市市场监督管理局", True), "a seal's rim is never surely read"


def with_code(content: str, *, doubtful: str = "") -> dict[str, object]:
    lines = landscape()
    if doubtful:
        lines = [each for each in lines if each.text != CODE]
        lines.append(line(CODE, 250, 300, height=34, doubtful={c: 0.5 for c in doubtful}))
    return dict(extract((sheet(lines, size=(2340, 1654), codes=[Code(content, Box(1750, 180, 1930, 360))]),)))


def test_a_qr_code_bears_out_what_was_read() -> None:
    url = f"http://www.gsxt.gov.cn/index.html?uniscid={CODE}"
    one = with_code(url, doubtful="135M0Y")["uscc"]
    assert one.text == CODE and one.confidence >= 0.9  # type: ignore[attr-defined]


def test_a_qr_code_that_says_otherwise_makes_doubtful_and_is_told() -> None:
    fields = with_code(f"统一社会信用代码：{CODE}；\n名称：福州另一家有限公司")
    assert fields["name"].text == "福州示例科技(集团)有限公司"  # type: ignore[attr-defined]
    assert fields["name"].confidence < 0.9  # type: ignore[attr-defined]
    assert "福州另一家有限公司" in fields["qr_text"].text  # type: ignore[attr-defined]


def test_a_qr_code_gives_what_was_not_read() -> None:
    lines = [each for each in landscape() if each.text != CODE]
    code = Code(f"https://www.gsxt.gov.cn/?uniscid={CODE}", Box(1750, 180, 1930, 360))
    one = extract((sheet(lines, size=(2340, 1654), codes=[code]),))["uscc"]
    assert (one.text, one.source) == (CODE, "qr")


def test_a_qr_code_of_something_else_says_nothing() -> None:
    assert "qr_text" not in with_code("https://example.org/a?b=911111111111111111")


def test_a_misread_code_offers_its_repair() -> None:
    lines = [each for each in landscape() if each.text != CODE]
    lines.append(line(CODE.replace("0", "O", 1), 250, 300, height=34, doubtful={"O": 0.7}))
    one = extract((sheet(lines, size=(2340, 1654)),))["uscc"]
    assert (one.proposal, one.confidence < 0.9) == (CODE, True)
    assert one.text == CODE.replace("0", "O", 1)


@pytest.mark.parametrize("stamp", ["已注销", "吊销，未注销", "此件作废", "营业执照作废声明"])
def test_stamps_that_end_a_licence(stamp: str) -> None:
    assert read(*landscape(line(stamp, 900, 1000, height=90)))["status_marks"] == stamp.replace("，", ",")


def test_words_of_a_sentence_are_no_stamp() -> None:
    sentence = line("逾期未报送年度报告的，依法吊销营业执照并公告", 300, 1450, height=24)
    assert "status_marks" not in read(*landscape(sentence))


def test_watermarks_and_a_short_row_end_a_value() -> None:
    marks = [line("仅用于办理贷款", 1400, 945, height=40), line("照", 500, 725, height=34), line("电子营业执照", 520, 500, height=34)]
    got = read(*landscape(*marks))
    assert got["type"] == "有限责任公司(自然人独资)"
    assert got["address"] == "福州市鼓楼区示例路88号示例大厦12层1203"


def test_a_row_that_lost_its_last_mark_is_not_sure() -> None:
    rest = ("销售、加工、运输、贮藏及其他相关服务；农业专", "业及辅助性活动；牲畜饲养；林业产品的销售服务")
    rows, whole = ((f"谷物种植；蔬菜种植；水果种植；农产品的生产{mark}", *rest) for mark in ("", "、"))
    for printed, sure in ((rows, False), (whole, True)):
        seen = sheet(upright({"名称": "示例公司", "注册资本": "叁佰万元整", "经营范围": printed}))
        assert (extract((seen,))["business_scope"].confidence >= 0.9) is sure


def test_a_stain_at_a_labels_end_is_no_part_of_the_name() -> None:
    lines = [each for each in landscape() if not each.text.startswith("法定代表人")]
    one = extract((sheet([*lines, line("法定代表人披", 250, 760, height=40), line("段福鹏", 475, 760, height=40)]),))
    assert (one["legal_representative"].text, one["legal_representative"].confidence < 0.9) == ("段福鹏", True)


def test_a_text_that_lost_its_end_is_not_sure() -> None:
    lines = [each for each in landscape() if not each.text.startswith("开展")]
    assert extract((sheet(lines, size=(2340, 1654)),))["business_scope"].confidence < 0.9


@pytest.mark.parametrize(
    "texts",
    [
        ("收入证明", "单位名称：福州示例科技有限公司", "统一社会信用代码 91350100M000100Y43", "法定代表人：张伟", "附：营业执照复印件"),
        ("福州示例科技有限公司章程", "第一条 公司名称", "经营范围", "注册资本", "法定代表人", "营业期限", "股东会"),
        ("企业信用信息公示报告", "统一社会信用代码", "注册资本", "成立日期", "经营范围", "登记机关", "登记状态", "营业期限"),
        ("资产负债表", "编制单位：福州示例科技有限公司", "统一社会信用代码", "法定代表人"),
    ],
)
def test_other_papers_that_name_companies_are_no_licences(texts: tuple[str, ...]) -> None:
    other = sheet([line(text, 200, 100 + 60 * n) for n, text in enumerate(texts)])
    assert label(other, {TYPE.id: TYPE}).type == "unknown"


def test_a_licence_is_one() -> None:
    assert label(sheet(landscape(), size=(2340, 1654)), {TYPE.id: TYPE}).type == TYPE.id


def test_whatever_stands_on_a_sheet_nothing_is_raised() -> None:
    rng = Random(7)
    words = [each.text for each in landscape()] + [" ", "长期", "至", "9" * 20, "二〇一九年", "元", "已注销"]
    for _ in range(150):
        lines = [
            line(rng.choice(words), rng.uniform(-50, 2340), rng.uniform(-50, 1654), height=rng.uniform(0.5, 90))
            for _ in range(rng.randrange(25))
        ]
        seen: Sheet = sheet(lines, codes=[Code(rng.choice(words), Box(0, 0, 1, 1))], seals=[Seal(Box(0, 0, 9, 9), rng.choice(words), 0.5)])
        extract((seen,))
        TYPE.close_ups(seen)


def table(pitch: float, *rows: tuple[str, tuple[str, ...]]) -> list[Line]:
    """A licence drawn as a table: labels in the middle of their cells, values wrapped beside them."""
    lines, y = [line("营业执照", 600, 100, height=60)], 240.0
    for name, value in rows:
        lines.append(line(name, 200, y + (len(value) - 1) * 22, height=36))
        lines += [line(part, 560, y + 44 * n, height=36) for n, part in enumerate(value)]
        y += 44 * len(value) - 44 + pitch
    return lines


TWO = ("智能装备研发、制造、销售；机电设备安装；货物进出口。（依法须经批", "准的项目，经相关部门批准后方可开展经营活动）")


@pytest.mark.parametrize("scope", [TWO, ("软件开发；", *TWO), ("软件开发；", "计算机零售；", *TWO)])
def test_labels_in_the_middle_of_a_tables_cells_take_all_rows_of_their_value(scope: tuple[str, ...]) -> None:
    address = ("重庆市渝北区示例大道68号示例大厦一号", "楼1201室")
    rows = [("统一社会信用代码", (CODE,)), ("名称", ("福州示例科技有限公司",)), ("法定代表人", ("张伟",))]
    fields = read(*table(88, *rows, ("住所", address), ("经营范围", scope)), size=(1654, 2340))
    assert fields["business_scope"] == "".join(scope).replace("；", ";").replace("，", ",").replace("（", "(").replace("）", ")")
    assert fields["address"] == "".join(address)


def test_rows_at_one_distance_belong_to_the_label_above_them() -> None:
    texts = [
        ("统一社会信用代码", CODE), ("住所", "重庆市渝北区示例大道68号示例大厦一号"), ("", "楼1201室"),
        ("经营范围", "软件开发；计算机零售；信息系统集成服务"), ("", "（依法须经批准的项目除外）"),
    ]  # fmt: skip
    lines = [line("营业执照", 600, 100, height=60)]
    lines += [line(text, x, 240 + 44 * n, height=36) for n, row in enumerate(texts) for text, x in zip(row, (200, 560), strict=True) if text]
    fields = read(*lines, size=(1654, 2340))
    assert fields["address"] == "重庆市渝北区示例大道68号示例大厦一号楼1201室"
    assert fields["business_scope"] == "软件开发;计算机零售;信息系统集成服务(依法须经批准的项目除外)"


def test_a_mark_lost_before_a_bracket_is_noticed() -> None:
    whole = line("信息系统集成服务；货物及技术进出口（依法须经", 480, 840, height=40)
    wide = tuple(x + (40 if n > 17 else 0) for n, x in enumerate(whole.edges))
    lost = replace(whole, edges=wide, box=Box(480, 840, wide[-1], 880))
    assert (holes(whole), holes(lost)) == (0, 1)


def test_a_number_split_over_two_rows_may_have_lost_its_dash() -> None:
    rows = (line("武汉市武昌区解放大道841号金地国际14号楼3-29", 480, 600, height=40), line("1", 475, 650, height=40))
    assert split_number(join(rows)) and not split_number(join((rows[0], line("1室", 480, 650))))


def test_words_of_a_sentence_are_no_label_of_the_authority() -> None:
    notes = line("登记事项发生变化，应当向登记机关申请变更登记", 1300, 480, height=24)
    fields = extract((sheet([*landscape(), notes], size=(2340, 1654)),))
    assert fields["issued_on"].value == "2019-05-20"


def test_a_stain_between_the_two_characters_of_a_label() -> None:
    lines = [x for x in landscape() if not x.text.startswith(("类", "型"))]
    lines += [line("类", 250, 680, height=40), line("☑型", 350, 680, height=40), line("有限责任公司（自然人独资）", 480, 680, height=40)]
    assert extract((sheet(lines, size=(2340, 1654)),))["type"].value == "有限责任公司(自然人独资)"


def test_print_in_the_column_of_labels_ends_a_value() -> None:
    lines = [line for line in landscape() if not line.text.startswith("法定代表人")]
    lines += [line("负", 250, 728, height=40), line("人", 370, 728, height=40), line("张 伟", 480, 728, height=40)]
    assert extract((sheet(lines, size=(2200, 1500)),))["type"].value == "有限责任公司(自然人独资)"


def test_a_date_beneath_a_seal_that_was_not_found_is_looked_for_there() -> None:
    seal = Seal(Box(1400, 1000, 1700, 1300), "", 0.0)
    dateless = landscape(skip=("登记机关", "2019", "年", "05 月", "20日"))
    looked_at = TYPE.close_ups(replace(sheet(dateless, size=(2340, 1654)), seals=(seal,)))
    assert any(not part.one_line and part.box.y0 < 1150 < part.box.y1 and part.box.x0 < 1500 < part.box.x1 for part in looked_at)
