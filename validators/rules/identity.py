"""Rules on the resident ID card and on id numbers wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from extractors.model import SURE, Document
from extractors.numbers import regions, resident_id
from extractors.numbers.errors import NumberError
from validators.cards import lawful_years, validity_years
from validators.codes import finding
from validators.expiry import expiry
from validators.match import MASKS, numbers_alike
from validators.model import Case, Finding, Inapplicable, Unchecked, known, value
from validators.papers import field_label, sides, type_label
from validators.people import PERSONS, age_on
from validators.registry import rule
from validators.say import paper
from validators.sides import day_of, may_be_slip, not_read, sure_or_doubt

Said = Iterator[Finding | Unchecked | Inapplicable]
_Spot = tuple[Document, str]
_NUMBERED = tuple(kind for kind, pairs in PERSONS.items() if any(id_field for _, id_field in pairs))
_WRONG = {
    "checksum": "最后一位校验码与前十七位不符",
    "date": "所含出生日期不存在",
    "future": "所含出生日期晚于审核日",
    "legacy": "是2013年起停止使用的15位号码",
    "length": "位数不对",
    "format": "含有不应出现的字符",
    "region": "前两位不是任何省级行政区的代码",
}
_ISSUE_DAYS = timedelta(days=90)


@rule("id_checksum", needs=_NUMBERED, codes=("id_checksum", "low_confidence"))
def id_checksum(case: Case) -> Said:
    """公民身份号码的校验码、行政区划和出生日期应当可能（GB 11643—1999，GB/T 2260 历年代码）。"""
    printed: dict[str, list[_Spot]] = {}
    for document in case.of(*_NUMBERED):
        for _, name in PERSONS[document.type]:
            number = known(document, name) if name else None
            if number is not None:
                printed.setdefault(number.text, []).append((document, name))
            elif document.type == "resident_id_card" and "front" in sides(document):
                yield not_read(case, document, name)
                printed.setdefault("", [])
    for text, spots in printed.items():
        if text and not set(text) & set(MASKS):
            yield from _number_findings(case, text, spots, list(printed))
    if not printed:
        yield Inapplicable("材料上没有身份证号码")


def _number_findings(case: Case, number: str, spots: Sequence[_Spot], others: Sequence[str]) -> Said:
    """What is wrong with one number, wherever it stands: one finding, on the place where it was read best."""
    document, name = max(spots, key=lambda spot: (spot[0].fields[spot[1]].confidence >= SURE, spot[0].type == "resident_id_card"))
    field, label = document.fields[name], field_label(document.type, name)
    wrong = _fault(number, case.as_of)
    if wrong is None:
        if not resident_id.region_known(number):
            # The list of divisions ages: an unknown one is a doubt, never an error.
            said = f"的{label}前六位{number[:6]}不在已知的行政区划代码中，请对照原件确认"
            yield sure_or_doubt("low_confidence", case, document, (name,), said=said, for_broker="", reason="region")
        return
    meant = [other for other in others if resident_id.is_valid(other) and numbers_alike(number, other) == "confusable"]
    proposal = next(iter(meant), "") or field.proposal or _single(resident_id.proposals(number, case.as_of))
    likely = f"，可能应为{proposal}（需人工确认）" if proposal else ""
    also = "、".join(type_label(other.type) for other, _ in spots if other is not document)
    said = f"的{label}{number}{_WRONG[wrong]}{likely}{f'；{also}上的号码与此相同' if also else ''}"
    detail: dict[str, Any] = {"reason": wrong, **({"proposal": proposal} if proposal else {})}
    if meant:
        # Another paper bears the number that one look-alike digit makes of this one: the reader slipped sooner than the printer.
        told = f"{paper(case, document)}{said}，请对照原图确认读数。"
        more = {**detail, "compared": "id_checksum"}
        yield finding("low_confidence", [document], values=[value(document, name)], for_manager=told, detail=more)
        return
    ask = f"请核对{label}，并提供号码清晰、正确的材料。"
    found = sure_or_doubt("id_checksum", case, document, (name,), said=said, for_broker=ask, **detail)
    yield replace(found, documents=tuple(dict.fromkeys([document.id, *(other.id for other, _ in spots)])))


def _fault(number: str, as_of: date) -> str | None:
    try:
        resident_id.validate(number, as_of)
    except NumberError as error:
        return error.code if error.code in _WRONG else "format"
    return None if number[0] == "9" or regions.known(number[:2] + "0000") else "region"


def _single(proposals: tuple[str, ...]) -> str:
    return proposals[0] if len(proposals) == 1 else ""


@rule("id_birth_mismatch", needs=("resident_id_card",), codes=("id_birth_mismatch", "low_confidence"))
def id_birth_mismatch(case: Case) -> Said:
    """身份证号码第7至14位应与证面出生日期相同（GB 11643—1999）。"""
    for card in _fronts(case):
        number, born = known(card, "id_number"), day_of(card, "birth_date")
        if number is None or born is None or not resident_id.is_valid(number.text):
            yield _unread_or_invalid(case, card, "birth_date")
        elif resident_id.birth_date(number.text) != born:
            yield sure_or_doubt(
                "id_birth_mismatch",
                case,
                card,
                ("id_number", "birth_date"),
                said=f"的出生日期{born}与号码{number.text}中的出生日期{resident_id.birth_date(number.text)}不符",
                for_broker="请提供身份证原件的清晰照片或扫描件。",
                slip=may_be_slip(card, "birth_date", lambda day, text=number.text: day == resident_id.birth_date(text)),  # type: ignore[misc]
            )


@rule("id_sex_mismatch", needs=("resident_id_card",), codes=("id_sex_mismatch", "low_confidence"))
def id_sex_mismatch(case: Case) -> Said:
    """身份证号码第17位奇数为男、偶数为女，应与证面性别相同（GB 11643—1999）。"""
    for card in _fronts(case):
        number, sex = known(card, "id_number"), known(card, "sex")
        if number is None or sex is None or not resident_id.is_valid(number.text):
            yield _unread_or_invalid(case, card, "sex")
        elif resident_id.sex(number.text) != sex.text:
            yield sure_or_doubt(
                "id_sex_mismatch",
                case,
                card,
                ("id_number", "sex"),
                said=f"的性别“{sex.text}”与号码{number.text}所示的“{resident_id.sex(number.text)}”不符",
                for_broker="请提供身份证原件的清晰照片或扫描件。",
            )


def _fronts(case: Case) -> Iterator[Document]:
    return (card for card in case.of("resident_id_card") if "front" in sides(card))


def _unread_or_invalid(case: Case, card: Document, other: str) -> Unchecked:
    missing = [name for name in ("id_number", other) if known(card, name) is None]
    if missing:
        return not_read(case, card, *missing)
    return Unchecked("身份证号码本身校验不通过，或日期不完整，未能与证面内容核对", (card.id,))


@rule("id_validity_period", needs=("resident_id_card",), codes=("id_validity_period", "low_confidence"))
def id_validity_period(case: Case) -> Said:
    """身份证有效期应为签发时年龄的法定年限：未满16岁5年，16至25岁10年，26至45岁20年，46岁起长期（《居民身份证法》第五条）。"""
    for card in case.of("resident_id_card"):
        if "back" not in sides(card):
            continue
        years, issued, birth = validity_years(card), day_of(card, "valid_from"), _birth(card)
        if years is None or issued is None:
            yield not_read(case, card, "valid_from", "valid_until")
            continue
        if birth is None:
            yield not_read(case, card, "birth_date")
            continue
        # Who applies shortly before a birthday that changes the term may get the card after it.
        lawful = {y for day in (issued, issued - _ISSUE_DAYS) for y in lawful_years(age_on(birth, day))}
        if years not in lawful:
            shown = {100: "长期", 0: "不是整年"}.get(years, f"{years}年")
            said = f"的有效期为{shown}，与签发时年龄{age_on(birth, issued)}岁应有的期限不符"
            yield sure_or_doubt(
                "id_validity_period",
                case,
                card,
                tuple(n for n in ("valid_from", "valid_until", "birth_date") if n in card.fields),
                said=said,
                for_broker="请提供身份证国徽面原件的清晰照片或扫描件。",
                slip=_lawful_but_for_a_slip(card, birth),
            )


def _lawful_but_for_a_slip(card: Document, birth: date) -> bool:
    """Whether one digit of the card's first or last day, taken for its look-alike, would make its years lawful."""
    first, last = day_of(card, "valid_from"), day_of(card, "valid_until")
    if first is None or last is None:
        return False

    def lawful(begin: date, end: date) -> bool:
        years = round((end - begin).days / 365.2425)
        return abs((end - begin).days - years * 365.2425) <= 3 and years in lawful_years(age_on(birth, begin))

    begun = may_be_slip(card, "valid_from", lambda day: lawful(day, last))
    return begun or may_be_slip(card, "valid_until", lambda day: lawful(first, day))


def _birth(card: Document) -> date | None:
    born, number = day_of(card, "birth_date"), known(card, "id_number")
    if born is None and number is not None and resident_id.is_valid(number.text):
        return resident_id.birth_date(number.text)
    return born


@rule(
    "id_card_expiry",
    needs=("resident_id_card",),
    codes=("document_expired", "document_expires_soon", "low_confidence"),
)
def id_card_expiry(case: Case) -> Said:
    """身份证在审核日应在有效期内，九十天内到期的予以提醒（《居民身份证法》第十一条；提醒天数由产品设定）。"""
    for card in case.of("resident_id_card"):
        if "back" not in sides(card):
            continue
        if known(card, "valid_until") is None:
            yield not_read(case, card, "valid_until")
            continue
        if not _replaced(case, card):
            yield from expiry(case, card, "valid_until", "请换领新证后重新提供身份证人像面和国徽面。")


def _replaced(case: Case, card: Document) -> bool:
    """Whether the same person's packet holds another card that is still valid."""
    owner = case.party(card)
    others = [c for c in case.of("resident_id_card") if c is not card and owner is not None and case.party(c) == owner]
    return any(_valid(other, case.as_of) for other in others)


def _valid(card: Document, as_of: date) -> bool:
    until, day = known(card, "valid_until"), day_of(card, "valid_until")
    return until is not None and (until.text == "long-term" or (day is not None and day >= as_of))
