"""The engine seam: text quads on an image, and the reading of each quad character by character.

PaddleOCR loads and runs the networks (PP-OCRv6) and brings their thresholds and dictionary. Around them the steps are ours, for three
things its own `predict` does not give and a report needs: the confidence and the place of every character, the network's second
reading of each, and crops read at the width of their text (its own pads every crop to 320 pixels: twice the time on tables).
The networks are loaded at first use and never before a fork (a network loaded before a fork deadlocks).
"""

from __future__ import annotations

import json
import logging
import os
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import perf_counter
from types import TracebackType
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.pixels import resized

Image = NDArray[np.uint8]
"""(h, w, 3) uint8 BGR."""
Quads = NDArray[np.float32]
"""(n, 4, 2) float32 x, y in image pixels: corners clockwise from the one at which reading begins."""

CROP_HEIGHT = 48
STRIDE = 8
MAX_CROP_WIDTH = 2400
STEPS = ((192, 16), (640, 32), (1280, 64), (MAX_CROP_WIDTH + 160, 128))
"""Up to which width of a batch widths differ by how much."""
TOGETHER, NARROW = 4, 320
"""So many crops are read in one batch, up to this width."""
KEPT_OPERATIONS = 1000
"""Compiled operations that OpenVINO keeps for the detector, some twenty shapes: pictures come in any shape, and each takes 3 MB."""


_MEANS = (0.485, 0.456, 0.406)
_DEVIATIONS = (0.229, 0.224, 0.225)
_LEVELS = tuple(
    ((np.arange(256, dtype=np.float32) - np.float32(mean * 255)) / np.float32(deviation * 255)).astype(np.float32)
    for mean, deviation in zip(_MEANS, _DEVIATIONS, strict=True)
)
"""What the detector takes for each of the 256 levels of each colour (ImageNet's means and deviations)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the recogniser saw in one crop: characters, their centres as 0..1 of the crop's width, confidences 0..1,
    and the second likeliest reading of each ("" below 1 in 50)."""

    text: str
    centres: tuple[float, ...]
    confidences: tuple[float, ...]
    others: tuple[str, ...]

    @property
    def score(self) -> float:
        """Mean confidence; 0 for an empty reading."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


EMPTY = Reading("", (), (), ())


class Engine(Protocol):
    """What the reading stage needs of an OCR engine."""

    def detect(self, image: Image, long_side: int) -> Quads:
        """Quads of text lines, in pixels of `image`, found on it scaled to `long_side`."""
        ...

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        """One reading per crop, in order; a crop is an upright line of text of any size."""
        ...


class PaddleEngine:
    """PP-OCRv6 by PaddleOCR on onnxruntime, with OpenVINO (bf16 where the processor has it) when it works here.

    May be asked by several threads at once: one of them detects, and as many crops are read at a time as it has threads.
    """

    def __init__(self, models: Path, threads: int | None = None) -> None:
        from extractors.networks import require

        require(models)
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        logging.getLogger("ppocr").setLevel(logging.ERROR)
        from paddleocr import TextDetection, TextRecognition

        threads = threads or os.cpu_count() or 1
        self._lanes = ThreadPoolExecutor(threads, "recogniser") if threads > 1 else None
        self._detector = _predictor(TextDetection, "PP-OCRv6_small_det", models, engine_config(threads, kept=KEPT_OPERATIONS))
        self._recogniser = _predictor(TextRecognition, "PP-OCRv6_small_rec", models, engine_config(threads, lanes=threads))
        self._characters: list[str] = self._recogniser.post_op.character
        self._detecting = Lock()
        self._busy = Busy()

    @property
    def seconds_in_networks(self) -> float:
        """Seconds in which a network ran, one or several at once."""
        return self._busy.seconds

    @property
    def providers(self) -> dict[str, list[str]]:
        """The execution providers that really run each network (a refused option falls back without an error)."""
        return {
            "detection": self._detector.runner.session.get_providers(),
            "recognition": self._recogniser.runner.session.get_providers(),
        }

    def detect(self, image: Image, long_side: int) -> Quads:
        post = self._detector.post_op
        batch, scale_x, scale_y = _detector_input(image, long_side)
        with self._detecting:  # it takes all threads by itself, and a large page's share of memory
            heat = self._run(self._detector, batch)[0, 0]
        quads = quads_of_heat(heat, post.thresh, post.box_thresh, post.unclip_ratio)
        quads[:, :, 0] *= scale_x
        quads[:, :, 1] *= scale_y
        return quads

    def recognise(self, crops: Sequence[Image]) -> list[Reading]:
        widths = [_scaled_width(crop) for crop in crops]
        batches = list(_batches(widths))
        readings: list[Reading] = [EMPTY] * len(crops)

        def read(batch: tuple[Sequence[int], int]) -> None:
            members, bucket = batch
            probabilities = self._run(self._recogniser, _recogniser_input([crops[i] for i in members], bucket))
            for row, i in enumerate(members):
                readings[i] = decode(probabilities[row], self._characters, widths[i] / bucket)

        if self._lanes is None or len(batches) == 1:
            for batch in batches:
                read(batch)
        else:
            list(self._lanes.map(read, reversed(batches)))  # the widest first, so that no lane ends long after the others
        return readings

    def _run(self, predictor: Any, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._busy:
            result: NDArray[np.float32] = predictor.runner(x=batch)[0]
        return result


class Busy:
    """A clock that runs while at least one thread is within its context."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._within = 0
        self._since = 0.0
        self.seconds = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if self._within == 0:
                self._since = perf_counter()
            self._within += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._within -= 1
            if self._within == 0:
                self.seconds += perf_counter() - self._since


def engine_config(threads: int, lanes: int = 1, kept: int | None = None) -> dict[str, Any]:
    """PaddleOCR's engine options: OpenVINO when its provider is there, plain onnxruntime otherwise. threads: of the network in all;
    lanes: calls that run side by side on them (a line at a time on each core takes a fifth less than each line on all cores);
    kept: compiled operations that are kept for shapes seen before, None for OpenVINO's own number (5000)."""
    import onnxruntime

    if "OpenVINOExecutionProvider" not in onnxruntime.get_available_providers():
        return {"intra_op_num_threads": max(1, threads // lanes)}
    options = {
        "INFERENCE_PRECISION_HINT": "bf16" if _has_bf16() else "f32",
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": str(lanes),
        # OpenVINO ties its threads to processors, those of every process to the same ones: two workers of one thread shared one core.
        "ENABLE_CPU_PINNING": "YES" if threads >= (os.cpu_count() or 1) else "NO",
    }
    if kept is not None:
        options["CPU_RUNTIME_CACHE_CAPACITY"] = str(kept)
    load = json.dumps({"CPU": options})
    return {
        "providers": ["OpenVINOExecutionProvider"],
        "provider_options": [{"device_type": "CPU", "load_config": load}],
        "log_severity_level": 3,
    }


def _has_bf16() -> bool:
    """Whether this processor multiplies bf16 natively; emulated, it would be slower than f32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _predictor(factory: Any, name: str, models: Path, config: dict[str, Any]) -> Any:
    made = factory(model_name=name, model_dir=str(models / name), engine="onnxruntime", engine_config=config)
    return made.paddlex_predictor


def _detector_input(image: Image, long_side: int) -> tuple[NDArray[np.float32], float, float]:
    """The image scaled to sides that are multiples of 32, normalised (ImageNet), as (1, 3, h, w); and the way back."""
    height, width = image.shape[:2]
    scale = long_side / max(height, width)
    target_w = max(32, round(width * scale / 32) * 32)
    target_h = max(32, round(height * scale / 32) * 32)
    size = (target_w, target_h)
    scaled = resized(image, size) if scale < 0.6 else cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    batch = np.empty((1, 3, target_h, target_w), np.float32)
    for plane, pixels, levels in zip(batch[0], cv2.split(scaled), _LEVELS, strict=True):
        cv2.LUT(pixels, levels, plane)
    return batch, width / target_w, height / target_h


def quads_of_heat(heat: NDArray[np.float32], threshold: float, box_threshold: float, unclip: float) -> Quads:
    """Text quads of the detector's (h, w) map: smallest rectangles of its islands, grown back by DB's unclip distance.

    Growing the rectangle itself by area * ratio / perimeter is what polygon clipping does to a rectangle, without the clipper.
    """
    mask = (heat > threshold).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    quads = []
    for contour in contours[:3000]:
        (cx, cy), (w, h), angle = cv2.minAreaRect(contour)
        if min(w, h) < 2 or _island_score(heat, contour) < box_threshold:
            continue
        grow = 2 * w * h * unclip / (2 * (w + h))
        if min(w, h) + grow < 5:
            continue
        quads.append(_clockwise(cv2.boxPoints(((cx, cy), (w + grow, h + grow), angle))))
    return np.array(quads, np.float32).reshape(-1, 4, 2)


def _island_score(heat: NDArray[np.float32], contour: NDArray[np.int32]) -> float:
    x, y, w, h = cv2.boundingRect(contour)
    mask = np.zeros((h, w), np.uint8)
    cv2.fillPoly(mask, [contour - np.array([[x, y]])], 1)
    return float(cv2.mean(heat[y : y + h, x : x + w], mask)[0])


def _clockwise(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Four corners ordered top-left, top-right, bottom-right, bottom-left, as they lie in the image."""
    by_x = points[np.argsort(points[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def _scaled_width(crop: Image) -> int:
    height, width = crop.shape[:2]
    return int(min(MAX_CROP_WIDTH, max(STRIDE * 2, np.ceil(width * CROP_HEIGHT / max(1, height)))))


def _batches(widths: Sequence[int]) -> Iterator[tuple[Sequence[int], int]]:
    """Places of the crops that are read together, narrowest first, and how wide their batch is. A batch costs what its columns cost
    and as much as twenty columns more: only narrow crops of nearly one width are read together."""
    order = sorted(range(len(widths)), key=lambda i: widths[i])
    start = 0
    while start < len(order):
        members = order[start : start + TOGETHER]
        narrow, wide = _bucket(widths[members[0]]), _bucket(widths[members[-1]])
        if len(members) < TOGETHER or wide > NARROW or wide > narrow + 16:
            members, wide = members[:1], narrow
        yield members, wide
        start += len(members)


def _bucket(width: int) -> int:
    """The width to which a crop is filled up: few distinct ones, since each shape is compiled once (20 ms) and kept (some megabytes)."""
    step = next(step for below, step in STEPS if width + 8 <= below)
    return -(-(width + 8) // step) * step


def _recogniser_input(crops: Sequence[Image], width: int) -> NDArray[np.float32]:
    """Crops scaled to CROP_HEIGHT, -1..1, filled up with grey on the right, as (n, 3, CROP_HEIGHT, width)."""
    batch = np.zeros((len(crops), 3, CROP_HEIGHT, width), np.float32)
    for row, each in zip(batch, crops, strict=True):
        size = (min(_scaled_width(each), width), CROP_HEIGHT)
        scaled = each if each.shape[1::-1] == size else cv2.resize(each, size, interpolation=cv2.INTER_LINEAR)
        row[:, :, : size[0]] = scaled.transpose(2, 0, 1)
        row[:, :, : size[0]] /= 127.5
        row[:, :, : size[0]] -= 1
    return batch


def decode(probabilities: NDArray[np.float32], characters: Sequence[str], filled: float) -> Reading:
    """CTC: best class per column, repeats and blanks dropped. (t, classes) softmax; `filled`: share of columns with image."""
    best = probabilities.argmax(axis=1)
    keep = best != 0
    keep[1:] &= best[1:] != best[:-1]
    columns = np.flatnonzero(keep)
    usable = max(1.0, probabilities.shape[0] * min(1.0, filled))
    text, centres, confidences, others = [], [], [], []
    for column in columns:
        end = column + 1
        while end < len(best) and best[end] == best[column]:
            end += 1
        peak = column + int(probabilities[column:end, best[column]].argmax())
        row = probabilities[peak]
        character = characters[best[column]]
        second, share = _second(row, int(best[column]), characters)
        confidence = float(row[best[column]])
        if second and unicodedata.normalize("NFKC", second) == unicodedata.normalize("NFKC", character):
            # （ or ( is no doubt about what stands there: both readings speak for the same character.
            confidence, second = min(1.0, confidence + share), ""
        if character == " ":
            confidence = 1.0  # layout, not content
        text.append(character)
        centres.append(min(1.0, ((column + end) / 2) / usable))
        confidences.append(round(confidence, 4))
        others.append(second)
    return Reading("".join(text), tuple(centres), tuple(confidences), tuple(others))


def _second(row: NDArray[np.float32], best: int, characters: Sequence[str]) -> tuple[str, float]:
    """The second likeliest character of a column and its probability; ("", 0) when it is out of the question."""
    if row[best] > 0.98:
        return "", 0.0
    row = row.copy()
    row[[0, best]] = 0
    second = int(row.argmax())
    return (characters[second], float(row[second])) if row[second] >= 0.02 else ("", 0.0)
