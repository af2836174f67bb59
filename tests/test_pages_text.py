"""The text of PDF pages: in place, in order, and whether it can be believed. Everything through the real sandbox."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from extractors import pages
from extractors.model import Box
from extractors.pages import RawPage
from tests.made_files import Page, drawn, grid, pdf, read, read_one, saved, scan, text, words

ROW = "重庆示例科技有限公司二〇二四年三月份银行账户交易明细清单第一页共三页账号户名开户行币种人民币起止日期余额合计收入支出摘要对方"



def seen_at(page: RawPage, data: bytes, box: Box) -> tuple[float, float]:
    """Share of dark pixels inside a sheet box and outside of it, on the page as a viewer shows it."""
    with pages.open_file(data, "pdf") as file:
        shown = file.render(page.number, long_side=1000)
    height, width = shown.shape[:2]
    matrix = np.array(page.to_page).reshape(3, 3)
    points = np.array([matrix @ (x, y, 1) for x in (box.x0, box.x1) for y in (box.y0, box.y1)])[:, :2]
    (x0, y0), (x1, y1) = points.min(axis=0) * (width, height), points.max(axis=0) * (width, height)
    dark = shown.max(axis=2) < 128
    inside = dark[int(y0) - 2 : int(y1) + 3, int(x0) - 2 : int(x1) + 3]
    return float(inside.mean()), float((dark.sum() - inside.sum()) / max(1, dark.sum()))


class TestText:
    def test_text_comes_without_pixels_and_in_place(self) -> None:
        page = read_one(pdf(text(72, 700, "账户明细", 12) + text(300, 700, "1,234.56", 12)))
        assert page.text_sound and page.image is None and words(page) == ["账户明细", "1,234.56"]
        line = page.lines[0]
        assert line.source == "text" and len(line.edges) == 5
        assert line.box.x0 == pytest.approx(72 * 200 / 72, abs=2) and line.box.width == pytest.approx(48 * 200 / 72, rel=0.05)
        assert line.box.y0 < (842 - 700) * 200 / 72 < line.box.y1 + 2

    @pytest.mark.parametrize("rotate", [0, 90, 180, 270])
    @pytest.mark.parametrize("turn", ["1 0 0 1", "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
    def test_evidence_fits_the_page_however_it_was_turned(self, rotate: int, turn: str) -> None:
        content = text(300, 400, "ABCDEFGHIJ", 20, turn=turn)
        crop = (50, 100, 550, 800)
        data = pdf(Page(content, (600, 900), rotate, crop=crop, origin=(-20, 10)))
        page = read_one(data)
        (line,) = page.lines
        assert line.text == "ABCDEFGHIJ" and line.box.width > 3 * line.box.height
        inside, outside = seen_at(page, data, line.box)
        assert inside > 0.15 and outside < 0.01
        with pages.open_file(data, "pdf") as file:
            upright = file.sheet_image(page, 800)
        assert (upright.shape[1] > upright.shape[0]) == (page.width > page.height)

    def test_columns_are_lines_of_their_own_and_words_are_not(self) -> None:
        columns = text(40, 700, "20240101") + text(110, 700, "工资") + text(170, 700, "15,000.00") + text(300, 700, "Bank of China Ltd")
        assert words(read_one(pdf(columns))) == ["20240101", "工资", "15,000.00", "Bank of China Ltd"]

    def test_a_rule_between_parts_what_touches(self) -> None:
        touching = text(40, 700, "12345678") + text(40 + 8 * 6.672, 700, "90.00")
        assert words(read_one(pdf(touching))) == ["1234567890.00"]
        assert words(read_one(pdf(touching + f"1 w {40 + 8 * 6.672} 680 m {40 + 8 * 6.672} 720 l S"))) == ["12345678", "90.00"]

    def test_padded_text_reports_fall_into_columns(self) -> None:
        content = text(40, 700, "20240103  transfer     -100.00   19812.00", 10)
        assert words(read_one(pdf(content))) == ["20240103", "transfer", "-100.00", "19812.00"]

    def test_letter_spaced_labels_and_filled_dates_stay_together(self) -> None:
        title = "".join(text(200 + i * 40, 760, c, 20) for i, c in enumerate("收入证明"))
        label = text(60, 700, "姓") + text(96, 700, "名：张伟")
        date = text(60, 660, "自") + text(80, 660, "2018") + text(114, 660, "年") + text(134, 660, "3") + text(150, 660, "月")
        got = words(read_one(pdf(title + label + date)))
        assert [line.replace(" ", "") for line in got] == ["收入证明", "姓名：张伟", "自2018年3月"] or [
            line.replace(" ", "") for line in got
        ] == ["收入证明", "姓名：张伟", "自", "2018年3月"]

    def test_a_male_han_in_neighbouring_columns_is_not_one_word(self) -> None:
        ruled = text(60, 700, "男") + text(86, 700, "汉") + grid((55, 80, 105), (690, 715))
        assert words(read_one(pdf(ruled))) == ["男", "汉"]

    def test_text_drawn_twice_for_boldness_is_read_once(self) -> None:
        assert words(read_one(pdf(text(60, 700, "合计金额") + text(60.3, 700, "合计金额")))) == ["合计金额"]

    def test_a_watermark_across_and_text_off_the_page_are_left_out(self) -> None:
        slanted = text(100, 300, "COPY ONLY", 60, turn="0.8 0.6 -0.6 0.8")
        page = read_one(pdf(text(60, 700, "余额") + slanted + text(60, 900, "outside") + text(-300, 500, "outside")))
        assert words(page) == ["余额"]

    def test_white_text_counts_only_on_a_dark_ground(self) -> None:
        bar = "0.1 0.1 0.4 rg 50 690 200 30 re f\n"
        content = bar + text(60, 700, "表头", more="1 g") + text(60, 600, "看不见的字", more="1 g") + text(60, 500, "正文内容")
        assert words(read_one(pdf(content))) == ["表头", "正文内容"]

    def test_filled_form_fields_and_typed_notes_are_text(self) -> None:
        made = pikepdf.open(io.BytesIO(pdf(text(60, 700, "月收入"))))
        form = made.make_stream(b"BT /F 12 Tf 2 4 Td (15000.00) Tj ET")
        form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 100, 20])
        form.Resources = made.pages[0].Resources
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=pikepdf.Array([150, 696, 250, 716]), F=4,
            AP=pikepdf.Dictionary(N=form), DA=pikepdf.String("/F 12 Tf"),
        )  # fmt: skip
        made.pages[0].Annots = pikepdf.Array([made.make_indirect(note)])
        page = read_one(saved(made))
        assert words(page) == ["月收入", "15000.00"] and page.notes == ("typed_annotation",)

    def test_thousands_of_characters_placed_one_by_one(self) -> None:
        content = "".join(text(40 + i * 9, 800 - row * 14, c, 9) for row in range(50) for i, c in enumerate(ROW))
        page = read_one(pdf(content))
        assert words(page) == [ROW] * 50


class TestSoundness:
    def why(self, page: Page | str) -> str:
        (read_page,) = read(pdf(page), "pdf")
        assert read_page.error is None and read_page.text_sound == (not read_page.why_unsound)
        if not read_page.text_sound:
            assert read_page.lines == () and read_page.image is not None
        return read_page.why_unsound

    def body(self, more: str = "") -> str:
        return "".join(text(40, 800 - i * 24, ROW[:40], 12, more) for i in range(30))

    def test_empty_page(self) -> None:
        assert self.why("") == "no_text"

    def test_unseen_layer_over_a_scan(self) -> None:
        assert self.why(Page(drawn("S", 0, 0, 595, 842) + self.body("3 Tr"), images={"S": scan()})) == "invisible"

    def test_layer_hidden_under_a_scan(self) -> None:
        assert self.why(Page(self.body() + drawn("S", 0, 0, 595, 842), images={"S": scan()})) == "invisible"

    def test_scan_with_a_page_number_or_with_visible_recognised_text(self) -> None:
        assert self.why(Page(drawn("S", 0, 0, 595, 842) + text(280, 20, "1/3"), images={"S": scan()})) == "picture"
        assert self.why(Page(drawn("S", 0, 0, 595, 842) + self.body(), images={"S": scan()})) == "picture"

    def test_cards_copied_into_a_text_document(self) -> None:
        """Two photos of a card on an A4 page: what is printed on them counts, be there a heading or a whole letter."""
        cards = drawn("C", 60, 500, 243, 153) + drawn("C", 60, 300, 243, 153)
        images = {"C": scan(640, 400, rows=8)}
        assert self.why(Page(text(200, 780, "身份证复印件", 16) + cards, images=images)) == "picture"
        letter = "".join(text(40, 800 - i * 20, ROW[:40], 10) for i in range(6))
        assert self.why(Page(letter + cards, images=images)) == "picture"
        assert self.why(Page(letter + cards, images={"C": Image.new("RGB", (64, 40), (250, 240, 200))})) == ""

    def test_letters_drawn_as_shapes(self) -> None:
        shapes = "".join(f"{60 + i % 40 * 10} {780 - i // 40 * 16} m 66 780 70 780 72 774 c f\n" for i in range(600))
        assert self.why(shapes + text(280, 20, "1/3")) == "picture"

    def test_decorated_ground_and_transparent_overlay_leave_text_sound(self) -> None:
        ground = Image.new("RGB", (300, 420), (250, 244, 230))
        ImageDraw.Draw(ground).rectangle((10, 10, 290, 410), outline=(200, 60, 40), width=4)
        ImageDraw.Draw(ground).rectangle((0, 0, 300, 30), fill=(20, 30, 70))  # a dark band is no print
        overlay = Image.new("RGBA", (300, 420), (0, 0, 0, 0))
        ImageDraw.Draw(overlay).ellipse((180, 300, 260, 380), outline=(220, 0, 0, 160), width=5)
        content = drawn("G", 0, 0, 595, 842) + grid(range(530, 590, 2), (790, 400, 60)) + self.body() + drawn("O", 0, 0, 595, 842)
        page = read_one(pdf(Page(content, images={"G": ground, "O": overlay})))
        assert page.text_sound and len(page.lines) == 30 and page.image is not None and page.notes == ()

    def test_private_code_points(self) -> None:
        assert self.why("".join(text(40, 800 - i * 20, "\ue012\ue044\ue0a1\ue0b3年月\ue0c1", 12) for i in range(20))) == "garbled"

    def test_text_in_several_directions(self) -> None:
        rows = "".join(text(40 + i * 30, 100, "ABCDEFGHIJKLMN", 12, turn="0 1 -1 0") for i in range(5))
        assert self.why(rows + "".join(text(250, 700 - i * 30, "ABCDEFGHIJKLMN", 12) for i in range(5))) == "rotated"

    def test_each_page_is_judged_for_itself(self) -> None:
        three = pdf(self.body(), Page(drawn("S", 0, 0, 595, 842), images={"S": scan()}), self.body())
        got = read(three, "pdf")
        assert [(p.why_unsound, p.image is None) for p in got] == [("", True), ("no_text", False), ("", True)]

    def test_covered_and_patched_text_is_not_read_and_is_noted(self) -> None:
        patched = self.body() + "1 g 30 790 500 30 re f 0 g\n" + text(40, 800, "9,999,999.00")
        page = read_one(pdf(patched))
        assert words(page)[0] == "9,999,999.00" and len(page.lines) == 30 and page.notes == ("covered_text",)
        forged = drawn("S", 0, 0, 595, 842) + "1 g 200 500 120 20 re f 0 g\n" + text(205, 505, "98,000.00")
        assert set(read_one(pdf(Page(forged, images={"S": scan()}))).notes) == {"text_over_scan", "patch_over_scan"}
        stamped = drawn("S", 0, 0, 595, 842) + text(205, 505, "仅供贷款审核使用")
        assert read_one(pdf(Page(stamped, images={"S": scan()}))).notes == ()
