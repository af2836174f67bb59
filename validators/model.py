"""What rules see and what they say: the case as one immutable view, and findings as data.

A rule sees a `Case`, nothing else: no clock (`case.as_of`), no settings (`case.policy`), no files. Whatever it claims
it backs with `Value`s that carry the spot on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from extractors.model import SURE, Document, Evidence, Field, FileRecord

Severity = Literal["blocking", "major", "minor", "info"]
Outcome = Literal["passed", "failed", "warned", "not_applicable", "not_checked"]
Role = Literal["borrower", "spouse", "guarantor", "pledger", "company", "legal_representative"]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Value:
    """One side of a comparison, as printed and as understood, with the spot on the page."""

    document: str
    field: str
    value: str
    raw: str
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a rule. `for_manager` says what is wrong; `for_broker` what to do about it ("" when nothing)."""

    code: str
    severity: Severity
    documents: tuple[str, ...]
    fields: tuple[str, ...]
    values: tuple[Value, ...]
    for_manager: str
    for_broker: str
    detail: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule (or the part of it on these documents) could not run, and why, in a Chinese sentence."""

    reason: str
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """There was nothing that a rule speaks of, though papers of its kind are there; why, in a Chinese sentence.

    `settled`: no further paper could change that, so that it holds even while a file of the packet cannot be read.
    """

    reason: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A person or company of the case. `inferred`: built from the papers, not declared in packet.toml."""

    id: str
    role: Role
    name: str
    id_number: str = ""
    marital_status: str = ""
    inferred: bool = True


@dataclass(frozen=True, slots=True)
class Loan:
    """What is wished for; None where nobody said. Amounts in fen, `annual_rate` as a fraction (0.035).

    `property_fen`: what the property is worth, by appraisal or price.
    """

    amount_fen: int | None = None
    months: int | None = None
    annual_rate: float | None = None
    property_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """What packet.toml says about the case; anything may be absent."""

    case_id: str
    product: str | None = None
    loan: Loan = Loan()
    parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of a product's checklist: a paper that each party in one of `roles` has to hand in.

    `any_of`: one paper of any of these parties will do. `when`: "always", "married", "company" (a company is part of
    the case). `substitutes`: types that serve as well. `mandatory` False: listed for people, never a finding. `sides`
    for cards; `count` papers; `months` a statement has to cover; `max_age_days` counted from the paper's own date (0:
    no limit); `needs_seal`: the issuer's.
    """

    id: str
    label: str
    document_type: str
    roles: tuple[Role, ...]
    any_of: bool = False
    when: str = "always"
    mandatory: bool = True
    substitutes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    count: int = 1
    months: int = 0
    max_age_days: int = 0
    needs_seal: bool = False
    source: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """The document types that meet this row."""
        return (self.document_type, *self.substitutes)


@dataclass(frozen=True, slots=True)
class Policy:
    """A product's checklist and limits as in force on the day of the check (validators/products/*.toml).

    `limits` maps a limit's id to its value; one that is not in force on the day is absent. `basis` tells for each
    limit its `effective_from`, `effective_until` and `source`. `effective_from` of the whole: its youngest part's.
    """

    product: str
    label: str
    version: str
    effective_from: str
    limits: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    requirements: tuple[Requirement, ...] = ()
    basis: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a rule may look at. `party_of` maps a document id to the id of the party it belongs to."""

    documents: tuple[Document, ...]
    files: tuple[FileRecord, ...]
    parties: tuple[Party, ...]
    party_of: Mapping[str, str]
    policy: Policy
    loan: Loan
    as_of: date
    detail: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    def of(self, *types: str) -> Iterator[Document]:
        """The documents of these types, in packet order."""
        return (d for d in self.documents if d.type in types)

    def party(self, document: Document) -> Party | None:
        """The party a document belongs to, None when it is nobody's."""
        wanted = self.party_of.get(document.id)
        return next((p for p in self.parties if p.id == wanted), None)

    def with_role(self, *roles: str) -> tuple[Party, ...]:
        """The parties in these roles."""
        return tuple(p for p in self.parties if p.role in roles)


def value(document: Document, name: str) -> Value:
    """A field as one side of a comparison; a field that is absent gives empty texts and no evidence."""
    found = document.fields.get(name)
    if found is None:
        return Value(document.id, name, "", "", None)
    shown = found.value if isinstance(found.value, str) else f"{len(found.value)} rows"
    return Value(document.id, name, shown, found.raw, found.evidence)


def known(document: Document, name: str) -> Field | None:
    """The field when it was read and has a normal form, however sure; None otherwise."""
    found = document.fields.get(name)
    return found if found is not None and found.value not in ("", ()) else None


def sure(document: Document, name: str) -> Field | None:
    """The field when it was surely read (confidence at or above SURE) and has a normal form; None otherwise."""
    found = known(document, name)
    return found if found is not None and found.confidence >= SURE else None
