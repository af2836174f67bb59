"""What the structure of a PDF tells about its making: programs, dates, revisions, signatures. Inside the locked child only.

Signs are hints for `tamper_suspected`, each a plain code, a particular behind a colon:
| sign | seen |
|---|---|
| producer:NAME | a program that edits pictures or the content of finished PDFs wrote the file |
| incremental_update | changed after it was first written, without a signature that explains it |
| changed_after_signing | bytes that the last signature does not cover |

No signs, because honest papers bear them too: office programs (Word, WPS), services that only merge or convert, a date of change
later than that of making (banks fill templates that are years old), active content, a password against printing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pikepdf

IMAGE_EDITORS = (
    "photoshop", "gimp", "illustrator", "coreldraw", "canva", "美图", "meitu", "pixelmator", "paint.net", "snapseed", "picsart",
    "affinity photo", "醒图", "facetune", "photopea", "pixlr", "创客贴", "稿定",
)  # fmt: skip
PDF_EDITORS = (
    "pdfelement", "万兴pdf", "phantompdf", "foxit pdf editor", "foxit editor", "福昕高级", "福昕pdf编辑", "sejda", "pdfescape",
    "xchange editor", "nitro pro", "nitro pdf", "infix", "极光pdf编辑", "able2extract", "pdffiller", "dochub", "touchup",
)  # fmt: skip
TEXT_CAP = 120
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*(?:([+\-Z])(\d\d)?'?(\d\d)?)?")
_XMP_NAMES = rb"(?:CreatorTool|Producer|softwareAgent)"
_XMP_PROGRAM = re.compile(rb"<(?:xmp|pdf|stEvt):" + _XMP_NAMES + rb">([^<]{1,200})<|" + _XMP_NAMES + rb"=\"([^\"]{1,200})\"")


def traits(content: bytes) -> dict[str, Any]:
    """One frame: producer, creator, created, modified (ISO 8601 or ""), revisions, signs; or failed."""
    try:
        pdf = pikepdf.open(io.BytesIO(content), suppress_warnings=True)
    except pikepdf.PasswordError:
        return {"is": "failed", "code": "encrypted_pdf"}
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return {"is": "failed", "code": "corrupt_pdf"}
    info = {name: _entry(pdf, name) for name in ("/Producer", "/Creator", "/CreationDate", "/ModDate")}
    revisions = _revisions(content, pdf)
    created, modified = iso(info["/CreationDate"]), iso(info["/ModDate"])
    signs = [f"producer:{name}" for name in editors([info["/Producer"], info["/Creator"], *_xmp_programs(pdf)])]
    signs += _changes(content, pdf, revisions)
    return {
        "is": "traits", "producer": info["/Producer"], "creator": info["/Creator"], "created": created, "modified": modified,
        "revisions": revisions, "signs": signs,
    }  # fmt: skip


def _entry(pdf: pikepdf.Pdf, name: str) -> str:
    try:
        return _plain(str(pdf.docinfo.get(name, "")))
    except Exception:  # damaged dictionaries raise nearly every kind
        return ""


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:TEXT_CAP].strip()


def iso(date: str) -> str:
    """A PDF date as ISO 8601, as far as it goes; "" for what is none.

    >>> iso("D:20240131094500+08'00'"), iso("D:202401"), iso("yesterday")
    ('2024-01-31T09:45:00+08:00', '2024-01-01T00:00:00', '')
    """
    match = _DATE.match(date)
    if not match:
        return ""
    year, month, day, hour, minute, second, sign, off_hours, off_minutes = match.groups()
    zone = "" if sign is None else "+00:00" if sign == "Z" else f"{sign}{off_hours or '00'}:{off_minutes or '00'}"
    try:
        return datetime.fromisoformat(
            f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"
        ).isoformat()
    except ValueError:
        return ""


def _xmp_programs(pdf: pikepdf.Pdf) -> list[str]:
    """Programs that the XMP packet names, its history included."""
    try:
        packet = bytes(pdf.Root.Metadata.read_bytes())[: 1 << 20]
    except Exception:  # absent, or anything that a damaged stream raises
        return []
    return [_plain((inside or value).decode("utf-8", "replace")) for inside, value in _XMP_PROGRAM.findall(packet)]


def editors(programs: Iterable[str]) -> list[str]:
    """Those that edit pictures or finished PDFs, each once.

    >>> editors(["Adobe Photoshop 24.0", "Microsoft® Word 2019", "WPS 文字"])
    ['Adobe Photoshop 24.0']
    """
    known = (*IMAGE_EDITORS, *PDF_EDITORS)
    return list(dict.fromkeys(program for program in programs if any(name in program.lower() for name in known)))


def _revisions(content: bytes, pdf: pikepdf.Pdf) -> int:
    """How often the file was written to: each time adds objects and an end mark. A linearised file has two marks from the start;
    Word's second mark closes a table without objects, and does not count."""
    written = sum(b" obj" in part for part in content.split(b"%%EOF", 1000)[:-1])
    return max(1, written - (1 if pdf.is_linearized else 0))


def _changes(content: bytes, pdf: pikepdf.Pdf, revisions: int) -> list[str]:
    signed = _signed_until(pdf, len(content))
    if signed == 0:
        return ["incremental_update"] if revisions > 1 else []
    rest = content[signed:]
    if rest.strip(b"\0\r\n \t") and b"/DSS" not in rest and b"/DocTimeStamp" not in rest:
        return ["changed_after_signing"]
    return []


def _signed_until(pdf: pikepdf.Pdf, length: int) -> int:
    """The last byte that any signature covers; 0 when there is none."""
    last = 0
    try:
        for field in list(pdf.Root.AcroForm.Fields)[:200]:
            signature = field.get("/V")
            if signature is not None and "/ByteRange" in signature:
                start, size = (int(value) for value in list(signature.ByteRange)[-2:])
                last = max(last, min(length, start + size))
    except Exception:  # absent or damaged
        return last
    return last

