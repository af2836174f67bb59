"""What the structure of a PDF tells about its making: programs, dates, revisions, signatures. Inside the locked child only.

Signs are hints for `tamper_suspected`, each a plain code; what they mean for a document type is for the rule to decide:
| sign | seen |
|---|---|
| image_editor | a program for pictures made or changed the file (Photoshop, GIMP, CorelDRAW, 美图秀秀 …) |
| pdf_editor | a program that changes finished PDFs did (PDFelement, Foxit Editor, iLovePDF, 迅捷 …) |
| office | an office program made the file (Word, WPS, Excel): normal for an income proof, not for a bank's own statement |
| modified_later | modified ten minutes or more after it was made |
| incremental_update | changed after it was first written, without a signature that explains it |
| changed_after_signing | bytes that the last signature does not cover |
| programs_disagree | the two places that name the program name different ones |
| javascript, launch_action, embedded_file, xfa | active content; never executed here |
| owner_password | printing or copying is restricted |
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import pikepdf

IMAGE_EDITORS = (
    "photoshop", "gimp", "illustrator", "coreldraw", "canva", "美图", "meitu", "pixelmator", "paint.net", "snapseed", "picsart",
)  # fmt: skip
PDF_EDITORS = (
    "pdfelement", "wondershare", "phantompdf", "foxit pdf editor", "foxit editor", "福昕高级", "福昕pdf编辑", "ilovepdf",
    "smallpdf", "sejda", "pdfescape", "xchange", "nitro", "迅捷", "万兴", "infix", "pdfsam", "soda pdf", "pdf candy",
    "极光pdf", "金山pdf", "wps pdf", "嗨格式", "转转大师", "pdf24", "able2extract", "qoppa", "pdffiller", "dochub", "touchup",
)  # fmt: skip
OFFICE = ("word", "excel", "wps", "writer", "calc", "libreoffice", "openoffice", "powerpoint")
LATER_SECONDS = 600
TEXT_CAP = 120
_DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*(?:([+\-Z])(\d\d)?'?(\d\d)?)?")
_XMP_NAMES = rb"(CreatorTool|Producer|softwareAgent)"
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
    xmp = _xmp(pdf)
    revisions = _revisions(content, pdf)
    created, modified = iso(info["/CreationDate"]), iso(info["/ModDate"])
    signs = [
        *_programs(info["/Producer"], info["/Creator"], xmp),
        *(["modified_later"] if _later(created, modified) else []),
        *_changes(content, pdf, revisions),
        *_active(pdf),
        *(["owner_password"] if pdf.is_encrypted else []),
    ]
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


def _later(created: str, modified: str) -> bool:
    if not created or not modified:
        return False
    first, then = datetime.fromisoformat(created), datetime.fromisoformat(modified)
    if (first.tzinfo is None) != (then.tzinfo is None):
        first, then = first.replace(tzinfo=None), then.replace(tzinfo=None)
        return (then - first).total_seconds() > 24 * 3600  # one of them in an unknown zone
    return (then - first).total_seconds() > LATER_SECONDS


def _xmp(pdf: pikepdf.Pdf) -> dict[str, list[str]]:
    """Programs that the XMP packet names: by element name."""
    try:
        packet = bytes(pdf.Root.Metadata.read_bytes())[: 1 << 20]
    except Exception:  # absent, or anything that a damaged stream raises
        return {}
    result: dict[str, list[str]] = {}
    for element, inside, attribute, value in _XMP_PROGRAM.findall(packet):
        result.setdefault((element or attribute).decode(), []).append(_plain((inside or value).decode("utf-8", "replace")))
    return result


def _programs(producer: str, creator: str, xmp: dict[str, list[str]]) -> list[str]:
    named = " | ".join([producer, creator, *(program for programs in xmp.values() for program in programs)]).lower()
    signs = [
        sign
        for sign, programs in (("image_editor", IMAGE_EDITORS), ("pdf_editor", PDF_EDITORS))
        if any(program in named for program in programs)
    ]
    if "pdf_editor" not in signs and any(re.search(rf"(?<![a-z]){program}", named) for program in OFFICE):
        signs.append("office")
    other = xmp.get("Producer", [producer])[0]
    if producer and other and other != producer:
        signs.append("programs_disagree")
    return signs


def _revisions(content: bytes, pdf: pikepdf.Pdf) -> int:
    """How often the file was written to: each time leaves an end mark; a linearised file has two from the start."""
    marks = min(content.count(b"%%EOF"), content.count(b"startxref"))
    return max(1, min(999, marks - (1 if pdf.is_linearized else 0)))


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


def _active(pdf: pikepdf.Pdf) -> list[str]:
    signs = []
    try:
        root = pdf.Root
        names = root.get("/Names", pikepdf.Dictionary())
        action = root.get("/OpenAction")
        kind = str(action.get("/S", "")) if isinstance(action, pikepdf.Dictionary) else ""
        if "/JavaScript" in names or kind == "/JavaScript":
            signs.append("javascript")
        if kind == "/Launch":
            signs.append("launch_action")
        if "/EmbeddedFiles" in names:
            signs.append("embedded_file")
        if "/XFA" in root.get("/AcroForm", pikepdf.Dictionary()):
            signs.append("xfa")
    except Exception:  # damaged dictionaries
        return signs
    return signs
