"""Child processes of the speed benchmark: `ours`, the pipeline from a file to its fields, and `paddle`, stock PaddleOCR, OCR only.

`python -m benchmarks.readers ours|paddle CORES` reads one JSON line per packet ({"files": paths}) and answers with one: seconds, text, what
the process holds in memory; `ours` also in how many of the seconds a network ran. `first FILE` tells when its first page was done.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.packets import MODELS

Answer = dict[str, Any]
Read = Callable[[list[str]], Answer]


def main(argv: list[str]) -> None:
    if argv[0] == "first":
        first(Path(argv[1]))
        return
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(argv[1])])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a package prints is no answer
    read, about = {"ours": ours, "paddle": paddle}[argv[0]]()
    print(json.dumps(about), file=answers, flush=True)
    for line in sys.stdin:
        files = json.loads(line)["files"]
        begun = time.perf_counter()
        found = read(files)
        seconds = time.perf_counter() - begun
        print(json.dumps({"seconds": seconds, **found, "rss_mb": resident_mb()}), file=answers, flush=True)


def ours() -> tuple[Read, Answer]:
    """The pipeline: a file let in, decoded in its child process, read, and its documents' fields extracted."""
    from extractors.classify import documents_of
    from extractors.ocr import PaddleEngine
    from worker.pipeline import Reader, read_all

    reader = Reader(MODELS)
    reader.__enter__()
    engine = reader.engine
    assert isinstance(engine, PaddleEngine)

    def read(files: list[str]) -> Answer:
        before = engine.seconds_in_networks
        done = read_all([(Path(file), Path(file).name) for file in files], reader)
        documents = [document for each in done for document in documents_of(each.sheets)]
        return {
            "networks_s": engine.seconds_in_networks - before,
            "pages": sum(each.record.pages for each in done),
            "fields": sum(len(document.fields) for document in documents),
            "types": [document.type for document in documents],
            "text": "\n".join(line.text for each in done for sheet in each.sheets for line in sheet.lines),
        }

    return read, {"engine": "yushen", "providers": engine.providers}


def paddle() -> tuple[Read, Answer]:
    """Stock PaddleOCR with the same networks and its own defaults, without the steps that would turn or flatten the page."""
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import PaddleOCR

    names = {"text_detection": "PP-OCRv6_small_det", "text_recognition": "PP-OCRv6_small_rec"}
    engine = PaddleOCR(
        **{f"{step}_model_name": name for step, name in names.items()},
        **{f"{step}_model_dir": str(MODELS / name) for step, name in names.items()},
        engine="onnxruntime",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )

    def read(files: list[str]) -> Answer:
        return {"text": "\n".join(text for file in files for result in engine.predict(file) for text in result["rec_texts"])}

    return read, {"engine": "paddleocr", "networks": "the same PP-OCRv6 small files"}


def first(file: Path) -> None:
    """Prints the system's monotonic clock when the fields of the file's first page are there."""
    from extractors.classify import documents_of
    from worker.pipeline import Reader, read_one

    with Reader(MODELS) as reader:
        documents_of(read_one(file, file.name, reader).sheets)
        print(time.monotonic(), flush=True)


def resident_mb() -> int:
    """What this process holds in memory, without its children."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main(sys.argv[1:])
