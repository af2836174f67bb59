"""Files → pages: pixels, native text, rules, and where they stand on the page as uploaded. Everything through the real sandbox."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw

from extractors import pages
from extractors.model import Box, PdfTraits
from intake import errors
from tests.made_files import Page, corners, drawn, grid, pdf, picture, read, read_one, saved, scan, statement, text, words

ROW = "重庆示例科技有限公司二〇二四年三月份银行账户交易明细清单第一页共三页账号户名开户行币种人民币起止日期余额合计收入支出摘要对方"


def traits_of(data: bytes) -> PdfTraits:
    with pages.open_file(data, "pdf") as file:
        assert file.pdf is not None
        return file.pdf


class TestPictures:
    @pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "webp", "bmp"])
    def test_blue_comes_first_and_nothing_is_turned(self, kind: str) -> None:
        page = read_one(picture(kind.upper(), corners(480, 320), quality=95), kind)
        assert page.image is not None and page.image.shape == (320, 480, 3)
        assert (page.width, page.height, page.text_sound, page.lines) == (480, 320, False, ())
        assert_corners(page.image)

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_exif_orientation_is_what_a_viewer_shows(self, orientation: int) -> None:
        turn = {
            2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
        }.get(orientation)  # fmt: skip
        stored = corners(480, 320) if turn is None else corners(480, 320).transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = orientation
        for kind in ("jpeg", "tiff"):
            page = read_one(picture(kind.upper(), stored, exif=exif), kind)
            assert page.image is not None and page.image.shape == (320, 480, 3), (kind, orientation)
            assert_corners(page.image)

    @pytest.mark.parametrize(
        ("kind", "image"),
        [
            ("jpeg", corners(64, 64, "CMYK")),
            ("jpeg", corners(64, 64, "L")),
            ("png", corners(64, 64, "P")),
            ("png", corners(64, 64, "1")),
            ("tiff", corners(64, 64, "CMYK")),
            ("tiff", corners(64, 64, "LAB")),
            ("bmp", corners(64, 64, "P")),
        ],
    )
    def test_every_colour_mode(self, kind: str, image: Image.Image) -> None:
        page = read_one(picture(kind.upper(), image), kind)
        assert page.image is not None and page.image.shape == (64, 64, 3)
        assert page.image[48, 48].max() < 60  # the black quarter

    def test_transparency_lies_over_white(self) -> None:
        clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
        ImageDraw.Draw(clear).rectangle((10, 10, 29, 29), fill=(0, 0, 0, 255))
        indexed = clear.convert("P")
        indexed.info["transparency"] = 0
        for image in (clear, clear.convert("LA")):
            page = read_one(picture("PNG", image), "png")
            assert page.image is not None
            assert page.image[2, 2].min() == 255 and page.image[20, 20].max() == 0

    @pytest.mark.parametrize("top", [65535, 4095])
    def test_sixteen_bits_keep_their_contrast(self, top: int) -> None:
        ramp = np.linspace(0, top, 100, dtype=np.uint16).reshape(1, -1).repeat(20, axis=0)
        page = read_one(picture("PNG", Image.fromarray(ramp)), "png")
        assert page.image is not None and page.image[0, 0, 0] == 0 and page.image[0, -1, 0] >= 250
        assert 110 <= page.image[0, 50, 0] <= 145

    def test_every_page_of_a_tiff_and_the_first_frame_of_an_animation(self) -> None:
        images = [corners(60, 40), corners(80, 20), corners(10, 90)]
        buffer = io.BytesIO()
        images[0].save(buffer, "TIFF", save_all=True, append_images=images[1:], compression="tiff_lzw")
        read_pages = read(buffer.getvalue(), "tiff")
        assert [(p.number, p.width, p.height) for p in read_pages] == [(1, 60, 40), (2, 80, 20), (3, 10, 90)]
        moving = picture("WEBP", corners(60, 40), save_all=True, append_images=[Image.new("RGB", (60, 40))])
        assert len(read(moving, "webp")) == 1

    def test_large_pictures_shrink_but_stay_readable(self) -> None:
        photo = read_one(picture("JPEG", corners(9000, 6000)), "jpeg")
        assert (photo.width, photo.height) == (4000, 2667)
        assert photo.image is not None
        assert_corners(photo.image)
        screenshot = read_one(picture("PNG", corners(1080, 12000)), "png")
        assert (screenshot.width, screenshot.height) == (1080, 12000)

    def test_a_few_missing_bytes_are_noted_and_a_missing_half_is_an_error(self) -> None:
        noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 300, 3), np.uint8))
        whole = picture("JPEG", noise)
        page = read_one(whole[:-6], "jpeg")
        assert page.notes == ("cut_off",)
        (broken,) = read(whole[: len(whole) // 2], "jpeg")
        assert broken.error is not None and broken.error.code == "corrupt_image"

    def test_only_editing_programs_are_named(self) -> None:
        for program, notes in (("Adobe Photoshop 25.0", ("program:Adobe Photoshop 25.0",)), ("HUAWEI P60", ()), ("17.1.2", ())):
            exif = Image.Exif()
            exif[0x0131] = program
            assert read_one(picture("JPEG", corners(), exif=exif), "jpeg").notes == notes


def assert_corners(image: pages.Image) -> None:
    """Red, green over blue, black, in BGR."""
    height, width = image.shape[:2]
    for y, x, colour in ((0.2, 0.2, (0, 0, 230)), (0.2, 0.8, (0, 230, 0)), (0.8, 0.2, (230, 0, 0)), (0.8, 0.8, (0, 0, 0))):
        assert np.abs(image[int(y * height), int(x * width)].astype(int) - colour).max() < 30


class TestPicturesOnPages:
    def test_a_scan_is_rendered_at_its_own_resolution(self) -> None:
        page = read_one(pdf(Page(drawn("S", 0, 0, 595, 842), images={"S": scan(2200, 3113)})))
        assert (page.width, page.height) == (2200, 3113)
        card = read_one(pdf(Page(drawn("S", 0, 0, 243, 153), (243, 153), images={"S": scan(1600, 1007)})))
        assert card.width == 1600

    def test_a_repeated_logo_is_rendered_once_and_a_seal_where_it_comes(self) -> None:
        logo, seal = Image.new("RGB", (60, 20), (0, 60, 160)), Image.new("RGBA", (80, 80), (210, 0, 0, 120))
        body = drawn("L", 40, 800, 90, 30) + "".join(text(40, 760 - i * 20, ROW[:40], 12) for i in range(10))
        images = {"L": logo, "S": seal}
        got = read(pdf(*[Page(body + (drawn("S", 400, 100, 110, 110) if i == 2 else ""), images=images) for i in range(4)]), "pdf")
        assert [p.image is not None for p in got] == [True, False, True, False]
        assert got[2].pictures[1].width == pytest.approx(110 * 200 / 72, abs=2)
        assert all(p.text_sound for p in got)

    def test_papers_of_one_page_stamped_at_the_same_place_are_all_looked_at(self) -> None:
        seal = Image.new("RGBA", (80, 80), (210, 0, 0, 120))
        row = "".join(text(40, 700 - i * 20, ROW[:40], 12) for i in range(10))

        def looked_at(*headings: str) -> list[bool]:
            stamp = text(450, 150, "★", 40) + drawn("S", 400, 100, 110, 110)
            made = [Page(text(200, 760, heading, 22) + row + stamp, images={"S": seal}) for heading in headings]
            return [p.image is not None for p in read(pdf(*made), "pdf")]

        assert looked_at("结婚证", "收入证明", "收入证明") == [True, True, True]
        assert looked_at("账户明细", "账户明细", "账户明细") == [True, False, False]

    def test_images_all_and_none(self) -> None:
        data = pdf(text(60, 700, "余额"), "")
        assert [p.image is not None for p in read(data, "pdf", "all")] == [True, True]
        assert [p.image is not None for p in read(data, "pdf", "none")] == [False, False]


class TestRules:
    XS, YS = (50, 150, 300, 520), (700, 680, 660, 640)

    def test_strokes_boxes_and_dashes_become_the_same_rules(self) -> None:
        boxes = "".join(
            f"{x} {y} {right - x} {above - y} re S\n"
            for x, right in zip(self.XS, self.XS[1:], strict=False)
            for above, y in zip(self.YS, self.YS[1:], strict=False)
        )
        thin = "".join(f"{self.XS[0]} {y} 470 0.8 re f\n" for y in self.YS) + "".join(f"{x} 640 0.8 60 re f\n" for x in self.XS)
        for content in (grid(self.XS, self.YS), boxes, thin, "[3 2] 0 d " + grid(self.XS, self.YS)):
            page = read_one(pdf(content + text(60, 685, "项目")))
            assert sorted(round(r.box.cx) for r in page.rules if r.vertical) == pytest.approx([x / 72 * 200 for x in self.XS], abs=3)
            assert len([r for r in page.rules if not r.vertical]) == 4

    @pytest.mark.parametrize("rotate", [0, 90, 180, 270])
    def test_cells_by_pdfplumber_stand_on_the_rules(self, rotate: int) -> None:
        page_made = Page(grid(self.XS, self.YS) + text(60, 685, "项目"), rotate=rotate, crop=(20, 30, 560, 800), origin=(-15, 8))
        with pages.open_file(pdf(page_made, page_made), "pdf") as file:
            first = next(iter(file))
            found = file.tables([first])
        (table,) = found[1]
        assert [len(row) for row in table.rows] == [3, 3, 3]
        cell = table.rows[0][0]
        assert cell is not None
        line = first.lines[0].box
        assert cell.x0 < line.x0 < line.x1 < cell.x1 and cell.y0 < line.cy < cell.y1
        xs = sorted(r.box.cx for r in first.rules if r.vertical)
        assert sorted({round(c.x0) for row in table.rows for c in row if c}) == pytest.approx(xs[:3], abs=3)

    def test_no_tables_on_pictures(self) -> None:
        with pages.open_file(picture("PNG", corners()), "png") as file:
            (page,) = file
            assert file.tables([page]) == {1: ()}


class TestRender:
    def test_a_box_is_cut_out_where_it_stands(self) -> None:
        marked = pdf(Page("1 0 0 rg 297.5 0 297.5 421 re f", rotate=90))
        with pages.open_file(marked, "pdf") as file:
            whole = file.render(1, long_side=842)
            assert whole.shape == (595, 842, 3)
            part = file.render(1, Box(0.0, 0.5, 0.5, 1.0), 300)
            assert part.shape[1] == 300 and part.reshape(-1, 3).mean(axis=0) == pytest.approx((0, 0, 255), abs=6)

    def test_pictures_too(self) -> None:
        with pages.open_file(picture("PNG", corners(800, 600)), "png") as file:
            part = file.render(1, Box(0.5, 0.0, 1.0, 0.5))
        assert part.shape == (300, 400, 3) and part.reshape(-1, 3).mean(axis=0) == pytest.approx((0, 230, 0), abs=1)

    @pytest.mark.parametrize(("number", "box"), [(0, None), (2, None), (1, Box(0.5, 0.5, 0.5, 0.6))])
    def test_no_such_place(self, number: int, box: Box | None) -> None:
        with pages.open_file(picture("PNG", corners()), "png") as file, pytest.raises(ValueError, match=r"page|box"):
            file.render(number, box)


class TestTraits:
    def test_program_and_dates(self) -> None:
        data = pdf(text(60, 700, "A"), info={"Producer": "iText 7", "CreationDate": "D:20240102030405+08'00'", "ModDate": "D:2024"})
        expected = PdfTraits("iText 7", "", "2024-01-02T03:04:05+08:00", "2024-01-01T00:00:00", 1, ())
        assert traits_of(data) == expected

    def test_honest_programs_give_no_sign(self) -> None:
        for program in ("Microsoft® Word 2019", "WPS 文字", "Skia/PDF m120", "iLovePDF", "Adobe Acrobat Pro 2020", "JasperReports"):
            assert traits_of(pdf(text(60, 700, "A"), info={"Producer": program})).signs == ()

    def test_editors_are_named(self) -> None:
        assert traits_of(pdf("", info={"Creator": "Adobe Photoshop 2023"})).signs == ("producer:Adobe Photoshop 2023",)

    def test_appended_revision(self) -> None:
        whole = pdf(text(60, 700, "A"))
        changed = traits_of(whole + b"9 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n")
        assert changed.revisions == 2 and changed.signs == ("incremental_update",)
        as_word_writes = traits_of(whole + b"xref\n0 0\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n")
        assert as_word_writes.revisions == 1 and as_word_writes.signs == ()

    def test_linearised_files_are_one_revision(self) -> None:
        assert traits_of(pdf(text(60, 700, "A"), linearize=True)).revisions == 1

    @pytest.mark.parametrize(
        ("appended", "signs"),
        [
            (b"", ()),
            (b"9 0 obj\n<</Type/DSS>>\nendobj\nstartxref\n9\n%%EOF\n".replace(b"Type/DSS", b"X /DSS"), ()),
            (b"9 0 obj\n<</Forged 1>>\nendobj\nstartxref\n9\n%%EOF\n", ("changed_after_signing",)),
        ],
    )
    def test_signature_covers_the_file_or_not(self, appended: bytes, signs: tuple[str, ...]) -> None:
        made = pikepdf.open(io.BytesIO(pdf(text(60, 700, "A"))))
        signature = pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array([0, 100, 200, 1111111]))
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("s"), V=signature)
        made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([made.make_indirect(field)]), SigFlags=3)
        whole = saved(made)
        covered = whole.replace(b"1111111", str(len(whole) - 200).rjust(7).encode())
        assert traits_of(covered + appended).signs == signs


class TestWholeFiles:
    def test_two_hundred_pages_stream(self) -> None:
        with pages.open_file(statement(200), "pdf") as file:
            assert file.page_count == 200
            got = [(page.number, len(page.lines), len(page.rules), page.image) for page in file]
        assert [number for number, *_ in got] == list(range(1, 201))
        assert all(lines == 207 and rules == 7 + 42 and image is None for _, lines, rules, image in got)

    def test_a_page_that_kills_the_decoder_costs_only_itself(self) -> None:
        made = pikepdf.open(io.BytesIO(pdf(*[text(60, 700, "第一页内容") for _ in range(4)])))
        bomb = pikepdf.Stream(made, zlib.compress(b"0 0 1 1 re f\n" * 6_000_000))
        bomb.Filter = pikepdf.Name.FlateDecode
        made.pages[1].Contents = made.make_indirect(bomb)
        got = read(saved(made), "pdf")
        assert [words(page) for page in got] == [["第一页内容"], [], ["第一页内容"], ["第一页内容"]]
        assert [page.error.code if page.error else "" for page in got] == ["", "parse_memory", "", ""]
        assert got[1].error is not None and "请" in got[1].error.sentence

    def test_a_file_can_be_read_twice_and_left_early(self) -> None:
        with pages.open_file(statement(5), "pdf") as file:
            for page in file:
                if page.number == 2:
                    break
            assert [page.number for page in file] == [1, 2, 3, 4, 5]

    def test_unknown_kind_is_a_mistake_of_the_caller(self) -> None:
        with pytest.raises(ValueError, match="not a kind"):
            pages.open_file(b"", "gif")

    def test_codes_are_of_the_closed_list_and_every_sentence_says_what_to_do(self) -> None:
        assert set(pages.SENTENCES) <= set(errors.CODES)
        assert all("请" in sentence for sentence in pages.SENTENCES.values())
        assert pages.file_error("no such code").code == "parse_crashed"


@pytest.mark.parametrize(
    "bad",
    [
        {"width": -1.0}, {"width": 1e9}, {"width": "wide"}, {"turn": None}, {"lines": [["ab", [0, 0, 1, 1], [0, 1]]]},
        {"lines": [["a", [5, 0, 1, 1], [0, 1]]]}, {"lines": [[7, [0, 0, 1, 1], [0, 1]]]}, {"lines": "x"}, {"rules": [[[0, 0, 1], True]]},
        {"image": [10, 10]}, {"image": [1, 10**9]}, {"notes": ["x" * 500]}, {"why_unsound": 5}, {"pictures": [[0, 0, True, 1]]},
        {"lines": [["x" * 100_001, [0, 0, 1, 1], [0] * 100_002]] * 2},
    ],
)  # fmt: skip
def test_what_no_honest_child_sends_is_refused(bad: dict[str, object]) -> None:
    honest: dict[str, object] = {"is": "page", "number": 1, "width": 10.0, "height": 10.0, "lines": []}
    assert pages._page(honest, bytearray()).text_sound
    with pytest.raises(pages.sandbox.Failed, match="parse_crashed"):
        pages._page({**honest, **bad}, bytearray())


