"""Rules on what is there: papers, sides, fields, seals, ages, copies, and readings that a person has to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from extractors.model import SURE, Document
from validators.checklist import Row, rows
from validators.codes import finding
from validators.model import Case, Finding, Inapplicable, Requirement, Unchecked, known, value
from validators.papers import field_label, field_labels, lacking, lost, mandatory, sides, type_label
from validators.registry import rule
from validators.say import paper, person, place
from validators.sides import chinese_day, day_of, may_be_slip, not_read, redo, sure_or_doubt
from validators.twins import twins

Said = Iterator[Finding | Unchecked | Inapplicable]
_DATED: Mapping[str, tuple[str, ...]] = {
    "income_proof": ("issued_on",),
    "bank_statement": ("period_until",),
    "balance_sheet": ("as_of",),
    "income_statement": ("period_until",),
    "cash_flow_statement": ("period_until",),
}
"""The day from which a paper's age is counted."""
_BOOKS = ("balance_sheet", "income_statement", "cash_flow_statement")
_PAST: Mapping[str, tuple[str, ...]] = {
    "resident_id_card": ("valid_from", "birth_date"),
    "business_licence": ("established_on", "issued_on", "term_from"),
    "income_proof": ("issued_on", "employed_since"),
    "balance_sheet": ("as_of",),
    "income_statement": ("period_until",),
    "cash_flow_statement": ("period_until",),
    "bank_statement": ("period_from",),
    "property_certificate": ("registered_on",),
    "marriage_certificate": ("registered_on",),
}
"""Days that cannot lie after the day of the check."""
_MOST_AHEAD = 5 * 366
_LISTED = 8
"""At most so many fields are named in one sentence; `fields` names them all."""


@rule("missing_document")
def missing_document(case: Case) -> Said:
    """产品清单要求的每份材料，每位当事人都应提供（《个人贷款管理办法》；产品清单）。"""
    for row in rows(case):
        asked = row.requirement
        if not asked.mandatory or len(row.documents) >= asked.count:
            continue
        whose = person(row.party)
        lack = f"缺少{whose}的{type_label(asked.document_type)}" if whose else f"缺少{type_label(asked.document_type)}"
        if asked.count > 1:
            lack += f"（需{asked.count}份，现有{len(row.documents)}份）"
        yield finding(
            "missing_document",
            row.documents,
            fields=(),
            for_manager=f"{lack}{_perhaps_there(case)}。",
            for_broker=_ask(row),
            detail={
                "document_type": asked.document_type,
                "party": "" if row.party is None else row.party.id,
                "requirement": asked.id,
            },
        )
    borrower = case.with_role("borrower")
    conditional = any(r.when == "married" and r.mandatory for r in case.policy.requirements)
    if conditional and borrower and not borrower[0].marital_status:
        yield Unchecked("未声明婚姻状况，材料中也没有体现，未能确定是否需要结婚证和配偶身份证")


def _perhaps_there(case: Case) -> str:
    """A hint for the manager where the paper may be among what could not be read or told."""
    unread = any(record.error is not None for record in case.files) or any(True for _ in case.of("unknown"))
    return "；材料中有无法打开或未识别的文件，请先确认是否就在其中" if unread else ""


def _ask(row: Row) -> str:
    asked = row.requirement
    owner = person(row.party)
    needs = [
        "人像面和国徽面都要拍全" if len(asked.sides) == 2 else "",
        f"须覆盖最近{asked.months}个月" if asked.months else "",
        "须加盖单位公章" if asked.needs_seal else "",
        _how_young(asked),
    ]
    told = "，".join(n for n in needs if n)
    whose = f"{owner}的" if owner else ""
    return f"请提供{whose}{type_label(asked.document_type)}{'：' + told if told else ''}。"


def _how_young(asked: Requirement) -> str:
    if asked.document_type in _BOOKS:
        return "应为最近一个年度或最近一期"
    day = "最后一笔交易" if asked.document_type == "bank_statement" else "开具日期"
    return f"{day}距今不超过{asked.max_age_days}天" if asked.max_age_days else ""


@rule("missing_side", needs=("resident_id_card",))
def missing_side(case: Case) -> Said:
    """身份证应有人像面和国徽面两面（《居民身份证法》第三条所列登记项目分在两面）。"""
    cards = list(case.of("resident_id_card"))
    whole = {case.party_of.get(c.id) for c in cards if sides(c) == {"front", "back"}} - {None}
    halves = [c for c in cards if len(sides(c)) == 1 and case.party_of.get(c.id) not in whole]
    fronts = [c for c in halves if "front" in sides(c)]
    backs = [c for c in halves if "back" in sides(c)]
    paired = min(len(fronts), len(backs))
    if paired and len(fronts) == len(backs):
        # Each side is there, only which back is whose cannot be told: nothing is missing.
        yield Unchecked("有多张身份证的两面分开拍摄，国徽面上没有姓名，不能确定各属于谁", tuple(c.id for c in halves))
        return
    for card in fronts if len(fronts) > paired else backs:
        lost = "国徽面" if card in fronts else "人像面"
        several = f"（共有{len(fronts)}张人像面、{len(backs)}张国徽面）" if paired else ""
        owner = person(case.party(card))
        yield finding(
            "missing_side",
            [card],
            fields=("sides",),
            for_manager=f"{paper(case, card)}只有一面，缺少{lost}{several}。",
            for_broker=f"请补拍{owner + '的' if owner else ''}身份证{lost}，四角完整、文字清晰。",
            detail={"missing": "back" if card in fronts else "front"},
        )
    for card in cards:
        if not sides(card):
            yield not_read(case, card, "sides")


@rule("missing_field", codes=("missing_field", "low_confidence"))
def missing_field(case: Case) -> Said:
    """材料上必要的内容应能读到（各类材料的必要内容见文件说明）；只是描述性的、别处另有记载的或看得到而认不准的，请人核对原图。"""
    for document in case.documents:
        gone = lost(document)
        unclear = tuple(wanted for wanted in lacking(document) if wanted not in gone)
        # What stands there unread has a field of its own, and `low_confidence` names it.
        unseen = tuple(wanted for wanted in unclear if not any(part in document.fields for part in wanted.split("|")))
        if gone:
            labels = field_labels(document.type, gone)
            ask = redo(document, f"{labels}看不清或没有填写，请补全或重新拍摄，使文字完整清晰。")
            yield _not_found("missing_field", case, document, gone, f"没有读到：{labels}。", ask)
        if unseen:
            told = f"没有读到：{field_labels(document.type, unseen)}；请对照原图确认是否清楚、齐全。"
            yield _not_found("low_confidence", case, document, unseen, told, "")


def _not_found(code: str, case: Case, document: Document, wanted: tuple[str, ...], told: str, ask: str) -> Finding:
    names = tuple(part for name in wanted for part in name.split("|"))
    values = [value(document, name) for name in names if name in document.fields]
    detail = {"compared": "missing_field"} if code == "low_confidence" else {}
    return finding(
        code, [document], values=values, fields=names, for_manager=f"{paper(case, document)}{told}", for_broker=ask, detail=detail
    )


@rule("missing_seal", needs=("income_proof",))
def missing_seal(case: Case) -> Said:
    """收入证明应加盖单位公章或人事章（产品清单）。"""
    kinds = {r.document_type for r in case.policy.requirements if r.needs_seal}
    if not any(True for _ in case.of(*kinds)):
        yield Inapplicable("产品没有要求这些材料加盖印章", settled=True)
    for document in case.of(*kinds):
        seal = known(document, "has_seal")
        if seal is None:
            yield not_read(case, document, "has_seal")
        elif seal.text == "false" and 2 * len(lost(document)) > len(mandatory(document)):
            yield Unchecked(f"{paper(case, document)}大部分内容都没有读到，看不出有没有盖章", (document.id,))
        elif seal.text == "false" and _grey(document):
            yield Unchecked(f"{paper(case, document)}是黑白复印件，看不出有没有红章", (document.id,))
        elif seal.text == "false":
            ask = redo(document, "请加盖单位公章或人事章后，提供彩色照片或扫描件。")
            yield sure_or_doubt("missing_seal", case, document, ("has_seal",), said="没有看到红色印章", for_broker=ask)


def _grey(document: Document) -> bool:
    return any("photocopy" in ref.quality.warnings for ref in document.pages)


@rule("unknown_document")
def unknown_document(case: Case) -> Said:
    """每一页都应归入某类材料；归不进的列出来由人辨认，从不丢弃。"""
    for document in case.of("unknown"):
        reasons = {reason for ref in document.pages for reason in ref.quality.unreadable}
        if reasons - {"blank"}:
            continue  # said by unreadable_image
        what = "没有文字（空白页或图片）" if "blank" in reasons else "不属于已知的材料类型，请人工辨认"
        where = place(document.pages)
        yield finding("unknown_document", [document], for_manager=f"{where}{what}。")


@rule("duplicate_document")
def duplicate_document(case: Case) -> Said:
    """同一份材料重复上传的，指出来以免重复审核（文件内容相同，或关键内容全部相同）。"""
    said: set[frozenset[str]] = set()
    by_hash: dict[str, list[str]] = defaultdict(list)
    for record in case.files:
        by_hash[record.sha256].append(record.name)
    for names in (n for n in by_hash.values() if len(n) > 1):
        held = [d for d in case.documents if any(ref.file in names for ref in d.pages)]
        said.add(frozenset(d.id for d in held))
        listed = "、".join(f"“{name}”" for name in names)
        yield finding("duplicate_document", held, for_manager=f"文件{listed}内容完全相同。", detail={"files": tuple(names)})
    for group in _groups(case):
        if not any(frozenset(d.id for d in group) <= held_ids for held_ids in said):
            listed = "；".join(paper(case, d) for d in group)
            yield finding("duplicate_document", group, for_manager=f"以下材料似为同一份：{listed}。")


def _groups(case: Case) -> list[list[Document]]:
    """The documents that are pictures of one paper, in packet order."""
    groups: list[list[Document]] = []
    for document in case.documents:
        home = next((group for group in groups if all(twins(document, other) for other in group)), None)
        if home is None:
            groups.append([document])
        else:
            home.append(document)
    return [group for group in groups if len(group) > 1]


@rule("document_too_old", needs=tuple(_DATED), codes=("document_too_old", "low_confidence"))
def document_too_old(case: Case) -> Said:
    """收入证明、银行流水、财务报表距审核日不得超过产品规定的天数；有多份的看最新一份，三张报表看最新一张（产品清单）。"""
    asked = False
    for row in rows(case):
        most = row.requirement.max_age_days
        papers = [d for d in row.documents if d.type in _DATED]
        if not most or not papers:
            continue
        asked = True
        days = {d.id: day_of(d, _DATED[d.type][0]) for d in papers}
        newest = max((d for d in papers if days[d.id]), key=lambda d: days[d.id] or date.min, default=None)
        if newest is None:
            yield not_read(case, papers[0], _DATED[papers[0].type][0])
            continue
        name = _DATED[newest.type][0]
        age = (case.as_of - (days[newest.id] or case.as_of)).days
        if age > most and not (newest.type in _BOOKS and _fresh_books(case, newest, most)):
            label = field_label(newest.type, name)
            said = f"的{label}为{chinese_day(days[newest.id] or case.as_of)}，距审核日{age}天，超过{most}天"
            ask = redo(newest, f"请提供最新的{type_label(newest.type)}。")
            slip = may_be_slip(newest, name, lambda day, most=most: 0 <= (case.as_of - day).days <= most)  # type: ignore[misc]
            detail = {"days": age, "max_days": most}
            yield sure_or_doubt("document_too_old", case, newest, (name,), said=said, for_broker=ask, slip=slip, **detail)
    if not asked:
        yield Inapplicable("产品没有规定这些材料的有效期限", settled=True)


def _fresh_books(case: Case, old: Document, most: int) -> bool:
    """Whether another statement of the same company is young enough: the period is then what is wrong with this one,
    and `period_mismatch` says so."""
    others = [d for d in case.of(*_BOOKS) if d is not old and case.party(d) == case.party(old)]
    days = [day for d in others if (day := day_of(d, _DATED[d.type][0])) is not None]
    return any((case.as_of - day).days <= most for day in days)


@rule("date_in_future", needs=tuple(_PAST), codes=("date_in_future", "low_confidence"))
def date_in_future(case: Case) -> Said:
    """材料的签发、登记、开具和截止日期不得晚于审核日。"""
    for document in case.of(*_PAST):
        for name in _PAST[document.type]:
            day = day_of(document, name)
            if day is not None and day > case.as_of:
                label = field_label(document.type, name)
                said = f"的{label}为{chinese_day(day)}，晚于审核日{chinese_day(case.as_of)}"
                ask = redo(document, f"请核对{label}；如有误，请由出具单位更正后重新出具。")
                # Nobody dates a paper years ahead: that is a digit misread.
                slip = (day - case.as_of).days > _MOST_AHEAD or may_be_slip(document, name, lambda other: other <= case.as_of)
                yield sure_or_doubt("date_in_future", case, document, (name,), said=said, for_broker=ask, slip=slip)
        first = _PAST[document.type][0]
        if day_of(document, first) is None and known(document, first) is None and first in mandatory(document):
            yield not_read(case, document, first)


@rule("low_confidence")
def low_confidence(case: Case) -> Said:
    """读数把握不足（低于0.9）或有更可能的读法的内容，列出来由人对照原图确认。"""
    for document in case.documents:
        names = [name for name, field in document.fields.items() if field.confidence < SURE or field.proposal]
        if not names:
            continue
        shown = "、".join(_reading(document, name) for name in names[:_LISTED])
        more = f"等{len(names)}项" if len(names) > _LISTED else ""
        proposals = {n: p for n in names if (p := document.fields[n].proposal) is not None}
        yield finding(
            "low_confidence",
            [document],
            values=[value(document, name) for name in names],
            for_manager=f"{paper(case, document)}的以下内容请对照原图核对：{shown}{more}。",
            detail={"proposals": proposals} if proposals else {},
        )


def _reading(document: Document, name: str) -> str:
    field = document.fields[name]
    read = field.text if isinstance(field.value, str) else f"{len(field.value)}行"
    likely = f"，可能为{field.proposal}" if field.proposal else ""
    return f"{field_label(document.type, name)}（读作“{read or field.raw}”{likely}）"
