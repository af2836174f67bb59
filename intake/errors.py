"""What can go wrong with what people bring in: one small tree, each with a stable code and a sentence that says what to do.

The sentences are for people, in Chinese; they name no person, no file name and nothing from inside a file.
"""

from __future__ import annotations


class YushenError(Exception):
    """Base of all. `code` is stable, `sentence` says what to do, `retryable` whether the same request may work later."""

    code = "internal"
    sentence = "系统内部错误，请稍后重试；若仍出现，请联系管理员。"
    retryable = True
    http_status = 500

    def __init__(self, sentence: str = "") -> None:
        if sentence:
            self.sentence = sentence
        super().__init__(self.code)


class FileRefused(YushenError):
    """A file that is not taken in. The person must change the file."""

    code = "type_not_allowed"
    sentence = "不支持这种文件，请上传 JPG、PNG、TIFF、WebP、BMP 图片或 PDF。"
    retryable = False
    http_status = 415


class EmptyFile(FileRefused):
    """A file without a single byte."""

    code = "empty_file"
    sentence = "文件是空的（0 字节），请检查原文件后重新上传。"
    http_status = 400


class TooLarge(FileRefused):
    """A file over the limit of its kind."""

    code = "too_large"
    sentence = "文件超过大小上限，请压缩、降低分辨率或拆分后上传。"
    http_status = 413


class TypeNotAllowed(FileRefused):
    """The kind of file is known, or unknown, and not accepted; `sentence` names it and the way out."""


class WrongUse(YushenError):
    """A command or request that cannot be carried out as given; `sentence` says why, in one line."""

    code = "wrong_use"
    sentence = "命令或请求有误。"
    retryable = False
    http_status = 400


CODES: dict[str, int] = {
    "empty_file": 400,
    "too_large": 413,
    "type_not_allowed": 415,
    "type_mismatch": 200,
    "corrupt_image": 422,
    "corrupt_pdf": 422,
    "encrypted_pdf": 422,
    "too_many_pages": 422,
    "too_many_pixels": 422,
    "page_too_large": 422,
    "no_pages": 422,
    "parse_timeout": 422,
    "parse_memory": 422,
    "parse_crashed": 422,
}
"""The closed list of what is said about a file, and its HTTP status. `type_mismatch` is a note, not an error: the extension says
something else than the content, and the content counts."""
