"""Rules on what several papers say of one person: name, number, employer, address, marriage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from extractors.model import SURE, Document, Field
from extractors.numbers import text
from validators.account_rows import account
from validators.match import Judgement, compare, compare_companies, names_alike, numbers_alike
from validators.model import Case, Finding, Inapplicable, Party, Unchecked, Value, known
from validators.papers import sides
from validators.people import COMPANIES, PERSONS, Mention, fit, is_company, mention_of, mentions
from validators.registry import rule
from validators.say import paper, person
from validators.sides import DECLARATION, Side, declared, disagreement, not_read, redo, side, sure_or_doubt

Said = Iterator[Finding | Unchecked | Inapplicable]
_NATURAL = ("borrower", "spouse", "guarantor", "pledger", "legal_representative")
_ONE_EMPLOYER = "收入证明上的工作单位、公章与社保单位、发薪单位不一致。请由实际用人单位重新出具收入证明，或由单位书面说明代发、派遣关系。"
RIM_READ = 0.75
"""From this on the rim of a seal was read but for a character or two."""
_SALARY = re.compile(r"工资|代发|薪|奖金")
_STATUS = {"已婚": "married", "未婚": "single", "离婚": "divorced", "离异": "divorced", "丧偶": "widowed"}
_SHOWN = {"married": "已婚", "single": "未婚", "divorced": "离异", "widowed": "丧偶"}


@rule("name_mismatch", needs=tuple(PERSONS), codes=("name_mismatch", "low_confidence"))
def name_mismatch(case: Case) -> Said:
    """同一当事人在各材料中的姓名应与身份证（或申报）一致，少一字、错一字都算不一致（《居民身份证法》第十一条、第十三条）。"""
    yield from _one_and_the_same(case, "name", "name_mismatch", "姓名")
    if case.with_role(*_NATURAL):
        for document in case.documents:
            # A certificate of marriage is `spouse_mismatch`'s.
            names = [m.name.text for m in mentions(document) if m.name is not None and case.party(document) is None]
            if len(names) == 1:
                yield Unchecked(f"{paper(case, document)}所载的{names[0]}不是已知当事人，未能核对是谁的材料", (document.id,))


@rule("id_number_mismatch", needs=tuple(PERSONS), codes=("id_number_mismatch", "low_confidence"))
def id_number_mismatch(case: Case) -> Said:
    """同一当事人在各材料中的公民身份号码应相同（《居民身份证法》第三条：一人一号，终身不变）。"""
    yield from _one_and_the_same(case, "id_number", "id_number_mismatch", "身份证号码")


def _one_and_the_same(case: Case, what: str, code: str, subject: str) -> Said:
    """Each party's name or number as all of its papers have it."""
    several = False
    for party in case.with_role(*_NATURAL):
        sides = _sides(case, party, what)
        reference = next((s for s in sides if s.field is not None), None)
        several = several or len(sides) > 1
        if reference is not None:
            yield from _against(sides, reference, party, code, subject)
        elif sides:
            yield Unchecked(f"{sides[0].title}没有读到{subject}，未能核对", tuple(s.document.id for s in sides if s.document is not None))
    if not several:
        yield Inapplicable(f"没有两份以上载明同一人{subject}的材料")


def _against(sides: Sequence[Side], reference: Side, party: Party, code: str, subject: str) -> Said:
    """Compare every side with the first one that was read, the ID card's by preference."""
    for other in sides:
        if other is reference:
            continue
        document = other.document or reference.document
        asked = f"{subject}应与身份证完全一致。" if document is not None else ""
        said = disagreement(
            code,
            compare(reference.field, other.field, names_alike if code == "name_mismatch" else numbers_alike),
            reference,
            other,
            subject=subject,
            for_broker=redo(document, asked) if document is not None else "",
            detail={"party": party.id},
        )
        if said is not None:
            yield said


def _sides(case: Case, party: Party, what: str) -> list[Side]:
    """What cards, declaration and other papers say of a party, in this order.

    A number that a paper need not bear counts only where it was read.
    """
    found: list[Side] = []
    for document in _papers_of(case, party):
        mention = mention_of(document, party)
        if mention is None:
            continue
        name = mention.name_field if what == "name" else mention.id_field
        printed = name and (what == "name" or document.type == "resident_id_card" or known(document, name) is not None)
        if printed and not _back_only(document):
            found.append(side(case, document, name))
    cards = [s for s in found if s.document is not None and s.document.type == "resident_id_card"]
    said = declared(party, what)
    return [*cards, *([said] if said is not None else []), *(s for s in found if s not in cards)]


def _papers_of(case: Case, party: Party) -> list[Document]:
    """A party's own papers, and the marriage certificates that name it."""
    return [d for d in case.documents if case.party(d) == party or d.type == "marriage_certificate"]


def _back_only(document: Document) -> bool:
    return document.type == "resident_id_card" and sides(document) == {"back"}


@rule("spouse_mismatch", needs=("marriage_certificate",), codes=("spouse_mismatch", "low_confidence"))
def spouse_mismatch(case: Case) -> Said:
    """结婚证应载明借款人与其配偶（《婚姻登记条例》；《民法典》第一千零四十九条）。"""
    people = [p for p in case.with_role(*_NATURAL) if p.name]
    for certificate in case.of("marriage_certificate"):
        pair = list(mentions(certificate))
        names = tuple(m.name_field for m in pair)
        if any(m.name is None for m in pair):
            yield not_read(case, certificate, *(m.name_field for m in pair if m.name is None))
        elif not people:
            yield Unchecked("没有读到当事人姓名，未能与结婚证核对", (certificate.id,))
        elif not any(_fits(m, p) for m in pair for p in people):
            shown = "、".join(m.name.text for m in pair if m.name is not None)
            listed = "、".join(person(p) for p in people)
            said = f"所载双方为{shown}，与{listed}都不符"
            main = next(iter(case.with_role("borrower")), people[0]).id
            ask = "请提供借款人本人的结婚证（含登记信息页和盖章页）。"
            yield sure_or_doubt("spouse_mismatch", case, certificate, names, said=said, for_broker=ask, party=main)
        else:
            yield from _couple(case, certificate, pair)


def _fits(mention: Mention, party: Party) -> bool:
    """Whether a mention is the party, one wrong character allowed: that is for `name_mismatch` to say."""
    return fit(mention, party.name, party.id_number) in ("same", "near")


def _couple(case: Case, certificate: Document, pair: Sequence[Mention]) -> Said:
    """Where one of the pair is the borrower or the spouse, the other has to be the other one."""
    borrower = next((p for p in case.with_role("borrower") if p.name), None)
    spouse = next((p for p in case.with_role("spouse") if p.name), None)
    if borrower is None or spouse is None:
        yield Unchecked("材料中没有读到借款人或其配偶的姓名，未能与结婚证逐一核对", (certificate.id,))
        return
    for one, other in ((pair[0], pair[1]), (pair[1], pair[0])):
        for present, absent in ((borrower, spouse), (spouse, borrower)):
            if _fits(one, present) and not _fits(other, absent) and other.name is not None:
                yield _wrong_partner(case, certificate, other, present, absent)
                return


def _wrong_partner(case: Case, certificate: Document, other: Mention, present: Party, absent: Party) -> Finding:
    assert other.name is not None
    cards = [d for d in case.of("resident_id_card") if case.party(d) == absent and known(d, "name") is not None]
    field = cards[0].fields["name"] if cards else Field(absent.name, absent.name, 1.0, None, "person")
    against = (
        side(case, cards[0], "name")
        if cards
        else Side(person(absent), Value(DECLARATION, "name", absent.name, absent.name, None), field)
    )
    judged: Judgement = compare(other.name, field)
    said = disagreement(
        "spouse_mismatch",
        "different" if judged == "different" else "doubtful",
        side(case, certificate, other.name_field),
        against,
        subject=f"结婚证所载{person(present)}的配偶与材料中的配偶",
        for_broker="请提供借款人与其现配偶的结婚证（含登记信息页和盖章页），或该配偶本人的身份证。",
    )
    assert isinstance(said, Finding)
    return said


@rule(
    "marital_status_mismatch",
    needs=("marriage_certificate", "household_register", "loan_application"),
    codes=("marital_status_mismatch", "low_confidence"),
)
def marital_status_mismatch(case: Case) -> Said:
    """申报、申请表、户口簿所载婚姻状况应互相一致，并与结婚证相符（《婚姻登记条例》）。"""
    several = False
    for party in case.with_role("borrower", "guarantor", "pledger", "legal_representative"):
        told = _statuses(case, party)
        several = several or len(told) > 1
        for a, b in combinations(told, 2):
            if a[0] != b[0]:
                yield _two_statuses(party, a, b)
    if not several:
        yield Inapplicable("没有两处以上的婚姻状况可以互相核对")


def _statuses(case: Case, party: Party) -> list[tuple[str, Side]]:
    """What is said of a party's marital status: declaration, papers that state it, and a certificate that names it."""
    found: list[tuple[str, Side]] = []
    if not party.inferred and party.marital_status:
        shown = _SHOWN.get(party.marital_status, party.marital_status)
        pseudo = Field(shown, shown, 1.0, None, "person")
        told = Side("申报的婚姻状况", Value(DECLARATION, "marital_status", shown, shown, None), pseudo)
        found.append((party.marital_status, told))
    for document in case.of("loan_application", "household_register"):
        status = known(document, "marital_status")
        if status is not None and case.party(document) == party:
            found.append((_STATUS.get(status.text, status.text), side(case, document, "marital_status")))
    for document in case.of("marriage_certificate"):
        for mention in mentions(document):
            if mention.name is not None and fit(mention, party.name, party.id_number) == "same":
                found.append(("married", side(case, document, mention.name_field)))
                break
    return found


def _two_statuses(party: Party, a: tuple[str, Side], b: tuple[str, Side]) -> Finding:
    judged: Judgement = "different"
    if any(s.field is None or s.field.confidence < SURE for _, s in (a, b)):
        judged = "doubtful"
    shown = [f"{s.title}显示{_SHOWN.get(status, status)}" for status, s in (a, b)]
    said = disagreement(
        "marital_status_mismatch",
        judged,
        a[1],
        b[1],
        subject=f"{person(party)}的婚姻状况（{'，'.join(shown)}）",
        for_broker=f"请核实{person(party)}的婚姻状况，并提供与之相符的证明（结婚证、离婚证及协议，或说明）。",
    )
    assert isinstance(said, Finding)
    return said


@rule("employer_mismatch", needs=("income_proof",), codes=("employer_mismatch", "low_confidence"))
def employer_mismatch(case: Case) -> Said:
    """收入证明的工作单位应与所盖公章、社保单位和代发工资的单位一致（《个人贷款管理办法》：调查收入真实性）。"""
    for proof in case.of("income_proof"):
        own = side(case, proof, "employer")
        if own.field is None:
            yield not_read(case, proof, "employer")
            continue
        others = [
            side(case, document, "employer")
            for document in case.of("social_insurance")
            if case.party(document) == case.party(proof) and known(document, "employer") is not None
        ]
        paid = [payer for statement in _statements(case, proof) if (payer := _payer(case, statement, own)) is not None]
        seal = known(proof, "has_seal"), known(proof, "seal_text")
        if not others and not paid and seal[1] is None and (seal[0] is None or seal[0].text != "true"):
            yield Unchecked(f"{paper(case, proof)}没有公章、社保单位或代发工资单位可以核对工作单位", (proof.id,))
        yield from _seal(case, proof, own)
        for other in (*others, *paid):
            yield from _employer(own, other)


def _employer(own: Side, other: Side) -> Said:
    assert own.field is not None and other.field is not None
    judged = compare_companies(own.field, other.field)
    said = disagreement("employer_mismatch", judged, own, other, subject="工作单位", for_broker=_ONE_EMPLOYER)
    if said is not None:
        yield said


def _seal(case: Case, proof: Document, own: Side) -> Said:
    """The seal's name against the employer. A ring of small letters is often read in part: a part of the name agrees."""
    has_seal, seal = known(proof, "has_seal"), known(proof, "seal_text")
    if seal is None:
        if has_seal is not None and has_seal.text == "true":
            yield not_read(case, proof, "seal_text")
        return
    assert own.field is not None
    ring, name = text.company(seal.text), text.company(own.field.text)
    if len(ring) >= 4 and (ring in name or name in ring):
        return
    if not is_company(ring) and seal.confidence >= SURE:
        yield Unchecked(f"{paper(case, proof)}的印章文字没有读全，未能与工作单位核对", (proof.id,))
        return
    stamped = side(case, proof, "seal_text")
    if _has_nothing_of(ring, name) and is_company(ring) and seal.confidence >= RIM_READ:
        # A character misread in a rim of this quality makes no other name.
        stamped = replace(stamped, field=replace(seal, confidence=max(seal.confidence, SURE)))
    yield from _employer(own, stamped)


def _has_nothing_of(ring: str, name: str) -> bool:
    """Whether a seal's name shares no character with the employer's but those that every company bears.

    >>> _has_nothing_of("源(重庆)农业发展有限公司", "兆驰(长沙)建筑工程有限公司")
    True
    >>> _has_nothing_of("深圳委员有废公司", "深圳博睿商贸有限公司")
    False
    """
    own, other = (set(re.sub(r"[()市省区县]|有限|责任|股份|公司|集团|发展|科技", "", each)) for each in (ring, name))
    return len(own) >= 3 and not own & other


def _statements(case: Case, proof: Document) -> list[Document]:
    """The statements of the proof's person."""
    return [d for d in case.of("bank_statement") if case.party(d) == case.party(proof)]


def _payer(case: Case, statement: Document, own: Side) -> Side | None:
    """Who pays the wages on a statement: the employer where he is among the payers, else who is likest him; None without wages."""
    assert own.field is not None
    payers = _wage_payers(statement)
    if not payers:
        return None
    judged = [(text.company_same(own.field.text, name), name) for name in payers]
    name = next((n for wanted in ("same", "confusable") for judgement, n in judged if judgement == wanted), payers[0])
    rows = statement.fields["transactions"]
    return Side(
        f"{paper(case, statement)}中的代发工资单位",
        Value(statement.id, "transactions", name, name, rows.evidence),
        Field(name, name, _sureness(statement, name), rows.evidence, rows.source),
        statement,
    )


def _sureness(statement: Document, payer: str) -> float:
    """How surely a payer's name was read: as in the best of the entries that bear it."""
    account_rows = account(statement)
    return max((row.text_confidence for row in account_rows.rows if row.counterparty == payer), default=0.0) if account_rows else 0.0


def _wage_payers(statement: Document) -> list[str]:
    """The companies that stand beside incoming wages, the most frequent first."""
    field = known(statement, "transactions")
    counts: dict[str, int] = {}
    for row in field.value if field is not None and not isinstance(field.value, str) else ():
        payer = str(row.get("counterparty") or "")
        wages = _SALARY.search(str(row.get("summary") or ""))
        if wages and is_company(payer) and not str(row.get("amount") or "").startswith("-") and "银行" not in payer:
            counts[payer] = counts.get(payer, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


@rule(
    "address_mismatch",
    needs=("resident_id_card", "household_register", "business_licence"),
    codes=("address_mismatch", "low_confidence"),
)
def address_mismatch(case: Case) -> Said:
    """同一人的身份证、户口簿住址应一致，同一企业各份营业执照的住所应一致（提示项，迁址后可不同）。"""
    several = False
    for party in case.parties:
        for kinds in (("resident_id_card", "household_register"), ("business_licence",)):
            papers = [d for d in case.of(*kinds) if case.party(d) == party and not _back_only(d)]
            pairs = [(a, b) for a, b in combinations(papers, 2) if a.type != "business_licence" or _same_company(a, b)]
            several = several or bool(pairs)
            for a, b in pairs:
                yield from _addresses(case, a, b)
    if not several:
        yield Inapplicable("没有两份以上载明同一地址的材料")


def _same_company(a: Document, b: Document) -> bool:
    names = [known(d, COMPANIES["business_licence"]) for d in (a, b)]
    return all(n is not None for n in names) and names_alike(*(n.text for n in names if n is not None)) == "same"


def _addresses(case: Case, a: Document, b: Document) -> Said:
    one, other = side(case, a, "address"), side(case, b, "address")
    judged = compare(one.field, other.field, text.address_same)
    said = disagreement(
        "address_mismatch", judged, one, other, subject="地址", for_broker="请说明地址不同的原因，如已迁址请提供最新材料。"
    )
    if said is not None:
        yield said
