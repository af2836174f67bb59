"""Around the networks: what comes out of probabilities and of heat, in which order, and which provider really runs."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, sleep
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from extractors import ocr
from extractors.ocr import CROP_HEIGHT, EMPTY, PaddleEngine, Reading, decode, quads_of_heat
from tests.conftest import MODELS

CHARACTERS = ["blank", "张", "伟", "玮", "(", "（", "8", "6", " "]
INDEX = {character: n for n, character in enumerate(CHARACTERS)}


def columns(*peaks: str | dict[str, float]) -> NDArray[np.float32]:
    """A softmax of one column per entry: a character is all but sure of itself, "" is a blank."""
    made = np.full((len(peaks), len(CHARACTERS)), 1e-4, np.float32)
    for row, peak in zip(made, peaks, strict=True):
        for character, share in ({peak or "blank": 0.995} if isinstance(peak, str) else peak).items():
            row[INDEX[character]] = share
    return made


class TestDecode:
    def test_repeats_are_one_character_and_blanks_part_them(self) -> None:
        assert decode(columns("", "8", "8", "", "8", "6", "6"), CHARACTERS, 1.0).text == "886"

    def test_nothing_is_nothing(self) -> None:
        assert decode(columns("", "", ""), CHARACTERS, 1.0) == Reading("", (), (), ())
        assert EMPTY.score == 0.0

    def test_a_character_has_its_place_in_the_crop(self) -> None:
        seen = decode(columns("", "张", "张", "", "", "", "伟", ""), CHARACTERS, 1.0)
        assert seen.centres == pytest.approx((2 / 8, 6.5 / 8))

    def test_places_are_of_the_crop_and_not_of_its_padding(self) -> None:
        seen = decode(columns("张", "", "", "伟", "", "", "", ""), CHARACTERS, 0.5)
        assert seen.centres == pytest.approx((0.5 / 4, 3.5 / 4))

    def test_the_surest_column_of_a_character_speaks_for_it(self) -> None:
        seen = decode(columns({"伟": 0.6, "玮": 0.3}, {"伟": 0.8, "玮": 0.15}), CHARACTERS, 1.0)
        assert (seen.text, seen.confidences, seen.others) == ("伟", (0.8,), ("玮",))

    def test_the_second_reading_is_told_when_it_is_likely_and_left_when_not(self) -> None:
        assert decode(columns({"伟": 0.97, "玮": 0.025}), CHARACTERS, 1.0).others == ("玮",)
        assert decode(columns({"伟": 0.97, "玮": 0.01}), CHARACTERS, 1.0).others == ("",)
        assert decode(columns({"伟": 0.99, "玮": 0.005}), CHARACTERS, 1.0).others == ("",)

    def test_two_widths_of_one_character_are_no_doubt(self) -> None:
        seen = decode(columns({"（": 0.55, "(": 0.44}), CHARACTERS, 1.0)
        assert (seen.text, seen.others) == ("（", ("",))
        assert seen.confidences[0] == pytest.approx(0.99)

    def test_a_space_is_layout_and_never_doubtful(self) -> None:
        assert decode(columns("张", {" ": 0.5, "8": 0.4}, "伟"), CHARACTERS, 1.0).confidences[1] == 1.0

    @given(st.integers(1, 60), st.integers(0, 2**31), st.floats(0.05, 1.0))
    def test_whatever_the_network_says(self, length: int, seed: int, filled: float) -> None:
        rng = np.random.default_rng(seed)
        probabilities = rng.dirichlet(np.full(len(CHARACTERS), 0.2), length).astype(np.float32)
        seen = decode(probabilities, CHARACTERS, filled)
        n = len(seen.text)
        assert len(seen.centres) == len(seen.confidences) == len(seen.others) == n <= length
        assert list(seen.centres) == sorted(seen.centres)
        assert all(0 < c <= 1 for c in (*seen.centres, *seen.confidences))
        assert all(other != character for other, character in zip(seen.others, seen.text, strict=True))
        assert not set(seen.others) & {"blank"}


class TestQuads:
    def heat(self, *rectangles: tuple[float, float, float, float, float], strength: float = 0.95) -> NDArray[np.float32]:
        """A detector's map (400, 600) with islands: cx, cy, width, height, angle."""
        drawn = np.zeros((400, 600), np.float32)
        for cx, cy, w, h, angle in rectangles:
            cv2.fillPoly(drawn, [cv2.boxPoints(((cx, cy), (w, h), angle)).round().astype(np.int32)], strength)
        return drawn

    def quads(self, heat: NDArray[np.float32]) -> ocr.Quads:
        return quads_of_heat(heat, 0.2, 0.45, 1.4)

    @settings(max_examples=60)
    @given(st.floats(150, 450), st.floats(150, 250), st.floats(40, 120), st.floats(8, 24), st.floats(-80, 80))
    def test_an_island_becomes_a_quad_around_it_grown_by_its_own_height(self, cx: float, cy: float, w: float, h: float, angle: float) -> None:
        (quad,) = self.quads(self.heat((cx, cy, w, h, angle)))
        grow = w * h * 1.4 / (w + h)
        (at_x, at_y), size, _ = cv2.minAreaRect(quad)
        assert (at_x, at_y) == pytest.approx((cx, cy), abs=1.5)
        assert max(size) == pytest.approx(w + grow, abs=4)
        assert min(size) == pytest.approx(h + grow, abs=4)

    @given(st.floats(-44, 44))
    def test_corners_go_clockwise_from_the_upper_left(self, angle: float) -> None:
        (quad,) = self.quads(self.heat((300, 200, 200, 20, angle)))
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
        assert x0 < x1 and x3 < x2 and (y0 < y3 and y1 < y2)
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(quad, np.roll(quad, -1, axis=0), strict=True))
        assert area > 0, "clockwise, as y grows downwards"

    def test_each_line_has_its_quad(self) -> None:
        found = self.quads(self.heat(*((300, 40 + 45 * n, 400, 12, 0) for n in range(8))))
        assert sorted(np.round(found[:, :, 1].mean(axis=1) / 45 - 40 / 45).astype(int)) == list(range(8))

    def test_specks_and_faint_islands_are_no_text(self) -> None:
        assert len(self.quads(self.heat((300, 200, 1, 1, 0)))) == 0
        assert len(self.quads(self.heat((300, 200, 200, 20, 0), strength=0.4))) == 0
        empty = self.quads(np.zeros((40, 60), np.float32))
        assert empty.shape == (0, 4, 2) and empty.dtype == np.float32


class Runner:
    """In place of the recognition network: says of each crop how bright it is, in base 4, one column per digit."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.batches: list[tuple[int, ...]] = []
        self.seconds = seconds

    def __call__(self, x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self.batches.append(x.shape)
        sleep(self.seconds)
        out = np.zeros((len(x), 8, 5), np.float32)
        for row, crop in zip(out, x, strict=True):
            bright = round((float(crop[0, CROP_HEIGHT // 2, 4]) + 1) * 127.5)
            for place in range(4):
                row[2 * place, 1 + (bright >> (2 * place)) % 4] = 1
                row[2 * place + 1, 0] = 1
        return [out]


def engine(runner: Runner, lanes: int = 1) -> PaddleEngine:
    """The real engine around a network that is not."""
    made = PaddleEngine.__new__(PaddleEngine)
    made._busy = ocr.Busy()
    made._lanes = ThreadPoolExecutor(lanes) if lanes > 1 else None
    made._characters = ["", "0", "1", "2", "3"]
    made._recogniser = SimpleNamespace(runner=runner)
    return made


def told(reading: Reading) -> int:
    return sum(int(digit) * 4**place for place, digit in enumerate(reading.text))


class TestBatches:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.integers(1, 3000), st.integers(1, 90)), min_size=0, max_size=60), st.integers(1, 3))
    def test_readings_come_in_the_order_of_the_crops(self, sizes: list[tuple[int, int]], lanes: int) -> None:
        runner = Runner()
        crops = [np.full((height, width, 3), n, np.uint8) for n, (width, height) in enumerate(sizes)]
        assert [told(reading) for reading in engine(runner, lanes).recognise(crops)] == list(range(len(crops)))
        assert sum(shape[0] for shape in runner.batches) == len(crops)

    def test_batches_are_as_wide_as_their_text(self) -> None:
        runner = Runner()
        widths = [60] * 40 + [70] * 3 + [500] * 30 + [2000] * 5
        engine(runner).recognise([np.zeros((CROP_HEIGHT, width, 3), np.uint8) for width in widths])
        assert {(count, width) for count, _, _, width in runner.batches} == {(4, 80), (1, 80), (1, 512), (1, 2048)}
        padded = sum(count * width for count, _, _, width in runner.batches)
        assert padded < 1.1 * sum(widths), "more than a tenth of the work would be padding"

    def test_shapes_are_few_whatever_the_widths(self) -> None:
        shapes = {(len(members), wide) for n in range(400) for members, wide in ocr._batches(range(n, ocr.MAX_CROP_WIDTH - n, 7 + n % 5))}
        assert len(shapes) < 70, "each shape is compiled once and kept"
        assert all(count in (1, ocr.TOGETHER) for count, _ in shapes)

    @pytest.mark.parametrize("lanes", [1, 2])
    def test_seconds_in_the_networks_are_those_of_the_clock(self, lanes: int) -> None:
        slow = Runner(seconds=0.02)
        made = engine(slow, lanes)
        begun = perf_counter()
        made.recognise([np.zeros((CROP_HEIGHT, 500, 3), np.uint8)] * 8)
        assert 0.5 * (perf_counter() - begun) < made.seconds_in_networks <= perf_counter() - begun

    def test_seconds_in_which_several_networks_run_count_once(self) -> None:
        made = engine(Runner(seconds=0.2))
        begun = perf_counter()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(made.recognise, [[np.zeros((CROP_HEIGHT, 500, 3), np.uint8)]] * 4))
        assert 0.2 <= made.seconds_in_networks <= perf_counter() - begun

    def test_an_endless_line_is_squeezed_and_no_crop_asks_nothing(self) -> None:
        runner = Runner()
        engine(runner).recognise([np.zeros((4, 9000, 3), np.uint8)])
        assert runner.batches[0][3] <= ocr.MAX_CROP_WIDTH + 160
        assert engine(runner).recognise([]) == []


@given(st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([640, 960, 2240]))
@settings(max_examples=30, deadline=None)
def test_detector_sees_the_whole_picture_in_sides_of_32(width: int, height: int, side: int) -> None:
    image = np.zeros((max(1, height // 16), max(1, width // 16), 3), np.uint8)
    batch, scale_x, scale_y = ocr._detector_input(image, side)
    assert batch.shape[:2] == (1, 3) and batch.dtype == np.float32
    assert batch.shape[2] % 32 == 0 == batch.shape[3] % 32
    assert batch.shape[3] * scale_x == pytest.approx(image.shape[1])
    assert batch.shape[2] * scale_y == pytest.approx(image.shape[0])
    assert max(batch.shape[2:]) <= side + 16


class TestOptions:
    def providers(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        import onnxruntime

        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: list(names))

    def test_openvino_where_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.providers(monkeypatch, "OpenVINOExecutionProvider", "CPUExecutionProvider")
        config = ocr.engine_config(2)
        assert config["providers"] == ["OpenVINOExecutionProvider"]
        assert json.loads(config["provider_options"][0]["load_config"])["CPU"]["INFERENCE_NUM_THREADS"] == 2

    def test_lanes_share_the_threads_and_what_is_kept_is_bounded_where_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.providers(monkeypatch, "OpenVINOExecutionProvider")
        options = json.loads(ocr.engine_config(2, 2, kept=700)["provider_options"][0]["load_config"])["CPU"]
        assert (options["NUM_STREAMS"], options["CPU_RUNTIME_CACHE_CAPACITY"]) == ("2", "700")
        assert "CPU_RUNTIME_CACHE_CAPACITY" not in ocr.engine_config(2)["provider_options"][0]["load_config"]
        self.providers(monkeypatch, "CPUExecutionProvider")
        assert ocr.engine_config(2, 2) == {"intra_op_num_threads": 1}

    def test_plain_onnxruntime_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.providers(monkeypatch, "CPUExecutionProvider")
        assert ocr.engine_config(3) == {"intra_op_num_threads": 3}

    @pytest.mark.parametrize(("flags", "native"), [("fma avx512_bf16 vnni", True), ("amx_bf16", True), ("avx2 avx512f", False)])
    def test_bf16_only_where_the_processor_has_it(self, monkeypatch: pytest.MonkeyPatch, flags: str, native: bool) -> None:
        def read_text(path: Path, **options: Any) -> str:
            return f"flags : {flags}\n"

        monkeypatch.setattr(Path, "read_text", read_text)
        assert ocr._has_bf16() is native


ONE_OF_MANY = """
import os, sys, threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import numpy as np
from extractors.ocr import PaddleEngine

free, seen, over = os.sched_getaffinity(0), [], threading.Event()
me = threading.get_native_id()

def watch():
    while not over.wait(0.001):
        seen.append(os.sched_getaffinity(me))

engine = PaddleEngine(Path(sys.argv[1]), threads=1)
watcher = threading.Thread(target=watch)
watcher.start()
for _ in range(5):
    engine.detect(np.full((640, 640, 3), 255, np.uint8), 640)
over.set()
watcher.join()
print(len(free), len(seen), sum(each != free for each in seen))
"""


@pytest.mark.networks
def test_an_engine_of_one_thread_is_tied_to_no_processor() -> None:
    """Tied while it reads, the threads of all workers stood on the same one, and two workers read no more than one."""
    ran = subprocess.run([sys.executable, "-c", ONE_OF_MANY, str(MODELS)], cwd=Path(ocr.__file__).parent.parent, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-500:]
    free, seen, tied = map(int, ran.stdout.split()[-3:])
    if free == 1:
        pytest.skip("one processor: nothing can be told apart")
    assert seen > 20 and tied == 0
