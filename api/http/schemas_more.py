"""The bodies of what is kept besides cases: webhooks, products, access, people, machines, settings, the audit log."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from api.http.schemas import Id, In, Out, Text
from intake.events import KINDS

Kind = Annotated[str, StringConstraints(pattern="^(\\*|" + "|".join(re.escape(each) for each in KINDS) + ")$")]

ShownOnce = Annotated[str | None, Field(description="Shown this once; null in a repetition under the same Idempotency-Key.")]


class NewWebhook(In):
    """An address to be told. `kinds` of events, `*` for all."""

    url: Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://[\x21-\x7e]+$")] = Field(
        examples=["https://cases.bank.example/hooks/yushen"]
    )
    kinds: list[Kind] = Field(default=["*"], min_length=1, max_length=30)


class Webhook(Out):
    """An address that is told what happens."""

    id: str
    url: str
    kinds: list[str]
    created_at: datetime
    disabled_at: datetime | None


class MadeWebhook(Webhook):
    """A new address with its signing secret (Standard Webhooks, `whsec_…`)."""

    secret: ShownOnce


class Delivery(Out):
    """Something that was told to an address, or is to be."""

    id: str
    seq: int
    event: int
    kind: str
    state: Literal["waiting", "sent", "failed"]
    attempt: int
    status: int | None
    problem: str | None
    next_at: datetime | None
    done_at: datetime | None


class Requirement(Out):
    """A row of a checklist."""

    id: str
    label: str
    document_type: str
    roles: list[str]
    any_of: bool
    when: str
    mandatory: bool
    substitutes: list[str]
    sides: list[str]
    count: int
    needs_seal: bool


class Checklist(Out):
    """A product. `limits`: the bank's own, to the bank only."""

    id: str
    label: str
    version: str
    requirements: list[Requirement]
    limits: dict[str, float] | None


class Token(Out):
    """An access token (RFC 6749)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LogIn(In):
    """A person's log-in; `code` of the authenticator app where there is one."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    password: Secret
    code: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{0,10}$")] | None = None


class Session(Out):
    """Who is logged in. `must`: what has to be done first."""

    user: str
    role: str
    organisation: str
    scopes: list[str]
    csrf: str
    must: list[str]


class Password(In):
    """Your password, once more."""

    password: Secret


class NewPassword(Password):
    """Your password, and a new one."""

    new_password: Secret


class SecondFactor(Out):
    """A secret for an authenticator app."""

    secret: str
    uri: str


class ConfirmSecondFactor(Password):
    """The secret and a code that the app shows."""

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Z2-7]{16,128}=*$")]
    code: Annotated[str, StringConstraints(pattern=r"^[0-9 ]{6,10}$")]


class NewOrganisation(In):
    """A branch, or an agency with the branches that it hands in to."""

    kind: Literal["branch", "agency"]
    name: Text
    branches: list[Id] = Field(default=[], max_length=100)


class Organisation(Out):
    """A bank, branch or agency."""

    id: str
    kind: Literal["bank", "branch", "agency"]
    bank_id: str | None
    name: str
    disabled_at: datetime | None
    created_at: datetime


class NewUser(In):
    """A person."""

    organisation_id: Id
    login: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{2,99}$")]
    name: Text
    role: Literal["broker", "manager", "administrator", "auditor"]


class ChangeUser(In):
    """What is changed of a person."""

    disabled: StrictBool | None = None
    drop_second_factor: StrictBool = False


class User(Out):
    """A person who can log in."""

    id: str
    organisation_id: str
    login: str
    name: str
    role: str
    must_change: bool
    second_factor: bool
    disabled_at: datetime | None
    created_at: datetime


class MadeUser(User):
    """A new person, with the password of the first log-in."""

    password: ShownOnce


class FreshPassword(Out):
    """The password of the next log-in."""

    password: ShownOnce


Scopes = list[Literal["cases:read", "cases:write", "decide", "reveal", "events", "webhooks", "audit", "erase"]]


class NewClient(In):
    """A machine, and what it can do at most."""

    organisation_id: Id
    name: Text
    scopes: Scopes = Field(min_length=1, max_length=8)


class ChangeClient(In):
    """Whether a machine is let in."""

    disabled: StrictBool


class NewCredential(In):
    """A secret (to be exchanged for tokens) or a long-lived key."""

    kind: Literal["secret", "key"]
    scopes: Scopes | None = None
    days: StrictInt = Field(90, ge=1, le=366)


class MadeCredential(Out):
    """A new secret or key."""

    id: str
    kind: Literal["secret", "key"]
    secret: ShownOnce


class Credential(Out):
    """A secret or key; never what it is."""

    id: str
    kind: Literal["secret", "key"]
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class Client(Out):
    """A machine with its credentials."""

    id: str
    organisation_id: str
    name: str
    scopes: list[str]
    disabled_at: datetime | None
    created_at: datetime
    credentials: list[Credential]


class BankSettings(BaseModel):
    """What a bank sets for itself; null: the service's own default."""

    model_config = ConfigDict(extra="forbid")
    retention_days: StrictInt | None = Field(None, ge=1, le=36500, description="Days after its end until a case is erased.")
    min_retention_days: StrictInt | None = Field(None, ge=0, le=36500, description="Days after its end before which nobody can erase it.")
    due_hours: StrictInt | None = Field(None, ge=1, le=8760, description="Hours from handing in until a case is due.")


class Checkpoint(Out):
    """The signed head of the audit log (a C2SP signed note) and the key that verifies it."""

    note: str
    key: str
