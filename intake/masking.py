"""Personal data, hidden: what lists and reports show by default, and what is cut out of logs as their last line of defence.

A mask leaves what tells two apart at a glance and no more: the family name, the region and last four of an id number, the last four of a
card, the ends of a phone number, an address down to the district.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from types import TracebackType
from typing import Any

STAR = "*"


def name(text: str) -> str:
    """A person's name; several, with 、 between, each.

    >>> name("张三"), name("欧阳文、李四"), name("John Smith"), name("")
    ('张*', '欧**、李*', 'J*********', '')
    """
    return "、".join(each[:1] + STAR * (len(each) - 1) for each in text.split("、"))


def id_number(text: str) -> str:
    """An id number of any kind.

    >>> id_number("110101199003071234"), id_number("E12345678"), id_number("12")
    ('110***********1234', 'E12**5678', '**')
    """
    return _ends(text, 3, 4)


def card(text: str) -> str:
    """A card's or account's number: its last four.

    >>> card("6222021234567890123"), card("1234")
    ('***************0123', '****')
    """
    return _ends(text, 0, 4)


def phone(text: str) -> str:
    """A phone number, mobile or not.

    >>> phone("13812341234"), phone("010-12345678")
    ('138****1234', '010*****5678')
    """
    return _ends(text, 3, 4)


def address(text: str) -> str:
    """An address down to the district or county, else its first six characters.

    >>> address("重庆市渝中区中山三路1号"), address("江苏省东台市步行街377号"), address("某某路1号")
    ('重庆市渝中区******', '江苏省东台市*******', '*****')
    """
    found = re.match(r"(?:[^市区县]{2,8}(?:省|自治区))?(?:[^市区县]{2,8}[市州盟])?(?:[^市区县]{1,8}[市区县旗])?", text)
    kept = found.end() if found and found.end() < len(text) else min(6, len(text) // 2) * (len(text) > 8)
    return text[:kept] + STAR * (len(text) - kept)


def hidden(text: str) -> str:
    """All of it."""
    return STAR * len(text)


FIELDS: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(
        ("name", "employee_name", "legal_representative", "account_holder", "owners", "holder_name", "spouse_name", "head_name",
         "taxpayer_name", "applicant_name", "contact_name", "parties"), name),
    **dict.fromkeys(("id_number", "holder_id_number", "spouse_id_number"), id_number),
    **dict.fromkeys(("certificate_number", "unit_number"), id_number),
    **dict.fromkeys(("account_number", "card_number"), card),
    **dict.fromkeys(("contact_phone", "phone"), phone),
    **dict.fromkeys(("address", "location"), address),
    "birth_date": hidden,
}  # fmt: skip
"""Fields of papers and parties that hold personal data, and how each is masked. A company's `name` and `address` (on a licence) are
public, and stay."""
PUBLIC_PAPERS = ("business_licence",)
PUBLIC_FIELDS = ("name", "address")
PARTY_FIELDS = ("name", "id_number", "phone")
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15,19}|1[3-9]\d{9})(?![0-9A-Za-z])")


def field(name: str, value: str) -> str:
    """The value of a field of this name, masked where such a field holds personal data."""
    return FIELDS[name](value) if name in FIELDS else value


def report(content: Mapping[str, Any], aliases: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A report as it is shown by default: every personal value that was read or declared is masked wherever it stands, in sentences too;
    files are called by their `aliases` (by default 文件1.jpg …), since people name them after people."""
    named = [str(each["name"]) for each in content.get("files", ())]
    called = aliases or {each: f"文件{number}{PurePath(each).suffix.lower()}" for number, each in enumerate(named, start=1)}
    spoken: dict[str, str] = {}
    for value, masked in _personal(content):
        if value and masked != value:
            spoken.setdefault(value, masked)
    order = sorted(spoken, key=len, reverse=True)
    words = re.compile("|".join(re.escape(each) for each in order)) if order else None
    changed = _masked(content, "", lambda text: _sentence(text, words, spoken), called)
    assert isinstance(changed, dict)
    return changed


def _personal(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for party in content.get("parties", ()):
        for key in PARTY_FIELDS:
            if isinstance(party.get(key), str):
                yield party[key], field(key, party[key])
    for document in content.get("documents", ()):
        public = PUBLIC_FIELDS if document.get("type") in PUBLIC_PAPERS else ()
        for key, read in document.get("fields", {}).items():
            kind = key.rpartition(".")[2]
            if kind in FIELDS and kind not in public:
                yield from _of_field(kind, read)
            if isinstance(read.get("value"), list):
                yield from _of_rows(read["value"])


def _of_field(kind: str, read: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in ("value", "raw", "proposal"):
        text = read.get(part)
        if isinstance(text, str) and kind == "birth_date":
            yield text, hidden(text)
        elif isinstance(text, str):
            yield text, FIELDS[kind](text)
            if kind in ("owners", "parties"):
                yield from ((each, name(each)) for each in text.split("、"))


def _of_rows(rows: list[Any]) -> Iterator[tuple[str, str]]:
    """Counterparties of a statement, where they are people and not companies."""
    for row in rows:
        other = row.get("counterparty") if isinstance(row, dict) else None
        if isinstance(other, str) and (1 < len(other) <= 4 or "·" in other):
            yield other, name(other)


def _masked(value: Any, key: str, sentence: Callable[[str], str], called: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {each: _masked(inner, each, sentence, called) for each, inner in value.items()}
    if isinstance(value, list):
        return [_masked(each, key, sentence, called) for each in value]
    if not isinstance(value, str) or key in _PLAIN:
        return value
    return called[value] if value in called else sentence(_renamed(value, called))


_PLAIN = {"sha256", "code", "id", "type", "rule", "severity", "status", "case_id", "schema_version", "checked_at", "as_of"}
"""Keys under which no personal data can stand."""


def _renamed(text: str, called: Mapping[str, str]) -> str:
    for own, alias in called.items():
        text = text.replace(own, alias)
    return text


def _sentence(text: str, words: re.Pattern[str] | None, spoken: Mapping[str, str]) -> str:
    if words is not None:
        text = words.sub(lambda found: spoken[found.group()], text)
    return _NUMBERS.sub(lambda found: phone(found.group()) if len(found.group()) == 11 else id_number(found.group()), text)


def _ends(text: str, first: int, last: int) -> str:
    if len(text) <= first + last:
        return STAR * len(text)
    return text[:first] + STAR * (len(text) - first - last) + text[len(text) - last :]


# --- logs --------------------------------------------------------------------------------------------------------------------
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\d[ -]?){10,}[\dXx](?!\d)")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_QUERY = re.compile(r"\?[^\s\"']*")


def scrubbed(text: str) -> str:
    """A line of a log without numbers of eleven digits and more, and without a single Chinese character: our own lines have none.

    >>> scrubbed("id 110101199003071234 of 张三, 6222 0212 3456 7890 123, case_9Zq took 1234567890 ns")
    'id … of …, …, case_9Zq took 1234567890 ns'
    """
    return _HAN.sub("…", _LONG_NUMBER.sub("…", text))


def guard_logs() -> None:
    """From here on no log line of this process, of whichever library, carries personal data: messages are scrubbed, addresses lose their
    query, and of errors only type and place in the code are told, never their text."""
    plain = logging.getLogRecordFactory()
    if getattr(plain, "guards", False):
        return

    def made(*given: Any, **more: Any) -> logging.LogRecord:
        record = plain(*given, **more)
        if record.name == "uvicorn.access" and isinstance(record.args, tuple):  # its formatter takes them one by one
            record.args = tuple(scrubbed(_QUERY.sub("", each)) if isinstance(each, str) else each for each in record.args)
        else:
            record.msg, record.args = scrubbed(record.getMessage()), None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text, record.exc_info = where(record.exc_info[0], record.exc_info[2]), None
        return record

    made.guards = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(made)
    sys.excepthook = lambda kind, error, trace: _uncaught(kind, trace)
    threading.excepthook = lambda given: _uncaught(given.exc_type, given.exc_traceback)


def where(kind: type[BaseException], trace: TracebackType | None) -> str:
    """An error by its type and its places in the code."""
    places = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-12:]]
    return f"{kind.__module__}.{kind.__qualname__} at {' > '.join(places)}"


def _uncaught(kind: type[BaseException], trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    print(f"error: {where(kind, trace)}", file=sys.stderr)
