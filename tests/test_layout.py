"""Rows, labels and values on hand-set sheets, and the parts of lines that the shared language promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extractors import layout
from extractors.layout import Label, after, below, find, join, labels, line_height, right_of, rows, trimmed, value_of
from extractors.model import Box, Line, Sheet, union
from tests.sheet_lines import line, sheet

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


def texts(grouped: Sequence[Sequence[Line]]) -> list[list[str]]:
    return [[each.text for each in row] for row in grouped]


def found(page: Sheet, wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Label name → what stands where it was found."""
    return {each.name: each.line.text[each.start : each.end] for each in labels(page, wanted)}


def value(page: Sheet, name: str, wanted: Mapping[str, Sequence[str]], *, multiline: bool = False) -> str | None:
    """The value behind the first label of that name."""
    every = labels(page, wanted)
    label = next(each for each in every if each.name == name)
    text = value_of(label, page, every, multiline=multiline)
    return text.text if text else None


class TestParts:
    @given(HAN, st.data())
    def test_a_part_lies_within_its_line_at_its_characters(self, text: str, data: st.DataObject) -> None:
        whole = line(text, 100, 50)
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        part = whole.part(start, end)
        assert part.text == text[start:end]
        assert (part.box.x0, part.box.x1) == (whole.edges[start], whole.edges[end])
        assert len(part.edges) == len(part.text) + 1 == len(part.confidences) + 1

    def test_a_part_is_as_sure_as_its_weakest_character(self) -> None:
        whole = line("姓名张伟", 0, 0, doubtful={"伟": 0.4})
        assert whole.part(2, 3).confidence == 0.99
        assert whole.part(2, 4).confidence == 0.4

    def test_without_edges_characters_are_equally_wide(self) -> None:
        part = Line("姓名张伟", Box(0, 0, 400, 30), 0.8).part(2, 4)
        assert (part.box, part.confidence) == (Box(200, 0, 400, 30), 0.8)

    @pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 2), (3, 2), (0, 5)])
    def test_no_characters_are_no_part(self, start: int, end: int) -> None:
        with pytest.raises(ValueError, match="no characters"):
            line("姓名张伟", 0, 0).part(start, end)

    def test_joined_texts_are_as_sure_as_the_weakest_and_lie_around_all(self) -> None:
        text = join([line("重庆", 10, 10, sure=0.7), line("公司", 5, 60)], " ")
        assert (text.text, text.confidence) == ("重庆 公司", 0.7)
        assert text.box == Box(5, 10, 70, 90)
        with pytest.raises(ValueError):
            join([])
        with pytest.raises(ValueError):
            union([])


class TestRows:
    def test_rows_go_down_and_cells_to_the_right(self) -> None:
        cells = [line("余额", 700, 12), line("日期", 100, 10), line("1.00", 700, 62), line("2024-01-02", 100, 60), line("摘要", 400, 11)]
        assert texts(rows(cells)) == [["日期", "摘要", "余额"], ["2024-01-02", "1.00"]]

    @given(st.floats(-0.02, 0.02), st.permutations(range(24)))
    def test_a_slight_slope_is_followed_whatever_the_order(self, slope: float, order: Sequence[int]) -> None:
        """Six rows 45 apart over four columns: over the page they climb by nearly a row."""
        cells = [line(f"{r}{c}", 100 + 420 * c, 200 + 45 * r + slope * 420 * c) for r in range(6) for c in range(4)]
        assert texts(rows([cells[n] for n in order])) == [[f"{r}{c}" for c in range(4)] for r in range(6)]

    def test_lines_one_over_the_other_are_two_rows_though_close(self) -> None:
        assert texts(rows([line("第一行很长的文字", 100, 100), line("第二行很长的文字", 100, 124)])) == [["第一行很长的文字"], ["第二行很长的文字"]]

    def test_no_lines_have_no_rows_and_no_height(self) -> None:
        assert rows([]) == []
        assert line_height([]) == 1.0
        assert line_height([line("一", 0, 0, height=10), line("二", 0, 20, height=30), line("三", 0, 60, height=20)]) == 20


class TestFind:
    @given(HAN, HAN, HAN, st.sampled_from(["", " ", "  ", "　"]))
    def test_found_where_it_stands_whatever_spaces_are_in_it(self, before: str, phrase: str, behind: str, gap: str) -> None:
        assume(phrase not in (before + phrase)[:-1] and phrase not in before)
        printed = gap.join(phrase)
        at = find(line(before + printed + behind, 0, 0), phrase, 0)
        assert at == (len(before), len(before) + len(printed))

    @pytest.mark.parametrize(
        ("text", "phrase", "at"),
        [
            ("统一社会信用代玛91", "统一社会信用代码", (0, 8)),
            ("绕一社会信用代玛91", "统一社会信用代码", (0, 8)),
            ("绕二社会信用代玛91", "统一社会信用代码", None),
            ("经营范固：软件", "经营范围", (0, 4)),
            ("经菅范固：软件", "经营范围", None),
            ("姓石：张伟", "姓名", None),
        ],
    )
    def test_long_phrases_may_be_misread_a_little_short_ones_not_at_all(self, text: str, phrase: str, at: tuple[int, int] | None) -> None:
        assert find(line(text, 0, 0), phrase) == at

    def test_what_stands_there_exactly_wins_over_what_nearly_does(self) -> None:
        assert find(line("期末余颜期末余额", 0, 0), "期末余额") == (4, 8)

    def test_nothing_stands_in_an_empty_line(self) -> None:
        assert find(Line("", Box(0, 0, 1, 1), 0.5), "姓名") is None

    def test_the_caller_may_forbid_mistakes(self) -> None:
        assert find(line("经营范固", 0, 0), "经营范围", 0) is None


class TestLabels:
    def test_the_longer_form_wins_on_the_same_characters(self) -> None:
        page = sheet([line("单位名称：重庆示例公司", 0, 0)])
        assert found(page, {"employer": ["单位名称"], "name": ["名称"]}) == {"employer": "单位名称"}

    def test_a_misread_form_does_not_take_what_another_names_exactly(self) -> None:
        wanted = {"closing": ["期末余额"], "opening": ["期初余额"]}
        assert found(sheet([line("期末余额 5.00", 0, 0)]), wanted) == {"closing": "期末余额"}
        assert found(sheet([line("期初余额 1.00 期末余额 5.00", 0, 0)]), wanted) == {"opening": "期初余额", "closing": "期末余额"}

    def test_two_labels_in_one_line_end_each_other(self) -> None:
        page = sheet([line("姓名：张伟 性别：男", 0, 0)])
        wanted = {"name": ["姓名"], "sex": ["性别"]}
        assert value(page, "name", wanted) == "张伟"
        assert value(page, "sex", wanted) == "男"

    def test_behind_a_label_stands_nothing_but_its_value(self) -> None:
        label = Label("name", line("姓名 ：　张伟 ", 0, 0), 0, 2)
        rest = after(label)
        assert rest is not None and rest.text == "张伟"
        assert rest.box.x0 == label.line.edges[5]
        assert label.box == label.line.part(0, 2).box
        assert after(Label("name", line("姓名：", 0, 0), 0, 2)) is None
        assert trimmed(line("： ; ", 0, 0), 0, 4) is None


class TestValues:
    WANTED: Mapping[str, Sequence[str]] = {"name": ["名称"], "address": ["住所"], "scope": ["经营范围"], "date": ["成立日期"]}

    def page(self) -> Sheet:
        return sheet(
            [
                line("名称", 100, 100),
                line("重庆示例科技有限公司", 300, 102),
                line("成立日期", 1000, 100),
                line("2019年03月08日", 1200, 98),
                line("住所", 100, 200),
                line("重庆市渝北区示例大道一百二十八号", 300, 200),
                line("九幢三单元", 300, 240),
                line("经营范围", 100, 330),
                line("软件开发；技术咨询", 300, 330),
            ]
        )

    def test_the_next_text_on_the_row_is_the_value(self) -> None:
        assert value(self.page(), "name", self.WANTED) == "重庆示例科技有限公司"
        assert value(self.page(), "date", self.WANTED) == "2019年03月08日"

    def test_a_value_goes_on_beneath_itself_down_to_the_next_label(self) -> None:
        assert value(self.page(), "address", self.WANTED) == "重庆市渝北区示例大道一百二十八号"
        assert value(self.page(), "address", self.WANTED, multiline=True) == "重庆市渝北区示例大道一百二十八号九幢三单元"

    def test_a_value_that_begins_in_the_line_of_its_label_goes_on_too(self) -> None:
        page = sheet([line("住所：重庆市渝北区示例大道", 100, 200), line("九幢三单元", 200, 236), line("名称：示例", 100, 320)])
        assert value(page, "address", self.WANTED, multiline=True) == "重庆市渝北区示例大道九幢三单元"

    def test_a_gap_ends_a_value(self) -> None:
        page = sheet([line("住所：重庆市渝北区", 100, 200), line("第二页的别的文字", 200, 400)])
        assert value(page, "address", self.WANTED, multiline=True) == "重庆市渝北区"

    def test_a_label_without_a_value_has_none_and_takes_no_other_labels(self) -> None:
        page = sheet([line("名称", 100, 100), line("住所", 500, 100), line("重庆市", 700, 100)])
        assert value(page, "name", self.WANTED) is None
        assert value(page, "address", self.WANTED) == "重庆市"

    @given(st.integers(0, 600), st.integers(-8, 8))
    def test_wherever_on_its_row_the_value_stands(self, gap: int, drop: int) -> None:
        page = sheet([line("名称", 100, 500), line("示例公司", 165 + gap, 500 + drop), line("别的", 300, 620), line("还有", 300, 380)])
        assert value(page, "name", self.WANTED) == "示例公司"


def test_right_of_and_below_are_near_first_and_end_at_their_reach() -> None:
    at = Box(100, 100, 200, 130)
    lines = [line("远", 900, 100), line("近", 260, 104), line("左", 20, 100), line("下", 120, 150), line("更下", 110, 320), line("旁", 400, 160)]
    assert [x.text for x in right_of(at, lines)] == ["近", "远"]
    assert [x.text for x in right_of(at, lines, reach=100)] == ["近"]
    assert [x.text for x in below(at, lines, reach=60)] == ["下"]
    assert [x.text for x in below(at, lines, reach=600)] == ["下", "更下"]


@given(st.lists(st.tuples(HAN, st.floats(0, 1500), st.floats(0, 1000)), max_size=25))
def test_nothing_is_lost_or_doubled_when_rows_are_formed(placed: list[tuple[str, float, float]]) -> None:
    lines = [line(text, x, y) for text, x, y in placed]
    assert sorted(id(each) for row in rows(lines) for each in row) == sorted(map(id, lines))
    assert all(row == tuple(sorted(row, key=lambda each: each.box.x0)) for row in layout.rows(lines))
