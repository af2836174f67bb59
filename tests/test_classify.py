"""Which paper a sheet is, what is cut apart, adopted and dropped; and that no type's extractor falls over, whatever stands on a sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import classify, pageread
from extractors.classify import UNKNOWN, documents_of, label, sheets_apart
from extractors.doctype import Anchor, DocumentType, FieldSpec, all_types
from extractors.model import Box, Code, Document, Field, Line, Rule, Seal, Sheet
from tests.sheet_lines import line, sheet

CARD_FRONT = ("姓名张伟", "性别男民族汉", "出生1988年3月15日", "住址重庆市渝北区示例大道9号", "公民身份号码110105198803151232")
LICENCE = ("营业执照", "统一社会信用代码91350100M000100Y43", "名称重庆示例科技有限公司", "经营范围软件开发", "注册资本壹佰万元整")
POEM = ("床前明月光", "疑是地上霜", "举头望明月", "低头思故乡", "静夜思", "李白的诗写在纸上，一共二十个字，没有别的意思")


def page(texts: Sequence[str], index: int = 0, number: int = 1, file: str = "a.jpg") -> Sheet:
    return replace(sheet([line(text, 100, 80 + 70 * n) for n, text in enumerate(texts)], file=file, page=number), index=index)


def kinds(*sheets: Sheet) -> list[str]:
    return [document.type for document in documents_of(sheets)]


# --- types made up for these tests -----------------------------------------------------------------------------------


def _first_line(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    text = sheets[0].lines[0].text
    return {"first": Field(text, text, 0.9, None)}


def made_up(id: str = "ticket", **more: object) -> DocumentType:
    kind = DocumentType(id, "车票", (Anchor("车票", 0.6, title=True), Anchor("席位", 0.5)), (FieldSpec("first", "第一行", "text"),), _first_line)
    return replace(kind, **more)  # type: ignore[arg-type]


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> dict[str, DocumentType]:
    """The registered types are replaced by those that a test puts in here."""
    registered: dict[str, DocumentType] = {"ticket": made_up()}
    monkeypatch.setattr(classify, "all_types", lambda: registered)
    return registered


class TestLabels:
    def test_weights_add_up_to_a_candidate(self, types: dict[str, DocumentType]) -> None:
        assert label(page(["某某", "某某", "车票"]), types).score == 0.6 + 0.6
        assert label(page(["席位三号"]), types).type == UNKNOWN
        assert label(page(["席位三号", "凭此车票进站乘车，过期作废"]), types).type == "ticket"

    def test_a_title_counts_double_only_where_titles_stand(self, types: dict[str, DocumentType]) -> None:
        low = sheet([line("车票", 100, 1300)])
        assert label(low, types) == classify.Labelled(low, UNKNOWN, 0.6)
        wordy = sheet([line("凭此车票进站乘车，过期作废", 100, 50)])
        assert label(wordy, types).score == 0.6

    def test_what_speaks_against_a_type_counts(self, types: dict[str, DocumentType]) -> None:
        types["ticket"] = made_up(anchors=(Anchor("车票", 1.2), Anchor("购票合同", -1.0)))
        assert label(page(["车票"]), types).type == "ticket"
        assert label(page(["车票", "购票合同"]), types).type == UNKNOWN

    def test_what_anchors_cannot_say_is_asked_of_the_type(self, types: dict[str, DocumentType]) -> None:
        types["ticket"] = made_up(speaks=lambda sheet: 1.5 if re.search(r"G\d{4}", sheet.lines[0].text) else 0.0)
        assert label(page(["G1234"]), types).type == "ticket"

    def test_the_likeliest_type_wins(self, types: dict[str, DocumentType]) -> None:
        types["pass"] = made_up("pass", anchors=(Anchor("车票", 1.5),))
        assert label(page(["某某", "某某", "车票"]), types).type == "pass"

    @pytest.mark.parametrize(("texts", "kind"), [(CARD_FRONT, "resident_id_card"), (LICENCE, "business_licence"), (POEM, UNKNOWN), ((), UNKNOWN)])
    def test_papers_that_are_known_and_one_that_is_not(self, texts: Sequence[str], kind: str) -> None:
        assert label(page(texts), all_types()).type == kind

    @pytest.mark.parametrize("lost", range(1, len(LICENCE)))
    def test_one_line_less_changes_nothing(self, lost: int) -> None:
        assert label(page([text for n, text in enumerate(LICENCE) if n != lost]), all_types()).type == "business_licence"


class TestDocuments:
    def test_nothing_is_dropped_and_documents_stand_in_the_order_of_the_packet(self) -> None:
        sheets = [page(POEM, number=1), page(LICENCE, number=2), page((), number=3), page(CARD_FRONT, number=4)]
        documents = documents_of(sheets)
        assert [d.type for d in documents] == [UNKNOWN, "business_licence", UNKNOWN, "resident_id_card"]
        assert [d.id for d in documents] == ["d1", "d2", "d3", "d4"]
        assert [d.pages[0].page for d in documents] == [1, 2, 3, 4]
        assert documents[0].fields == {}

    def test_no_sheets_are_no_documents(self) -> None:
        assert documents_of([]) == ()

    def test_a_page_knows_how_its_text_is_turned(self) -> None:
        lying = replace(page(CARD_FRONT), to_page=(0, -1 / 1400, 1, 1 / 2000, 0, 0, 0, 0, 1))
        assert documents_of([lying])[0].pages[0].turn == 1

    def test_papers_on_one_sheet_are_cut_apart(self, types: dict[str, DocumentType]) -> None:
        def halves(one: Sheet) -> tuple[Sheet, ...]:
            middle = one.height / 2
            parts = [tuple(x for x in one.lines if (x.box.cy < middle) == above) for above in (True, False)]
            return tuple(replace(one, lines=lines, index=n) for n, lines in enumerate(parts) if lines)

        types["ticket"] = made_up(anchors=(Anchor("车票", 1.0),), split=halves)
        both = sheet([line("车票甲", 100, 100), line("车票乙", 100, 900)])
        assert [part.type for part in sheets_apart(both, types)] == ["ticket", "ticket"]
        assert [d.fields["first"].text for d in documents_of([both])] == ["车票甲", "车票乙"]

    def test_a_page_without_a_name_goes_to_the_paper_before_it_when_that_says_so(self, types: dict[str, DocumentType]) -> None:
        types["ticket"] = made_up(
            anchors=(Anchor("车票", 1.0),),
            continues=lambda so_far, sheet: sheet.lines[0].text.startswith("续"),
            assemble=lambda sheets: [tuple(sheets)],
        )
        pages = [page([text], number=n) for n, text in enumerate(["续0", "车票", "续1", "续2", "别的"], 1)]
        documents = documents_of(pages)
        assert [(d.type, [ref.page for ref in d.pages]) for d in documents] == [(UNKNOWN, [1]), ("ticket", [2, 3, 4]), (UNKNOWN, [5])]

    def test_a_document_over_several_files_has_all_its_pages(self) -> None:
        back = page(("中华人民共和国", "居民身份证", "签发机关北京市公安局朝阳分局", "有效期限2018.04.01-2038.04.01"), file="b.jpg")
        (card,) = documents_of([page(CARD_FRONT), back])
        assert {(ref.file, ref.page) for ref in card.pages} == {("a.jpg", 1), ("b.jpg", 1)}

    def test_confidence_of_a_type_is_a_share(self) -> None:
        assert all(0 <= d.confidence <= 1 for d in documents_of([page(LICENCE), page(POEM, number=2)]))


class TestWatermarks:
    MARK = ("仅供办理贷款使用", "仅供办理贷款使用", "他用无效")

    def test_a_sheet_that_only_holds_a_watermark_is_dropped_beside_its_paper(self) -> None:
        assert kinds(page(LICENCE), page(self.MARK, index=1)) == ["business_licence"]

    def test_on_a_page_of_its_own_it_stays(self) -> None:
        assert kinds(page(LICENCE), page(self.MARK, number=2)) == ["business_licence", UNKNOWN]

    def test_another_paper_on_the_same_page_is_not_dropped(self) -> None:
        assert kinds(page(LICENCE), page(POEM, index=1)) == ["business_licence", UNKNOWN]

    def test_a_phrase_over_and_over_along_a_slant_is_an_overlay(self) -> None:
        overlay = page(["示例银行专用", "示例银行专", "银行专用"], index=1)
        paper = page(LICENCE)
        assert pageread.without_overlays((paper, overlay)) == (paper,)
        assert pageread.without_overlays((overlay,)) == (overlay,), "what alone is on a page is never dropped"


def test_two_types_of_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import extractors.documents.business_licence as licence

    all_types.cache_clear()
    monkeypatch.setattr(licence, "TYPE", replace(licence.TYPE, id="bank_statement"))
    try:
        with pytest.raises(ValueError, match="two files in extractors/documents define bank_statement"):
            all_types()
    finally:
        monkeypatch.undo()
        all_types.cache_clear()


# --- every type, whatever stands on the sheet ------------------------------------------------------------------------

WORDS = sorted({anchor.text for kind in all_types().values() for anchor in kind.anchors} | {s.label for k in all_types().values() for s in k.fields})
VALUES = [
    "张伟", "110105198803151232", "91350100M000100Y43", "2026年11月2日", "2018.04.01-长期", "20260230", "￥1,234.56", "-3,000.00", "（1.00）",
    "壹万伍仟元整", "叁佰万圆", "15000元", "89.37平方米", "男", "汉", "重庆示例科技有限公司", "单位：万元", "第1页/共2页", "：", "——", "0", "∞", "²",
    "9" * 60, "年 月 日", "有限公司", "6222 0212 3456 7890 123", "A", "：:;；", "（）", "\u3000", "①", "㈠", "1e9", "一二三四五六七八九十", "行次", "1",
]  # fmt: skip


def odd_sheet(random: Random) -> Sheet:
    """A sheet on which words of papers and values stand about, with rules, seals and codes."""
    lines: list[Line] = []
    for _ in range(random.randrange(26)):
        texts = [random.choice(random.choice((WORDS, VALUES))) for _ in range(random.choice((1, 1, 2, 3)))]
        x, y, height = random.randrange(-50, 1900), random.randrange(-50, 1350), random.choice((8, 20, 30, 30, 45, 200))
        lines.append(line(random.choice(("", " ", ":")).join(texts), x, y, height=height, sure=random.choice((0.0, 0.3, 0.85, 0.99, 1.0))))
    rules = [Rule(Box(0, y, 1900, y + 2), False) for y in random.sample(range(1300), random.randrange(5))]
    rules += [Rule(Box(x, 0, x + 2, 1300), True) for x in random.sample(range(1900), random.randrange(5))]
    seals = [Seal(Box(800, 800, 1000, 1000), random.choice(("", "重庆示例科技有限公司", "？")), 0.5)][: random.randrange(2)]
    codes = [Code(random.choice(("", "http://", "统一社会信用代码:91350100M000100Y43;企业名称:某某")), Box(0, 0, 90, 90))][: random.randrange(2)]
    made = sheet(lines, seals=seals, codes=codes, page=random.randrange(1, 4))
    return replace(made, rules=tuple(rules), source=random.choice(("ocr", "text")))


def odd_sheets(seed: int, most: int) -> list[Sheet]:
    random = Random(seed)
    return [odd_sheet(random) for _ in range(random.randrange(1, most + 1))]


def well_formed(document: Document) -> None:
    """Every field is in the form that its type promises, or empty and doubtful; evidence lies on the page."""
    forms = {} if document.type == UNKNOWN else {spec.name: spec.form for spec in all_types()[document.type].fields}
    for name, field in document.fields.items():
        assert 0 <= field.confidence <= 1, name
        if field.evidence is not None:
            box = field.evidence.box
            assert 0 <= box.x0 <= box.x1 <= 1 and 0 <= box.y0 <= box.y1 <= 1, name
        if isinstance(field.value, str) and field.value:
            check_form(forms.get(name, "text"), field.value, name)
        elif field.value == "":
            assert field.confidence < 0.9, f"{name} has no value and looks sure"


def check_form(form: str, value: str, name: str) -> None:
    if form == "date":
        assert value == "long-term" or re.fullmatch(r"\d{4}-\d{2}", value) or date.fromisoformat(value), name
    elif form == "money":
        assert re.fullmatch(r"-?\d+\.\d{2}", value), (name, value)
    elif form == "number":
        assert Decimal(value).is_finite(), name
    elif form == "id":
        assert value == value.upper() and not re.search(r"\s", value), (name, value)
    elif form == "flag":
        assert value in ("true", "false"), name


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_whatever_stands_on_sheets_becomes_documents(seed: int) -> None:
    for document in documents_of(odd_sheets(seed, 3)):
        well_formed(document)


@pytest.mark.parametrize("id", sorted(all_types()))
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_no_extractor_falls_over(id: str, seed: int) -> None:
    kind, sheets = all_types()[id], odd_sheets(seed, 2)
    parts = [part for each in sheets for part in kind.split(each)]
    for group in kind.assemble(parts):
        well_formed(Document("d1", id, (), 0.5, kind.extract(group)))
    for each in sheets:
        kind.close_ups(each)
        kind.continues((sheets[0],), each)
        assert isinstance(kind.speaks(each), float | int)
