"""multipart/form-data part by part, in memory: an uploaded file never touches the disk before it is sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from intake.errors import Invalid, TooLarge

MOST_PARTS = 200
MOST_FIELD = 4096
"""Bytes of a part that is no file."""


@dataclass(slots=True)
class Part:
    """One part: the form field's name, the file's own name (None for a plain field), its bytes."""

    name: str = ""
    filename: str | None = None
    data: bytearray = field(default_factory=bytearray)


class _Collector:
    """Follows the parser's calls. `done`: parts that are whole and not yet handed on."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.done: list[Part] = []
        self.count = 0
        self.ended = False
        self._part = Part()
        self._header: tuple[bytes, bytes] = (b"", b"")

    def begin(self) -> None:
        self.count += 1
        if self.count > MOST_PARTS:
            raise TooLarge("一次上传的文件过多，请分批上传。")
        self._part = Part()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def header_end(self) -> None:
        name, value = self._header
        self._header = (b"", b"")
        if name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(value.decode("latin-1"))
        self._part.name = _text(options.get(b"name", b""))
        if b"filename" in options:
            self._part.filename = _text(options[b"filename"])

    def data(self, data: bytes, start: int, end: int) -> None:
        most = MOST_FIELD if self._part.filename is None else self.most
        if len(self._part.data) + end - start > most:
            raise TooLarge
        self._part.data += data[start:end]

    def part_end(self) -> None:
        self.done.append(self._part)
        self._part = Part()

    def end(self) -> None:
        self.ended = True


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


async def parts(request: Request, most: int) -> AsyncIterator[Part]:
    """The parts of a request's body as they come in, none larger than `most` bytes. Raises Invalid for what is no form, TooLarge."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise Invalid("请以 multipart/form-data 上传文件。", "header:Content-Type")
    collector = _Collector(most)
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": collector.begin,
                "on_part_data": collector.data,
                "on_part_end": collector.part_end,
                "on_header_field": collector.header_field,
                "on_header_value": collector.header_value,
                "on_header_end": collector.header_end,
                "on_end": collector.end,
            },
        )
        async for chunk in request.stream():
            parser.write(chunk)
            while collector.done:
                yield collector.done.pop(0)
    except FormParserError:
        raise Invalid("上传内容不是完整的 multipart/form-data。") from None
    if not collector.ended:
        raise Invalid("上传内容不是完整的 multipart/form-data。")
