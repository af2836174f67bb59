"""What of a case goes out to whom: the one place that shapes answers by role. Nothing else in the API builds a case, file or report.

The bank's people see what was made of the papers. People and machines of a broker agency see their own papers, and what is to be
brought: no verdict, no doubts, no limits, no notes of the bank, nobody else's name. Personal data are masked for all, until the bank
asks for them in full, which is recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from api.http import schemas
from intake import cases, corrections, events, files, guard, masking, messages, reports
from intake.scope import Scope
from validators import notice

TO_BROKERS = ("schema_version", "case_id", "report_version", "checked_at", "as_of", "product", "parties", "supplement_notice")
"""Of a report, as it stands."""
_SUFFIXES = {each for _, _, suffixes in guard.ACCEPTED.values() for each in suffixes}


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks: `outsider` of a broker agency or the bank itself; `reveal`: personal data in full."""

    outsider: bool
    reveal: bool = False


def eyes(scope: Scope, reveal: bool = False) -> Eyes:
    """The eyes of a scope."""
    return Eyes(events.outsider(scope), reveal)


# --- cases and files -------------------------------------------------------------------------------------------------------
def case(case: cases.Case, eyes: Eyes) -> dict[str, Any]:
    """A case. A broker gets neither the verdict nor the bank's own dates and holds."""
    declared = case.declared
    shown = schemas.Case(
        id=case.id, branch_id=case.branch_id, agency_id=case.agency_id, reference=case.reference, product=case.product,
        stage=case.stage,  # type: ignore[arg-type]
        loan=declared.get("loan"), parties=[_party(each, eyes) for each in declared.get("parties") or ()], as_of=declared.get("as_of"),
        files=schemas.Progress(**case.files), checked=case.checked, report=case.report or None,
        verdict=None if eyes.outsider else case.verdict,  # type: ignore[arg-type]
        etag=etag(case), legal_hold=None if eyes.outsider else case.legal_hold, created_at=case.created_at, updated_at=case.updated_at,
        due_at=None if eyes.outsider else case.due_at, completed_at=case.completed_at, closed_at=case.closed_at,
    )  # fmt: skip
    return shown.model_dump(mode="json")


def etag(case: cases.Case) -> str:
    """The strong ETag of what people may change of a case."""
    return f'"{case.etag}"'


def _party(party: Mapping[str, Any], eyes: Eyes) -> dict[str, Any]:
    return {key: value if eyes.reveal or not value else masking.field(key, value) for key, value in party.items()}


def file(file: files.File, eyes: Eyes) -> dict[str, Any]:
    """A file. Its own name often holds a person's: it is shown when revealed."""
    shown = schemas.File(
        id=file.id, number=file.number, name=file.name if eyes.reveal else alias(file.number, file.name), kind=file.kind,
        media_type=file.mime, size=file.size, sha256=file.sha256,
        state=file.state,  # type: ignore[arg-type]
        pages=file.pages, pages_done=file.pages_done, error=file.error, created_at=file.created_at,
    )  # fmt: skip
    return shown.model_dump(mode="json")


def alias(number: int, name: str) -> str:
    """What a file is called where its own name is not shown.

    >>> alias(3, "张伟身份证.JPG")
    '文件3.jpg'
    """
    suffix = PurePath(name).suffix.lower()
    return f"文件{number}{suffix if suffix[1:] in _SUFFIXES else ''}"


# --- reports ---------------------------------------------------------------------------------------------------------------
def report(content: Mapping[str, Any], named: Sequence[files.Name], eyes: Eyes) -> dict[str, Any]:
    """A report by the contract, its files with their ids. `named`: all names that the case's files ever had."""
    ids = {each.name: each.id for each in named}
    whole = {**content, "files": [{"id": ids.get(each["name"]), **each} for each in content["files"]]}
    if not eyes.reveal:
        whole = masking.report(whole, {each.name: alias(each.number, each.name) for each in named})
    return _for_brokers(whole) if eyes.outsider else whole


def _for_brokers(report: Mapping[str, Any]) -> dict[str, Any]:
    """What a broker gets of a report: the papers, and what is to be brought or redone."""
    shown = {key: report[key] for key in TO_BROKERS}
    rows = ("requirement", "label", "mandatory", "party", "status", "documents")
    shown["completeness"] = [{key: row[key] for key in rows} for row in report["completeness"]]
    shown["files"] = [{key: each[key] for key in ("id", "name", "sha256", "pages", "error")} for each in report["files"]]
    shown["documents"] = [_document_for_brokers(each) for each in report["documents"]]
    asked = [each for each in report["findings"] if each["code"] in notice.ASKED and each["for_broker"]]
    shown["findings"] = [_finding_for_brokers(each) for each in asked]
    return shown


def _document_for_brokers(document: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: document[key] for key in ("key", "id", "type", "label", "party", "pages") if key in document}
    fields = {name: {key: told[key] for key in ("value", "source")} for name, told in document["fields"].items()}
    return kept | {"fields": fields}


def _finding_for_brokers(finding: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: finding[key] for key in ("key", "code", "documents", "fields", "for_broker") if key in finding}
    return kept | {"title": notice.title_of(finding["code"])}


def report_entry(report: reports.Report, eyes: Eyes) -> dict[str, Any]:
    """A report in the list of a case's reports."""
    shown = schemas.ReportEntry(
        version=report.version, current=report.current, sha256=report.sha256, leaf=report.leaf, created_at=report.created_at,
        verdict=None if eyes.outsider else report.verdict,  # type: ignore[arg-type]
        findings=None if eyes.outsider else report.findings,
    )  # fmt: skip
    return shown.model_dump(mode="json")


# --- what people said ------------------------------------------------------------------------------------------------------
def correction(each: corrections.Correction, eyes: Eyes) -> dict[str, Any]:
    """A correction. The value of a personal field is masked like the field."""
    content = dict(each.content)
    for part in ("value", "typed"):
        if not eyes.reveal and content.get(part):
            content[part] = masking.field(str(content.get("field", "")).rpartition(".")[2], str(content[part]))
    kind: Any = each.kind
    by = None if eyes.outsider else each.by
    shown = schemas.Correction(
        id=each.id, kind=kind, document=each.document, content=content, claimed=each.claimed, by=by, created_at=each.created_at,
        undone_at=each.undone_at,
    )  # fmt: skip
    return shown.model_dump(mode="json")


def decision(each: corrections.Decision) -> dict[str, Any]:
    """A decision on a finding; the bank's own only."""
    made: Any = each.decision
    shown = schemas.Decision(finding=each.finding, decision=made, reason=each.reason, by=each.by, created_at=each.created_at)
    return shown.model_dump(mode="json")


def findings(report: Mapping[str, Any], decided: Mapping[str, corrections.Decision], eyes: Eyes) -> list[dict[str, Any]]:
    """The findings of a report that `report` has shaped, with what was decided on each since."""
    if eyes.outsider:
        return list(report["findings"])
    made = {key: decision(each) for key, each in decided.items()}
    return [{**each, "decided": made.get(each.get("key", ""))} for each in report["findings"]]


def message(each: messages.Message, eyes: Eyes, told: Collection[str] = ()) -> dict[str, Any]:
    """A message. A broker is told neither whose it is nor what finding it is about, unless it is one of the points he was `told`."""
    by = None if eyes.outsider else each.by
    finding = None if eyes.outsider and each.finding not in told else each.finding
    shown = schemas.Message(
        id=each.id, finding=finding, file=each.file, internal=each.internal, text=each.text, by=by, created_at=each.created_at
    )
    return shown.model_dump(mode="json")


def notice_of(each: messages.Notice, eyes: Eyes) -> dict[str, Any]:
    """A notice of what is to be brought."""
    by = None if eyes.outsider else each.by
    shown = schemas.Notice(
        id=each.id, report=each.report, text=each.text, by=by, created_at=each.created_at, settled_at=each.settled_at
    )
    return shown.model_dump(mode="json")


def event(each: events.Event, eyes: Eyes) -> dict[str, Any]:
    """An event."""
    data = events.for_outsiders(each.data) if eyes.outsider else dict(each.data)
    return schemas.Event(id=each.seq, kind=each.kind, case_id=each.case_id, data=data, at=each.at).model_dump(mode="json")
