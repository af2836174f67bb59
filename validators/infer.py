"""What the papers themselves say about product, borrower and spouse, where nobody declared it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractors.model import Document
from validators.match import names_alike
from validators.model import Party, known
from validators.papers import TYPES, type_label
from validators.people import Fit, Mention, birth_and_sex, company_name, fit, is_company, mentions, owners

_BOOKS = ("balance_sheet", "income_statement", "cash_flow_statement")
_SPEAKS_FOR_BORROWER = {
    "resident_id_card": 10.0,
    "loan_application": 8.0,
    "income_proof": 4.0,
    "bank_statement": 3.0,
    "business_licence": 3.0,
    "credit_report": 2.0,
    "tax_certificate": 2.0,
    "social_insurance": 2.0,
    "property_certificate": 2.0,
    "marriage_certificate": 1.0,
}
"""How much a paper of a type says that the person it names is the borrower; a card outweighs, for who applies has one."""
_MOST_YEARS_APART = 20


@dataclass
class _Person:
    """One person as several papers name him, in packet order. `names`: each reading of his name, as often as it was read; the same
    number binds readings that differ."""

    names: list[str]
    id_number: str
    papers: list[str] = field(default_factory=list)
    score: float = 0.0

    @property
    def name(self) -> str:
        """The reading that most papers share, the first of equals."""
        return max(self.names, key=self.names.count)


def infer_product(documents: Sequence[Document]) -> str:
    """The product that the papers of a packet are for.

    Without business papers a home loan. Wages beside a licence are a home loan of a self-employed person, unless the
    property is there to be pledged. Books without a marriage certificate are an enterprise's; so is a company's account,
    unless a person's property comes with it.
    """
    types = {d.type for d in documents}
    books = bool(types & set(_BOOKS))
    licence = next((d for d in documents if d.type == "business_licence"), None)
    if licence is None and not books:
        accounts = [d for d in documents if d.type == "bank_statement"]
        only_company = bool(accounts) and all(company_name(d) is not None for d in accounts)
        return "enterprise" if only_company and "income_proof" not in types else "personal_mortgage"
    if "income_proof" in types and not books:
        return "personal_business" if "property_certificate" in types else "personal_mortgage"
    if "marriage_certificate" in types or (licence is not None and _is_household(licence)):
        return "personal_business"
    if books:
        return "enterprise"
    homes = [d for d in documents if d.type == "property_certificate"]
    own_home = any(not is_company(owner) for d in homes for owner in owners(d))
    only_private = not any(company_name(d) for d in documents if d.type == "bank_statement")
    return "personal_business" if own_home or only_private else "enterprise"


def _is_household(licence: Document) -> bool:
    """Whether a licence is that of a self-employed person (个体工商户)."""
    kind, code = known(licence, "type"), known(licence, "uscc")
    return (kind is not None and "个体" in kind.text) or (code is not None and code.text.startswith("92"))


def borrower_of(documents: Sequence[Document]) -> tuple[str, str, str]:
    """Name, number and the papers (in Chinese) of who is likeliest the borrower; empty name and a sentence for nobody.

    A licence's representative and a property's owner count where they are named in other papers as well.
    """
    people = _people(documents)
    if not people:
        return "", "", "未声明借款人，材料中也没有读到可作为借款人的姓名。"
    for document in documents:
        for name in _named_besides(document):
            for person in people:
                if any(names_alike(name, each) != "different" for each in person.names):
                    person.score += _SPEAKS_FOR_BORROWER[document.type]
                    person.papers.append(document.type)
    best = max(people, key=lambda p: p.score)
    kinds = [kind for kind in TYPES if kind in best.papers]
    return best.name, best.id_number, "、".join(type_label(kind) for kind in kinds)


def _named_besides(document: Document) -> tuple[str, ...]:
    if document.type == "property_certificate":
        return owners(document)
    if document.type == "business_licence":
        found = known(document, "legal_representative")
        return () if found is None else (found.text,)
    return ()


def _people(documents: Sequence[Document]) -> list[_Person]:
    """The persons of the packet, those with a card first: two cards are two persons unless they bear one number.

    Another paper counts for the person it names, half for one whose name is one character apart.
    """
    people: list[_Person] = []
    cards = [d for d in documents if d.type == "resident_id_card"]
    rest = [d for d in documents if d.type != "resident_id_card"]
    nameless = [m for d in (*cards, *rest) for m in mentions(d) if m.name is None and m.id_number is not None]
    for document in (*cards, *rest):
        for mention in mentions(document):
            if mention.name is None:
                continue
            weight = _SPEAKS_FOR_BORROWER.get(document.type, 1.0)
            # Of a married couple the holder of the booklet is a little likelier to be the one who applies.
            weight /= 2 if mention.name_field == "spouse_name" else 1
            found, how = _find(people, mention)
            if found is None or (how == "near" and document.type == "resident_id_card"):
                found = _Person([], "")
                people.append(found)
            if how != "near" or not found.names:
                found.names.append(mention.name.text)
            found.score += weight / 2 if how == "near" else weight
            found.papers.append(document.type)
            number = mention.id_number
            if number is not None and not found.id_number:
                found.id_number = number.text
    for mention in nameless:  # a name that was not read is the one that stands beside the same number elsewhere
        found, how = _find(people, mention)
        if found is not None and how == "same":
            found.score += _SPEAKS_FOR_BORROWER.get(mention.document.type, 1.0)
            found.papers.append(mention.document.type)
    return people


def _find(people: Iterable[_Person], mention: Mention) -> tuple[_Person | None, Fit]:
    order: tuple[Fit, ...] = ("same", "near")
    known_people = list(people)
    for wanted in order:
        for person in known_people:
            if any(fit(mention, name, person.id_number) == wanted for name in person.names):
                return person, wanted
    return None, "other"


def spouse_of(documents: Sequence[Document], borrower: Party, others: Sequence[Party]) -> tuple[str, str, str] | None:
    """Name, number and ground (in Chinese) of the borrower's spouse; None where nothing speaks of one.

    The marriage certificate names the spouse. Where the only other card of the packet is of somebody else, that one is
    taken as the spouse's, so that the contradiction is said. Without a certificate, the only other card counts when
    its holder is of the other sex and at most twenty years older or younger.
    """
    cards = [m for d in documents if d.type == "resident_id_card" for m in mentions(d) if m.name is not None]
    stray = [m for m in cards if not any(_is(m, party) for party in (borrower, *others))]
    lone = stray[0] if len(stray) == 1 else None
    unread = False
    for certificate in (d for d in documents if d.type == "marriage_certificate"):
        pair = list(mentions(certificate))
        unread = unread or any(m.name is None for m in pair)
        partners = _partners(pair, borrower)
        if len(partners) != 1:
            continue
        for card in stray:
            if card.name is not None and fit(partners[0], card.name.text, _number(card)) == "same":
                return card.name.text, _number(card), "结婚证和居民身份证"
        if lone is None and partners[0].name is not None:
            return partners[0].name.text, _number(partners[0]), "结婚证"
    married = any(d.type == "marriage_certificate" for d in documents)
    if lone is not None and lone.name is not None and (married or _may_be_married(lone, cards, borrower)):
        return lone.name.text, _number(lone), "材料中另一位成年人的居民身份证"
    return ("", "", "材料中有结婚证，但没有读到配偶姓名。") if unread else None


def _is(mention: Mention, party: Party) -> bool:
    return fit(mention, party.name, party.id_number) == "same"


def _number(mention: Mention) -> str:
    found = mention.id_number
    return "" if found is None else found.text


def _partners(pair: Sequence[Mention], borrower: Party) -> list[Mention]:
    """The one of a married pair who is not the borrower; empty when the borrower is none of the two."""
    for wanted in ("same", "near"):
        fits = [fit(m, borrower.name, borrower.id_number) == wanted for m in pair]
        if any(fits):
            first = fits.index(True)
            return [m for i, m in enumerate(pair) if i != first]
    return []


def _may_be_married(mention: Mention, cards: Sequence[Mention], borrower: Party) -> bool:
    own = next((m for m in cards if _is(m, borrower)), None)
    if own is None:
        return False
    (born, sex), (own_born, own_sex) = birth_and_sex(mention.document), birth_and_sex(own.document)
    if born is None or own_born is None or not sex or not own_sex or sex == own_sex:
        return False
    return abs(born.year - own_born.year) <= _MOST_YEARS_APART
