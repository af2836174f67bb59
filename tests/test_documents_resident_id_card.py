"""Identity cards on hand-built sheets: what OCR makes of labels, numbers, several cards on a page."""

from __future__ import annotations

from random import Random

import pytest

from extractors.classify import documents_of, label
from extractors.doctype import all_types
from extractors.documents.resident_id_card import TYPE, assemble, close_ups, extract, split
from extractors.model import Line, Sheet
from tests.sheet_lines import line, sheet

NUMBER = "11010519491231002X"
W = 1000.0
"""Width of the cards drawn here, in sheet pixels."""


def front(
    x: float = 0,
    y: float = 0,
    *,
    labels: bool = True,
    name: str = "张 伟",
    sex: str = "女",
    birth: str = "1949年12月31日",
    address: tuple[str, ...] = ("北京市朝阳区示例路12号院3号楼2", "单元1203"),
    number: str = NUMBER,
) -> list[Line]:
    """The lines of a portrait side whose upper left corner is x, y."""

    def at(text: str, left: float, middle: float, height: float = 36) -> Line:
        return line(text, x + left * W, y + middle * W - height / 2, height=height)

    lines = [at(name, 0.18, 0.1055, 44), at(sex, 0.18, 0.187), at("汉", 0.39, 0.187), at(birth, 0.18, 0.27)]
    lines += [at(row, 0.18, 0.35 + 0.05 * n) for n, row in enumerate(address)]
    lines.append(line(number, x + 0.333 * W, y + 0.549 * W - 25, height=57))
    if labels:
        lines += [at("姓名", 0.072, 0.1055, 30), at("性别", 0.072, 0.187, 30), at("民族", 0.29, 0.187, 30)]
        lines += [at("出生", 0.072, 0.27, 30), at("住址", 0.072, 0.35, 30), at("公民身份号码", 0.072, 0.549, 30)]
    return lines


def back(x: float = 0, y: float = 0, *, authority: str = "北京市公安局朝阳分局", period: str = "2016.03.01-长期") -> list[Line]:
    """The lines of an emblem side whose upper left corner is x, y."""
    return [
        line("中华人民共和国", x + 0.29 * W, y + 0.08 * W, height=60),
        line("居民身份证", x + 0.29 * W, y + 0.18 * W, height=90),
        line("签发机关", x + 0.235 * W, y + 0.44 * W, height=31),
        line(authority, x + 0.4 * W, y + 0.44 * W, height=34),
        line("有效期限", x + 0.235 * W, y + 0.525 * W, height=31),
        line(period, x + 0.4 * W, y + 0.525 * W, height=34),
    ]


def values(*sheets: Sheet) -> dict[str, str]:
    return {name: one.text for name, one in extract(sheets).items()}


def test_front_is_read_row_by_row() -> None:
    fields = extract((sheet(front()),))
    assert {name: one.text for name, one in fields.items()} == {
        "name": "张伟",
        "sex": "女",
        "ethnicity": "汉",
        "birth_date": "1949-12-31",
        "address": "北京市朝阳区示例路12号院3号楼2单元1203",
        "id_number": NUMBER,
        "sides": "front",
    }
    assert all(one.confidence >= 0.9 for one in fields.values())
    assert fields["name"].raw == "张 伟"
    spot = fields["id_number"].evidence
    assert spot is not None
    assert spot.box.x0 == pytest.approx(0.333 * W / 2000, abs=0.002)


def test_labels_and_values_that_run_together() -> None:
    rows = [
        line("姓名欧阳娜", 72, 85, height=40),
        line("性别女民族维吾尔", 72, 168, height=36),
        line("出生1949年12 月31日", 72, 252, height=36),
        line("住址新疆维吾尔自治区乌鲁木齐市", 72, 332, height=36),
        line("天山区示例路5-2", 150, 380, height=36),
        line("公民身份号码 11010519491231002X", 72, 530, height=44),
    ]
    assert values(sheet(rows)) == {
        "name": "欧阳娜",
        "sex": "女",
        "ethnicity": "维吾尔",
        "birth_date": "1949-12-31",
        "address": "新疆维吾尔自治区乌鲁木齐市天山区示例路5-2",
        "id_number": NUMBER,
        "sides": "front",
    }


def test_a_front_that_lost_its_labels_is_read_by_place_and_still_a_card() -> None:
    seen = sheet(front(labels=False))
    fields = extract((seen,))
    assert fields["name"].text == "张伟"
    assert fields["address"].text.startswith("北京市朝阳区")
    assert fields["address"].confidence < 0.95, "no label says that this is the address"
    assert label(seen, all_types()).type == "resident_id_card"


def test_watermarks_do_not_land_in_fields() -> None:
    lines = [
        *front(),
        line("仅供办理贷款使用", 300, 350, height=40),
        line("再次复印无效", 520, 380, height=40),
        line("审核 他用无效", 200, 60, height=40),
    ]
    assert values(sheet(lines))["address"] == "北京市朝阳区示例路12号院3号楼2单元1203"
    assert values(sheet(lines))["name"] == "张伟"


def test_a_second_script_above_the_rows_is_left_out() -> None:
    lines = front(name="阿卜杜拉•买买提", address=("新疆喀什地区示例县", "人民路8号"))
    lines += [line("Adris", 72, 310, height=18), line("ymumy naqis", 180, 310, height=18), line("Kimlik", 180, 374, height=14)]
    assert values(sheet(lines))["address"] == "新疆喀什地区示例县人民路8号"
    assert values(sheet(lines))["name"] == "阿卜杜拉·买买提"


def test_a_doubtful_digit_is_sure_where_check_digit_and_birth_date_agree() -> None:
    lines = [each for each in front() if each.text != NUMBER]
    lines.append(line(NUMBER, 333, 524, height=57, doubtful={"5": 0.62}))
    assert extract((sheet(lines),))["id_number"].confidence >= 0.9


def test_a_clearly_printed_wrong_number_is_a_sure_reading() -> None:
    one = extract((sheet(front(number="110105194912310021")),))["id_number"]
    assert (one.text, one.confidence >= 0.9) == ("110105194912310021", True)


def test_a_wrong_number_read_with_doubt_is_not_sure_and_offers_the_likelier_one() -> None:
    lines = [each for each in front() if each.text != NUMBER]
    lines.append(line("11010519491231O02X", 333, 524, height=57, doubtful={"O": 0.7}))
    one = extract((sheet(lines),))["id_number"]
    assert one.text == "11010519491231O02X"
    assert one.proposal == NUMBER
    assert one.confidence < 0.9


def test_a_number_that_lost_a_digit_is_never_sure() -> None:
    assert extract((sheet(front(number="1101051949123100X")),))["id_number"].confidence <= 0.5


def test_an_unreadable_birth_date_is_there_without_a_value() -> None:
    one = extract((sheet(front(birth="1949年 12")),))["birth_date"]
    assert (one.text, one.raw, one.confidence < 0.5) == ("", "出生 1949年 12", True)


def test_an_impossible_day_has_no_value() -> None:
    assert extract((sheet(front(birth="1949年2月31日")),))["birth_date"].text == ""


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        ("2016.03.01-2036.03.01", "2016-03-01", "2036-03-01"),
        ("2016.03.01-长期", "2016-03-01", "long-term"),
        ("2016.0301-2036.03.01", "2016-03-01", "2036-03-01"),
        ("20160301-20360301", "2016-03-01", "2036-03-01"),
        ("201.6.03.01-2036.03.·01", "2016-03-01", "2036-03-01"),
        ("2016.03.01 一 2036.03.01", "2016-03-01", "2036-03-01"),
    ],
)
def test_validity_in_the_forms_that_ocr_leaves(period: str, since: str, until: str) -> None:
    if "一" in period:
        period = period.replace("一", "—")
    got = values(sheet(back(period=period)))
    assert (got["valid_from"], got["valid_until"]) == (since, until)


def test_dates_that_do_not_fit_each_other_are_sure_only_when_every_digit_is_clear() -> None:
    clear = extract((sheet(back(period="2016.03.01-2035.03.01")),))
    assert clear["valid_until"].confidence >= 0.9, "a strange period clearly printed is for a rule to judge"
    lines = [*back()[:-1], line("2016.03.01-2035.03.01", 400, 525, height=34, doubtful={"5": 0.93})]
    assert extract((sheet(lines),))["valid_until"].confidence < 0.9


def test_a_long_authority_goes_on_beneath() -> None:
    lines = back(authority="新疆维吾尔自治区巴音郭楞蒙古", period="2016.03.01-2036.03.01")
    lines[4:] = [line("有效期限", 235, 580, height=31), line("2016.03.01-2036.03.01", 400, 580, height=34)]
    lines.append(line("自治州公安局", 400, 482, height=34))
    assert values(sheet(lines))["issuing_authority"] == "新疆维吾尔自治区巴音郭楞蒙古自治州公安局"


def test_both_sides_on_one_page_are_cut_apart_and_joined() -> None:
    page = sheet(front(200, 150) + back(230, 1000), size=(1500, 2000))
    parts = split(page)
    assert len(parts) == 2
    found = [each for each in documents_of([page]) if each.type == TYPE.id]
    assert len(found) == 1
    assert found[0].fields["sides"].text == "front+back"
    assert found[0].fields["valid_until"].text == "long-term"
    spot = found[0].fields["id_number"].evidence
    assert spot is not None
    assert spot.box.y0 == pytest.approx((150 + 0.549 * W - 25) / 2000, abs=0.002), "evidence stays on the whole page"


OTHER = "440524188001010014"


def four() -> Sheet:
    """Two fronts above, their backs below."""
    lines = front(50, 50) + front(1150, 50, name="王芳", birth="1880年1月1日", number=OTHER, address=("广东省汕头市澄海区示例街1号",))
    lines += back(50, 800) + back(1150, 800, authority="汕头市公安局澄海分局", period="1940.01.01-长期")
    return sheet(lines, size=(2250, 1600))


def test_four_sides_on_one_photo_make_two_cards() -> None:
    cards = [extract(group) for group in assemble(split(four()))]
    assert [(c["name"].text, c["issuing_authority"].text) for c in cards] == [
        ("张伟", "北京市公安局朝阳分局"),
        ("王芳", "汕头市公安局澄海分局"),
    ]


def single(lines: list[Line], file: str) -> Sheet:
    return sheet(lines, size=(1100, 700), file=file)


def test_fronts_first_and_backs_after_are_paired_in_order() -> None:
    sheets = [
        single(front(), "1.jpg"),
        single(front(name="王芳", number=OTHER, birth="1880年1月1日", address=("北京市海淀区示例街道1号",)), "2.jpg"),
        single(back(), "3.jpg"),
        single(back(authority="北京市公安局海淀分局"), "4.jpg"),
    ]
    assert [[s.file for s in group] for group in assemble(sheets)] == [["1.jpg", "3.jpg"], ["2.jpg", "4.jpg"]]


def test_the_place_of_issue_overrules_the_order() -> None:
    sheets = [
        single(front(), "1.jpg"),
        single(front(name="王芳", number=OTHER, birth="1880年1月1日", address=("广东省汕头市澄海区示例街1号",)), "2.jpg"),
        single(back(authority="汕头市公安局澄海分局"), "3.jpg"),
        single(back(), "4.jpg"),
    ]
    assert sorted([s.file for s in group] for group in assemble(sheets)) == [["1.jpg", "4.jpg"], ["2.jpg", "3.jpg"]]


def test_a_back_of_another_place_is_left_apart() -> None:
    sheets = [single(front(), "1.jpg"), single(back(authority="汕头市公安局澄海分局"), "2.jpg")]
    assert [[s.file for s in group] for group in assemble(sheets)] == [["1.jpg"], ["2.jpg"]]


def test_a_back_of_another_place_stays_with_the_front_beside_it_when_no_other_way_is_better() -> None:
    sheets = [
        single(front(), "1.jpg"),
        single(back(), "2.jpg"),
        single(front(name="王芳", number=OTHER, birth="1880年1月1日"), "3.jpg"),
        single(back(authority="汕头市公安局澄海分局"), "4.jpg"),
    ]
    assert [[s.file for s in group] for group in assemble(sheets)] == [["1.jpg", "2.jpg"], ["3.jpg", "4.jpg"]]


def test_a_missing_back_leaves_its_front_alone() -> None:
    sheets = [
        single(front(), "1.jpg"),
        single(back(), "2.jpg"),
        single(front(name="王芳", number=OTHER, address=("广东省汕头市澄海区示例街1号",)), "3.jpg"),
    ]
    assert [[s.file for s in group] for group in assemble(sheets)] == [["1.jpg", "2.jpg"], ["3.jpg"]]


def test_nothing_is_looked_at_again_on_a_card_that_was_read_whole() -> None:
    assert close_ups(sheet(front())) == ()
    partly = [each for each in front() if each.text != "女"]
    assert any(part.one_line for part in close_ups(sheet(partly)))


@pytest.mark.parametrize(
    "texts",
    [
        ("收入证明", "兹证明张伟，身份证号码11010519491231002X，系我单位职工", "月收入15000元"),
        ("持证人", "结婚证字号J110101-2017-000123", "姓名", "性别", "出生日期", "身份证件号"),
        ("居民户口簿", "户主姓名", "与户主关系", "姓名", "性别", "民族", "出生日期", "公民身份证件编号", "籍贯"),
    ],
)
def test_other_papers_that_name_people_are_no_cards(texts: tuple[str, ...]) -> None:
    other = sheet([line(text, 200, 100 + 60 * n) for n, text in enumerate(texts)])
    assert label(other, {TYPE.id: TYPE}).type == "unknown"


def test_whatever_stands_on_a_sheet_nothing_is_raised() -> None:
    rng = Random(5)
    words = [each.text for each in front() + back()] + [" ", "二〇", "长期", "9" * 30, "11010519491231002XX", "月", "公安局"]
    for _ in range(150):
        lines = [
            line(rng.choice(words), rng.uniform(-50, 2000), rng.uniform(-50, 1400), height=rng.uniform(0.5, 90))
            for _ in range(rng.randrange(20))
        ]
        parts = split(sheet(lines))
        for group in assemble(parts):
            extract(group)
        for part in parts:
            close_ups(part)
            TYPE.speaks(part)


def test_room_for_a_row_of_the_address_is_not_passed_over() -> None:
    rows = ("湖北省武汉市武昌区朝阳", "大道268号世纪城21", "幢3单元752室")
    whole = front(address=rows)
    lost = [each for each in whole if each.text != rows[1]]
    sure, unsure = (extract((sheet(lines, size=(1000, 640)),))["address"] for lines in (whole, lost))
    assert sure.value == "".join(rows) and sure.confidence >= 0.9
    assert unsure.confidence < 0.9


@pytest.mark.parametrize(
    "address",
    [
        ("北京市朝阳区示例路12号院3号楼2", "单元12-"),
        ("山东省青岛市市南区滨江", "路61号东方明珠27幢1单元25"),
        ("山东省青岛市市南区滨江路61号", "东方明珠27幢25-8本资"),
        ("湖北省恩施土家族苗族自治办理贷", "州恩施市金子坝路3号"),
    ],
)
def test_an_address_that_goes_on_or_that_a_watermark_ran_into_is_not_sure(address: tuple[str, ...]) -> None:
    assert extract((sheet(front(address=address)),))["address"].confidence < 0.9


def test_an_address_that_ends_as_addresses_do_is_sure() -> None:
    for address in (("山东省青岛市市南区滨江", "路61号东方明珠2502室"), ("贵州省贵阳市云岩区中山路67号", "金色家园34幢17-5")):
        assert extract((sheet(front(address=address)),))["address"].confidence >= 0.9


def test_a_name_that_a_watermark_runs_on_from_is_read_but_not_sure() -> None:
    name = extract((sheet(front(name="付丽娟资料仅用于抵押贷")),))["name"]
    assert name.value == "付丽娟" and name.confidence < 0.9


def test_the_address_is_never_a_sure_name() -> None:
    name = extract((sheet(front(name="广东省佛山市顺德区大良街道")),))["name"]
    assert name.confidence < 0.9
