"""The report by the contract: a JSON-ready dict. The same inputs give the same dict but for `checked_at` and `timings`.

The verdict, in this order:
  * `incomplete`: a mandatory row of the checklist is missing or unusable, or a file or page could not be read;
  * `discrepant`: any other blocking or major finding;
  * `complete`: nothing of the kind; minor and informative findings may stand.
A paper is unusable when it lacks a side, cannot be read, or is past its end; a row is, when too few usable ones remain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from extractors.model import Document, Evidence, Field, FileRecord
from validators import notice
from validators.checklist import Row, rows
from validators.codes import CODES
from validators.corrections import finding_key
from validators.model import Case, Finding, Loan, Party, Value
from validators.papers import type_label
from validators.registry import Check

SCHEMA_VERSION = "1.0"
UNUSABLE = ("missing_side", "unreadable_image", "document_expired")
INCOMPLETE = ("missing_document", "unreadable_file", *UNUSABLE)
_SEVERITIES = ("blocking", "major", "minor", "info")
_ORDER = {code: i for i, code in enumerate(CODES)}


@dataclass(frozen=True, slots=True)
class Said:
    """By what people can name documents (id → key), and what they decided on findings (key → decision)."""

    keys: Mapping[str, str]
    decisions: Mapping[str, str]

    def of(self, finding: Finding) -> str:
        """What was decided on a finding, `open` when nothing."""
        return self.decisions.get(finding_key(finding, self.keys), "open")


def build(
    case: Case,
    findings: Iterable[Finding],
    checks: Iterable[Check],
    timings: Mapping[str, float],
    checked_at: datetime,
    *,
    case_id: str,
    report_version: int = 1,
    said: Said | None = None,
) -> dict[str, Any]:
    """The report of one case; `checked_at` has to be aware (ValueError), it is written as RFC 3339. What was waived stays in the
    report and no longer counts for the verdict."""
    if checked_at.tzinfo is None:
        raise ValueError("checked_at has no time zone")
    told = in_order(case, findings)
    return {
        "schema_version": SCHEMA_VERSION,
        "case_id": case_id,
        "report_version": report_version,
        "checked_at": checked_at.isoformat(),
        "as_of": case.as_of.isoformat(),
        "product": case.policy.product,
        "verdict": verdict(case, *_standing(told, said)),
        "completeness": [_row(row, told) for row in rows(case) if row.requirement.mandatory or row.documents],
        "loan": _loan(case.loan),
        "parties": [_party(party) for party in case.parties],
        "assumptions": list(case.detail.get("assumptions", ())),
        "files": [_file(record) for record in case.files],
        "documents": [_document(case, document, said) for document in case.documents],
        "findings": [_finding(each, said) for each in told],
        "checks": [{"rule": c.rule, "outcome": c.outcome, "reason": c.reason} for c in sorted(checks, key=lambda c: c.rule)],
        "supplement_notice": notice.build(case, _standing(told, said)[0], case_id),
        "policy": _policy(case),
        "timings": dict(timings),
    }


def in_order(case: Case, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by weight, code, row of the checklist, place of their papers, then text: one set, one order."""
    place = {document.id: i for i, document in enumerate(case.documents)}
    asked = {requirement.id: i for i, requirement in enumerate(case.policy.requirements)}

    def key(each: Finding) -> tuple[Any, ...]:
        papers = [place.get(id, len(place)) for id in each.documents]
        row = asked.get(str(each.detail.get("requirement")), len(asked))
        return _SEVERITIES.index(each.severity), _ORDER[each.code], row, papers, each.fields, each.for_manager

    return tuple(sorted(findings, key=key))


def _standing(findings: Sequence[Finding], said: Said | None) -> tuple[list[Finding], frozenset[tuple[str, str]]]:
    """The findings that nobody waived, and the (requirement, party) of the papers that somebody waived."""
    waived = [f for f in findings if said is not None and said.of(f) == "waived"]
    spared = {(str(f.detail.get("requirement")), str(f.detail.get("party", ""))) for f in waived if f.code == "missing_document"}
    return [f for f in findings if f not in waived], frozenset(spared)


def verdict(case: Case, findings: Sequence[Finding], spared: frozenset[tuple[str, str]] = frozenset()) -> str:
    """`incomplete`, `discrepant` or `complete`; see the head of this module. `spared`: (requirement, party) that need not be met."""
    asked = [row for row in rows(case) if row.requirement.mandatory]
    asked = [row for row in asked if (row.requirement.id, "" if row.party is None else row.party.id) not in spared]
    wanting = any(status(row, findings) != "present" for row in asked)
    # A paper that no row asks for was handed in to count: unusable, it makes the packet incomplete all the same.
    if wanting or any(f.code in INCOMPLETE for f in findings):
        return "incomplete"
    return "discrepant" if any(f.severity in ("blocking", "major") for f in findings) else "complete"


def status(row: Row, findings: Iterable[Finding]) -> str:
    """`present`, `missing` or `unusable` of one row of the checklist."""
    spoilt = {id for f in findings if f.code in UNUSABLE for id in f.documents}
    if len(row.documents) < row.requirement.count:
        return "missing"
    usable = [d for d in row.documents if d.id not in spoilt]
    return "present" if len(usable) >= row.requirement.count else "unusable"


def _row(row: Row, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "requirement": row.requirement.id,
        "label": row.requirement.label,
        "mandatory": row.requirement.mandatory,
        "party": None if row.party is None else row.party.id,
        "status": status(row, findings),
        "documents": [d.id for d in row.documents],
    }


def _loan(loan: Loan) -> dict[str, Any]:
    """What is wished for; amounts in yuan."""
    return {
        "amount": _yuan(loan.amount_fen),
        "months": loan.months,
        "annual_rate": loan.annual_rate,
        "property_value": _yuan(loan.property_fen),
    }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100}.{fen % 100:02}"


def _party(party: Party) -> dict[str, Any]:
    return {
        "id": party.id,
        "role": party.role,
        "name": party.name,
        "id_number": party.id_number,
        "marital_status": party.marital_status,
        "inferred": party.inferred,
    }


def _file(record: FileRecord) -> dict[str, Any]:
    error = record.error
    told = None if error is None else {"code": error.code, "sentence": error.sentence}
    return {"name": record.name, "sha256": record.sha256, "pages": record.pages, "error": told}


def _document(case: Case, document: Document, said: Said | None) -> dict[str, Any]:
    owner = case.party(document)
    named = {} if said is None else {"key": said.keys[document.id]}
    return named | {
        "id": document.id,
        "type": document.type,
        "label": type_label(document.type),
        "party": None if owner is None else owner.id,
        "pages": [{"file": ref.file, "page": ref.page, "turn": ref.turn} for ref in document.pages],
        "confidence": round(document.confidence, 4),
        "fields": {name: _field(field) for name, field in document.fields.items()},
    }


def _field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "value": plain(field.value),
        "raw": field.raw,
        "confidence": round(field.confidence, 4),
        "evidence": _evidence(field.evidence),
        "source": field.source,
    }
    if field.proposal is not None:
        told["proposal"] = field.proposal
    return told


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    box = evidence.box
    return {"file": evidence.file, "page": evidence.page, "box": [round(x, 4) for x in (box.x0, box.y0, box.x1, box.y1)]}


def _finding(each: Finding, said: Said | None) -> dict[str, Any]:
    named = {} if said is None else {"key": finding_key(each, said.keys), "decision": said.of(each)}
    return named | {
        "code": each.code,
        "severity": each.severity,
        "title": CODES[each.code].title,
        "documents": list(each.documents),
        "fields": list(each.fields),
        "values": [_value(v) for v in each.values],
        "for_manager": each.for_manager,
        "for_broker": each.for_broker,
        "detail": plain(each.detail),
    }


def _value(v: Value) -> dict[str, Any]:
    return {
        "document": v.document,
        "field": v.field,
        "value": v.value,
        "raw": v.raw,
        "evidence": _evidence(v.evidence),
    }


def _policy(case: Case) -> dict[str, Any]:
    policy = case.policy
    limits = {id: {"value": limit, **plain(policy.basis.get(id, {}))} for id, limit in sorted(policy.limits.items())}
    return {
        "product": policy.product,
        "label": policy.label,
        "version": policy.version,
        "effective_from": policy.effective_from,
        "limits": limits,
    }


def plain(value: Any) -> Any:
    """A value as JSON has it: mappings as dicts, sequences as lists, days and evidence written out."""
    if isinstance(value, Evidence):
        return _evidence(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        each_plain = [plain(each) for each in value]
        return sorted(each_plain, key=str) if isinstance(value, set | frozenset) else each_plain
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
