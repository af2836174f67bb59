"""How a decoding child speaks to the process that asked: frames of a JSON head and plain bytes, nothing that could be
executed.

A frame is two big-endian 32-bit lengths, the head (a JSON object, UTF-8) and the blob (pixels). The reader trusts neither
length nor content: it has caps for both, and `pages.py` checks every value again.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Mapping
from typing import Any

LENGTHS = struct.Struct(">II")
ENDED = struct.Struct(">iiQ")
"""How a child ended, as its zygote saw it: the signal (0: none), the exit code, the largest resident size in bytes."""
HEAD_CAP = 8 << 20
"""Bytes of a head at most: a page of 100,000 characters in 20,000 lines takes 4 MiB."""
BLOB_CAP = 96 << 20
"""Bytes of a blob at most: 24 million pixels of three bytes, and some room."""


class BadFrame(ValueError):
    """What came over the wire is no frame: too long, no JSON object, or with numbers that are none."""


def send(descriptor: int, head: Mapping[str, Any], blob: bytes | memoryview = b"") -> None:
    """Writes one frame to a pipe or socket; blocks while the reader is slow. Raises OSError when the reader is gone."""
    text = json.dumps(head, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    for part in (LENGTHS.pack(len(text), len(blob)) + text, blob):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def receive(fill: Callable[[memoryview], None]) -> tuple[dict[str, Any], bytearray]:
    """Reads one frame; `fill` fills a buffer to its end or raises. Raises BadFrame for what no honest child sends."""
    lengths = bytearray(LENGTHS.size)
    fill(memoryview(lengths))
    head_length, blob_length = LENGTHS.unpack(lengths)
    if head_length > HEAD_CAP or blob_length > BLOB_CAP:
        raise BadFrame("a frame longer than its cap")
    text, blob = bytearray(head_length), bytearray(blob_length)
    fill(memoryview(text))
    fill(memoryview(blob))
    try:
        head = json.loads(text.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadFrame("a head that is no JSON") from error
    if not isinstance(head, dict):
        raise BadFrame("a head that is no object")
    return head, blob


def _refuse(name: str) -> float:
    raise BadFrame(f"a number that is none: {name}")
