"""The bodies of requests and answers. What is not named here neither comes in nor goes out."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}_[A-Za-z0-9_-]{22}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]


def _written(value: Any) -> Any:
    """A day is written YYYY-MM-DD; a number is no day."""
    if (isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) or isinstance(value, int | float):
        raise ValueError("no day")
    return value


Day = Annotated[date, BeforeValidator(_written)]
Yuan = Annotated[str, StringConstraints(pattern=r"^\d{1,13}(\.\d{1,2})?$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/-]{1,100}$")]
Product = Literal["personal_mortgage", "personal_business", "enterprise"]
Role = Literal["borrower", "spouse", "guarantor", "pledger", "company", "legal_representative"]
Stage = Literal["open", "review", "returned", "passed", "declined", "closed"]
Verdict = Literal["complete", "incomplete", "discrepant"]


class In(BaseModel):
    """A body that comes in: nothing besides what is named."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is stable; `title` is for people; `errors` name the places at fault."""

    model_config = ConfigDict(extra="allow")
    type: str
    code: str = Field(examples=["not_found"])
    title: str
    status: int
    retryable: bool
    request_id: str = ""
    errors: list[dict[str, str]] = []


class Loan(In):
    """What is wished for. Amounts in yuan as decimal strings; `annual_rate` as a fraction."""

    amount: Yuan | None = Field(None, examples=["1200000.00"])
    months: StrictInt | None = Field(None, ge=1, le=600, examples=[360])
    annual_rate: Annotated[str, StringConstraints(pattern=r"^0(\.\d{1,6})?$")] | None = Field(None, examples=["0.035"])
    property_value: Yuan | None = Field(None, examples=["2000000.00"])


class Party(In):
    """Somebody of the case, as declared. A name or a number must be given."""

    role: Role
    name: Text | None = Field(None, examples=["张伟"])
    id_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,30}$")] | None = None
    marital_status: Literal["married", "single", "divorced", "widowed"] | None = None


class Declared(In):
    """What is known of a case beforehand; all of it may be left out and is then inferred from the papers."""

    product: Product | None = None
    loan: Loan | None = None
    parties: list[Party] = Field(default=[], max_length=20)
    as_of: Day | None = Field(None, description="The day that expiry and age are judged on; the day of each check when absent.")
    reference: Reference | None = Field(None, description="Your own number of the case; never a person's.")


class NewCase(Declared):
    """A case to be opened. `branch_id` and `agency_id` where they are not the caller's own organisation."""

    branch_id: Id | None = None
    agency_id: Id | None = None


class Progress(Out):
    """How many files stand in which state, and how many pages are read."""

    waiting: int
    reading: int
    read: int
    failed: int


class Case(Out):
    """A case as the caller may see it."""

    id: str
    branch_id: str
    agency_id: str | None
    reference: str | None
    product: str | None
    stage: Stage
    loan: dict[str, Any] | None
    parties: list[dict[str, Any]]
    as_of: date | None
    files: Progress
    checked: bool = Field(description="There is a report on exactly what was handed in.")
    report: int | None = Field(description="Number of the newest report.")
    verdict: Verdict | None = Field(description="Of the newest report; the bank's own only.")
    etag: str = Field(description="For If-Match.")
    legal_hold: bool | None
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None


class File(Out):
    """A file of a case. `name` is masked unless it is revealed; `number` counts the case's files."""

    id: str
    number: int
    name: str
    kind: str
    media_type: str
    size: int
    sha256: str
    state: Literal["waiting", "reading", "read", "failed"]
    pages: int | None
    pages_done: int
    error: str | None = Field(description="A code of the closed list, for a file that could not be read.")
    created_at: datetime


class Refused(Out):
    """A file of an upload that was not taken in."""

    index: int = Field(description="Its place in the upload, from 0.")
    code: str
    title: str


class Uploaded(Out):
    """What became of an upload."""

    files: list[File]
    refused: list[Refused]


class CasePage(Out):
    """A page of cases, newest first. `next`: the cursor of the page after, None at the end."""

    cases: list[Case]
    next: str | None


class Change(Declared):
    """What is declared of a case, anew and as a whole."""


class CaseDecision(In):
    """The bank's word on a case that was handed in and checked."""

    decision: Literal["passed", "declined"]


class Hold(In):
    """A legal hold: while it lasts, nothing of the case can be erased."""

    held: StrictBool


class ReportEntry(Out):
    """A report in the list. `leaf`: its place in the audit log; `current`: on exactly what the case holds."""

    version: int
    current: bool
    verdict: Verdict | None
    findings: int | None
    sha256: str
    leaf: int
    created_at: datetime


class Report(BaseModel):
    """A report by the contract (docs/contract.md). Brokers get the papers and what is to be brought, and no verdict, checks, policy,
    assumptions or timings."""

    model_config = ConfigDict(extra="allow")
    schema_version: str
    case_id: str
    report_version: int
    checked_at: datetime
    as_of: date
    product: str
    verdict: Verdict | None = None
    completeness: list[dict[str, Any]]
    parties: list[dict[str, Any]]
    files: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    supplement_notice: str


class Documents(Out):
    """The papers of the newest report with their fields. `key` names a paper in corrections."""

    report: int
    current: bool
    documents: list[dict[str, Any]]


class Findings(Out):
    """The findings of the newest report. `key` names a finding in decisions."""

    report: int
    current: bool
    findings: list[dict[str, Any]]


DocumentKey = Annotated[str, StringConstraints(pattern=r"^file_[A-Za-z0-9_-]{22}:[1-9][0-9]{0,4}:[1-9][0-9]{0,2}$")]
FindingKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class FieldCorrection(In):
    """A field's value put right; `value` null: it does not stand on the paper."""

    kind: Literal["field"]
    document: DocumentKey
    field: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
    value: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")] | None


class TypeCorrection(In):
    """A paper is of another type."""

    kind: Literal["type"]
    document: DocumentKey
    type: Annotated[str, StringConstraints(pattern=r"^[a-z_]{3,40}$")]


class PartyCorrection(In):
    """A paper belongs to another party of the report, or to nobody."""

    kind: Literal["party"]
    document: DocumentKey
    party: Annotated[str, StringConstraints(pattern=r"^[a-z_]{3,30}(-[0-9]{1,3})?$")] | None


class JoinCorrection(In):
    """`other` is a part of the same paper."""

    kind: Literal["join"]
    document: DocumentKey
    other: DocumentKey


class SplitCorrection(In):
    """With this page another paper begins."""

    kind: Literal["split"]
    document: DocumentKey
    file: Id
    page: StrictInt = Field(ge=1, le=10000)


AnyCorrection = Annotated[
    FieldCorrection | TypeCorrection | PartyCorrection | JoinCorrection | SplitCorrection, Field(discriminator="kind")
]


AnyClaim = Annotated[TypeCorrection | PartyCorrection | JoinCorrection | SplitCorrection, Field(discriminator="kind")]


class Correction(Out):
    """What somebody put right; `claimed`: a broker said so, and the bank has to look."""

    id: str
    kind: Literal["field", "type", "party", "join", "split"]
    document: str
    content: dict[str, Any]
    claimed: bool
    by: str | None
    created_at: datetime
    undone_at: datetime | None


class NewDecision(In):
    """`confirmed`: it is so; `waived`: it does not matter, because of `reason`; `open`: neither any more."""

    decision: Literal["confirmed", "waived", "open"]
    reason: LongText | None = None


class Decision(Out):
    """What was decided on a finding last."""

    finding: str
    decision: Literal["confirmed", "waived", "noticed", "open"]
    reason: str | None
    by: str
    created_at: datetime


class NewMessage(In):
    """A message in a case; `internal`: for the bank only. `finding`: what it is about; `file`: the id of the file that answers it."""

    text: LongText | None = None
    internal: StrictBool = False
    finding: FindingKey | None = None
    file: Id | None = None


class Message(Out):
    """A message of a case."""

    id: str
    finding: str | None
    file: str | None
    internal: bool
    text: str
    by: str | None
    created_at: datetime


class NewNotice(In):
    """What the broker is to bring. Without `text` the report's own notice is sent. `findings`: keys of those it speaks of."""

    report: StrictInt = Field(ge=1, le=1_000_000)
    text: Annotated[str, StringConstraints(min_length=1, max_length=8000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")] | None = None
    findings: list[FindingKey] = Field(default=[], max_length=200)


class Notice(Out):
    """A notice that was sent."""

    id: str
    report: int
    text: str
    by: str | None
    created_at: datetime
    settled_at: datetime | None


class Event(Out):
    """Something that happened, by ids and states. `id` is the Last-Event-ID to go on from."""

    id: int
    kind: str
    case_id: str
    data: dict[str, Any]
    at: datetime


class Events(Out):
    """Events, oldest first; `after` is where to go on."""

    events: list[Event]
    after: int


class NewUpload(In):
    """A large file to be sent in pieces."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
    size: StrictInt = Field(ge=1, le=1 << 31)


class Upload(Out):
    """How far an upload is; the next piece begins at `received`. `file`: what it became."""

    id: str
    size: int
    received: int
    piece: int = Field(description="Bytes of a piece at most.")
    file: File | None
    ends_at: datetime
