"""Tables by geometry: headers in several lines, columns with and without rules, wrapped cells, pages without header."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.model import Box, Line, Sheet
from extractors.table import Table, table
from extractors.table_columns import parts_by_column
from extractors.table_header import gaps
from tests.ledger_pages import PITCH, Col, line, page

ALIASES = {
    "date": ("交易日期", "记账日期", "日期"),
    "summary": ("交易摘要", "摘要"),
    "amount": ("交易金额", "收入/支出金额"),
    "out": ("借方发生额", "借方", "支出"),
    "in": ("贷方发生额", "贷方", "收入"),
    "balance": ("账户余额", "余额"),
    "counterparty": ("对方户名", "对方账号与户名"),
    "account": ("对方账号",),
}
MONEY = re.compile(r"[-+]?[\d,]+\.\d\d$")
COLS = (
    Col("交易日期", 40, 100),
    Col("交易摘要", 120, 200),
    Col("交易金额", 220, 300, "right"),
    Col("账户余额", 320, 400, "right"),
    Col("对方户名", 430, 560),
    Col("对方账号", 580, 720),
)
ROWS = [
    ["2024-03-01", "工资", "+12,000.00", "13,234.50", "重庆示例科技有限公司", "6222000011112222"],
    ["2024-03-05", "消费", "-35.00", "13,199.50", "示例超市", ""],
    ["2024-03-09", "转账支取", "-3,000.00", "10,199.50", "", "6217000099998888"],
]


def is_anchor(name: str, text: str) -> bool:
    return name in ("amount", "in", "out", "balance") and MONEY.match(text) is not None


def needed(names: frozenset[str]) -> bool:
    return "date" in names and bool({"amount", "in", "out"} & names)


def read(sheet: Sheet, like: Table | None = None) -> Table | None:
    return table(sheet, ALIASES, is_anchor, needed, like)


def texts(found: Table | None, names: list[str]) -> list[list[str]]:
    assert found is not None
    return [[row.cells[name].text if name in row.cells else "" for name in names] for row in found.rows]


NAMES = ["date", "summary", "amount", "balance", "counterparty", "account"]


@pytest.mark.parametrize("ruled", [False, True])
@pytest.mark.parametrize("title_align", ["left", "center", "right"])
def test_cells_come_back_with_and_without_rules(ruled: bool, title_align: str) -> None:
    cols = tuple(replace(col, title_align=title_align) for col in COLS)
    found = read(page(cols, ROWS, ruled=ruled, above=["示例银行交易明细", "户名：张三"], below=["第1页/共1页"]))
    assert texts(found, NAMES) == ROWS
    assert found is not None
    assert [x.text for x in found.before] == ["示例银行交易明细", "户名：张三"]
    assert [x.text for x in found.after] == ["第1页/共1页"]


@pytest.mark.parametrize("valign", ["top", "middle"])
@pytest.mark.parametrize("pad", [0.0, 5.0])
def test_wrapped_cells_belong_to_their_row(valign: str, pad: float) -> None:
    rows = [
        ["2024-03-01", "工资", "+12,000.00", "13,234.50", "重庆示例科技发展有限\n公司", "6222000011112222"],
        ["2024-03-05", "消费", "-35.00", "13,199.50", "示例超市", ""],
        ["2024-03-09", "网上银行转\n账支取", "-3,000.00", "10,199.50", "", "6217000099998888"],
        ["2024-03-10", "网上银行转\n账支取", "-1.00", "10,198.50", "重庆示例科技发展有限\n公司", ""],
        ["2024-03-11", "消费", "-1.00", "10,197.50", "示例\n超市", ""],
    ]
    if valign == "middle" and pad == 0:
        pad = 1.5
    found = read(page(COLS, rows, valign=valign, pad=pad))
    assert texts(found, NAMES) == [[cell.replace("\n", "") for cell in row] for row in rows]


def test_rules_part_rows_whose_lines_stand_as_close_as_wrapped_ones() -> None:
    rows = [["2024-03-01", "甲\n乙\n丙", "1.00", "2.00", "", ""], ["2024-03-02", "丁\n戊\n己", "1.00", "3.00", "", ""]]
    for valign in ("top", "middle"):
        found = read(page(COLS, rows, valign=valign, pad=2.0, ruled=True))
        assert texts(found, ["date", "summary"]) == [["2024-03-01", "甲乙丙"], ["2024-03-02", "丁戊己"]]


def test_titles_in_two_lines_and_under_a_common_title() -> None:
    sides = (Col("借方", 220, 300, "right"), Col("贷方", 320, 400, "right"))
    cols = (Col(("交易", "日期"), 40, 100), Col("摘  要", 120, 200), *sides, Col("余额", 420, 500, "right"))
    sheet = page(cols, [["20240301", "利息", "", "1.25", "1.25"], ["20240302", "取款", "1.00", "", "0.25"]])
    parent = line("发生额", 295, sheet.lines[0].box.y0 - 6)
    found = read(replace(sheet, lines=(*sheet.lines, parent)))
    names = ["date", "summary", "out", "in", "balance"]
    assert texts(found, names) == [["20240301", "利息", "", "1.25", "1.25"], ["20240302", "取款", "1.00", "", "0.25"]]


def test_an_english_line_under_the_titles_is_header() -> None:
    cols = tuple(Col((col.title, "Trans Date"), col.x0, col.x1, col.align) for col in COLS if isinstance(col.title, str))
    assert texts(read(page(cols, ROWS)), NAMES) == ROWS


def test_titles_that_were_read_as_one_line() -> None:
    cols = COLS[:4]
    sheet = page(cols, [row[:4] for row in ROWS], headed=False)
    text = "交易日期" + " " * 8 + "交易摘要" + " " * 20 + "交易金额" + " " * 12 + "账户余额"
    titles = line(text, 40, sheet.lines[0].box.y0 - 20)  # each right over its column
    found = read(replace(sheet, lines=(titles, *sheet.lines)))
    assert texts(found, NAMES[:4]) == [row[:4] for row in ROWS]


def test_a_line_over_two_columns_is_cut_at_its_gap_or_where_the_kind_changes() -> None:
    gap = line("工资      12,000.00", 120, 0)
    assert [(n, part.text) for n, part in parts_by_column(gap, [110, 160])] == [(1, "工资"), (2, "12,000.00")]
    close = line("2024-03-05消费", 40, 0)
    assert [(n, part.text) for n, part in parts_by_column(close, [95])] == [(0, "2024-03-05"), (1, "消费")]
    amounts = line("1,000.0013,199.50", 40, 0)
    assert [(n, part.text) for n, part in parts_by_column(amounts, [80])] == [(0, "1,000.00"), (1, "13,199.50")]


def test_a_long_text_that_runs_over_its_column_stays_whole() -> None:
    long = line("重庆示例科技发展有限公司渝北分公司", 430, 0)
    assert [(n, part.text) for n, part in parts_by_column(long, [420, 570])] == [(1, long.text)]


def test_a_page_without_header_goes_on_in_the_columns_before() -> None:
    first = read(page(COLS, ROWS))
    second = read(page(COLS, ROWS, headed=False, number=2, above=["户名：张三"]), like=first)
    assert texts(second, NAMES) == ROWS
    assert read(page(COLS, ROWS, headed=False)) is None


def test_carried_columns_follow_another_scale() -> None:
    first = read(page(COLS, ROWS * 4))
    sheet = page(COLS, ROWS * 4, headed=False, number=2)
    grown = tuple(_scaled(each, 1.25, 60) for each in sheet.lines)
    second = read(replace(sheet, lines=grown, width=1200, source="ocr"), like=first)
    assert texts(second, NAMES) == ROWS * 4


def _scaled(one: Line, scale: float, shift: float) -> Line:
    box = Box(one.box.x0 * scale + shift, one.box.y0 * scale, one.box.x1 * scale + shift, one.box.y1 * scale)
    return replace(one, box=box, edges=tuple(e * scale + shift for e in one.edges))


@pytest.mark.parametrize("slope,bend", [(0.012, 0.0), (-0.015, 0.0), (0.0, 2e-5), (0.01, -2e-5)])
def test_rows_are_followed_on_a_turned_or_bent_photograph(slope: float, bend: float) -> None:
    sheet = page(COLS, [["2024-03-05", "消费消费", "-35.00", "13,199.50", "示例超市示例超市", "6217000099998888"]] * 30, pad=3)
    lines = []
    for each in sheet.lines:
        rise = slope * each.box.cx + bend * each.box.cx**2
        lines.append(replace(each, box=Box(each.box.x0, each.box.y0 + rise, each.box.x1, each.box.y1 + rise)))
    found = read(replace(sheet, lines=tuple(lines), source="ocr"))
    assert found is not None and len(found.rows) == 30
    assert all(len(row.cells) == 6 for row in found.rows)


def test_a_header_printed_again_in_the_middle_is_no_cell() -> None:
    top, again = page(COLS, ROWS), page(COLS, ROWS)
    shift = 200.0
    moved = tuple(replace(each, box=Box(each.box.x0, each.box.y0 + shift, each.box.x1, each.box.y1 + shift)) for each in again.lines)
    assert texts(read(replace(top, lines=top.lines + moved)), NAMES) == ROWS + ROWS


def test_no_table_on_a_page_of_prose() -> None:
    sheet = page(COLS, [], headed=False, above=["兹证明张三同志系我公司员工", "交易日期以银行为准", "月收入 12,000.00 元"])
    assert read(sheet) is None


def test_gaps_are_seen_in_edges() -> None:
    wide = line("甲乙", 0, 0)
    assert gaps(wide) == [0.0, 0.0]
    apart = Line("甲乙", Box(0, 0, 60, 10), 1.0, (0.0, 30.0, 60.0))
    assert gaps(apart)[1] == pytest.approx(17.5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_random_ledgers_come_back(seed: int) -> None:
    rng = random.Random(seed)
    rows = [
        [
            f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            rng.choice(["消费", "工资", "转账支取", "利息", "跨行汇款\n手续费", "网上支付\n财付通"]),
            f"{rng.choice('+-')}{rng.randint(0, 99999):,}.{rng.randint(0, 99):02}",
            f"{rng.randint(0, 999999):,}.{rng.randint(0, 99):02}",
            rng.choice(["", "张三", "重庆示例科技\n有限公司", "示例超市"]),
            rng.choice(["", "6222000011112222"]),
        ]
        for _ in range(rng.randint(1, 40))
    ]
    cols = list(COLS)
    rng.shuffle(cols)
    order = [COLS.index(col) for col in cols]
    x, moved = 30.0, []
    for col in cols:
        wide = col.x1 - col.x0 + rng.choice([0, 10])
        moved.append(replace(col, x0=x, x1=x + wide, title_align=rng.choice(["left", "center", col.align])))
        x += wide + rng.choice([8, 20])
    sheet = page(
        moved,
        [[row[n] for n in order] for row in rows],
        valign=rng.choice(["top", "middle"]),
        pad=rng.choice([2.0, 6.0, PITCH]),
        ruled=rng.random() < 0.5,
    )
    assert texts(read(sheet), NAMES) == [[cell.replace("\n", "") for cell in row] for row in rows]


def test_titles_on_two_lines_beside_titles_in_their_middle_are_whole() -> None:
    cols = (Col("交易日期", 40, 100), Col("摘要", 120, 200), Col("", 220, 300, "right"), Col("余额", 320, 400, "right"))
    rows = [["2024-03-01", "工资", "+12,000.00", "13,234.50"], ["2024-03-05", "消费", "-35.00", "13,199.50"]]
    sheet = page(cols, rows)
    middle = next(x.box.y0 for x in sheet.lines if x.text == "余额")
    titles = [line("交易", 230, middle - 4), line("金额", 232, middle + 4)]  # boxes of a picture overlap
    found = read(replace(sheet, lines=(*sheet.lines, *titles)))
    assert texts(found, NAMES[:4]) == rows


def test_an_unbroken_rule_parts_what_was_read_as_one_text() -> None:
    sheet = page(COLS, ROWS * 4, ruled=True)
    touching = [x for x in sheet.lines if re.match(r"[-+]?[\d,]+\.\d\d$", x.text)]
    pairs = list(zip(touching[::2], touching[1::2], strict=True))
    glued = [line(a.text + b.text, 310 - 5 * len(a.text), a.box.y0) for a, b in pairs]
    rest = [x for x in sheet.lines if not any(x is each for pair in pairs for each in pair)]
    found = read(replace(sheet, lines=(*rest, *glued)))
    assert texts(found, NAMES) == ROWS * 4
