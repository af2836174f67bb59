"""The report on paper: says what the JSON says, the same each time, and no text of a packet becomes anything but text."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Box
from tests import builders
from tests import paper_packets as packets
from validators import registry
from validators.codes import CODES, finding
from validators.model import Outcome, Severity, Value
from worker import crops
from worker.paper import as_html, as_pdf, differ, papers, wording
from worker.paper.view import view
from worker.pipeline import Checked

HOSTILE = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{ 7*7 }}{% raw %}</style><b>&lt;"""
TYPST = r"""#eval("1+1") *strong* _slanted_ $x^2$ #image("/etc/hostname") ] [ \ // @ref <label> `raw` = head"""


class Page(HTMLParser):
    """The elements of a page of HTML, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def pdf_text(pdf: bytes) -> str:
    """All text of a PDF without spaces and breaks: where lines end is not the point."""
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"[\s\u200b\ufffe]", "", "".join(page.get_textpage().get_text_range() for page in document))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def contradicting(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    return packets.contradicting(tmp_path_factory.mktemp("packet"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    return packets.clean(tmp_path_factory.mktemp("packet"))


def test_the_same_packet_gives_the_same_html_and_pdf(contradicting: Checked) -> None:
    crops.cut.cache_clear()
    html, pdf = as_html(contradicting), as_pdf(contradicting)
    crops.cut.cache_clear()
    assert as_html(contradicting) == html and as_pdf(contradicting) == pdf
    told = pypdfium2.PdfDocument(pdf).get_metadata_dict()
    assert told["CreationDate"].startswith("D:20261123013005") and told["Title"] == "贷款材料预审报告 c-1"


def test_the_pdf_is_a4_and_says_its_pages(contradicting: Checked) -> None:
    document = pypdfium2.PdfDocument(as_pdf(contradicting))
    assert {tuple(map(round, page.get_size())) for page in document} == {(595, 842)}
    for number, page in enumerate(document, 1):
        assert f"第{number}页共{len(document)}页" in bare(page.get_textpage().get_text_range())


@pytest.mark.parametrize("form", [lambda c: Page(as_html(c)).text, lambda c: pdf_text(as_pdf(c))], ids=["html", "pdf"])
def test_everything_that_is_said_stands_there(contradicting: Checked, form: Callable[[Checked], str]) -> None:
    text, report = bare(form(contradicting)), contradicting.report
    said = [report["case_id"], report["as_of"], report["policy"]["label"], "不齐全", "张玮", "张伟", *report["assumptions"]]
    for told in report["findings"]:
        said += [told["title"], told["code"], told["for_manager"], told["for_broker"]]
    said += [check["reason"] for check in report["checks"]]
    said += [row["label"] for row in report["completeness"]] + [record["name"] for record in report["files"]]
    said += [limit["label"] for limit in report["policy"]["limits"].values()]
    said += [report["files"][3]["error"]["sentence"], *report["supplement_notice"].splitlines()]
    assert [each for each in said if bare(each) not in text] == []


@pytest.mark.parametrize("form", [lambda c: Page(as_html(c)).text, lambda c: pdf_text(as_pdf(c))], ids=["html", "pdf"])
def test_what_could_not_be_checked_is_no_pass(clean: Checked, form: Callable[[Checked], str]) -> None:
    text = bare(form(clean))
    unchecked = [check for check in clean.report["checks"] if check["outcome"] == "not_checked"]
    assert clean.report["verdict"] == "complete" and unchecked
    assert f"{len(unchecked)}条规则未能核对，不等于通过" in text
    assert text.index(bare(unchecked[0]["reason"])) < text.index("规则核对共考虑")  # in the summary, before the table
    assert text.count("未能核对") > len(unchecked)


def test_both_sides_stand_beside_each_other_with_the_difference_marked(contradicting: Checked) -> None:
    page = as_html(contradicting)
    article = page[page.index('id="finding-3"') : page.index('id="finding-4"')]
    assert "name_mismatch" in article and article.count("<img") == 2 and article.count('class="spot"') == 2
    assert "张<mark>伟</mark>" in article and "张<mark>玮</mark>" in article
    assert "居民身份证" in article and "card.jpg 第1页" in article and "proof.pdf 第2页" in article
    assert 'href="#page-1-1"' in article and 'id="page-1-1"' in page and 'id="page-2-2"' in page


def test_every_picture_has_a_text_and_every_link_a_goal(contradicting: Checked) -> None:
    page = Page(as_html(contradicting))
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) > 5 and all(len(a["alt"]) > 5 and a["src"].startswith("data:image/jpeg;base64,/9j/") for a in images)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    goals = {a["href"].removeprefix("#") for tag, a in page.tags if tag == "a"}
    assert goals <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))


def test_the_page_loads_nothing_and_allows_its_own_style_only(contradicting: Checked) -> None:
    html = as_html(contradicting)
    page = Page(html)
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    style = html[html.index("<style>") + 7 : html.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "form"} == set()
    assert not [a for _, a in page.tags if "style" in a] and "url(" not in style and "@import" not in style
    assert not re.search(r"(src|href)=\"(?!data:image/jpeg|#)", html)


def test_hostile_text_stays_text_in_html(tmp_path: Path) -> None:
    kind = [tag for tag, _ in Page(as_html(packets.contradicting(tmp_path / "a"))).tags]
    checked = packets.contradicting(tmp_path / "b", stranger=HOSTILE)
    html = as_html(replace(checked, report={**checked.report, "case_id": HOSTILE, "supplement_notice": HOSTILE}))
    page = Page(html)
    plain = [tag for tag in kind if tag not in ("mark", "span")]  # what is marked and what is given as printed may differ
    assert [tag for tag, _ in page.tags if tag not in ("mark", "span")] == plain
    assert not [a for _, a in page.tags if any(name.startswith("on") for name in a)]
    assert page.text.count("<script>alert(1)</script>") > 3 and "{{ 7*7 }}" in page.text


def test_hostile_text_stays_text_in_pdf(tmp_path: Path) -> None:
    checked = packets.contradicting(tmp_path / "b", stranger=TYPST)
    notice = f"{TYPST}\n#pagebreak()\n"
    text = pdf_text(as_pdf(replace(checked, report={**checked.report, "case_id": TYPST, "supplement_notice": notice})))
    assert text.count(bare(TYPST)) >= 4 and "#pagebreak()" in text


def test_signs_that_mislead_the_eye_are_replaced() -> None:
    assert wording.clean({"a": ["x\u202ey\x00z\ud800", 3, None]}) == {"a": ["x\ufffdy\ufffdz\ufffd", 3, None]}
    assert wording.clean("a" * 9999) == "a" * wording.LONGEST + "……（共9999字）"
    assert wording.clean("第一行\n第二行\t\u2028") == "第一行\n第二行  "


def test_texts_that_no_file_can_hold_do_not_lose_the_report(tmp_path: Path) -> None:
    checked = packets.contradicting(tmp_path / "a", stranger="张\ud83d\x00\uffff玮" + "a" * 5000)
    assert "张\ufffd\ufffd\ufffd玮" in as_html(checked).encode().decode()
    assert as_pdf(checked).startswith(b"%PDF")


def test_a_likelier_reading_is_shown_and_not_put_in_place(tmp_path: Path) -> None:
    papers_ = builders.licence(uscc=builders.unsure("91350100M000100Y43", proposal="91350100M000180Y43"))
    html = as_html(packets.checked(builders.case(papers_), tmp_path))
    assert "<td>91350100M000100Y43<span" in html and "可能应为 91350100M0001<mark>8</mark>0Y43（待人工确认，未采用）" in html


def test_fields_say_value_print_sureness_and_place(tmp_path: Path) -> None:
    paper = builders.document(
        "income_proof", file="a.pdf", pages=(3, 4), monthly_income=builders.read("36700.00", raw="3.67万元"),
        issued_on=builders.read("2026-11-05", raw="2026年11月5日"), has_seal="true", employer=builders.unread("重庆?"),
    )  # fmt: skip
    report = view(packets.checked(builders.case(paper), tmp_path))
    rows = {e.label: (e.value, e.raw, e.sure.text, e.place) for e in report.papers[0].entries}
    assert rows["月收入"] == ("36,700.00", "3.67万元", "确定", "第3页")
    assert rows["开具日期"] == ("2026-11-05", "", "确定", "第3页")
    assert rows["印章"][0] == "有" and rows["工作单位"] == ("", "重庆?", "需看", "第3页")
    assert report.papers[0].doubts == 1 and report.papers[0].place == "a.pdf 第3至4页"


def test_statement_lines_stand_in_columns(tmp_path: Path) -> None:
    sheet = builders.books("balance_sheet", **{"total_assets.begin": builders.unsure("1234567.00"), "other:预提费用.end": "5.00"})
    grid = view(packets.checked(builders.case(sheet), tmp_path)).papers[0].grids[0]
    assert [cell.text for cell in grid.head] == ["项目", "期末", "年初"]
    rows = {row[0].text: row[1:] for row in grid.rows}
    assert [cell.text for cell in rows["资产总计"]] == ["300.00", "1,234,567.00"] and rows["资产总计"][1].doubt
    assert [cell.text for cell in rows["预提费用"]] == ["5.00", ""] and not rows["负债合计"][1].doubt
    lines = dict.fromkeys(name.rpartition(".")[0] for name in sheet.fields if name.endswith((".end", ".begin")))
    assert list(rows) == [wording.label("balance_sheet", line) for line in lines]  # in the order of the sheet


def test_of_many_transactions_the_first_are_shown_and_all_are_counted(tmp_path: Path) -> None:
    row = {"date": "2026-05-10", "summary": "消费", "counterparty": "某店", "amount": "-12.00", "balance": "99.00"}
    rows = [{**row, "amount": f"-{n}.00"} for n in range(1, 6001)]
    checked = packets.checked(builders.case(builders.statement(transactions=rows)), tmp_path)
    grid = next(g for g in view(checked).papers[0].grids if g.caption.startswith("交易明细"))
    assert grid.caption == "交易明细：共6000条，列出前8条" and len(grid.rows) == papers.ROWS and grid.rest == 5992
    assert len(as_html(checked)) < 200_000 and len(pypdfium2.PdfDocument(as_pdf(checked))) < 12


def crowded(folder: Path) -> Checked:
    """200 pages in four PDFs and 60 findings with two spots each, 30 of them on different pages."""
    files = [packets.record(folder, f"{n}.pdf", packets.pdf([packets.sheet()] * 50), 50) for n in range(4)]
    paper = builders.document("bank_statement", file="0.pdf", pages=range(1, 51), account_holder="张伟")
    more = []
    for n in range(60):
        where = [replace(builders.read("x"), evidence=None)] * 2
        spots = [packets.Evidence(f"{n % 4}.pdf", 1 + n % 30, Box(0.1, 0.2 + n / 100, 0.4 + side / 10, 0.22 + n / 100)) for side in (0, 1)]
        values = [Value("bank_statement", "account_holder", w.text, w.raw, s) for w, s in zip(where, spots, strict=True)]
        more.append(finding("name_mismatch", [paper], values=values, for_manager=f"第{n}处不一致。"))
    return packets.checked(builders.case(paper, files=files), folder, *more)


def test_a_large_packet_stays_small_and_quick(tmp_path: Path) -> None:
    checked = crowded(tmp_path)
    begun = time.process_time()
    html, pdf = as_html(checked), as_pdf(checked)
    assert time.process_time() - begun < 6  # of this process; on a quiet machine both take 2 s
    page = Page(html)
    assert 1_000_000 < len(html) < 8_000_000 and len(pdf) < 8_000_000
    shown = [a for tag, a in page.tags if tag == "figure" and a.get("id", "").startswith("page-")]
    assert 20 < len(shown) <= 40 and f"另有{200 - len(shown)}页未在此显示" in page.text
    assert page.text.count("处不一致。") == 60
    assert len([a for tag, a in page.tags if tag == "img"]) >= 120 + len(shown)


def test_the_report_comes_when_the_files_are_gone(tmp_path: Path) -> None:
    checked = packets.contradicting(tmp_path / "a")
    for file in (tmp_path / "a").iterdir():
        file.unlink()
    crops.cut.cache_clear()
    page = Page(as_html(checked))
    assert not [tag for tag, _ in page.tags if tag == "img"] and "此处未附截图，请看原文件" in page.text
    assert "未附截图，请看原文件" in pdf_text(as_pdf(checked))


def test_an_empty_packet_of_nothing_but_a_broken_file(tmp_path: Path) -> None:
    checked = packets.checked(builders.case(files=[builders.bad_file("坏.pdf")]), tmp_path)
    assert "没有可以识别的材料" in as_html(checked) and "坏.pdf" in pdf_text(as_pdf(checked))


def test_every_word_of_the_contract_has_its_word() -> None:
    assert set(wording.SEVERITIES) == set(get_args(Severity)) and set(wording.OUTCOMES) == set(get_args(Outcome))
    assert set(wording.VERDICTS) == {"complete", "incomplete", "discrepant"} and set(CODES) >= differ.COMPARED
    assert set(wording.STATUSES) == {"present", "missing", "unusable"}
    assert all(re.search("[\u4e00-\u9fff]", rule.sentence) for rule in registry.all_rules())


@given(st.decimals(-(10**15), 10**15, places=2))
def test_grouping_an_amount_changes_no_digit(amount: Any) -> None:
    text = f"{amount:.2f}"
    assert wording.grouped(text).replace(",", "") == text


@given(st.lists(st.text("张伟玮明123", max_size=12), min_size=2, max_size=4))
def test_marking_loses_no_character_and_marks_nothing_in_equal_texts(texts: list[str]) -> None:
    marked = differ.marked(texts)
    assert ["".join(piece.text for piece in each) for each in marked] == texts
    if len(set(texts)) == 1:
        assert not any(piece.differs for each in marked for piece in each)
    elif texts[0] and any(each and each != texts[0] for each in texts[1:]):
        assert any(piece.differs for each in marked for piece in each)


@pytest.mark.parametrize(
    ("value", "raw", "shown"),
    [
        ("2026-11-05", "2026 年 11 月 05 日", ""), ("2026-11-05", "2026.11.5", ""), ("2026-11-05", "2026年11月6日", "2026年11月6日"),
        ("36700.00", "¥36,700.00元", ""), ("36700.00", "3.67万元", "3.67万元"), ("36700.00", "36,700", "36,700"),
        ("4471490.00", "4,471.49", "4,471.49"), ("-309.25", "−309.25", ""), ("中(国)", "中（国）", ""), ("", "▇▇", "▇▇"),
    ],
)  # fmt: skip
def test_what_is_printed_is_told_where_it_says_more(value: str, raw: str, shown: str) -> None:
    assert wording.printed("x", value, raw) == shown
