"""The bodies of requests and answers. What is not named here neither comes in nor goes out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}_[A-Za-z0-9_-]{22}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]+$")]
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
    months: int | None = Field(None, ge=1, le=600, examples=[360])
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
    as_of: date | None = Field(None, description="The day that expiry and age are judged on; the day of each check when absent.")
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
