"""The product's checklist held against the packet: which row asks whom for what, and which papers meet it."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.model import Document
from validators.match import names_alike
from validators.model import Case, Party, Requirement, known


@dataclass(frozen=True, slots=True)
class Row:
    """One row for one party (None where nobody stands in the row's roles but a paper of nobody's meets it)."""

    requirement: Requirement
    party: Party | None
    documents: tuple[Document, ...]


def rows(case: Case) -> tuple[Row, ...]:
    """Every row of the checklist that applies to the case, in the product's order, optional ones included."""
    found: list[Row] = []
    for requirement in case.policy.requirements:
        if not _applies(case, requirement):
            continue
        parties = case.with_role(*requirement.roles)
        if requirement.any_of:
            papers = tuple(d for d in case.of(*requirement.types) if _anyone(case, d, parties))
            if parties:
                found.append(Row(requirement, _first(case, requirement, papers), papers))
        else:
            found.extend(Row(requirement, party, _papers(case, requirement, party)) for party in parties)
    return tuple(found)


def _applies(case: Case, requirement: Requirement) -> bool:
    if requirement.when == "married":
        married = any(p.marital_status == "married" for p in case.with_role("borrower"))
        return married or bool(case.with_role("spouse"))
    if requirement.when == "company":
        return bool(case.with_role("company"))
    return True


def _papers(case: Case, requirement: Requirement, party: Party) -> tuple[Document, ...]:
    """A party's papers for a row; a licence also serves the person whom it names as its representative."""
    return tuple(
        d
        for d in case.of(*requirement.types)
        if case.party(d) == party or (d.type == "business_licence" and _represents(d, party))
    )


def _represents(licence: Document, party: Party) -> bool:
    name = known(licence, "legal_representative")
    return bool(party.name) and name is not None and names_alike(name.text, party.name) != "different"


def _first(case: Case, requirement: Requirement, papers: tuple[Document, ...]) -> Party | None:
    """Whose row it is: of who handed the paper in; while it is wanting, of the first role that the row names."""
    owners = [owner for d in papers if (owner := case.party(d)) is not None]
    asked = [party for role in requirement.roles for party in case.with_role(role)]
    return next(iter([*owners, *asked]), None)


def _anyone(case: Case, document: Document, parties: tuple[Party, ...]) -> bool:
    """Whether a paper serves a row that one paper of any of the parties meets; one that is nobody's does: other rules
    say that it names the wrong people. A property certificate is the case's, whoever's name it bears."""
    owner = case.party(document)
    return owner is None or owner in parties or document.type == "property_certificate"
