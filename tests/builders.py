"""Small builders for tests of rules: a document, a party, a case, in one line each.

card = document("resident_id_card", sides="front+back", name="张伟", id_number="11010519491231002X")
statement = document("balance_sheet", **{"cash.end": "100.00", "total_assets.end": unsure("5.00")})
findings = run_rule("id_checksum", case(card))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from extractors.model import Box, Document, Evidence, Field, FileError, FileRecord, PageRef, PdfTraits, Quality
from validators import registry
from validators.model import NOTHING, Case, Finding, Inapplicable, Loan, Party, Role, Unchecked
from validators.policy import load_policy

TODAY = date(2026, 11, 23)
SHARP = Quality()
NO_LOAN = Loan()
SPOT = Box(0.1, 0.2, 0.4, 0.25)


def read(value: Any, confidence: float = 0.99, *, raw: str | None = None, proposal: str | None = None) -> Field:
    """A field as an extractor would hand it over; lists of rows become tuples."""
    if isinstance(value, str):
        return Field(value, value if raw is None else raw, confidence, Evidence("a.jpg", 1, SPOT), proposal=proposal)
    rows = tuple(MappingProxyType(dict(row)) for row in value)
    return Field(rows, raw or "", confidence, Evidence("a.jpg", 1, SPOT))


def unsure(value: str, confidence: float = 0.6, **more: Any) -> Field:
    """A field that was read but not surely."""
    return read(value, confidence, **more)


def unread(raw: str = "▇▇") -> Field:
    """Something stands there, but it has no normal form."""
    return Field("", raw, 0.3, Evidence("a.jpg", 1, SPOT))


def document(
    kind: str,
    /,
    *,
    doc_id: str = "",
    file: str = "",
    pages: Iterable[int] = (1,),
    quality: Quality = SHARP,
    doc_confidence: float = 0.99,
    **fields: Any,
) -> Document:
    """A document of a type. A field may be a string, a list of rows, or a ready `Field`; None leaves it out.

    The id defaults to the type, the file to `<id>.jpg`; evidence points into that file's first page.
    """
    doc_id = doc_id or kind
    file = file or f"{doc_id}.jpg"
    refs = tuple(PageRef(file, page, quality) for page in pages)
    made: dict[str, Field] = {}
    for name, value in fields.items():
        if value is None:
            continue
        field = value if isinstance(value, Field) else read(value)
        spot = Evidence(file, refs[0].page, SPOT)
        made[name] = Field(field.value, field.raw, field.confidence, spot, field.source, field.proposal)
    return Document(doc_id, kind, refs, doc_confidence, MappingProxyType(made))


def file_of(*documents: Document) -> tuple[FileRecord, ...]:
    """The files that the documents stand in, sound, in order of their first appearance."""
    refs: dict[str, dict[int, PageRef]] = {}
    for doc in documents:
        for ref in doc.pages:
            refs.setdefault(ref.file, {})[ref.page] = ref
    return tuple(
        FileRecord(name, f"{i:064x}", len(pages), page_refs=tuple(pages[n] for n in sorted(pages)))
        for i, (name, pages) in enumerate(refs.items(), 1)
    )


def bad_file(name: str, code: str = "damaged", sentence: str = "文件已损坏，请重新导出后上传。") -> FileRecord:
    """A file that could not be opened."""
    return FileRecord(name, "f" * 64, 0, FileError(code, sentence))


def pdf_file(name: str, **traits: Any) -> FileRecord:
    """A sound PDF with these traits of its structure."""
    return FileRecord(name, "e" * 64, 1, pdf=PdfTraits(**traits), page_refs=(PageRef(name, 1),))


def party(role: Role, name: str = "张伟", id_number: str = "", marital_status: str = "", *, id: str = "") -> Party:
    """A declared party; its id is its role."""
    return Party(id or role, role, name, id_number, marital_status, inferred=False)


def case(
    *documents: Document,
    product: str = "personal_mortgage",
    parties: Iterable[Party] = (),
    party_of: Mapping[str, str] = NOTHING,
    files: Iterable[FileRecord] | None = None,
    loan: Loan = NO_LOAN,
    as_of: date = TODAY,
    limits: Mapping[str, Any] = NOTHING,
    detail: Mapping[str, Any] = NOTHING,
) -> Case:
    """A case with the product's real policy (limits may be overridden), exactly these parties, and no inference."""
    policy = load_policy(product, as_of)
    policy = replace(policy, limits={**policy.limits, **limits})
    return Case(
        documents,
        file_of(*documents) if files is None else tuple(files),
        tuple(parties),
        dict(party_of),
        policy,
        loan,
        as_of,
        dict(detail),
    )


def said(rule_id: str, case: Case) -> list[Finding | Unchecked | Inapplicable]:
    """All that one rule says about a case; its `needs` are honoured: nothing when no document of them is there."""
    each = next(r for r in registry.all_rules() if r.id == rule_id)
    if each.needs and not any(True for _ in case.of(*each.needs)):
        return []
    return list(each.body(case))


def run_rule(rule_id: str, case: Case) -> list[Finding]:
    """The findings of one rule."""
    return [s for s in said(rule_id, case) if isinstance(s, Finding)]


def unchecked(rule_id: str, case: Case) -> list[Unchecked]:
    """What one rule could not check."""
    return [s for s in said(rule_id, case) if isinstance(s, Unchecked)]


def outcome(rule_id: str, case: Case) -> str:
    """What becomes of one rule on a case: passed, failed, warned, not_applicable, not_checked."""
    each = next(r for r in registry.all_rules() if r.id == rule_id)
    return registry.run(case, [each])[1][0].outcome


MAN, WOMAN = "110105198803151232", "110105199005201228"
"""Id numbers whose check digits fit, of a man born 1988-03-15 and a woman born 1990-05-20."""


def card(name: Any = "张伟", id_number: Any = MAN, *, doc_id: str = "card", side: str = "front+back", **more: Any) -> Document:
    """A sound ID card of a holder; `side` as the contract's `sides`; single fields may be overridden, None leaves out."""
    sound = id_number if isinstance(id_number, str) and len(id_number) == 18 else MAN
    born = f"{sound[6:10]}-{sound[10:12]}-{sound[12:14]}"
    front = {
        "name": name,
        "sex": "男" if int(sound[16]) % 2 else "女",
        "ethnicity": "汉",
        "birth_date": born,
        "address": "北京市朝阳区示例路1号",
        "id_number": id_number,
    }
    back = {"issuing_authority": "北京市公安局朝阳分局", "valid_from": "2018-04-01", "valid_until": "2038-04-01"}
    shown = {**(front if "front" in side else {}), **(back if "back" in side else {}), "sides": side, **more}
    return document("resident_id_card", doc_id=doc_id, **shown)


def licence(**more: Any) -> Document:
    """A sound licence of 重庆示例科技有限公司, represented by 张伟."""
    fields = {
        "uscc": "91350100M000100Y43",
        "name": "重庆示例科技有限公司",
        "type": "有限责任公司",
        "legal_representative": "张伟",
        "established_on": "2015-05-06",
        "term_from": "2015-05-06",
        "term_until": "long-term",
        "address": "重庆市渝北区示例大道9号",
        "business_scope": "软件开发；技术咨询",
    }
    return document("business_licence", **{"doc_id": "licence", **fields, **more})


def proof(name: str = "张伟", **more: Any) -> Document:
    """A sound income proof."""
    fields = {
        "employee_name": name,
        "id_number": MAN,
        "employer": "重庆示例科技有限公司",
        "monthly_income": "15000.00",
        "issued_on": "2026-11-02",
        "has_seal": "true",
        "seal_text": "重庆示例科技有限公司",
    }
    return document("income_proof", **{"doc_id": "proof", **fields, **more})


def statement(name: str = "张伟", **more: Any) -> Document:
    """A sound bank statement of half a year with wages from the employer."""
    rows = [
        {
            "date": f"2026-{month:02d}-10",
            "summary": "代发工资",
            "counterparty": "重庆示例科技有限公司",
            "amount": "15000.00",
            "balance": f"{15000 * (month - 4)}.00",
        }
        for month in range(5, 11)
    ]
    fields = {
        "bank": "示例银行",
        "account_holder": name,
        "account_number": "6222000000000000",
        "period_from": "2026-05-01",
        "period_until": "2026-10-31",
        "transactions": rows,
    }
    return document("bank_statement", **{"doc_id": "statement", **fields, **more})


def marriage(holder: str = "张伟", spouse: str = "李娜", **more: Any) -> Document:
    """A sound marriage certificate."""
    fields = {
        "holder_name": holder,
        "holder_id_number": MAN,
        "spouse_name": spouse,
        "spouse_id_number": WOMAN,
        "registered_on": "2015-06-01",
        "certificate_number": "J110105-2015-000123",
    }
    return document("marriage_certificate", **{"doc_id": "marriage", **fields, **more})


def deed(owners: str = "张伟", **more: Any) -> Document:
    """A sound property certificate."""
    fields = {
        "certificate_number": "渝(2020)渝北区不动产权第000123456号",
        "owners": owners,
        "co_ownership": "单独所有",
        "location": "重庆市渝北区示例路2号3-4",
        "right_type": "国有建设用地使用权/房屋所有权",
        "usage": "住宅",
        "floor_area": "89.37",
        "registered_on": "2020-08-09",
    }
    return document("property_certificate", **{"doc_id": "deed", **fields, **more})


def books(kind: str, company: str = "重庆示例科技有限公司", **more: Any) -> Document:
    """A statement of accounts with the few lines that it must have, of the year 2025."""
    lines: dict[str, dict[str, Any]] = {
        "balance_sheet": {
            "as_of": "2025-12-31",
            "total_assets.end": "300.00",
            "total_liabilities.end": "100.00",
            "total_equity.end": "200.00",
            "total_liabilities_and_equity.end": "300.00",
        },
        "income_statement": {"period_until": "2025-12-31", "revenue.current": "90.00", "net_profit.current": "9.00"},
        "cash_flow_statement": {"period_until": "2025-12-31", "net_operating.current": "8.00", "cash_end.current": "7.00"},
    }
    return document(kind, company=company, **{**lines[kind], **more})
