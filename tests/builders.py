"""Small builders for tests of rules: a document, a party, a case, in one line each.

card = document("resident_id_card", sides="front+back", name="张伟", id_number="11010519491231002X")
statement = document("balance_sheet", **{"cash.end": "100.00", "total_assets.end": unsure("5.00")})
findings = run_rule("id_checksum", case(card))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from extractors.model import Box, Document, Evidence, Field, FileError, FileRecord, PageRef, PdfTraits, Quality
from validators import registry
from validators.model import NOTHING, Case, Finding, Loan, Party, Role, Unchecked
from validators.policy import load_policy

TODAY = date(2026, 11, 23)
SHARP = Quality()
NO_LOAN = Loan()
SPOT = Box(0.1, 0.2, 0.4, 0.25)


def read(value: Any, confidence: float = 0.99, *, raw: str | None = None, proposal: str | None = None) -> Field:
    """A field as an extractor would hand it over; lists of rows become tuples."""
    if isinstance(value, str):
        return Field(value, value if raw is None else raw, confidence, Evidence("a.jpg", 1, SPOT), proposal=proposal)
    rows = tuple(MappingProxyType(dict(row)) for row in value)
    return Field(rows, raw or "", confidence, Evidence("a.jpg", 1, SPOT))


def unsure(value: str, confidence: float = 0.6, **more: Any) -> Field:
    """A field that was read but not surely."""
    return read(value, confidence, **more)


def unread(raw: str = "▇▇") -> Field:
    """Something stands there, but it has no normal form."""
    return Field("", raw, 0.3, Evidence("a.jpg", 1, SPOT))


def document(
    kind: str,
    /,
    *,
    doc_id: str = "",
    file: str = "",
    pages: Iterable[int] = (1,),
    quality: Quality = SHARP,
    doc_confidence: float = 0.99,
    **fields: Any,
) -> Document:
    """A document of a type. A field may be a string, a list of rows, or a ready `Field`; None leaves it out.

    The id defaults to the type, the file to `<id>.jpg`; evidence points into that file's first page.
    """
    doc_id = doc_id or kind
    file = file or f"{doc_id}.jpg"
    refs = tuple(PageRef(file, page, quality) for page in pages)
    made: dict[str, Field] = {}
    for name, value in fields.items():
        if value is None:
            continue
        field = value if isinstance(value, Field) else read(value)
        spot = Evidence(file, refs[0].page, SPOT)
        made[name] = Field(field.value, field.raw, field.confidence, spot, field.source, field.proposal)
    return Document(doc_id, kind, refs, doc_confidence, MappingProxyType(made))


def file_of(*documents: Document) -> tuple[FileRecord, ...]:
    """The files that the documents stand in, sound, in order of their first appearance."""
    refs: dict[str, dict[int, PageRef]] = {}
    for doc in documents:
        for ref in doc.pages:
            refs.setdefault(ref.file, {})[ref.page] = ref
    return tuple(
        FileRecord(name, f"{i:064x}", len(pages), page_refs=tuple(pages[n] for n in sorted(pages)))
        for i, (name, pages) in enumerate(refs.items(), 1)
    )


def bad_file(name: str, code: str = "damaged", sentence: str = "文件已损坏，请重新导出后上传。") -> FileRecord:
    """A file that could not be opened."""
    return FileRecord(name, "f" * 64, 0, FileError(code, sentence))


def pdf_file(name: str, **traits: Any) -> FileRecord:
    """A sound PDF with these traits of its structure."""
    return FileRecord(name, "e" * 64, 1, pdf=PdfTraits(**traits), page_refs=(PageRef(name, 1),))


def party(role: Role, name: str = "张伟", id_number: str = "", marital_status: str = "", *, id: str = "") -> Party:
    """A declared party; its id is its role."""
    return Party(id or role, role, name, id_number, marital_status, inferred=False)


def case(
    *documents: Document,
    product: str = "personal_mortgage",
    parties: Iterable[Party] = (),
    party_of: Mapping[str, str] = NOTHING,
    files: Iterable[FileRecord] | None = None,
    loan: Loan = NO_LOAN,
    as_of: date = TODAY,
    limits: Mapping[str, Any] = NOTHING,
    detail: Mapping[str, Any] = NOTHING,
) -> Case:
    """A case with the product's real policy (limits may be overridden), exactly these parties, and no inference."""
    policy = load_policy(product, as_of)
    policy = replace(policy, limits={**policy.limits, **limits})
    return Case(
        documents,
        file_of(*documents) if files is None else tuple(files),
        tuple(parties),
        dict(party_of),
        policy,
        loan,
        as_of,
        dict(detail),
    )


def said(rule_id: str, case: Case) -> list[Finding | Unchecked]:
    """All that one rule says about a case; its `needs` are honoured: nothing when no document of them is there."""
    each = next(r for r in registry.all_rules() if r.id == rule_id)
    if each.needs and not any(True for _ in case.of(*each.needs)):
        return []
    return list(each.body(case))


def run_rule(rule_id: str, case: Case) -> list[Finding]:
    """The findings of one rule."""
    return [s for s in said(rule_id, case) if isinstance(s, Finding)]


def unchecked(rule_id: str, case: Case) -> list[Unchecked]:
    """What one rule could not check."""
    return [s for s in said(rule_id, case) if isinstance(s, Unchecked)]


def outcome(rule_id: str, case: Case) -> str:
    """What becomes of one rule on a case: passed, failed, warned, not_applicable, not_checked."""
    each = next(r for r in registry.all_rules() if r.id == rule_id)
    return registry.run(case, [each])[1][0].outcome
