"""The line from files to report: painted papers through the real sandbox, classification, rules and report; files and engines that fail."""

from __future__ import annotations

import io
import json
import logging
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image as Pictures

from extractors import networks, record
from extractors.model import SURE
from extractors.ocr import Engine, Image, Quads
from tests.conftest import MODELS
from tests.engines import Bar, Blind, Crashing, Garbling, Hanging, Mute, Painted, paint, texts_of
from tests.made_files import Page, pdf, picture
from worker.packet import Packet, load
from worker.pipeline import Reader, check_files, check_packet, read_all, read_one, sheets_of

DAY = date(2026, 11, 23)
FRONT = [Bar("姓名张伟", 60, 60, 180), Bar("性别男民族汉", 60, 130, 300), Bar("出生1988年3月15日", 60, 200, 400),
         Bar("住址重庆市渝北区示例大道9号", 60, 270, 560), Bar("公民身份号码110105198803151232", 60, 380, 700)]  # fmt: skip
BACK = [Bar("中华人民共和国", 260, 60, 340), Bar("居民身份证", 260, 150, 380), Bar("签发机关北京市公安局朝阳分局", 160, 340, 560),
        Bar("有效期限2018.04.01-2038.04.01", 160, 420, 600)]  # fmt: skip
CARD = [*FRONT, *BACK]
SIZE = (900, 520)


def side(bars: list[Bar], first: int) -> Image:
    return paint(bars, SIZE, first=first)


def png(image: Image) -> bytes:
    return picture("PNG", Pictures.fromarray(np.ascontiguousarray(image[:, :, ::-1])))


def tiff(*images: Image) -> bytes:
    pages = [Pictures.fromarray(np.ascontiguousarray(image[:, :, ::-1])) for image in images]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    return buffer.getvalue()


FRONT_PNG, BACK_PNG = png(side(FRONT, 0)), png(side(BACK, len(FRONT)))
BOTH_TIFF = tiff(side(FRONT, 0), side(BACK, len(FRONT)))


def painted() -> Painted:
    return Painted(texts_of(CARD))


def packet(folder: Path, files: Mapping[str, bytes], toml: str = 'product = "personal_mortgage"') -> Packet:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "packet.toml").write_text(toml, encoding="utf-8")
    return load(folder)


def check(packet: Packet, engine: Engine, **more: Any) -> Mapping[str, Any]:
    with Reader(MODELS, engine) as reader:
        return check_packet(packet, reader, as_of=DAY, **more).report


def fields(report: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    (document,) = [each for each in report["documents"] if each["type"] == kind]
    return {name: field["value"] for name, field in document["fields"].items()}


def said(report: Mapping[str, Any], code: str) -> list[Mapping[str, Any]]:
    return [finding for finding in report["findings"] if finding["code"] == code]


CARD_FIELDS = {
    "name": "张伟", "sex": "男", "ethnicity": "汉", "birth_date": "1988-03-15", "id_number": "110105198803151232", "sides": "front+back",
    "address": "重庆市渝北区示例大道9号", "issuing_authority": "北京市公安局朝阳分局", "valid_from": "2018-04-01", "valid_until": "2038-04-01",
}  # fmt: skip


class TestGoodFiles:
    def test_a_card_in_two_files_is_one_document_with_its_evidence(self, tmp_path: Path) -> None:
        report = check(packet(tmp_path, {"反面.png": BACK_PNG, "人像/正面.png": FRONT_PNG}), painted())
        assert fields(report, "resident_id_card") == CARD_FIELDS
        (card,) = report["documents"]
        assert {(page["file"], page["page"]) for page in card["pages"]} == {("反面.png", 1), ("人像/正面.png", 1)}
        number = card["fields"]["id_number"]["evidence"]
        assert number["file"] == "人像/正面.png"
        x0, y0, x1, y1 = number["box"]
        assert (x0 < 0.5 < x1) and y0 == pytest.approx(380 / 520, abs=0.03) and y1 == pytest.approx(410 / 520, abs=0.03)

    def test_pages_of_a_tiff_are_pages(self, tmp_path: Path) -> None:
        report = check(packet(tmp_path, {"a.tif": BOTH_TIFF}), painted())
        assert fields(report, "resident_id_card") == CARD_FIELDS
        assert [page["page"] for page in report["documents"][0]["pages"]] == [1, 2]

    @pytest.mark.parametrize("turn", [1, 2, 3])
    def test_evidence_is_of_the_page_as_uploaded_however_it_lies(self, tmp_path: Path, turn: int) -> None:
        lying = png(np.ascontiguousarray(np.rot90(side(FRONT, 0), -turn)))
        report = check(packet(tmp_path, {"a.png": lying, "b.png": BACK_PNG}), painted())
        assert fields(report, "resident_id_card") == CARD_FIELDS
        x0, y0, x1, y1 = report["documents"][0]["fields"]["id_number"]["evidence"]["box"]
        at = {1: (1 - 395 / 520, 0.5), 2: (0.5, 1 - 395 / 520), 3: (395 / 520, 0.5)}[turn]
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx(at, abs=0.12)
        assert (y1 - y0 > x1 - x0) == (turn != 2)

    def test_the_same_files_give_the_same_report(self, tmp_path: Path) -> None:
        case = packet(tmp_path, {"a.png": FRONT_PNG, "b.png": BACK_PNG, "c.txt": b"hello"})
        once, again = (
            json.dumps({k: v for k, v in check(case, painted()).items() if k not in ("checked_at", "timings")}, ensure_ascii=False)
            for _ in range(2)
        )
        assert once == again

    def test_two_pages_at_a_time_are_read_as_one_by_one_and_a_failing_one_costs_itself(self, tmp_path: Path) -> None:
        class Failing(Painted):
            def detect(self, image: Image, long_side: int) -> Quads:
                if image.shape[0] == 77:
                    raise ValueError("a page on which the geometry fails")
                return super().detect(image, long_side)

        odd = png(np.full((77, 300, 3), 255, np.uint8))
        files = {"a.tif": BOTH_TIFF, "b.png": odd, "c.png": BACK_PNG, "d.txt": b"x", "e.png": FRONT_PNG, "f.png": b"\x89PNG\r\n\x1a\nx"}
        case = packet(tmp_path, files)
        names = [(path, path.name) for path in case.files]
        pages: list[tuple[str, int, int]] = []
        with Reader(MODELS, Failing(texts_of(CARD))) as alone, Reader(MODELS, Failing(texts_of(CARD)), abreast=2) as two:
            assert read_all(names, two, lambda *page: pages.append(page)) == read_all(names, alone)
        assert [name for name, _, _ in pages] == ["a.tif", "a.tif", "b.png", "c.png", "e.png"]

    def test_progress_is_told_page_by_page(self, tmp_path: Path) -> None:
        seen: list[tuple[str, int, int]] = []
        check(packet(tmp_path, {"a.tif": BOTH_TIFF, "b.png": BACK_PNG}), painted(), seen=lambda *page: seen.append(page))
        assert seen == [("a.tif", 1, 2), ("a.tif", 2, 2), ("b.png", 1, 1)]

    def test_the_product_of_the_command_wins(self, tmp_path: Path) -> None:
        report = check(packet(tmp_path, {"a.png": FRONT_PNG}), painted(), product="enterprise")
        assert report["product"] == report["policy"]["product"] == "enterprise"

    def test_a_product_that_nobody_named_is_inferred_and_the_report_says_so(self, tmp_path: Path) -> None:
        report = check(packet(tmp_path, {"a.png": FRONT_PNG}, toml=""), painted())
        assert any(report["policy"]["label"] in note and "推断" in note for note in report["assumptions"])

    def test_what_was_read_can_be_checked_again_without_reading(self, tmp_path: Path) -> None:
        case = packet(tmp_path, {"a.png": FRONT_PNG, "b.png": BACK_PNG})
        with Reader(MODELS, painted()) as reader:
            first = check_packet(case, reader, as_of=DAY).report
            files = [read_one(path, path.name, reader) for path in case.files]
            assert sheets_of(case, reader) == tuple(sheet for file in files for sheet in file.sheets)
        assert record.load(record.dump(files[0].sheets))[0].lines[0].text == files[0].sheets[0].lines[0].text
        again = check_files(case, files, as_of=DAY).report
        assert {**again, "checked_at": "", "timings": ""} == {**first, "checked_at": "", "timings": ""}


ENCRYPTED = pdf("", encryption=pikepdf.Encryption(owner="secret", user="secret"))
BAD_FILES = {
    "empty.jpg": (b"", "empty_file"),
    "truncated.jpg": (picture("JPEG", Pictures.new("RGB", (600, 400), (90, 120, 50)))[:300], "corrupt_image"),
    "truncated.pdf": (pdf(Page(""))[:120], "corrupt_pdf"),
    "encrypted.pdf": (ENCRYPTED, "encrypted_pdf"),
    "program.jpg": (b"MZ\x90\x00" + b"\x00" * 400, "type_not_allowed"),
    "notes.txt": ("兹证明".encode(), "type_not_allowed"),
    "archive.zip": (b"PK\x03\x04" + b"\x00" * 60, "type_not_allowed"),
    "noise.png": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "corrupt_image"),
}


class TestBadFiles:
    def test_each_bad_file_is_told_and_the_good_ones_are_read(self, tmp_path: Path) -> None:
        good = {"1.png": FRONT_PNG, "zz.png": BACK_PNG}
        report = check(packet(tmp_path, good | {name: data for name, (data, _) in BAD_FILES.items()}), painted())
        assert fields(report, "resident_id_card") == CARD_FIELDS
        reasons = {finding["detail"]["file"]: finding["detail"]["reason"] for finding in said(report, "unreadable_file")}
        assert reasons == {name: reason for name, (_, reason) in BAD_FILES.items()}
        assert all("请" in finding["for_broker"] for finding in said(report, "unreadable_file"))
        assert report["verdict"] == "incomplete"
        assert all(name in report["supplement_notice"] for name in BAD_FILES)

    def test_a_packet_of_bad_files_alone_has_a_report_and_needs_no_networks(self, tmp_path: Path) -> None:
        class Untouchable:
            def __getattr__(self, name: str) -> Any:
                raise AssertionError("no picture came in, nothing is to be read")

        report = check(packet(tmp_path, {name: data for name, (data, _) in BAD_FILES.items()}), Untouchable())
        assert report["documents"] == [] and len(said(report, "unreadable_file")) == len(BAD_FILES)
        assert all(check["outcome"] != "passed" for check in report["checks"] if check["rule"].startswith("id_"))

    def test_a_rule_is_not_passed_over_what_could_not_be_opened(self, tmp_path: Path) -> None:
        report = check(packet(tmp_path, {"encrypted.pdf": ENCRYPTED}), Blind())
        outcomes = {check["rule"]: check["outcome"] for check in report["checks"]}
        assert outcomes["uscc_checksum"] == outcomes["running_balance_broken"] == outcomes["id_checksum"] == "not_checked"

    def test_no_more_of_a_file_is_held_than_may_come_in(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from intake import guard

        monkeypatch.setattr(guard, "LOCAL", guard.Limits(image_bytes=5000, pdf_bytes=5000))
        case = packet(tmp_path, {"a.png": FRONT_PNG + b"\0" * 100_000})
        (finding,) = said(check(case, painted()), "unreadable_file")
        assert finding["detail"]["reason"] == "too_large"


class TestBadEngines:
    def test_a_page_on_which_the_engine_crashes_is_told_and_the_others_are_read(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        engine = Crashing(painted(), at=2, error=lambda: RuntimeError("张伟 110105198803151232"))
        with caplog.at_level(logging.DEBUG):
            report = check(packet(tmp_path, {"a.tif": tiff(side(FRONT, 0), side(BACK, 5), side(BACK, 5))}), engine)
        assert fields(report, "resident_id_card") == CARD_FIELDS
        (finding,) = said(report, "unreadable_image")
        assert (finding["detail"]["file"], finding["detail"]["page"]) == ("a.tif", 2)
        assert "RuntimeError" in caplog.text
        assert "张伟" not in caplog.text and "110105198803151232" not in caplog.text

    def test_an_engine_that_always_crashes_still_gives_a_report(self, tmp_path: Path) -> None:
        class Broken(Blind):
            def detect(self, image: Image, long_side: int) -> Any:
                raise MemoryError

        report = check(packet(tmp_path, {"a.png": FRONT_PNG, "b.txt": b"x"}), Broken())
        assert report["verdict"] == "incomplete"
        assert len(said(report, "unreadable_image")) == len(said(report, "unreadable_file")) == 1

    @pytest.mark.parametrize("engine", [Blind(), Mute()], ids=["nothing found", "nothing read"])
    def test_what_cannot_be_read_is_told_and_proves_nothing(self, tmp_path: Path, engine: Engine) -> None:
        report = check(packet(tmp_path, {"a.png": FRONT_PNG}), engine)
        assert report["verdict"] == "incomplete"
        assert all(not document["fields"] for document in report["documents"])
        passed = {check["rule"] for check in report["checks"] if check["outcome"] == "passed"}
        assert not passed & {"id_checksum", "id_birth_mismatch", "name_mismatch", "amount_words_mismatch", "missing_document"}

    def test_garbage_gives_a_report_in_which_nothing_looks_sure(self, tmp_path: Path) -> None:
        report = check(packet(tmp_path, {"a.png": FRONT_PNG, "b.tif": BOTH_TIFF}), Garbling())
        json.dumps(report, allow_nan=False)
        sure = [
            (name, field["value"])
            for document in report["documents"]
            for name, field in document["fields"].items()
            if field["confidence"] >= SURE and field["value"] and name != "sides"
        ]
        assert sure == []

    def test_an_engine_that_hangs_can_be_interrupted(self, tmp_path: Path) -> None:
        case = packet(tmp_path, {"a.png": FRONT_PNG})
        timer = threading.Timer(1.5, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
        signal.signal(signal.SIGINT, signal.default_int_handler)  # started in the background, a process ignores it
        begun = time.monotonic()
        timer.start()
        try:
            with pytest.raises(KeyboardInterrupt):
                check(case, Hanging())
        finally:
            timer.cancel()
        assert time.monotonic() - begun < 10


class TestReader:
    def test_missing_networks_are_told_before_anything_is_read(self, tmp_path: Path) -> None:
        with pytest.raises(networks.NetworksMissing, match="yushen models"):
            Reader(tmp_path / "nowhere")

    @pytest.fixture
    def loads(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
        loaded: list[Path] = []

        def load(models: Path) -> Painted:
            loaded.append(models)
            return painted()

        monkeypatch.setattr("extractors.ocr.PaddleEngine", load)
        yield loaded

    def test_networks_are_loaded_once_and_only_when_a_picture_comes(self, tmp_path: Path, loads: list[Path]) -> None:
        bad = packet(tmp_path / "bad", {"a.txt": b"x"})
        good = packet(tmp_path / "good", {"a.png": FRONT_PNG, "b.png": BACK_PNG})
        with Reader(MODELS) as reader:
            check_packet(bad, reader, as_of=DAY)
            assert loads == []
            for _ in range(2):
                assert check_packet(good, reader, as_of=DAY).report["documents"]
        assert loads == [MODELS]
