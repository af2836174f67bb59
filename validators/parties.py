"""The case out of documents and declaration: which product, who is who, and whose paper each document is.

What packet.toml declares stands. The rest is inferred from the papers, marked as such (`Party.inferred`), and said in
Chinese sentences (`case.detail["assumptions"]`) that the report shows. Documents find their party over slips of the
reader; one that names a stranger where exactly this party's paper is expected is taken as the party's, so that the
rules say that the names differ, instead of calling the paper missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from extractors.model import Document, FileRecord
from validators.cards import join_cards
from validators.infer import borrower_of, infer_product, spouse_of
from validators.match import names_alike
from validators.model import Case, Declaration, Party, Policy, Role, known
from validators.papers import sides, type_label
from validators.people import COMPANIES, Mention, company_name, fit, is_company, mentions, owners
from validators.policy import load_policy
from validators.say import ROLES, paper, person, place

MARITAL = {
    "已婚": "married", "未婚": "single", "离婚": "divorced", "离异": "divorced", "丧偶": "widowed",
}  # fmt: skip
"""Marital status as people write it → as the contract has it."""
_MARITAL_SHOWN = {"married": "已婚", "single": "未婚", "divorced": "离异", "widowed": "丧偶"}
_PERSONAL = ("borrower", "spouse", "guarantor", "pledger", "legal_representative")
PolicyLoader = Callable[[str, date], Policy]
Corrector = Callable[[Sequence[Document]], tuple[Document, ...]]


def assemble(
    documents: Sequence[Document],
    files: Sequence[FileRecord],
    declaration: Declaration,
    as_of: date,
    policy_of: PolicyLoader = load_policy,
    corrected: Corrector = tuple,
) -> Case:
    """The case that rules look at; raises PolicyError on an unknown product. `corrected`: what people put right on the documents; once
    before the sides of cards are joined, since that looks at values, and once after, so that their word stands."""
    joined, notes = join_cards(corrected(documents), files)
    joined = corrected(joined)
    product = declaration.product or infer_product(joined)
    policy = policy_of(product, as_of)
    cast = _Cast(joined, declaration.parties, product)
    if declaration.product is None:
        cast.notes.append(f"未声明贷款产品，按材料推断为{policy.label}。")
    cast.find_company()
    cast.find_people()
    cast.give_papers()
    case = Case(
        joined,
        tuple(files),
        tuple(cast.parties),
        MappingProxyType(cast.party_of),
        policy,
        declaration.loan,
        as_of,
        MappingProxyType({"product_inferred": declaration.product is None}),
    )
    assumptions = (*notes, *cast.notes, *_strangers(case))
    return replace(case, detail=MappingProxyType({**case.detail, "assumptions": assumptions}))


class _Cast:
    """The parties while they are being found, and what had to be assumed on the way."""

    def __init__(self, documents: Sequence[Document], declared: Iterable[Party], product: str) -> None:
        self.documents = documents
        self.product = product
        self.parties: list[Party] = []
        self.party_of: dict[str, str] = {}
        self.notes: list[str] = []
        for party in declared:
            self._add(_as_declared(party, product))

    def _add(self, party: Party) -> Party:
        """Take a party in under an id of its own."""
        taken = {p.id for p in self.parties}
        wanted = party.id or party.role
        id = next(i for i in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if i not in taken)
        self.parties.append(replace(party, id=id))
        return self.parties[-1]

    def _of_role(self, role: Role) -> Party | None:
        return next((p for p in self.parties if p.role == role), None)

    def _infer(self, role: Role, name: str, id_number: str, why: str) -> Party:
        """Add an inferred party and say on what ground."""
        party = self._add(Party("", role, name, id_number))
        self.notes.append(f"未声明{ROLES[role]}，根据{why}推断为{name}。" if name else why)
        return party

    def _update(self, party: Party, **changes: str) -> Party:
        changed = replace(party, **changes)  # type: ignore[arg-type]
        self.parties[self.parties.index(party)] = changed
        return changed

    def find_company(self) -> None:
        """The company of the case: declared, else of the licence, else of the books or of a company's account."""
        company = self._of_role("company")
        licences = [d for d in self.documents if d.type == "business_licence"]
        if company is None:
            named = [d for kind in COMPANIES for d in self.documents if d.type == kind and company_name(d) is not None]
            source = next(iter(named), None)
            if source is not None:
                name = company_name(source)
                code = known(source, "uscc")
                assert name is not None
                why = type_label(source.type)
                company = self._infer("company", name.text, "" if code is None else code.text, why)
            elif licences or self.product in ("personal_business", "enterprise"):
                company = self._infer("company", "", "", "未声明企业，材料中也没有读到企业名称。")
        if company is None:
            return
        for document in self.documents:
            if document.type in COMPANIES and (document.type != "bank_statement" or company_name(document) is not None):
                self.party_of[document.id] = company.id

    def find_people(self) -> None:
        """Borrower and spouse of a personal loan, legal representative of an enterprise, and a pledger with a card."""
        if self.product == "enterprise":
            self._find_representative()
            return
        borrower = self._of_role("borrower")
        if borrower is None:
            name, number, why = borrower_of(self.documents)
            borrower = self._infer("borrower", name, number, why)
        self._find_spouse(borrower)
        self._find_pledger()

    def _find_representative(self) -> None:
        """The licence's representative, unless a declared person bears that name; without a licence the first card's."""
        if self._of_role("legal_representative") is not None:
            return
        licence = next((d for d in self.documents if known_name(d, "legal_representative")), None)
        name = known_name(licence, "legal_representative") if licence is not None else ""
        if name and any(p.role in _PERSONAL and names_alike(name, p.name) != "different" for p in self.parties):
            return
        if name:
            self._infer("legal_representative", name, "", "营业执照")
        elif self._of_role("borrower") is None:
            cards = [m for d in self.documents if d.type == "resident_id_card" for m in mentions(d) if m.name]
            free = [m for m in cards if not any(self._fits(m, p) == "same" for p in self.parties)]
            if len(free) == 1 and free[0].name is not None:
                number = free[0].id_number
                found = "" if number is None else number.text
                self._infer("legal_representative", free[0].name.text, found, "材料中唯一的居民身份证")
            else:
                self._infer("legal_representative", "", "", "没有读到法定代表人姓名。")

    def _find_spouse(self, borrower: Party) -> None:
        """The borrower's spouse as far as the papers tell, and the marital status that follows from it."""
        if self._of_role("spouse") is None and borrower.marital_status not in ("single", "divorced", "widowed"):
            others = [p for p in self.parties if p.role in _PERSONAL and p is not borrower]
            found = spouse_of(self.documents, borrower, others)
            if found is not None:
                self._infer("spouse", *found)
            elif borrower.marital_status == "married":
                self._infer("spouse", "", "", f"{person(borrower)}已婚，但没有声明配偶，材料中也没有读到配偶姓名。")
        if self._of_role("spouse") is not None and not borrower.marital_status:
            self._update(borrower, marital_status="married")
            self.notes.append(f"未声明婚姻状况，根据材料推断{person(borrower)}为{_MARITAL_SHOWN['married']}。")

    def _find_pledger(self) -> None:
        """An owner of the property who handed in an ID card and is no other party pledges it."""
        for certificate in (d for d in self.documents if d.type == "property_certificate"):
            for owner in owners(certificate):
                if any(names_alike(owner, p.name) != "different" for p in self.parties):
                    continue
                for card in (d for d in self.documents if d.type == "resident_id_card"):
                    for mention in mentions(card):
                        if mention.name is not None and names_alike(owner, mention.name.text) != "different":
                            number = mention.id_number
                            found = "" if number is None else number.text
                            self._infer("pledger", mention.name.text, found, "不动产权证书和居民身份证")

    def _fits(self, mention: Mention, party: Party) -> str:
        return fit(mention, party.name, party.id_number)

    def give_papers(self) -> None:
        """Every document its party: first by what it says, then by likeness, then by whose paper is still wanting."""
        for document in self.documents:
            self._by_name(document, "same")
        for document in self.documents:
            self._by_name(document, "near")
        for document in self.documents:
            if document.type == "property_certificate":
                self._by_owner(document)
        self._stray_cards()
        for document in self.documents:
            self._stray_paper(document)

    def _people(self) -> list[Party]:
        return [p for p in self.parties if p.role in _PERSONAL]

    def _by_name(self, document: Document, wanted: str) -> None:
        """Give a document to the first party that a mention in it fits. A card that fits only nearly goes to a party
        that has no card yet: two cards are two persons, however alike their names."""
        if document.id in self.party_of:
            return
        for party in self._people():
            if wanted == "near" and document.type == "resident_id_card" and self._has(party, document.type):
                continue
            if any(self._fits(mention, party) == wanted for mention in mentions(document)):
                self.party_of[document.id] = party.id
                return

    def _by_owner(self, certificate: Document) -> None:
        for owner in owners(certificate):
            for party in self.parties:
                if party.name and names_alike(owner, party.name) != "different":
                    self.party_of.setdefault(certificate.id, party.id)

    def _has(self, party: Party, kind: str) -> bool:
        return any(d.type == kind and self.party_of.get(d.id) == party.id for d in self.documents)

    def _stray_cards(self) -> None:
        """One card that fits nobody, one person without a card: the card is taken as that person's. A back alone names nobody:
        it proves no one's identity, and whose it is stays open."""
        cards = (d for d in self.documents if d.type == "resident_id_card" and d.id not in self.party_of)
        stray = [d for d in cards if sides(d) != {"back"}]
        wanting = [p for p in self._people() if not self._has(p, "resident_id_card")]
        if len(stray) == len(wanting) == 1:
            self.party_of[stray[0].id] = wanting[0].id
            if not wanting[0].name:
                self._name_from(stray[0], wanting[0])

    def _name_from(self, card: Document, party: Party) -> None:
        """A party known by its role alone takes name and number of the card that must be its own."""
        for mention in mentions(card):
            name, number = mention.name, mention.id_number
            if name is not None:
                self._update(party, name=name.text, id_number="" if number is None else number.text)

    def _stray_paper(self, document: Document) -> None:
        """Any other personal paper of a stranger, or without a readable name, where the borrower has none of its kind."""
        if document.id in self.party_of or document.type in ("resident_id_card", "marriage_certificate"):
            return
        main = next((p for role in ("borrower", "company") for p in self.parties if p.role == role), None)
        if main is not None and any(True for _ in mentions(document)) and not self._has(main, document.type):
            self.party_of[document.id] = main.id


def known_name(document: Document, field: str) -> str:
    """The text of a licence's field; "" for other papers, or when it was not read."""
    found = known(document, field) if document.type == "business_licence" else None
    return "" if found is None else found.text


def _as_declared(party: Party, product: str) -> Party:
    """A declared party in normal form: English marital status; an enterprise's borrower that is a company is the company."""
    role: Role = party.role
    if product == "enterprise" and role == "borrower" and is_company(party.name):
        role = "company"
    status = MARITAL.get(party.marital_status, party.marital_status)
    id = party.id if party.id != party.role else ""
    return replace(party, id=id, role=role, marital_status=status, inferred=False)


def _strangers(case: Case) -> list[str]:
    """The cards that belong to none of the parties."""
    return [
        f"{paper(case, d)}不属于任何已知当事人，如为共同借款人、保证人或抵押人，请在申报信息中说明。"
        for d in case.of("resident_id_card")
        if case.party(d) is None and place(d.pages)
    ]
