"""收入证明: a letter in free wording, a form with blanks, or a table; also 在职证明 that states a salary.

There is no standard. What all share is said in the patterns below, on running text (`_flow`); where a table holds the values,
labels lead to them. The seal is looked for by colour and read along its rim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractors.doctype import Anchor, CloseUp, DocumentType, FieldSpec
from extractors.documents import _fields, _lines
from extractors.documents import _income_labels as forms
from extractors.documents import _income_words as said
from extractors.documents._flow import Flow, flow
from extractors.model import SURE, Field, Seal, Sheet
from extractors.numbers import amount_in_words, money
from extractors.numbers.text import normal

SEAL_ALONE = 0.85
SEAL_WORDS = 4
"""Characters read from a red thing that make it a seal, wherever it lies."""
WELL_STAMPED = 0.95
BY_PLACE = 0.88
IN_WORDS = 0.93
_PRINTED = frozenset({"employee_name", "employer", "position", "contact_name"})


def extract(sheets: tuple[Sheet, ...]) -> Mapping[str, Field]:
    """The fields of one income proof; what a pattern and a label both give is taken from the surer one."""
    sheet = sheets[0]
    lines = [line for line in sheet.lines if not _lines.is_watermark(line.text)]
    clean = replace(sheet, lines=tuple(forms.with_notes(lines)))
    text = flow(clean)
    found: dict[str, Field | None] = {}
    labelled = forms.labelled(clean)
    for name, take in _TAKERS.items():
        by_pattern, by_label = take(text), labelled.get(name)
        found[name] = by_pattern or by_label if name.startswith("contact_") else forms.agreed(by_pattern, by_label)
    for name in ("employee_name", "contact_name"):
        found[name] = _fields.of_usual_names(found[name])
    found.update(_one_figure(found, labelled))
    found["amount_in_words"] = _in_words(text)
    if said.BONUS.search(text.text):
        found["bonus_stated"] = _fields.maybe(sheet, text.find(re.compile(f"({said.BONUS.pattern})")), lambda _: "true")
    found.update(_seal(sheets))
    found.update(_against_seal(found.get("employer"), found.get("seal_text"), _employers(text)))
    return {name: _fields.of_today(one) if name in _PRINTED else one for name, one in _fields.present(found).items()}


def _one_figure(found: Mapping[str, Field | None], labelled: Mapping[str, Field]) -> dict[str, Field | None]:
    """A figure that was taken for the monthly and for the yearly income: it is what its label in the table says, else nobody knows."""
    monthly, annual = found.get("monthly_income"), found.get("annual_income")
    if monthly is None or annual is None or monthly.evidence != annual.evidence:
        return {}
    return {
        name: _fields.doubted(labelled.get(name) or one, forms.UNCLEAR)
        for name, one in (("monthly_income", monthly), ("annual_income", annual))
    }


def _against_seal(employer: Field | None, seal: Field | None, others: Sequence[Field]) -> dict[str, Field | None]:
    """Employer and seal, held against each other: a seal swallows strokes of what it lies on, and its own rim is hard to read.

    Where both say the same each confirms the other (another organisation on the page that the seal names is the employer);
    where they nearly do, neither is sure (a name printed twice stays) and the seal's reading is proposed; where they are plainly
    different names both are left as they are, for a rule to judge. Where no employer is printed the seal alone names it.
    """
    found = {"employer": employer, "seal_text": seal}
    if seal is None or not seal.value:
        return found
    stamped = forms.stamped(seal.text)
    if employer is None or not employer.value:
        return found if len(stamped) < 6 else found | {"employer": _fields.doubted(replace(seal, value=stamped), SEAL_ALONE)}
    same = next((one for one in (employer, *others) if one.text in (stamped, seal.text)), None)
    if same is not None:
        return found | {"employer": _fields.supported(same, min(0.97, seal.confidence))}
    if seal.confidence >= WELL_STAMPED and len(employer.text) >= 0.75 * len(stamped) and _holds(stamped, employer.text):
        # What the seal covers was lost from the name in print: both together read it.
        return found | {"employer": _fields.doubted(replace(employer, value=stamped), SEAL_ALONE)}
    if stamped.startswith(employer.text):
        return found | {"employer": _fields.supported(employer, min(0.97, seal.confidence))}
    if max(fuzz.ratio(one.text, stamped) for one in (employer, *others)) >= 75:
        twice = sum(one.text == employer.text and one.confidence >= SURE for one in others) > 1
        doubtful = employer if twice else replace(_fields.doubted(employer, 0.7), proposal=stamped)
        likely = employer.text if twice else None
        return {"employer": doubtful, "seal_text": replace(_fields.doubted(seal, SEAL_ALONE), proposal=likely)}
    return found


def _holds(whole: str, part: str) -> bool:
    """Whether a text is the other one without some of its characters, its first and last ones excepted."""
    rest = iter(whole)
    return whole[:2] == part[:2] and whole[-2:] == part[-2:] and len(part) < len(whole) and all(char in rest for char in part)


def _all(text: Flow, patterns: Sequence[re.Pattern[str]], name: str, group: int | str = 1) -> Iterator[Field]:
    for pattern in patterns:
        for part in text.all(pattern, group):
            one = _fields.field(text.sheet, _lines.weighed(part), forms.NORMAL[name])
            if one.value:
                yield one


def _first(text: Flow, patterns: Sequence[re.Pattern[str]], name: str) -> Field | None:
    return next(_all(text, patterns, name), None)


def _employee(text: Flow) -> Field | None:
    """The first that begins with a surname, doubtful where others do, too; what does not is a name only perhaps."""
    found = list(_all(text, said.NAMES, "employee_name"))
    named = [one for one in found if said.is_surname(one.text)]
    if named:
        return named[0] if len({one.text for one in named}) == 1 else _fields.doubted(named[0], forms.UNCLEAR)
    return _fields.doubted(found[0], _fields.NO_SURNAME) if found else None


def _employer(text: Flow) -> Field | None:
    """The first organisation that stands where employers do; where several do, the one that the seal names is taken later. One that
    merely has a line for itself, in the head or at the foot, is likely."""
    found = _employers(text)
    alone = [] if found else list(_all(text, (said.ALONE,), "employer", "org"))
    return found[0] if found else _fields.doubted(alone[-1], BY_PLACE) if alone else None


def _employers(text: Flow) -> list[Field]:
    return list(_all(text, said.EMPLOYERS, "employer", "org"))


def _issued(text: Flow) -> Field | None:
    """The last date of the letter that is not said to be another: it stands at its foot."""
    others = {part.box for pattern in said.SINCE for part in text.all(pattern, 1)}
    for part, match in reversed(list(text.found(said.ISSUED, 1))):
        one = _fields.field(text.sheet, _lines.weighed(part), forms.as_date)
        if len(one.text) == 10 and part.box not in others and not said.OTHER_DAY.match(text.text[match.end(1) :]):
            return one
    return None


def _income(text: Flow, name: str) -> Field | None:
    """The figure behind the words for it, else the amount in words; of a range neither end is sure, nor the first of several."""
    for pattern, sure in said.MONEY[name]:
        found = [
            one
            for part, match in text.found(pattern, 1)
            if (one := _fields.field(text.sheet, _lines.weighed(part), forms.as_money, found=0.6 if match["range"] else sure)).value
        ]
        if found:
            return found[0] if len({one.text for one in found}) == 1 else _fields.doubted(found[0], forms.UNCLEAR)
    words = text.find(said.MONEY_IN_WORDS[name])
    stated = _fields.field(text.sheet, _lines.weighed(words), _as_words, found=IN_WORDS) if words else None
    return stated if stated and stated.value else None


def _in_words(text: Flow) -> Field | None:
    """The amount in capital numerals, as a number; the first that is one."""
    for part in text.all(said.CAPITALS, 1):
        one = _fields.field(text.sheet, _lines.weighed(part), _as_words)
        if one.value and said.IS_CAPITAL.search(one.raw):
            return _fields.doubted(one, forms.UNCLEAR) if said.LIKE_THOUSAND.search(one.raw) else one
    return None


def _as_words(text: str) -> str:
    return money.to_contract(amount_in_words.parse(said.LIKE_THOUSAND.sub("仟", normal(text))))


def _position(text: Flow) -> Field | None:
    """The first position that a sentence names, without its department; behind a label (职务：) nothing is taken from it."""
    for pattern, labelled in said.POSITIONS:
        for part in text.all(pattern):
            printed = _fields.field(text.sheet, _lines.weighed(part), forms.as_title)
            name, sure = (printed.text, 1.0) if labelled else said.position(printed.text)
            if printed.value and not said.NO_POSITIONS.match(name):
                return _fields.doubted(replace(printed, value=name), sure)
    return None


def _contact(text: Flow) -> Field | None:
    return next((one for pattern, group in _CONTACTS for one in _all(text, (pattern,), "contact_name", group)), None)


def _phone(text: Flow) -> Field | None:
    """The number of who is to be asked: behind 联系人 and the like, else the last; of several without such a word none is sure."""
    found = list(_all(text, (said.PHONE,), "contact_phone"))
    both = next(_all(text, (said.CONTACT_AND_PHONE,), "contact_phone", "phone"), None)
    asked = both or next(_all(text, (said.CONTACT_PHONE,), "contact_phone"), None)
    if asked is not None or not found:
        return asked
    several = len({one.text for one in found}) > 1
    return _fields.doubted(found[-1], forms.UNCLEAR) if several else found[-1]


def _number(text: Flow) -> Field | None:
    return _first(text, (said.ID,), "id_number")


def _seal(sheets: Sequence[Sheet]) -> dict[str, Field | None]:
    """`has_seal` and `seal_text`, from the largest seal; on a page without colour a seal cannot be told: doubtful."""
    stamped = [(sheet, seal) for sheet in sheets for seal in sheet.seals if seal.shape != "square" and _on_paper(sheet, seal)]
    if not stamped:
        sheet = sheets[-1]
        sure = 0.5 if "photocopy" in sheet.quality.warnings or sheet.quality.unreadable else 0.95
        return {"has_seal": _fields.flag(sheet, False, sure)}
    sheet, seal = max(stamped, key=lambda pair: (bool(pair[1].text), pair[1].box.width * pair[1].box.height))
    sure = 0.98 if len(seal.text) >= SEAL_WORDS else SEAL_ALONE
    return {"has_seal": _fields.flag(sheet, True, sure, seal.box), "seal_text": _seal_text(sheet, seal)}


def _on_paper(sheet: Sheet, seal: Seal) -> bool:
    """Whether a red thing lies where seals do, at the letter's text: a flower of the tablecloth beside the sheet is none."""
    if not sheet.lines or len(seal.text) >= SEAL_WORDS:
        return True
    x0, x1 = min(x.box.x0 for x in sheet.lines), max(x.box.x1 for x in sheet.lines)
    y0, y1 = min(x.box.y0 for x in sheet.lines), max(x.box.y1 for x in sheet.lines)
    box = seal.box
    return x0 - 0.3 * box.width < box.cx < x1 + 0.5 * box.width and y0 < box.cy < y1 + 1.5 * box.height


def _seal_text(sheet: Sheet, seal: Seal) -> Field | None:
    if not seal.text:
        return None
    whole = said.NAMES_A_HOUSE.search(forms.stamped(normal(seal.text))) is not None  # else the rim was read from its middle, or badly
    return Field(normal(seal.text), seal.text, seal.confidence if whole else min(seal.confidence, SEAL_ALONE), sheet.evidence(seal.box))


_CONTACTS: Sequence[tuple[re.Pattern[str], int | str]] = ((said.CONTACT, 1), (said.CONTACT_AND_PHONE, "name"))
_TAKERS: Mapping[str, Callable[[Flow], Field | None]] = {
    "employee_name": _employee,
    "id_number": _number,
    "employer": _employer,
    "position": _position,
    "employed_since": lambda text: _first(text, said.SINCE, "employed_since"),
    "monthly_income": lambda text: _income(text, "monthly_income"),
    "annual_income": lambda text: _income(text, "annual_income"),
    "issued_on": _issued,
    "contact_name": _contact,
    "contact_phone": _phone,
}

def speaks(sheet: Sheet) -> float:
    """What the anchors cannot say: titles of many wordings, and letters under a bare 证明 that state what somebody earns."""
    upper = (re.sub(r"\s", "", normal(x.text)) for x in sheet.lines if x.box.cy < sheet.height / 3 and len(x.text) < 30)
    if any(said.TITLE.search(title) and not said.OTHER_TITLE.search(title) for title in upper):
        return 1.0
    if not said.OUR_HOUSE.search("".join(x.text for x in sheet.lines)):
        return 0.0
    return 0.6 if said.STATES_INCOME.search(flow(sheet).text.replace("\n", "")) else 0.0


def close_ups(sheet: Sheet) -> tuple[CloseUp, ...]:
    """Labels in two rows that were read as one."""
    return tuple(_lines.smudged(sheet.lines))


TYPE = DocumentType(
    id="income_proof",
    label="收入证明",
    anchors=(
        Anchor("收入证明", 1.2, title=True),
        Anchor("在职证明", 0.7, title=True),
        Anchor("工作证明", 0.6, title=True),
        Anchor("工资证明", 1.0, title=True),
        Anchor("薪资证明", 1.0, title=True),
        Anchor("兹证明", 0.5),
        Anchor("特此证明", 0.4),
        Anchor("月收入", 0.4),
        Anchor("月均收入", 0.5),
        Anchor("年收入", 0.3),
        Anchor("我单位", 0.3),
        Anchor("我公司", 0.2),
        Anchor("交易金额", -1.0),
        Anchor("账户余额", -1.0),
    ),
    fields=(
        FieldSpec("employee_name", "姓名", "text", True),
        FieldSpec("id_number", "身份证号码", "id"),
        FieldSpec("employer", "工作单位", "text", True),
        FieldSpec("position", "职务", "text"),
        FieldSpec("employed_since", "入职时间", "date"),
        FieldSpec("monthly_income", "月收入", "money"),
        FieldSpec("annual_income", "年收入", "money"),
        FieldSpec("amount_in_words", "大写金额", "money"),
        FieldSpec("issued_on", "开具日期", "date", True),
        FieldSpec("contact_name", "联系人", "text"),
        FieldSpec("contact_phone", "联系电话", "text"),
        FieldSpec("has_seal", "是否盖章", "flag"),
        FieldSpec("seal_text", "印章文字", "text"),
        FieldSpec("bonus_stated", "提到奖金", "flag"),
    ),
    extract=extract,
    wants=frozenset({"seals"}),
    speaks=speaks,
    close_ups=close_ups,
)
