"""Rules on the pledged property: whose it is, what burdens it, who has to consent, how long it lasts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.model import SURE, Document
from extractors.numbers import text
from validators.codes import finding
from validators.match import names_alike, near_names
from validators.model import Case, Finding, Party, Unchecked, Value, known, value
from validators.people import COMPANIES, mentions, more_owners, owners
from validators.registry import rule
from validators.say import paper, person
from validators.sides import DECLARATION, chinese_day, day_of, not_read
from validators.terms import last_day, months

_BURDENS = {
    "抵押": re.compile("抵押"),
    "查封": re.compile("查封|冻结"),
    "居住权": re.compile("居住权"),
    "异议登记": re.compile("异议登记"),
    "限制处分": re.compile("限制(?:转让|交易|处分)|不得(?:转让|抵押)"),
}
_SHARED = re.compile("共同共有|按份共有")
_NONE = re.compile(r"(无|未(?!注销|解除|涤除)|没有|不存在)[^,，]{0,4}(?:抵押|查封|冻结|居住权|异议|限制)")
_ANSWERED_NONE = re.compile(r"(?:抵押|查封|冻结|居住权|异议登记|限制)\w{0,4}[:：]?(?:无|否|未设立|未设定)(?:$|[,，])")
_RELEASED = re.compile("(?<!未)(?:注销|解除|解封|解押|涤除|已结清|撤销|失效)")

Said = Iterator[Finding | Unchecked]


@dataclass(frozen=True, slots=True)
class _Holder:
    """Somebody who may own the property, and where his name is read."""

    party: Party
    spot: Value
    confidence: float


@rule("owner_mismatch", needs=("property_certificate",), codes=("owner_mismatch", "low_confidence"))
def owner_mismatch(case: Case) -> Said:
    """抵押房产的权利人应为借款人、配偶或抵押人（《民法典》第三百九十五条；《商业银行法》第三十六条）。"""
    holders = _holders(case)
    for certificate in case.of("property_certificate"):
        names = owners(certificate)
        if not names:
            yield not_read(case, certificate, "owners")
        elif not holders:
            yield Unchecked(f"借款人、配偶、抵押人的姓名都未知，{paper(case, certificate)}的权利人未能核对", (certificate.id,))
        elif seller := _sold_by(case, names):
            yield Unchecked(f"权利人{seller}是购房合同的当事人（出卖方），未按抵押人核对", (certificate.id,))
        else:
            yield from _owners(case, certificate, names, holders)


def _holders(case: Case) -> list[_Holder]:
    """Borrower, spouse and pledger; of an enterprise's loan also the company and its representative."""
    roles: tuple[str, ...] = ("borrower", "spouse", "pledger")
    if case.policy.product == "enterprise":
        roles += ("company", "legal_representative")
    return [_holder(case, party) for party in case.with_role(*roles) if party.name]


def _holder(case: Case, party: Party) -> _Holder:
    """A party with the spot that names it, its ID card by preference; an inferred one that no paper names is not sure of its name."""
    documents = sorted(case.documents, key=lambda d: (d.type != "resident_id_card", case.party(d) != party))
    for document in documents:
        for name in _naming(document, party):
            field = known(document, name)
            if field is not None and names_alike(field.text, party.name) != "different":
                return _Holder(party, value(document, name), field.confidence)
    return _Holder(party, Value(DECLARATION, "name", party.name, party.name, None), 0.0 if party.inferred else 1.0)


def _naming(document: Document, party: Party) -> list[str]:
    """The fields of a document that may name a party."""
    if party.role == "company":
        return [COMPANIES[document.type]] if document.type in COMPANIES else []
    more = ["legal_representative"] if document.type == "business_licence" else []
    return [*(mention.name_field for mention in mentions(document)), *more]


def _sold_by(case: Case, names: Sequence[str]) -> str:
    """The owner who stands in a purchase contract: of a house that is being bought he is the seller."""
    for contract in case.of("purchase_contract"):
        parties = known(contract, "parties")
        for name in names:
            if parties is not None and any(names_alike(name, each) == "same" for each in re.split("[、，,;；]", parties.text)):
                return name
    return ""


def _owners(case: Case, certificate: Document, names: Sequence[str], holders: Sequence[_Holder]) -> Said:
    alike = [(names_alike(name, holder.party.name), holder) for name in names for holder in holders]
    if any(likeness == "same" for likeness, _ in alike):
        return
    shown = "、".join(person(holder.party) for holder in holders)
    values = (value(certificate, "owners"), *(holder.spot for holder in holders))
    told = f"{paper(case, certificate)}的权利人为{'、'.join(names)}，而当事人为{shown}"
    documents = [certificate.id, *(h.spot.document for h in holders if h.spot.document != DECLARATION)]
    doubtful = any(likeness != "different" for likeness, _ in alike) or certificate.fields["owners"].confidence < SURE
    if doubtful or min(holder.confidence for holder in holders) < SURE:
        more = f"{told}；可能是识别误差，请对照原件确认。"
        detail = {"compared": "owner_mismatch"}
        yield finding("low_confidence", documents, values=values, for_manager=more, detail=detail)
        return
    yield finding(
        "owner_mismatch",
        documents,
        values=values,
        for_manager=f"{told}，抵押房产不属于借款人、配偶或抵押人。",
        for_broker="房产权利人不是借款人、配偶或抵押人。请提供权利人为上述人员的不动产权证书，或补充权利人作为抵押人的材料。",
        detail={"party": holders[0].party.id},
    )


@rule("property_encumbered", needs=("property_certificate",), codes=("property_encumbered", "low_confidence"))
def property_encumbered(case: Case) -> Said:
    """不动产权证书的附记、印章不应有未注销的抵押、查封、居住权等（《民法典》第三百九十九条、第三百六十六条）。"""
    for certificate in case.of("property_certificate"):
        remarks, words = known(certificate, "remarks"), known(certificate, "encumbrances")
        if remarks is None and words is None:
            yield Unchecked(f"{paper(case, certificate)}没有读到附记，未能核对抵押、查封等情况", (certificate.id,))
            continue
        live, cleared = burdens(remarks.text if remarks else "")
        found = {kind: "remarks" for kind in live}
        for kind in burdens(words.text if words else "")[0]:
            if kind not in cleared or kind in live:
                found.setdefault(kind, "encumbrances")
        if found:
            yield _encumbered(case, certificate, found)


def burdens(note: str) -> tuple[list[str], list[str]]:
    """The kinds of burden that a note says to exist, and those that it says were released.

    >>> burdens("该不动产已设立抵押权。"), burdens("2019年设立的抵押权已于2022年注销登记。"), burdens("抵押：无；查封：无")
    ((['抵押'], []), ([], ['抵押']), ([], []))
    >>> burdens("已抵押给某银行；抵押权已注销。2025年被法院查封")
    (['查封'], ['抵押'])
    """
    live: list[str] = []
    cleared: list[str] = []
    for clause in re.split("[。；;\n]", text.normal(note)):
        for kind, word in _BURDENS.items():
            if not word.search(clause) or _NONE.search(clause) or _ANSWERED_NONE.search(clause):
                continue
            if not _RELEASED.search(clause):
                live.append(kind)
                continue
            cleared.append(kind)
            if live.count(kind) == 1:  # of several nobody can say which one was released
                live.remove(kind)
    return list(dict.fromkeys(live)), list(dict.fromkeys(cleared))


def _encumbered(case: Case, certificate: Document, found: dict[str, str]) -> Finding:
    fields = list(dict.fromkeys(found.values()))
    kinds = "、".join(found)
    values = [value(certificate, name) for name in fields]
    told = f"{paper(case, certificate)}的附记或印章提到{kinds}：“{'；'.join(v.raw or v.value for v in values)[:200]}”"
    detail = {"kinds": tuple(found), "compared": "property_encumbered"}
    if max(certificate.fields[name].confidence for name in fields) < SURE:
        more = f"{told}；但读数把握不足，请对照原件确认。"
        return finding("low_confidence", [certificate], values=values, for_manager=more, detail=detail)
    return finding(
        "property_encumbered",
        [certificate],
        values=values,
        for_manager=f"{told}，没有看到注销记载。",
        for_broker=f"不动产权证书载有{kinds}。如已注销或解除，请提供登记机构的注销证明或新的登记查询结果；否则请说明处理办法。",
        detail=detail,
    )


@rule("consent_missing", needs=("property_certificate",), codes=("consent_missing", "low_confidence"))
def consent_missing(case: Case) -> Said:
    """共有人、配偶须同意抵押，材料中应有其身份（《民法典》第三百零一条、第一千零六十二条）。"""
    for certificate in case.of("property_certificate"):
        names = owners(certificate)
        if not names:
            yield not_read(case, certificate, "owners")
            continue
        holders = _holders(case)
        ours = [h for h in holders if any(names_alike(name, h.party.name) != "different" for name in names)]
        if not ours:
            yield Unchecked(f"{paper(case, certificate)}的权利人不是已知当事人，未能核对共有人、配偶同意", (certificate.id,))
            continue
        yield from _co_owners(case, certificate, names)
        yield from _spouses(case, certificate, ours)


def _co_owners(case: Case, certificate: Document, names: Sequence[str]) -> Said:
    absent = [name for name in names if not _named_elsewhere(case, name)]
    shared = known(certificate, "co_ownership")
    values = [value(certificate, "owners"), *([value(certificate, "co_ownership")] if shared else [])]
    if absent and len(names) > 1:
        told = f"{paper(case, certificate)}的共有人{'、'.join(absent)}没有出现在其他任何材料中"
        if certificate.fields["owners"].confidence < SURE or any(_nearly_named(case, name) for name in absent):
            more = f"{told}；但姓名可能读错了一个字，请对照原件确认。"
            yield finding("low_confidence", [certificate], values=values, for_manager=more, detail={"compared": "consent_missing"})
            return
        yield finding(
            "consent_missing",
            [certificate],
            values=values,
            for_manager=f"{told}，缺少其同意抵押的材料。",
            for_broker=f"请补充房产共有人{'、'.join(absent)}的身份证，并由其本人签署同意抵押的书面文件。",
            detail={"absent": tuple(absent)},
        )
    elif len(names) == 1 and (more_owners(certificate) or _is_shared(certificate)):
        how = f"共有情况为{shared.text}" if shared is not None and _SHARED.search(shared.text) else "权利人一栏表明有共有人"
        told = f"{paper(case, certificate)}的{how}，却只读到权利人{names[0]}，请对照原件确认有无其他共有人。"
        yield finding("low_confidence", [certificate], values=values, for_manager=told, detail={"compared": "consent_missing"})


def _is_shared(certificate: Document) -> bool:
    """Whether the certificate says that the property has several owners."""
    fields = (known(certificate, name) for name in ("co_ownership", "owners"))
    return any(field is not None and _SHARED.search(field.text) for field in fields)


def _named_elsewhere(case: Case, name: str) -> bool:
    """Whether a person stands in any paper but the certificates."""
    for document in case.documents:
        for mention in mentions(document):
            if mention.name is not None and names_alike(mention.name.text, name) != "different":
                return True
        for more in ("parties", "legal_representative", "head_name"):
            field = known(document, more)
            if field is not None and any(names_alike(part, name) != "different" for part in re.split("[、，,;；]", field.text)):
                return True
    return False


def _nearly_named(case: Case, name: str) -> bool:
    """Whether another paper or party bears a name one character apart."""
    named = [m.name.text for d in case.documents for m in mentions(d) if m.name is not None]
    return any(near_names(name, other) for other in (*named, *(party.name for party in case.parties)) if other)


def _spouses(case: Case, certificate: Document, ours: Sequence[_Holder]) -> Said:
    """The spouse of each owner who is married: the borrower's is a party, a pledger's stands in his marriage certificate."""
    spouses = case.with_role("spouse")
    for holder in ours:
        party = holder.party
        if party.role in ("spouse", "company"):
            continue
        if not party.marital_status:
            yield Unchecked(f"{person(party)}的婚姻状况未知，未能核对配偶是否须同意抵押", (certificate.id,))
        elif party.marital_status == "married":
            named = [p.name for p in spouses if p.name] if party.role == "borrower" else _married_to(case, party)
            if not any(_named_elsewhere(case, name) for name in named):
                yield _spouse_missing(case, certificate, holder, named)


def _married_to(case: Case, party: Party) -> list[str]:
    """The other person of each marriage certificate that names a party."""
    found: list[str] = []
    for certificate in case.of("marriage_certificate"):
        names = [m.name.text for m in mentions(certificate) if m.name is not None]
        if any(names_alike(name, party.name) != "different" for name in names):
            found += [name for name in names if names_alike(name, party.name) == "different"]
    return found


def _spouse_missing(case: Case, certificate: Document, holder: _Holder, named: Sequence[str]) -> Finding:
    who = f"配偶{'、'.join(named)}" if named else "配偶"
    owned = owners(certificate)  # a co-owner whose name was misread by one character is who is missed
    if any(_nearly_named(case, name) or any(near_names(name, other) for other in owned) for name in named if name != holder.party.name):
        told = f"房产权利人{person(holder.party)}已婚，其{who}没有出现在其他材料中，但有材料上的姓名只差一个字，请对照原件确认。"
        values = (value(certificate, "owners"), holder.spot)
        return finding("low_confidence", [certificate], values=values, for_manager=told, detail={"compared": "consent_missing"})
    return finding(
        "consent_missing",
        [certificate],
        values=(value(certificate, "owners"), holder.spot),
        for_manager=f"房产权利人{person(holder.party)}已婚，其{who}没有出现在任何材料中，缺少配偶同意抵押的材料。",
        for_broker=f"请补充{person(holder.party)}的结婚证和{who}的身份证，并由配偶签署同意抵押的书面文件。",
        detail={"absent": tuple(named), "party": holder.party.id},
    )


@rule("property_term", needs=("property_certificate",), codes=("term_too_long", "low_confidence"))
def property_term(case: Case) -> Said:
    """贷款到期日不应晚于房产土地使用期限（银行抵押物管理通行做法；住宅用地期满自动续期，《民法典》第三百五十九条）。"""
    wished = months(case)
    for certificate in case.of("property_certificate"):
        until = known(certificate, "term_until")
        ends = day_of(certificate, "term_until")
        if until is not None and until.text == "long-term":
            continue
        if ends is None:
            yield not_read(case, certificate, "term_until")
        elif wished is None:
            yield Unchecked("贷款期限未知，未能与房产使用期限核对", (certificate.id,))
        elif (last := last_day(case.as_of, wished.number)) > ends:
            values = (value(certificate, "term_until"), wished.value)
            told = (
                f"{paper(case, certificate)}的使用期限至{chinese_day(ends)}，贷款{wished.number}个月约至{chinese_day(last)}，超过使用期限"
            )
            assert until is not None
            if min(until.confidence, wished.confidence) < SURE:
                more = f"{told}；但读数把握不足，请对照原件确认。"
                yield finding("low_confidence", [certificate], values=values, for_manager=more, detail={"compared": "term_too_long"})
            else:
                usage = known(certificate, "usage")
                home = "；住宅建设用地期满自动续期，是否接受由贵行决定" if usage and "住宅" in usage.text else ""
                yield finding("term_too_long", [certificate], values=values, for_manager=f"{told}{home}。")
