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


class RequestRefused(YushenError):
    """A request to the service that is not carried out. `retry_after_s`: when to come back, 0 when that would not help."""

    retryable = False
    http_status = 400
    retry_after_s = 0


class Invalid(RequestRefused):
    """Something in the request is not as it must be. `at`: the place at fault, as a JSON pointer; never the value."""

    code = "invalid"
    sentence = "请求内容有误，请按提示修改后重试。"
    http_status = 422

    def __init__(self, sentence: str = "", at: str = "") -> None:
        self.at = at
        super().__init__(sentence)


class WrongForm(Invalid):
    """A value that is not in the form of its field; the sentence says the form."""

    code = "wrong_form"


class Unauthenticated(RequestRefused):
    """Nobody that is known: no credential, or one that is wrong, expired or revoked."""

    code = "unauthenticated"
    sentence = "未登录或凭证无效，请重新登录或更换凭证。"
    http_status = 401


class CodeNeeded(RequestRefused):
    """The password is right; the second factor's code is missing."""

    code = "code_needed"
    sentence = "请输入验证器应用中的六位动态码。"
    http_status = 401


class Forbidden(RequestRefused):
    """Known, and not allowed to do this at all. For a thing that is not one's own the answer is NotFound."""

    code = "forbidden"
    sentence = "当前角色无权进行此操作。"
    http_status = 403


class NotFound(RequestRefused):
    """Absent, erased, or another's: the three answer alike."""

    code = "not_found"
    sentence = "没有找到，或无权查看。"
    http_status = 404


class Conflict(RequestRefused):
    """Not possible in the present state."""

    code = "conflict"
    sentence = "当前状态下不能进行此操作，请刷新后重试。"
    http_status = 409


class CaseClosed(Conflict):
    """The case takes nothing more until it is reopened."""

    code = "case_closed"
    sentence = "该件已结束，需重新打开后才能继续。"


class OnHold(Conflict):
    """Erasure is not allowed: legal hold, or the bank's shortest retention is not over."""

    code = "on_hold"
    sentence = "该件处于法定保留或最短保存期内，不能删除。"


class Changed(RequestRefused):
    """Somebody else changed it in between (If-Match does not match)."""

    code = "changed"
    sentence = "内容已被他人修改，请刷新后查看变化再提交。"
    http_status = 412


class MatchNeeded(RequestRefused):
    """A change that two people may make at once must name the state it was made from."""

    code = "match_needed"
    sentence = "请在 If-Match 中给出所修改内容的 ETag。"
    http_status = 428


class KeyNeeded(RequestRefused):
    """A request that must not happen twice comes without an Idempotency-Key."""

    code = "idempotency_key_needed"
    sentence = "请提供 Idempotency-Key 请求头。"


class KeyReused(RequestRefused):
    """The same Idempotency-Key with another request."""

    code = "idempotency_key_reused"
    sentence = "该 Idempotency-Key 已用于另一请求，请换一个新的键。"
    http_status = 422


class StillRunning(RequestRefused):
    """The first request under this Idempotency-Key has not ended yet."""

    code = "still_running"
    sentence = "相同请求正在处理，请稍后重试。"
    retryable = True
    http_status = 409
    retry_after_s = 1


class Throttled(RequestRefused):
    """Too many attempts."""

    code = "throttled"
    sentence = "尝试次数过多，请稍后再试。"
    retryable = True
    http_status = 429

    def __init__(self, retry_after_s: int = 1) -> None:
        self.retry_after_s = retry_after_s
        super().__init__()


class QuotaExceeded(RequestRefused):
    """More files or bytes than a packet, or an organisation's day, may hold."""

    code = "quota_exceeded"
    sentence = "超过该件允许的文件数量或总大小，请删除多余文件或拆分后上传。"
    http_status = 413


class StorageFull(RequestRefused):
    """No room for more; nothing of the file was kept."""

    code = "storage_full"
    sentence = "存储空间不足，文件未保存，请稍后重试或联系管理员。"
    retryable = True
    http_status = 507
    retry_after_s = 30


class Unavailable(RequestRefused):
    """A part that this needs is not there just now (the database, the blob store)."""

    code = "unavailable"
    sentence = "服务暂时不可用，请稍后重试。"
    retryable = True
    http_status = 503
    retry_after_s = 2


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
    "internal_retry_exhausted": 422,
}
"""The closed list of what is said about a file, and its HTTP status. `type_mismatch` is a note, not an error: the extension says
something else than the content, and the content counts."""
