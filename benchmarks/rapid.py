"""A child process of the speed benchmark: rapidocr, reading a packet of pictures per line of standard input. Run by .venv-bench's python.

Takes nothing from the project, since it lives in another virtual environment. Arguments: folder of the networks, cores.
It is given the same networks; the first answer says whether it took them.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any


def main() -> None:
    models, cores = Path(sys.argv[1]), int(sys.argv[2])
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever the package prints is no answer
    with tempfile.TemporaryDirectory() as scratch:
        engine, networks = load(models, Path(scratch))
    print(json.dumps({"engine": "rapidocr", "networks": networks}), file=answers, flush=True)
    for line in sys.stdin:
        begun = perf_counter()
        texts = [text for file in json.loads(line)["files"] for text in engine(file).txts or ()]
        seconds = perf_counter() - begun
        print(json.dumps({"seconds": seconds, "text": "\n".join(texts), "rss_mb": resident_mb()}), file=answers, flush=True)


def load(models: Path, scratch: Path) -> tuple[Any, str]:
    """The engine with the given networks, or with its own where it refuses them. It loads them when it first reads."""
    import cv2
    import numpy as np
    from rapidocr import RapidOCR

    keys = scratch / "keys.txt"
    keys.write_text("\n".join(characters(models / "PP-OCRv6_small_rec" / "inference.yml")), encoding="utf-8")
    given = {
        "Det.model_path": str(models / "PP-OCRv6_small_det" / "inference.onnx"),
        "Rec.model_path": str(models / "PP-OCRv6_small_rec" / "inference.onnx"),
        "Rec.rec_keys_path": str(keys),
    }
    probe = np.full((300, 900, 3), 255, np.uint8)
    cv2.putText(probe, "0123456789", (60, 170), cv2.FONT_HERSHEY_SIMPLEX, 3.0, (0, 0, 0), 5)
    for params, said in ((given, "the same PP-OCRv6 small files"), ({}, "its own copy of PP-OCRv6 small")):
        with contextlib.suppress(Exception):
            engine = RapidOCR(params=params)
            if engine(probe).txts:
                return engine, said
    raise RuntimeError("rapidocr loads neither the given networks nor its own")


def characters(config: Path) -> list[str]:
    """The recogniser's alphabet out of PaddleOCR's inference.yml."""
    import yaml

    found: list[str] = yaml.safe_load(config.read_text(encoding="utf-8"))["PostProcess"]["character_dict"]
    return found


def resident_mb() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main()
