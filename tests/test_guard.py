"""What a file really is, and whether it may come in."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import errors, guard
from tests.made_files import corners, pdf, picture, text

JPEG, PNG = picture("JPEG", corners()), picture("PNG", corners())
PDF = pdf(text(72, 700, "Hello"))
ZIP = b"PK\3\4\x14\0\0\0\0\0" + b"\0" * 16


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpeg", JPEG),
        ("png", PNG),
        ("tiff", picture("TIFF", corners())),
        ("webp", picture("WEBP", corners())),
        ("bmp", picture("BMP", corners())),
        ("pdf", PDF),
        ("pdf", b"\r\n\r\n" + PDF),
        ("pdf", b"\xef\xbb\xbf" + PDF),
    ],
)
def test_accepted_kinds_are_known_by_content(kind: str, data: bytes) -> None:
    found = guard.admit(data, "upload")
    assert (found.id, found.accepted) == (kind, True)


@pytest.mark.parametrize(
    ("kind", "data", "way_out"),
    [
        ("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "JPG"),
        ("avif", b"\0\0\0\x18ftypavif\0\0\0\0", "JPG"),
        ("video", b"\0\0\0\x18ftypisom\0\0\0\0", "拍照"),
        ("gif", b"GIF89a\1\0\1\0", "JPG"),
        ("ofd", ZIP + b"OFD.xml", "PDF"),
        ("word", ZIP + b"word/document.xml", "PDF"),
        ("excel", ZIP + b"xl/workbook.xml", "PDF"),
        ("office97", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "PDF"),
        ("zip", ZIP + b"1.jpg", "解压"),
        ("rar", b"Rar!\x1a\x07\x01\0", "解压"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\4", "解压"),
        ("gzip", b"\x1f\x8b\x08\0", "解压"),
        ("archive", b"a.jpg".ljust(257, b"\0") + b"ustar\0", "解压"),
        ("html", b"\n <!DOCTYPE html><html>", "PDF"),
        ("html", b'<?xml version="1.0"?><html xmlns="x">', "PDF"),
        ("svg", b'<?xml version="1.0"?><svg xmlns="x">', "PDF"),
        ("xml", b'<?xml version="1.0"?><invoice/>', "PDF"),
        ("mail", b"Received: from a by b\r\n", "附件"),
        ("program", b"MZ\x90\0", "选错"),
        ("text", "张伟的收入证明".encode("gb18030"), "PDF"),
        ("text", "月收入 15000 元\n".encode(), "PDF"),
        ("unknown", bytes(range(128, 256)) * 4, "PDF"),
    ],
)
def test_refusals_name_the_kind_and_the_way_out(kind: str, data: bytes, way_out: str) -> None:
    assert guard.identify(data, "x.bin").id == kind
    with pytest.raises(errors.TypeNotAllowed) as refused:
        guard.admit(data, "x.bin")
    assert refused.value.code == "type_not_allowed"
    assert way_out in refused.value.sentence
    assert kind == "unknown" or guard.REFUSED[kind][0] in refused.value.sentence


def test_the_name_is_never_believed() -> None:
    found = guard.admit(PDF, "licence.JPG")
    assert found.id == "pdf" and found.mismatch and "PDF" in found.note
    assert not guard.admit(JPEG, "a.b/证.jpeg").note
    with pytest.raises(errors.TypeNotAllowed):
        guard.admit(b"<html><script>", "photo.jpg")


def test_a_destroyed_picture_is_called_damaged_not_unknown() -> None:
    with pytest.raises(errors.TypeNotAllowed, match="type_not_allowed") as refused:
        guard.admit(b"\0" * 5000, "photo.jpg")
    assert "损坏" in refused.value.sentence and "JPEG" in refused.value.sentence


def test_empty_and_too_large() -> None:
    with pytest.raises(errors.EmptyFile):
        guard.admit(b"", "a.pdf")
    small = guard.Limits(image_bytes=len(JPEG) - 1, pdf_bytes=len(PDF))
    with pytest.raises(errors.TooLarge):
        guard.admit(JPEG, "a.jpg", small)
    assert guard.admit(PDF, "a.pdf", small).id == "pdf"
    assert (guard.LIMITS.image_bytes, guard.LIMITS.pdf_bytes, guard.LOCAL.pdf_bytes) == (20 << 20, 50 << 20, 100 << 20)


def test_text_that_begins_with_bm_is_no_bitmap() -> None:
    assert guard.identify(b"BM25 is a ranking function used by search engines", "a.bmp").id == "text"


def test_every_error_has_a_code_of_the_closed_list_and_says_what_to_do() -> None:
    for error in (errors.EmptyFile, errors.TooLarge, errors.TypeNotAllowed):
        assert error.code in errors.CODES and errors.CODES[error.code] == error().http_status
        assert "请" in error().sentence and not error.retryable


@given(st.binary(max_size=3000), st.text(string.printable, max_size=20))
def test_any_bytes_are_some_kind(data: bytes, name: str) -> None:
    kind = guard.identify(data, name)
    assert kind.accepted == (kind.id in guard.ACCEPTED)
    assert kind.accepted != bool(kind.advice)
