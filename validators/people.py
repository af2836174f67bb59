"""Who is spoken of in a paper: the persons and companies it names, and whether they are the one that is meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from extractors.model import Document, Field
from extractors.numbers import text
from validators.match import names_alike, near_names, near_numbers
from validators.model import Party, known

Fit = Literal["same", "near", "other", "unknown"]
"""How a mention fits a person: surely, perhaps (one character apart), not, or nothing was read."""

PERSONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "resident_id_card": (("name", "id_number"),),
    "income_proof": (("employee_name", "id_number"),),
    "marriage_certificate": (("holder_name", "holder_id_number"), ("spouse_name", "spouse_id_number")),
    "bank_statement": (("account_holder", ""),),
    "tax_certificate": (("taxpayer_name", "id_number"),),
    "social_insurance": (("name", "id_number"),),
    "credit_report": (("name", "id_number"),),
    "loan_application": (("applicant_name", "id_number"),),
}
COMPANIES: Mapping[str, str] = {
    "business_licence": "name",
    "balance_sheet": "company",
    "income_statement": "company",
    "cash_flow_statement": "company",
    "bank_statement": "account_holder",
}
_COMPANY = re.compile(
    r"(公司|集团|企业|厂|店|行|部|中心|合作社|事务所|工作室|合伙|学校|医院|学院|研究院|协会|委员会|馆|场|铺|坊|社|站|园)"
    r"([(（].{1,12}[)）])?$"
)
_AND_OTHERS = re.compile(r"等\s*[\d一二两三四五六七八九十]+\s*人")
_BESIDE_NAMES = re.compile(
    _AND_OTHERS.pattern + r"|共同共有|按份共有|单独所有|房屋?共有权?人|共有权?人|共有份额|份额"
    r"|[各均]?占?(?:有|比例)?[:：]?(?:\d+(?:\.\d+)?%|\d+/\d+|[一二三四五六七八九十百]+分之[一二三四五六七八九十]+)"
    r"|(?:公民)?身份(?:证件?)?(?:号码?)?[:：]?(?=\d)|\d{14,17}[\dXx]"
)
_BETWEEN_NAMES = re.compile(r"[、，,;；|]+|(?<![A-Za-z.]) +| +(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Mention:
    """A person named in a document: by which fields. `id_field` is "" where the paper has no number for him."""

    document: Document
    name_field: str
    id_field: str

    @property
    def name(self) -> Field | None:
        """The name as read, None when it was not."""
        return known(self.document, self.name_field)

    @property
    def id_number(self) -> Field | None:
        """The id number as read, None when it was not."""
        return known(self.document, self.id_field) if self.id_field else None


def is_company(name: str) -> bool:
    """Whether a name is a company's by its last word.

    >>> is_company("重庆示例科技有限公司"), is_company("渝中区老王小吃店"), is_company("欧阳娜娜"), is_company("张社")
    (True, True, False, False)
    """
    printed = text.company(name)
    return len(printed) >= 4 and bool(_COMPANY.search(printed))


def mentions(document: Document) -> Iterator[Mention]:
    """The persons a document names as its own (holder, employee, the married), companies left out."""
    for name_field, id_field in PERSONS.get(document.type, ()):
        name = known(document, name_field)
        if name is None or not is_company(name.text):
            yield Mention(document, name_field, id_field)


def company_name(document: Document) -> Field | None:
    """The company a document speaks of; None for one that speaks of none, or when it was not read."""
    found = known(document, COMPANIES.get(document.type, ""))
    if found is None or (document.type == "bank_statement" and not is_company(found.text)):
        return None
    return found


def owners(document: Document) -> tuple[str, ...]:
    """The names of a property certificate's owners, in order, without the shares and numbers that may stand beside them."""
    found = known(document, "owners")
    return () if found is None else names_of(found.text)


def names_of(listed: str) -> tuple[str, ...]:
    """The names in a list of owners.

    >>> names_of("张伟、李娜（共同共有）"), names_of("张伟 50% 李娜 50%"), names_of("按份共有：张伟占1/2，李娜占1/2")
    (('张伟', '李娜'), ('张伟', '李娜'), ('张伟', '李娜'))
    >>> names_of("重庆示例（集团）有限公司"), names_of("John Smith、李娜"), names_of("张伟等2人")
    (('重庆示例(集团)有限公司',), ('John Smith', '李娜'), ('张伟',))
    """
    plain = _BESIDE_NAMES.sub("、", unicodedata.normalize("NFKC", listed))
    parts = (part.strip() if is_company(part) else part.strip(" :()[].,。") for part in _BETWEEN_NAMES.split(plain))
    return tuple(dict.fromkeys(part for part in parts if part))


def more_owners(document: Document) -> bool:
    """Whether the list of owners says that there are more than it names (等2人)."""
    found = known(document, "owners")
    return found is not None and bool(_AND_OTHERS.search(found.text))


def fit(mention: Mention, name: str, id_number: str = "") -> Fit:
    """How a mention fits a person of this name and number; the number counts more than the name."""
    own_name, own_id = mention.name, mention.id_number
    if own_id is not None and id_number and text.same(own_id.text, id_number) != "different":
        return "same"
    if own_name is None or not name:
        if own_id is None or not id_number:
            return "unknown"
        return "near" if near_numbers(own_id.text, id_number) else "other"
    if names_alike(own_name.text, name) != "different":
        return "same"
    if own_id is not None and id_number:
        # Another name and quite another number: another person, however alike the names.
        return "same" if near_numbers(own_id.text, id_number) else "other"
    return "near" if near_names(own_name.text, name) else "other"


def mention_of(document: Document, party: Party) -> Mention | None:
    """The mention in a document that speaks of a party: the one that fits best, the first of equals.

    A marriage certificate speaks of two; on all others the one holder is taken as the party, whatever he is called.
    """
    found = list(mentions(document))
    if len(found) < 2:
        return found[0] if found else None
    for wanted in ("same", "near"):
        for mention in found:
            if fit(mention, party.name, party.id_number) == wanted:
                return mention
    return None


def birth_and_sex(card: Document) -> tuple[date | None, str]:
    """Day of birth and sex of a card's holder, from its fields, else from its number; None and "" where unknown."""
    born, sex, number = (known(card, name) for name in ("birth_date", "sex", "id_number"))
    digits = number.text if number is not None and re.fullmatch(r"\d{17}[\dX]", number.text) else ""
    day = born.text if born is not None else f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}"
    by_number = ("女", "男")[int(digits[16]) % 2] if digits else ""
    shown = sex.text if sex is not None else by_number
    try:
        return date.fromisoformat(day), shown
    except ValueError:
        return None, shown


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day; who was born on 29 February turns a year older on 1 March of common years.

    >>> age_on(date(2000, 2, 29), date(2026, 2, 28)), age_on(date(2000, 2, 29), date(2026, 3, 1))
    (25, 26)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
