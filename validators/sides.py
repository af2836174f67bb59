"""The two sides of a comparison, and the finding that a contradiction or a doubt between them makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from extractors.model import SURE, Document, Field
from validators.amounts import SURE_AGAINST_SUM, digits_alike
from validators.codes import finding
from validators.match import Judgement
from validators.model import NOTHING, Case, Finding, Party, Unchecked, Value, known, value
from validators.papers import field_label, type_label
from validators.say import paper, person, place

DECLARATION = "declaration"
"""Stands for packet.toml where a `Value` names its document."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side: what it is called in a sentence, the value with its spot, the field behind it (None: not read)."""

    title: str
    value: Value
    field: Field | None
    document: Document | None = None


def side(case: Case, document: Document, name: str) -> Side:
    """A field of a document as a side."""
    return Side(paper(case, document), value(document, name), known(document, name), document)


def declared(party: Party, what: str) -> Side | None:
    """`name` or `id_number` of a declared party as a side; None for an inferred one, or where nothing was declared."""
    said = party.name if what == "name" else party.id_number
    if party.inferred or not said:
        return None
    field = Field(said, said, 1.0, None, "person")
    return Side(f"申报的{person(party)}", Value(DECLARATION, what, said, said, None), field)


def disagreement(
    code: str,
    judgement: Judgement,
    a: Side,
    b: Side,
    *,
    subject: str,
    for_broker: str,
    detail: Mapping[str, Any] = NOTHING,
) -> Finding | Unchecked | None:
    """What a comparison says: nothing when the same, `low_confidence` with both readings when doubtful, `code` when
    different, `Unchecked` when a side was not read. `subject` is what is compared: 姓名."""
    documents = [s.document for s in (a, b) if s.document is not None]
    if judgement == "same":
        return None
    if judgement == "unknown":
        missing = a if a.field is None else b
        return Unchecked(f"{missing.title}没有读到{subject}，未能核对", tuple(d.id for d in documents))
    shown = f"{a.title}为“{a.value.value}”，{b.title}为“{b.value.value}”"
    if judgement == "doubtful":
        said = f"{subject}的读数不同，可能是识别误差，请对照原图确认：{shown}。"
        more = {**detail, "compared": code}
        return finding("low_confidence", documents, values=(a.value, b.value), for_manager=said, detail=more)
    return finding(
        code,
        documents,
        values=(a.value, b.value),
        for_manager=f"{subject}不一致：{shown}。",
        for_broker=for_broker,
        detail=detail,
    )


def sure_or_doubt(
    code: str,
    case: Case,
    document: Document,
    names: tuple[str, ...],
    *,
    said: str,
    for_broker: str,
    slip: bool = False,
    **detail: Any,
) -> Finding:
    """A finding on a document's own fields: `code` where all of them were surely read, else `low_confidence`.

    `said` is the sentence without its subject; the paper is put before it. `slip`: one look-alike digit would mend it.
    """
    values = [value(document, name) for name in names]
    confidences = [document.fields[name].confidence for name in names if name in document.fields]
    where = paper(case, document)
    if min(confidences, default=0.0) >= SURE and not slip:
        told = f"{where}{said}。"
        return finding(code, [document], values=values, for_manager=told, for_broker=for_broker, detail=detail)
    told = f"{where}{said}；但相关内容读得不够清楚，请先对照原图确认读数。"
    more = {**detail, "compared": code}
    return finding("low_confidence", [document], values=values, for_manager=told, detail=more)


def not_read(case: Case, document: Document, *names: str) -> Unchecked:
    """The rule cannot run on a document because these fields were not read."""
    labels = "、".join(field_label(document.type, name) for name in names)
    return Unchecked(f"{paper(case, document)}没有读到{labels}，未能核对", (document.id,))


def day_of(document: Document, name: str) -> date | None:
    """A date field as a day; None when it was not read, is open (`long-term`), or names a month only."""
    found = known(document, name)
    try:
        return date.fromisoformat(found.text) if found is not None else None
    except ValueError:
        return None


def may_be_slip(document: Document, name: str, holds: Callable[[date], bool]) -> bool:
    """Whether a day in a picture, not read with the last certainty, would be all right with one digit taken for its look-alike."""
    field = document.fields[name]
    if field.source == "text" or field.confidence >= SURE_AGAINST_SUM or not isinstance(field.value, str):
        return False
    return any(holds(day) for day in _days_alike(field.value))


def _days_alike(text: str) -> Iterator[date]:
    """The days that a date becomes when one digit is taken for its look-alike."""
    for at, printed in enumerate(text):
        for digit in "0123456789":
            if digits_alike(printed, digit):
                try:
                    yield date.fromisoformat(text[:at] + digit + text[at + 1 :])
                except ValueError:
                    continue


def chinese_day(day: date) -> str:
    """`2026年3月5日`."""
    return f"{day.year}年{day.month}月{day.day}日"


def redo(document: Document, what: str) -> str:
    """`请重新提供……` for a broker: the paper, its place, and what to mind."""
    return f"请重新提供{type_label(document.type)}（{place(document.pages)}）：{what}"
