"""What really stands on the papers of a drawn packet, and when a value says the same. Knows nothing of the pipeline.

Values are compared in the contract's forms. Texts on both sides are brought to NFKC without white space here, by this module's own few
lines: the project's normalisers are what is being measured.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

Kind = Literal["id", "amount", "number", "date", "set", "flag", "text", "rows"]
Row = Mapping[str, Any]

IDS = {"id_number", "holder_id_number", "spouse_id_number", "uscc", "registration_number", "account_number"}
AMOUNTS = {
    "monthly_income", "annual_income", "amount_in_words", "registered_capital",
    "opening_balance", "closing_balance", "total_in", "total_out",
}  # fmt: skip
LINE_ENDS = (".end", ".begin", ".current", ".prior", ".current_month")
DATES = {
    "birth_date", "valid_from", "valid_until", "established_on", "term_from", "term_until", "issued_on", "employed_since",
    "as_of", "period_from", "period_until", "registered_on",
}  # fmt: skip
ROW_FIGURES = ("date", "amount", "balance")
ROW_TEXTS = ("summary", "counterparty")
FIELDS = {
    "resident_id_card": "name sex ethnicity birth_date address id_number issuing_authority valid_from valid_until sides",
    "business_licence": "uscc registration_number name type legal_representative registered_capital established_on term_from term_until "
    "address business_scope registration_authority issued_on",
    "income_proof": "employee_name id_number employer position employed_since monthly_income annual_income amount_in_words issued_on "
    "contact_name contact_phone has_seal seal_text",
    "bank_statement": "bank account_holder account_number period_from period_until opening_balance closing_balance total_in total_out",
    "property_certificate": "certificate_number owners co_ownership location unit_number right_type usage floor_area term_until "
    "registered_on",
    "marriage_certificate": "holder_name holder_id_number spouse_name spouse_id_number registered_on certificate_number",
}
"""The contract's fields; statements have their lines besides."""
CARD_BACK = {"issuing_authority", "valid_from", "valid_until"}


@dataclass(frozen=True, slots=True)
class TruePage:
    """One page of a paper as it was handed in. `effects` without their strengths; `quad`: its corners in 0..1 of the picture."""

    file: str
    page: int
    paper_page: int
    mode: str
    effects: tuple[str, ...]
    readable: bool
    quad: tuple[tuple[float, float], ...]

    @property
    def place(self) -> tuple[str, int]:
        return self.file, self.page


@dataclass(frozen=True, slots=True)
class TruePaper:
    """One paper of a packet. `fault`: the file was damaged so that nothing of it can be read ("edited" alone is no such damage)."""

    key: str
    type: str
    role: str
    variant: str
    sides: str
    fault: str
    fields: Mapping[str, Any]
    pages: tuple[TruePage, ...]

    @property
    def lost(self) -> bool:
        return self.fault not in ("", "edited")

    @property
    def readable(self) -> bool:
        return not self.lost and all(page.readable for page in self.pages)

    def pages_of(self, name: str) -> tuple[TruePage, ...]:
        """The pages on which a field stands: of a card the one side, of other papers all."""
        if self.type != "resident_id_card" or name == "sides":
            return self.pages
        side = "back" if name in CARD_BACK else "front"
        sides = self.sides.split("+")
        number = sides.index(side) + 1 if side in sides else 0
        return tuple(page for page in self.pages if page.paper_page == number) or self.pages


@dataclass(frozen=True, slots=True)
class Problem:
    """What was planted. `entails`: codes of findings that follow from it."""

    code: str
    papers: tuple[str, ...]
    detail: Mapping[str, Any]
    entails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TruePacket:
    case_id: str
    part: str
    as_of: str
    papers: tuple[TruePaper, ...]
    problems: tuple[Problem, ...]


def load(path: Path) -> TruePacket:
    """The truth of one packet as `python -m samples make` writes it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    problems = tuple(Problem(p["code"], tuple(p["documents"]), p["detail"], tuple(p["entails"])) for p in data["problems"])
    return TruePacket(data["case_id"], data["part"], data["as_of"], tuple(_paper(d) for d in data["documents"]), problems)


def _paper(row: Mapping[str, Any]) -> TruePaper:
    pages = tuple(_page(page) for page in row["pages"])
    fields = {name: value for name, value in row["fields"].items() if value not in ("", None, [])}
    return TruePaper(row["key"], row["type"], row["role"], row["variant"] or "", row["sides"] or "", row["fault"], fields, pages)


def _page(row: Mapping[str, Any]) -> TruePage:
    effects = tuple(dict.fromkeys(name for each in row["applied"] if (name := each.split(":")[0]) != "jpeg"))
    quad = tuple((float(x), float(y)) for x, y in row["quad"])
    return TruePage(row["file"], row["page"], row["paper_page"], row["mode"], effects, row["readable"], quad)


# --- comparing -------------------------------------------------------------------------------------------------------


def kind_of(name: str) -> Kind:
    """The contract's form of a field, as far as comparing needs it."""
    if name == "transactions":
        return "rows"
    if name in IDS:
        return "id"
    if name in AMOUNTS or name.endswith(LINE_ENDS):
        return "amount"
    if name in DATES:
        return "date"
    return {"floor_area": "number", "owners": "set", "has_seal": "flag"}.get(name, "text")  # type: ignore[return-value]


def in_contract(type: str, name: str) -> bool:
    """Whether the contract knows the field (a line that no one gave an id does not count)."""
    return name in FIELDS.get(type, "").split() or (name.endswith(LINE_ENDS) and not name.startswith("other:"))


def plain(text: str) -> str:
    """NFKC, without any white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def same(kind: Kind, truth: str, found: str) -> bool:
    """Whether two values say the same."""
    if kind in ("amount", "number"):
        return _decimal(truth) is not None and _decimal(truth) == _decimal(found)
    if kind == "set":
        return sorted(plain(truth).split("、")) == sorted(plain(found).split("、"))
    if kind == "id":
        return plain(truth).upper() == plain(found)
    return plain(truth) == plain(found)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def alike(truth: str, found: str) -> str:
    """How a wrong value differs, for grouping: cut, more, a few characters, or another."""
    a, b = plain(truth), plain(found)
    if a == b:
        return "form"
    if b and b in a:
        return "cut"
    if a and a in b:
        return "more"
    return "characters" if _distance(a, b) <= max(1, len(a) // 5) else "another"


def _distance(a: str, b: str) -> int:
    """Levenshtein."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row = row, [i]
        for j, y in enumerate(b, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


# --- rows of a bank statement ----------------------------------------------------------------------------------------


def same_cell(name: str, truth: Row, found: Row) -> bool:
    a, b = str(truth.get(name) or ""), str(found.get(name) or "")
    if name in ("amount", "balance") and a and b:
        return same("amount", a, b)
    return plain(a) == plain(b)


def aligned(truth: Sequence[Row], found: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    """Rows of both sides that belong together, in order: the pairing with the most cells in agreement (none below two)."""
    head = _prefix(truth, found)
    tail = _prefix(truth[head:][::-1], found[head:][::-1])
    a, b = truth[head : len(truth) - tail], found[head : len(found) - tail]
    middle = [(None if i is None else i + head, None if j is None else j + head) for i, j in _best(a, b)]
    ends = [(len(truth) - n, len(found) - n) for n in range(tail, 0, -1)]
    return [*((n, n) for n in range(head)), *middle, *ends]


def _prefix(a: Sequence[Row], b: Sequence[Row]) -> int:
    count = 0
    for x, y in zip(a, b, strict=False):
        if not all(same_cell(name, x, y) for name in ROW_FIGURES):
            break
        count += 1
    return count


def _likeness(truth: Row, found: Row) -> int:
    cells = sum(same_cell(name, truth, found) for name in (*ROW_FIGURES, *ROW_TEXTS))
    return cells if cells >= 2 else 0


def _best(a: Sequence[Row], b: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    score = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            score[i][j] = max(score[i + 1][j], score[i][j + 1], score[i + 1][j + 1] + _likeness(a[i], b[j]))
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        like = _likeness(a[i], b[j])
        if like and score[i][j] == score[i + 1][j + 1] + like:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif score[i][j] == score[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs + [(n, None) for n in range(i, len(a))] + [(None, n) for n in range(j, len(b))]
