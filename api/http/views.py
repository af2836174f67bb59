"""What of a case goes out to whom: the one place that shapes answers by role. Nothing else in the API builds a case, file or report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from api.http import schemas
from intake import cases, events, files, guard, masking
from intake.scope import Scope


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks: `outsider` of a broker agency or the bank itself; `reveal`: personal data in full."""

    outsider: bool
    reveal: bool = False


def eyes(scope: Scope, reveal: bool = False) -> Eyes:
    """The eyes of a scope."""
    return Eyes(events.outsider(scope), reveal)


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
    if eyes.reveal:
        return dict(party)
    return {key: masking.field(key, value) if isinstance(value, str) else value for key, value in party.items()}


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


_SUFFIXES = {each for _, _, suffixes in guard.ACCEPTED.values() for each in suffixes}


def report(content: Mapping[str, Any], eyes: Eyes) -> dict[str, Any]:
    """A report by the contract, masked unless it is revealed."""
    content = content if eyes.reveal else masking.report(content)
    hidden = ("policy", "verdict", "checks", "findings", "assumptions", "timings") if eyes.outsider else ()
    return {key: value for key, value in content.items() if key not in hidden}
