"""Rules on the business licence, and on the company that licence, books and accounts speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from extractors.model import Document, Field
from extractors.numbers import uscc
from extractors.numbers.errors import NumberError
from validators.expiry import expiry
from validators.match import compare, compare_companies, names_alike
from validators.model import Case, Finding, Inapplicable, Party, Unchecked, Value, known
from validators.papers import lacking
from validators.people import COMPANIES, company_name, is_company
from validators.registry import rule
from validators.sides import DECLARATION, Side, declared, disagreement, not_read, redo, side, sure_or_doubt

Said = Iterator[Finding | Unchecked | Inapplicable]
_WRONG = {
    "checksum": "校验码不符",
    "length": "位数不对",
    "format": "含有不应出现的字符",
    "organisation": "所含组织机构代码的校验码不符",
}
_ENDED = re.compile(r"吊销|注销|撤销|作废|除名|已失效")
_ENDED_NAME = re.compile(r"[(（【\[][^)）】\]]{0,4}(吊销|注销|撤销|作废)[^)）】\]]{0,6}[)）】\]]")
_REPRESENTED = ("personal_business", "enterprise")


@rule("uscc_checksum", needs=("business_licence",), codes=("uscc_checksum", "low_confidence"))
def uscc_checksum(case: Case) -> Said:
    """统一社会信用代码的校验码及其中组织机构代码的校验码应当正确（GB 32100—2015，GB 11714—1997）。"""
    for licence in case.of("business_licence"):
        code = known(licence, "uscc")
        if code is None:
            if known(licence, "registration_number") is not None:
                yield Unchecked("营业执照为2015年10月前的旧版，没有统一社会信用代码，未能核对", (licence.id,))
            else:
                yield not_read(case, licence, "uscc")
            continue
        wrong = _fault(code.text)
        if wrong is None:
            continue
        options = uscc.proposals(code.text)
        proposal = code.proposal or (options[0] if len(options) == 1 else "")
        likely = f"，可能应为{proposal}（需人工确认）" if proposal else ""
        detail: dict[str, Any] = {"reason": wrong, **({"proposal": proposal} if proposal else {})}
        yield sure_or_doubt(
            "uscc_checksum",
            case,
            licence,
            ("uscc",),
            said=f"的统一社会信用代码{code.text}{_WRONG[wrong]}{likely}",
            for_broker="请核对统一社会信用代码，并提供营业执照原件的清晰照片或扫描件。",
            **detail,
        )


def _fault(code: str) -> str | None:
    try:
        uscc.validate(code)
    except NumberError as error:
        return error.code if error.code in _WRONG else "format"
    # Codes of self-employed persons (92) were given out with organisation codes that do not check.
    return None if code.startswith("92") or uscc.organisation_code_valid(code) else "organisation"


@rule("licence_not_valid", needs=("business_licence",), codes=("licence_not_valid", "low_confidence"))
def licence_not_valid(case: Case) -> Said:
    """营业执照不得载有吊销、注销、撤销、作废等字样（《市场主体登记管理条例》：吊销、注销后不得再从事经营活动）。"""
    for licence in case.of("business_licence"):
        found = _ended(licence)
        if found is not None:
            name, word = found
            yield sure_or_doubt(
                "licence_not_valid",
                case,
                licence,
                (name,),
                said=f"载有“{word}”字样",
                for_broker="该营业执照已失效，请提供现行有效的营业执照；如已恢复，请提供登记机关的证明。",
                word=word,
            )
        elif lacking(licence):
            yield not_read(case, licence, *(name.split("|")[0] for name in lacking(licence)))


def _ended(licence: Document) -> tuple[str, str] | None:
    """The field and the words that say that a licence has ended; the scope of business may speak of such things freely."""
    status = known(licence, "status_marks")
    if status is not None and (match := _ENDED.search(status.text)):
        return "status_marks", match.group()
    for name in ("name", "registration_authority", "type"):
        field = known(licence, name)
        if field is not None and (match := _ENDED_NAME.search(field.raw) or _ENDED_NAME.search(field.text)):
            return name, match.group(1)
    return None


@rule("licence_term", needs=("business_licence",), codes=("document_expired", "document_expires_soon", "low_confidence"))
def licence_term(case: Case) -> Said:
    """营业期限在审核日应未届满，九十天内届满的予以提醒（《公司法》第二百二十九条；提醒天数由产品设定）。"""
    for licence in case.of("business_licence"):
        if known(licence, "term_until") is not None:
            yield from expiry(case, licence, "term_until", "请先办理营业期限变更登记，再提供新的营业执照。")
        elif _without_term(licence):
            yield Inapplicable("个体工商户营业执照不载营业期限", settled=True)
        else:
            yield not_read(case, licence, "term_until")


def _without_term(licence: Document) -> bool:
    """Whether this is a licence on which no term is printed: a self-employed person's."""
    kind, code = known(licence, "type"), known(licence, "uscc")
    return (kind is not None and "个体" in kind.text) or (code is not None and code.text.startswith("92"))


@rule("company_mismatch", needs=tuple(COMPANIES), codes=("company_mismatch", "low_confidence"))
def company_mismatch(case: Case) -> Said:
    """财务报表的编制单位、对公流水的户名应与营业执照（或申报）的企业名称一致。"""
    references = _references(case)
    others = [
        document
        for document in case.of(*COMPANIES)
        if (document.type != "bank_statement" or company_name(document) is not None)
        and not any(document is reference.document for reference in references)
    ]
    if not references:
        yield from (not_read(case, document, COMPANIES[document.type]) for document in others)
    elif others:
        for document in others:
            yield from _against(side(case, document, COMPANIES[document.type]), references)
    if not others:
        yield Inapplicable("没有两份以上载明企业名称的材料")


def _references(case: Case) -> list[Side]:
    """What the company is called by declaration and licences; without either by the first book that names it."""
    found = [said for party in case.with_role("company") if (said := declared(party, "name")) is not None]
    named = [d for d in case.of("business_licence") if company_name(d) is not None]
    if not found and not named:
        books = [d for kind in list(COMPANIES)[1:4] for d in case.of(kind) if company_name(d) is not None]
        named = books[:1]
    if found:
        return found
    return [side(case, document, COMPANIES[document.type]) for document in named]


def _against(own: Side, references: Sequence[Side]) -> Said:
    """Nothing when one reference agrees; else what the likeliest of them says."""
    judged = [(compare_companies(reference.field, own.field), reference) for reference in references]
    for wanted in ("same", "doubtful", "different", "unknown"):
        for judgement, reference in judged:
            if judgement == wanted:
                document = own.document
                ask = redo(document, "企业名称应与营业执照一致；如企业曾更名，请附变更登记证明。") if document is not None else ""
                said = disagreement("company_mismatch", judgement, reference, own, subject="企业名称", for_broker=ask)
                if said is not None:
                    yield said
                return


@rule(
    "legal_representative_mismatch",
    needs=("business_licence",),
    codes=("legal_representative_mismatch", "low_confidence"),
)
def legal_representative_mismatch(case: Case) -> Said:
    """个人经营贷款的借款人、企业贷款提供身份证的法定代表人，应为营业执照所载法定代表人、负责人或经营者（产品要求）。"""
    if case.policy.product not in _REPRESENTED:
        yield Inapplicable("该产品不要求借款人是营业执照所载的法定代表人或经营者", settled=True)
        return
    people = _representatives(case)
    for licence in case.of("business_licence"):
        own = side(case, licence, "legal_representative")
        if own.field is None:
            yield not_read(case, licence, "legal_representative")
        elif is_company(own.field.text):
            yield Unchecked("营业执照的执行事务合伙人或投资人是企业，未能与个人核对", (licence.id,))
        elif not people:
            yield Unchecked("没有读到借款人或法定代表人的姓名，未能与营业执照核对", (licence.id,))
        else:
            yield from _represented_by(own, people, _kin(case, own))


def _kin(case: Case, own: Side) -> str:
    """`，系借款人的配偶` where the licence names the borrower's spouse: a manager may take that, the product's file does not."""
    same = [p for p in case.with_role("spouse") if p.name and own.field and names_alike(own.field.text, p.name) == "same"]
    return "，系借款人的配偶" if same else ""


def _representatives(case: Case) -> list[Side]:
    """Who is to be the representative, by card or declaration; by what other papers call the borrower without either."""
    roles = ("borrower",) if case.policy.product == "personal_business" else ("legal_representative", "borrower")
    found: list[Side] = []
    for party in case.with_role(*roles):
        cards = [d for d in case.of("resident_id_card") if case.party(d) == party and known(d, "name") is not None]
        named = [side(case, card, "name") for card in cards]
        said = declared(party, "name")
        found.extend(named or ([said] if said is not None else _inferred(party)))
    return found


def _inferred(party: Party) -> list[Side]:
    if party.role != "borrower" or not party.name:
        return []
    field = Field(party.name, party.name, 0.0, None, "person")
    return [Side("按其他材料推断的借款人", Value(DECLARATION, "name", party.name, party.name, None), field)]


def _represented_by(own: Side, people: Sequence[Side], kin: str) -> Said:
    judged = [(compare(own.field, each.field), each) for each in people]
    for wanted in ("same", "doubtful", "different", "unknown"):
        for judgement, each in judged:
            if judgement == wanted:
                said = disagreement(
                    "legal_representative_mismatch",
                    judgement,
                    own,
                    each,
                    subject=f"营业执照所载法定代表人（经营者、负责人{kin}）与申请人姓名",
                    for_broker="请提供营业执照所载法定代表人的身份证；如法定代表人已变更，请提供变更后的营业执照。",
                )
                if said is not None:
                    yield said
                return
