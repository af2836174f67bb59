"""What a file really is, by its own first bytes, and whether it may come in. Nothing is decoded or unpacked here.

Threat: a file lies about its kind to reach a decoder that is not meant for it, or is too large to be held. The name is never
believed; it only adds a note. What passes is still hostile: only `extractors.pages` may decode it, in its locked child.
Accepted: a file that is two kinds at once (a JPEG with a ZIP behind it) passes as the first; it is never served back as it came.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from intake.errors import EmptyFile, TooLarge, TypeNotAllowed

MIB = 1 << 20
PDF_WITHIN = 1024
"""A PDF may begin with this many foreign bytes (ISO 32000-1, annex H): mail gateways and fiscal printers do put some."""
LOOK_INSIDE = 64 << 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What may come in, in bytes and files. The service keeps `pdf_bytes`; the command line allows `LOCAL`."""

    image_bytes: int = 20 * MIB
    pdf_bytes: int = 50 * MIB
    packet_bytes: int = 200 * MIB
    packet_files: int = 40


LIMITS = Limits()
LOCAL = Limits(image_bytes=100 * MIB, pdf_bytes=100 * MIB, packet_bytes=1024 * MIB, packet_files=500)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `advice`: for a kind that is not accepted, how to turn it into one that is ("" for accepted kinds).
    `mismatch`: the name's extension says another kind."""

    id: str
    label: str
    mime: str
    advice: str = ""
    mismatch: bool = False

    @property
    def accepted(self) -> bool:
        return not self.advice

    @property
    def note(self) -> str:
        """A Chinese remark for the report when the extension lies, else ""."""
        return f"扩展名与内容不符，实际是{self.label}，已按内容读取。" if self.mismatch and self.accepted else ""


_TO_PDF = "请另存或打印为 PDF 后上传。"
_TO_JPEG = "请转成 JPG 图片后上传。"
_UNPACK = "请解压后逐个上传里面的图片或 PDF。"
_PRINT = "请打印为 PDF 或截图后上传。"
_NOT_A_PAPER = "这不是材料的照片、扫描件或 PDF，请检查是否选错了文件。"

ACCEPTED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "jpeg": ("JPEG 图片", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "png": ("PNG 图片", "image/png", ("png", "apng")),
    "tiff": ("TIFF 图片", "image/tiff", ("tif", "tiff")),
    "webp": ("WebP 图片", "image/webp", ("webp",)),
    "bmp": ("BMP 图片", "image/bmp", ("bmp", "dib")),
    "pdf": ("PDF 文件", "application/pdf", ("pdf",)),
}
"""Id → label, media type, usual extensions."""

REFUSED: dict[str, tuple[str, str]] = {
    "heic": ("HEIC 照片", "请在手机相机设置中选“兼容性最佳”后重拍，或" + _TO_JPEG[1:]),
    "avif": ("AVIF 图片", _TO_JPEG),
    "gif": ("GIF 动图", _TO_JPEG),
    "jpeg2000": ("JPEG 2000 图片", _TO_JPEG),
    "jpegxl": ("JPEG XL 图片", _TO_JPEG),
    "psd": ("Photoshop 文件", "请提供原始照片或扫描件，不要提供修图文件。"),
    "ico": ("图标文件", _NOT_A_PAPER),
    "svg": ("SVG 图形", _PRINT),
    "ofd": ("OFD 版式文件", "请用 OFD 阅读器打印或导出为 PDF 后上传。"),
    "word": ("Word 文档", _TO_PDF),
    "excel": ("Excel 表格", _TO_PDF),
    "powerpoint": ("PowerPoint 文稿", _TO_PDF),
    "odf": ("OpenDocument 文档", _TO_PDF),
    "office97": ("旧版 Office 或 WPS 文档", _TO_PDF),
    "rtf": ("RTF 文档", _TO_PDF),
    "xps": ("XPS 文档", _TO_PDF),
    "postscript": ("PostScript 文件", _TO_PDF),
    "caj": ("CAJ 文档", _TO_PDF),
    "html": ("网页文件", _PRINT),
    "xml": ("XML 数据", "请上传可看的版本（PDF 或图片），而不是数据文件。"),
    "mail": ("邮件", "请把邮件里的附件另存后上传。"),
    "zip": ("ZIP 压缩包", _UNPACK),
    "rar": ("RAR 压缩包", _UNPACK),
    "7z": ("7z 压缩包", _UNPACK),
    "gzip": ("gzip 压缩文件", _UNPACK),
    "archive": ("压缩包", _UNPACK),
    "video": ("视频", "请改为拍照上传。"),
    "audio": ("音频", _NOT_A_PAPER),
    "program": ("程序文件", _NOT_A_PAPER),
    "database": ("数据库文件", _NOT_A_PAPER),
    "text": ("纯文本", "请上传盖章或打印件的照片、扫描件或 PDF。"),
    "unknown": ("无法识别的文件", "请上传 JPG、PNG、TIFF、WebP、BMP 图片或 PDF。"),
}
"""Kinds that are recognised so that the refusal can name them: id → label, what to do."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"GIF8", "gif"),
    (b"8BPS", "psd"),
    (b"\0\0\1\0", "ico"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jpeg2000"),
    (b"\xff\x4f\xff\x51", "jpeg2000"),
    (b"\xff\x0a", "jpegxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "jpegxl"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office97"),
    (b"{\\rtf", "rtf"),
    (b"%!PS", "postscript"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),
    (b"HN\0\0", "caj"),
    (b"CAJ\0", "caj"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"MSCF", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
    (b"SQLite format 3\0", "database"),
    (b"ID3", "audio"),
    (b"OggS", "audio"),
    (b"fLaC", "audio"),
    (b"\x1aE\xdf\xa3", "video"),
    (b"FLV\1", "video"),
    (b"0&\xb2u\x8ef\xcf\x11", "video"),
)
_BRANDS = {b"heic": "heic", b"heix": "heic", b"hevc": "heic", b"heim": "heic", b"heis": "heic", b"mif1": "heic", b"msf1": "heic",
           b"avif": "avif", b"avis": "avif", b"M4A ": "audio"}  # fmt: skip
_RIFF = {b"WEBP": "webp", b"AVI ": "video", b"WAVE": "audio"}
_ZIPPED: tuple[tuple[bytes, str], ...] = (
    (b"OFD.xml", "ofd"),
    (b"word/", "word"),
    (b"xl/", "excel"),
    (b"ppt/", "powerpoint"),
    (b"FixedDocSeq.fdseq", "xps"),
    (b"mimetypeapplication/vnd.oasis", "odf"),
)
_MARKUP = re.compile(rb"<(!doctype\s+html|html|head|body|script|svg|\?xml)", re.IGNORECASE)
_MAIL = re.compile(rb"(received|from|return-path|mime-version|message-id|delivered-to):", re.IGNORECASE)


def admit(data: bytes, name: str, limits: Limits = LIMITS) -> Kind:
    """The kind of a file that may come in; raises EmptyFile, TooLarge or TypeNotAllowed, whose sentence says what to do."""
    if not data:
        raise EmptyFile
    kind = identify(data, name)
    if not kind.accepted:
        raise TypeNotAllowed(_refusal(kind, name))
    most = limits.pdf_bytes if kind.id == "pdf" else limits.image_bytes
    if len(data) > most:
        raise TooLarge(f"{kind.label}超过 {most // MIB} MB 的上限，请压缩、降低分辨率或拆分后上传。")
    return kind


def _refusal(kind: Kind, name: str) -> str:
    if kind.id != "unknown":
        return f"这是{kind.label}，不能直接读取。{kind.advice}"
    claimed = next((label for label, _, extensions in ACCEPTED.values() if _extension(name) in extensions), "")
    if claimed:
        return f"文件内容不是{claimed}，可能已损坏或改过扩展名，请重新拍照、扫描或导出后上传。"
    return f"{kind.label}。{kind.advice}"


def _extension(name: str) -> str:
    return PurePath(name).suffix.lower().removeprefix(".")


def identify(data: bytes, name: str) -> Kind:
    """What the content is, whatever the name says.

    >>> identify(b"%PDF-1.7 ...", "licence.jpg").note
    '扩展名与内容不符，实际是PDF 文件，已按内容读取。'
    >>> identify(b"PK\\3\\4....OFD.xml", "invoice.ofd").id
    'ofd'
    """
    id = _kind_of(data)
    if id in REFUSED:
        label, advice = REFUSED[id]
        return Kind(id, label, "application/octet-stream", advice)
    label, mime, extensions = ACCEPTED[id]
    return Kind(id, label, mime, mismatch=_extension(name) not in extensions)


def _kind_of(data: bytes) -> str:
    start = data[:LOOK_INSIDE]
    for magic, id in _MAGIC:
        if start.startswith(magic):
            return id
    if start.startswith(b"BM") and _is_bmp(data):
        return "bmp"
    if start[:4] == b"RIFF" or start[4:8] == b"ftyp":
        return _RIFF.get(start[8:12], "unknown") if start[:4] == b"RIFF" else _BRANDS.get(start[8:12], "video")
    if start.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return _zipped(start, data[-LOOK_INSIDE:])
    if data[257:262] == b"ustar":
        return "archive"
    return _of_text(start)


def _of_text(start: bytes) -> str:
    """What begins like text: markup, a PDF behind a few foreign lines, mail, or plain text."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(text):
        head = text[:2000].lower()
        return "svg" if b"<svg" in head else "xml" if head.startswith(b"<?xml") and b"<html" not in head else "html"
    if b"%PDF-" in start[:PDF_WITHIN]:
        return "pdf"
    return "mail" if _MAIL.match(text) else "text" if _is_text(start) else "unknown"


def _is_bmp(data: bytes) -> bool:
    """"BM" alone also begins many a text: the header's own size must be one that exists."""
    return len(data) >= 18 and int.from_bytes(data[14:18], "little") in (12, 16, 40, 52, 56, 64, 108, 124)


def _zipped(start: bytes, end: bytes) -> str:
    """What an archive is, by the member names at its ends; it is not unpacked."""
    for name, id in _ZIPPED:
        if name in start or name in end:
            return id
    return "zip"


def _is_text(start: bytes) -> bool:
    sample = start[:4096]
    if b"\0" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    for encoding in ("utf-8", "gb18030", "utf-16"):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:  # a character cut in two at the end of the sample is fine
                continue
            text = sample[: error.start].decode(encoding)
        return sum(c.isprintable() or c.isspace() for c in text) >= 0.95 * max(1, len(text))
    return False
