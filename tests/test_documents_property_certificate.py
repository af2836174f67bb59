"""Property certificates on sheets set by hand: cities, old booklets, several owners, cells that wrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractors.classify import documents_of
from extractors.documents import property_certificate
from extractors.model import SURE, Box, Field, Line, Rule, Sheet
from tests.sheet_lines import line, sheet

LABEL, VALUE, RIGHT, HEIGHT = 150.0, 450.0, 1250.0, 30.0
UNIT = "500112005003GB00123F00010023"


def table(*rows: tuple[str, str], head: str = "", foot: str = "", page: int = 1) -> Sheet:
    """A page with a ruled table: wrapped cells by newline, labels in the middle of their cells."""
    lines: list[Line] = [line(head, 400, 100)] if head else []
    rules: list[Rule] = []
    y = 200.0
    for label, value in rows:
        rules.append(Rule(Box(LABEL - 20, y - 12, RIGHT, y - 10), False))
        labels, values = label.split("\n"), value.split("\n")
        tall = 44 * max(len(labels), len(values))
        lines += [line(text, LABEL, y + (tall - 44 * len(labels)) / 2 + 44 * n) for n, text in enumerate(labels)]
        lines += [line(text, VALUE, y + (tall - 44 * len(values)) / 2 + 44 * n) for n, text in enumerate(values) if text]
        y += tall + 20
    rules.append(Rule(Box(LABEL - 20, y - 12, RIGHT, y - 10), False))
    lines += [line(text, 900, y + 40 + 50 * n) for n, text in enumerate(foot.split("\n")) if text]
    return replace(sheet(lines, size=(1400, 2000), page=page), rules=tuple(rules))


def read(*sheets: Sheet) -> dict[str, Field]:
    return dict(property_certificate.extract(sheets))


def value(name: str, *rows: tuple[str, str], head: str = "") -> str:
    return read(table(*rows, head=head))[name].text


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("京（2020）朝 不动产权第 0012345 号", "京(2020)朝不动产权第0012345号"),
        ("渝（ 2019 ）两江新区不动产权第 000123456 号", "渝(2019)两江新区不动产权第000123456号"),
        ("川（2023）成都市不动产权第 0456789 号", "川(2023)成都市不动产权第0456789号"),
        ("沪房地浦字（2008）第 045678 号", "沪房地浦字(2008)第045678号"),
        ("深房地字第 4000123456 号", "深房地字第4000123456号"),
        ("渝房地证 2010 字第 012345 号", "渝房地证2010字第012345号"),
        ("101 房权证 2005 字第 08812 号", "101房权证2005字第08812号"),
        ("成房权证监证字第 2345678 号", "成房权证监证字第2345678号"),
        ("西安市房权证高新区字第 1075104018-15-2-10801-1 号", "西安市房权证高新区字第1075104018-15-2-10801-1号"),
    ],
)
def test_numbers_of_many_cities(printed: str, number: str) -> None:
    assert value("certificate_number", ("权利人", "杨帆"), ("坐落", "龙溪街道439号"), head=printed) == number


@pytest.mark.parametrize(
    ("printed", "owners"),
    [
        ("杨 帆", "杨帆"),
        ("林 峰，周 洁", "林峰、周洁"),
        ("刘晓明, 张丽华", "刘晓明、张丽华"),
        ("李 伟 王 芳", "李伟、王芳"),
        ("欧阳 娜", "欧阳娜"),
        ("范 冰洁；何 旭", "范冰洁、何旭"),
        ("张三：50%，李四：50%", "张三、李四"),
        ("章子涵（身份证：330106198001011234）、裘梦琪\n（身份证：330106198201011234）", "章子涵、裘梦琪"),
        ("石磊　毛晓丽\n身份证：500103197006253565 500103197107263877", "石磊、毛晓丽"),
        ("黎家豪（身份证号：500103197208274188）100%", "黎家豪"),
        ("重庆嘉陵精密铸造有限公司", "重庆嘉陵精密铸造有限公司"),
    ],
)
def test_owners(printed: str, owners: str) -> None:
    assert value("owners", ("权利人", printed), ("共有情况", "共同共有")) == owners


def test_names_without_a_gap_are_parted_but_not_sure() -> None:
    one = read(table(("权利人", "石磊毛晓丽"), ("共有情况", "共同共有")))["owners"]
    assert (one.value, one.raw) == ("石磊、毛晓丽", "石磊毛晓丽") and one.confidence < SURE


def test_a_label_over_two_lines() -> None:
    assert value("owners", ("房屋所有\n权人", "唐国华"), ("房屋坐落", "光华村街55号")) == "唐国华"


@pytest.mark.parametrize(
    ("printed", "area"),
    [
        ("共有宗地面积：15632.00m²/房屋建筑面积：89.37m²", "89.37"),
        ("共有宗地面积 5321.3m²／建筑面积 210.55m²", "210.55"),
        ("宗地面积：24,560.30㎡，建筑面积：143.28㎡", "143.28"),
        ("宗地面积：20145.00m²/房屋建筑面积：\n6,532.18m²", "6532.18"),
        ("132.47m", "132.47"),
        ("建筑面积：88.76平方米 套内建筑面积：74.02平方米", "88.76"),
    ],
)
def test_the_building_among_other_areas(printed: str, area: str) -> None:
    assert value("floor_area", ("用途", "住宅"), ("面积", printed), ("使用期限", "2053年06月12日止")) == area


def test_the_inner_area_is_not_the_area() -> None:
    assert "floor_area" not in read(table(("权利人", "杨帆"), ("权利其他状况", "套内建筑面积：58.30㎡，分摊建筑面积：18.15m²")))


@pytest.mark.parametrize(
    ("printed", "until"),
    [
        ("国有建设用地使用权2053年06月12日止", "2053-06-12"),
        ("2002年07月16日 起 2072年07月15日 止", "2072-07-15"),
        ("商服用地40年，从2005年1月7日起到2045年1月6日\n止", "2045-01-06"),
        ("70年，从1999年6月1日至2069年5\n月31日止", "2069-05-31"),
    ],
)
def test_the_end_of_the_term(printed: str, until: str) -> None:
    assert value("term_until", ("权利人", "杨帆"), ("使用期限", printed), ("附记", "")) == until


def test_a_begin_is_no_end() -> None:
    assert "term_until" not in read(table(("使用期限", "70年，从1999年6月1日起"), ("附记", "")))


def test_numbers_of_two_cards_are_no_unit() -> None:
    assert "unit_number" not in read(table(("权利人", "石磊 毛晓丽"), ("证件号", "500103197006253565 500103197107263877")))


def test_strokes_of_characters_are_no_edges_of_cells() -> None:
    whole = table(("坐落", "西湖区文三西路与古翠路交叉口\n世贸丽晶城欧美中心B区\n118号"), ("用途", "住宅"))
    label = next(x for x in whole.lines if x.text == "坐落")
    stroke = Rule(Box(label.box.x0, label.box.cy + 4, label.box.x1, label.box.cy + 6), False)
    found = read(replace(whole, rules=(*whole.rules, stroke)))
    assert found["location"].value == "西湖区文三西路与古翠路交叉口世贸丽晶城欧美中心B区118号"


def test_a_stroke_that_was_not_read_between_two_rights_is_proposed() -> None:
    one = read(table(("权利类型", "国有建设用地使用权房屋所有权"), ("用途", "住宅")))["right_type"]
    assert one.confidence < SURE and one.proposal == "国有建设用地使用权/房屋所有权"


def documents(*sheets: Sequence[Line] | Sheet) -> list[tuple[str, int]]:
    made = [x if isinstance(x, Sheet) else sheet(x, size=(1400, 2000)) for x in sheets]
    return [(d.type, len(d.pages)) for d in documents_of(made)]


FRONT = (("权利人", "林峰，周洁"), ("坐落", "天府三街218号"), ("不动产单元号", UNIT), ("权利类型", "国有建设用地使用权/房屋所有权"))


def test_notes_that_name_the_owners_again_are_no_second_certificate() -> None:
    first = table(*FRONT, head="川（2023）成都市不动产权第0456789号")
    notes = table(("附记", "权利人：林峰，份额60%"), ("权利人", "周洁，份额40%"), page=2)
    found = documents_of([first, notes])
    assert [(d.type, len(d.pages)) for d in found] == [("property_certificate", 2)]
    assert found[0].fields["owners"].value == "林峰、周洁"


def test_two_certificates_are_two() -> None:
    other = (("权利人", "王芳"), *FRONT[1:])
    first = table(*FRONT, head="川（2023）成都市不动产权第0456789号")
    second = table(*other, head="川（2023）成都市不动产权第0456790号", page=2)
    assert documents(first, second) == [("property_certificate", 1), ("property_certificate", 1)]


def test_a_cover_and_its_table_are_one() -> None:
    cover = [line("中华人民共和国", 500, 200), line("房屋所有权证", 500, 300), line("渝中字第NO.123456号", 480, 500)]
    rows = (("房屋所有权人", "郝建设"), ("共有人", "郝丽君"), ("房屋坐落", "人和街84号"), ("建筑面积", "102.50"))
    inside = table(*rows, head="101房权证2005字第08812号", page=2)
    found = documents_of([sheet(cover, size=(1400, 2000)), inside])
    assert [(d.type, len(d.pages)) for d in found] == [("property_certificate", 2)]
    assert found[0].fields["owners"].value == "郝建设、郝丽君"


def test_a_shenzhen_certificate_is_one() -> None:
    land = "宗地号：B302-0045\n使用年限：70年，从1999年6月1日至2069年5月31日止"
    page = table(("权利人", "黎家豪"), ("土地", land), head="深房地字第4000123456号")
    assert documents([line("房地产证", 500, 40), *page.lines]) == [("property_certificate", 1)]


def test_the_day_of_registration_in_the_notes() -> None:
    assert value("registered_on", ("权利人", "苏雅琴"), ("附记", "附记：登记日期：2019年01月22日")) == "2019-01-22"


def test_a_label_beside_it_is_no_part_of_the_number() -> None:
    assert value("certificate_number", ("不动产权证", "冀（2016）石家庄市不动产权第5883831号")) == "冀(2016)石家庄市不动产权第5883831号"


def test_a_rule_beyond_the_next_label_is_no_edge_of_a_cell() -> None:
    rows = [("权利人", "谢轩平"), ("共有方式", "单独所有"), ("坐落", "成都市江东街619号"), ("用途", "住宅")]
    lines = [each for n, (a, b) in enumerate(rows) for each in (line(a, 100, 200 + 100 * n), line(b, 600, 200 + 100 * n))]
    page = replace(sheet(lines), rules=(Rule(Box(50, 120, 1500, 122), False), Rule(Box(50, 900, 1500, 902), False)))
    found = property_certificate.extract((page,))
    assert (found["location"].value, found["usage"].value) == ("成都市江东街619号", "住宅")


def test_a_value_that_holds_other_cells_is_not_sure() -> None:
    found = property_certificate.extract((sheet([line("坐落：单独所有成都市江东街619号", 100, 200)]),))
    assert found["location"].confidence < 0.9


def test_old_forms_of_characters_are_not_sure_and_todays_are_proposed() -> None:
    one = property_certificate.extract((sheet([line("坐落：石家庄市長安區友谊路188號", 100, 200)]),))["location"]
    assert (one.proposal, one.confidence < SURE) == ("石家庄市长安区友谊路188号", True)


def test_a_term_that_ends_behind_its_ground_is_no_owner() -> None:
    read_ = read(table(("权利人", "夏侯振"), ("坐落", "西湖区松树桥路246号"), ("使用期限", "土地使用权止于2082年01月20日")))
    assert (read_["term_until"].text, read_["owners"].text) == ("2082-01-20", "夏侯振")


def test_a_heading_written_downwards_belongs_to_no_row() -> None:
    side = Line("房屋", Box(60, 400, 106, 500), 1.0)
    cells = [
        line("权利人", 200, 200), line("蒋娜雨", 500, 200), line("坐落", 200, 300), line("渝北区建设路395号", 500, 300),
        line("建筑面积", 200, 430), line("135.20m", 500, 430), line("套内面积", 900, 430), line("111.35", 1100, 430),
        line("总层数", 200, 520), line("11", 500, 520), line("所在楼层", 900, 520), line("2", 1100, 520),
    ]  # fmt: skip
    assert read(sheet([side, *cells]))["floor_area"].text == "135.20"


def test_a_day_that_lost_a_mark_is_no_other_day() -> None:
    found = read(table(("权利人", "何承"), ("使用期限", "土地使用权止于2068年10月04日"), foot="登簿日期：202308-10"))
    assert found["registered_on"].text == "2023-08-10"


def test_the_notes_beside_a_cell_are_no_part_of_it() -> None:
    rows = [line("权利人", 170, 300), line("顾莹洁", 460, 300), line("坐落", 170, 400), line("杨家坪西路382号", 460, 400)]
    found = read(sheet([*rows, line("缮证时间:2024-02-27", 1640, 400), line("用途", 170, 500), line("住宅", 460, 500)]))
    assert found["location"].text == "杨家坪西路382号"


def test_an_area_behind_a_label_with_its_unit() -> None:
    assert value("floor_area", ("权利人", "贺志强"), ("建筑面积(平方米)", "112.47")) == "112.47"


def test_a_name_that_nobody_bears_is_not_sure() -> None:
    found = read(table(("权利人", "苏曰娜"), ("坐落", "西湖区松树桥路246号")))["owners"]
    assert found.confidence < SURE and found.proposal == "苏日娜"
