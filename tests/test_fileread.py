"""Files to sheets with the real networks: text layers that are believed and that are not, scans, mixed and turned pages, drawn pages."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pikepdf
import pytest
from PIL import Image as Pictures
from rapidfuzz import fuzz

from extractors import reading
from extractors.fileread import FileRead, read_file
from extractors.model import Sheet
from extractors.ocr import Image, PaddleEngine
from tests.drawn import page, rotated, turned
from tests.made_files import Page, drawn, pdf, picture, saved, text

pytestmark = pytest.mark.networks

LETTER = ["收入证明", "兹证明张伟系我单位正式员工，现任项目经理。", "其税后月收入为人民币15,800.00元整。", "单位名称：重庆示例科技有限公司", "2026年11月02日"]
FRONT = ["姓名  张伟", "性别  男    民族  汉", "出生  1988年3月15日", "住址  重庆市渝北区示例大道9号", "公民身份号码  110105198803151232"]
BACK = ["中华人民共和国", "居民身份证", "签发机关  重庆市公安局渝北分局", "有效期限  2018.04.01-2038.04.01"]


def plain(texts: Sequence[str]) -> str:
    return "".join("".join(each.split()) for each in texts)


def said(sheet: Sheet) -> str:
    """All of a sheet in reading order, without spaces."""
    return plain([line.text for line in sheet.lines])


def agree(found: str, wanted: Sequence[str], least: float = 97) -> None:
    assert fuzz.ratio(found, plain(wanted)) >= least, found


def lines(texts: Sequence[str], top: float = 760) -> str:
    return "".join(text(72, top - 40 * n, each, 14) for n, each in enumerate(texts))


def scan_of(image: Image, rotate: int = 0) -> Page:
    """A PDF page that holds nothing but the picture, all over it."""
    height, width = image.shape[:2]
    size = (595.0, 595.0 * height / width)
    return Page(drawn("S", 0, 0, *size), size, rotate, images={"S": Pictures.fromarray(np.ascontiguousarray(image[:, :, ::-1]))})


def read(data: bytes, engine: PaddleEngine, kind: str = "pdf") -> FileRead:
    done = read_file(data, kind, "a", "0" * 64, engine)
    assert done.record.error is None
    return done


def png(image: Image) -> bytes:
    return picture("PNG", Pictures.fromarray(np.ascontiguousarray(image[:, :, ::-1])))


class TestTextLayers:
    def test_a_sound_layer_is_taken_as_it_is(self, engine: PaddleEngine) -> None:
        (sheet,) = read(pdf(lines(LETTER)), engine).sheets
        assert sheet.source == "text"
        assert said(sheet) == plain(LETTER)
        assert all(line.confidence == 1.0 for line in sheet.lines)

    @pytest.mark.parametrize("rotate", [90, 180, 270])
    def test_a_turned_page_is_read_upright(self, engine: PaddleEngine, rotate: int) -> None:
        (sheet,) = read(pdf(Page(lines(LETTER), rotate=rotate)), engine).sheets
        agree(said(sheet), LETTER, 99)

    def lying(self, *texts: Sequence[str]) -> bytes:
        """Pages whose glyphs say the texts; to a machine the font of the last page says other letters."""
        made = pikepdf.open(io.BytesIO(pdf(*(lines(each) for each in texts))))
        rows = [f"<{code:02x}> <{ord(self.shifted(chr(code))):04x}>" for code in range(0x30, 0x7B)]
        chunks = [rows[n : n + 100] for n in range(0, len(rows), 100)]
        body = "\n".join(f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks)
        head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        cmap = f"{head}1 begincodespacerange <00> <ff> endcodespacerange\n{body}\nendcmap end end"
        fonts = made.pages[-1].Resources.Font
        lie = pikepdf.Dictionary(fonts.F)
        lie.ToUnicode = made.make_stream(cmap.encode())
        made.pages[-1].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=made.make_indirect(lie), H=fonts.H))
        return saved(made)

    @staticmethod
    def shifted(character: str) -> str:
        """Digits and letters moved on by half their alphabet: 1 becomes 6, A becomes N."""
        for first, count in (("0", 10), ("A", 26), ("a", 26)):
            place = ord(character) - ord(first)
            if 0 <= place < count:
                return chr(ord(first) + (place + count // 2) % count)
        return character

    AMOUNTS = ("Account 6222021234567890", "Opening balance 10250.00", "Income transfer 15800.00", "Withdrawal cash 32000.00",
               "Closing balance 98765.43", "Printed by Example Bank")  # fmt: skip

    def test_a_layer_that_contradicts_what_is_seen_is_not_believed(self, engine: PaddleEngine) -> None:
        (sheet,) = read(self.lying(self.AMOUNTS), engine).sheets
        assert sheet.source == "ocr"
        agree(said(sheet), self.AMOUNTS)

    def test_the_same_page_with_an_honest_layer_is_believed(self, engine: PaddleEngine) -> None:
        (sheet,) = read(pdf(lines(self.AMOUNTS)), engine).sheets
        assert (sheet.source, said(sheet)) == ("text", plain(self.AMOUNTS))

    def test_long_files_are_looked_at_again_every_tenth_page(self, engine: PaddleEngine) -> None:
        sheets = read(self.lying(*[self.AMOUNTS] * 11), engine).sheets
        assert [sheet.source for sheet in sheets] == ["text"] * 10 + ["ocr"]

    def test_an_unseen_layer_over_a_scan_is_not_believed(self, engine: PaddleEngine) -> None:
        scanned = scan_of(page(LETTER))
        forged = text(72, 700, "月收入为人民币95,800.00元整，职务总经理，与图像不一致的隐藏文字", 12, more="3 Tr")
        (sheet,) = read(pdf(Page(scanned.content + forged, scanned.size, images=scanned.images)), engine).sheets
        assert sheet.source == "ocr" and "95,800" not in said(sheet)
        agree(said(sheet), LETTER)


class TestScans:
    def test_digital_and_scanned_pages_in_one_file_are_each_read_as_they_are(self, engine: PaddleEngine) -> None:
        upright, lying = page(LETTER), turned(page(FRONT), 1)
        done = read(pdf(lines(LETTER), scan_of(upright), scan_of(lying), scan_of(upright, rotate=180)), engine)
        assert [(sheet.page, sheet.source) for sheet in done.sheets] == [(1, "text"), (2, "ocr"), (3, "ocr"), (4, "ocr")]
        for sheet, wanted in zip(done.sheets, (LETTER, LETTER, FRONT, LETTER), strict=True):
            agree(said(sheet), wanted)
        assert [sheet.turn for sheet in done.sheets] == [0, 0, 1, 2]
        assert [ref.page for ref in done.record.page_refs] == [1, 2, 3, 4]

    def test_every_page_of_a_tiff(self, engine: PaddleEngine) -> None:
        images = [Pictures.fromarray(np.ascontiguousarray(page(texts)[:, :, ::-1])) for texts in (FRONT, BACK)]
        done = read(picture("TIFF", images[0], save_all=True, append_images=images[1:]), engine, "tiff")
        for sheet, wanted in zip(done.sheets, (FRONT, BACK), strict=True):
            agree(said(sheet), wanted)

    def test_an_empty_page_is_an_empty_sheet(self, engine: PaddleEngine) -> None:
        done = read(png(page([], (800, 600))), engine, "png")
        assert [sheet.lines for sheet in done.sheets] == [()]
        assert done.record.page_refs[0].quality.unreadable == ("blank",)


class TestDrawnPages:
    def place(self, sheet: Sheet, start: str) -> tuple[float, float]:
        """The middle of the evidence of the line that begins so."""
        line = next(line for line in sheet.lines if line.text.startswith(start))
        box = sheet.evidence(line.box).box
        return box.cx, box.cy

    @pytest.mark.parametrize("quarters", [0, 1, 2, 3])
    def test_all_four_orientations(self, engine: PaddleEngine, quarters: int) -> None:
        image = page(LETTER)
        (sheet,) = reading.read_image(turned(image, quarters), "a", 1, engine)
        agree(said(sheet), LETTER)
        assert sheet.turn == quarters
        height, width = image.shape[:2]
        x, y = (120 + 34 * 3.5) / width, (120 + 65 * 4 + 20) / height
        true = {0: (x, y), 1: (1 - y, x), 2: (1 - x, 1 - y), 3: (y, 1 - x)}[quarters]
        assert self.place(sheet, "2026") == pytest.approx(true, abs=0.03)

    @pytest.mark.parametrize("angle", [-8, -3, 5, 12])
    def test_a_few_degrees_of_skew(self, engine: PaddleEngine, angle: float) -> None:
        (sheet,) = reading.read_image(rotated(page(LETTER), angle), "a", 1, engine)
        agree(said(sheet), LETTER)

    @pytest.mark.parametrize("angle", [90, 180, 40])
    def test_two_cards_in_different_directions_on_one_picture(self, engine: PaddleEngine, angle: float) -> None:
        table = np.full((2100, 1600, 3), (120, 128, 132), np.uint8)
        front, back = page(FRONT, (1000, 560)), page(BACK, (1000, 560))
        table[60:620, 300:1300] = front
        second = rotated(back, angle)
        height, width = second.shape[:2]
        y, x = 700, 800 - width // 2
        table[y : y + height, max(0, x) : x + width] = second[:, max(0, -x) :]
        sheets = reading.read_image(table, "a", 1, engine)
        found = {max((FRONT, BACK), key=lambda wanted: fuzz.ratio(said(sheet), plain(wanted)))[0]: sheet for sheet in sheets}
        assert len(sheets) == len(found) == 2
        agree(said(found[FRONT[0]]), FRONT, 95)
        agree(said(found[BACK[0]]), BACK, 95)

    def test_a_long_screenshot_is_read_in_pieces(self, engine: PaddleEngine) -> None:
        rows = [f"10月{n + 1:02d}日 微信支付 -{n * 37 % 900 + 11}.{n % 10}0" for n in range(60)]
        image = page([(text, 40, 30 + 78 * n) for n, text in enumerate(rows)], (750, 4720), 30)
        (sheet,) = reading.read_image(image, "a", 1, engine)
        agree(said(sheet), rows)
        assert len([line for line in sheet.lines if "月" in line.text]) == 60

    def test_a_small_picture_is_read(self, engine: PaddleEngine) -> None:
        image = page([(text, 12, 10 + 40 * n) for n, text in enumerate(FRONT)], (420, 230), 16)
        (sheet,) = reading.read_image(image, "a", 1, engine)
        agree(said(sheet), FRONT, 93)

    def test_each_character_has_its_place(self, engine: PaddleEngine) -> None:
        (sheet,) = reading.read_image(page(["公民身份号码110105198803151232"]), "a", 1, engine)
        (line,) = sheet.lines
        assert len(line.edges) == len(line.text) + 1 == len(line.confidences) + 1
        assert line.part(6, 24).box.x0 == pytest.approx(120 + 6 * 34, abs=17)


def test_the_networks_say_which_provider_really_runs(engine: PaddleEngine) -> None:
    for providers in engine.providers.values():
        assert providers and providers[0] in ("OpenVINOExecutionProvider", "CPUExecutionProvider")
    import onnxruntime

    if "OpenVINOExecutionProvider" in onnxruntime.get_available_providers():
        assert all(providers[0] == "OpenVINOExecutionProvider" for providers in engine.providers.values()), "it fell back silently"


