"""What a wording of an income proof says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Style:
    """A wording. In `body`, 「…」 is a filled blank and {key} a value of `_values`; a body of pairs is a table.

    `says`: the truth fields that are printed. `since`, `figure`, `annual_figure` (where it differs), `day`: formats.
    `seal_centre`: text below the star.
    `handwriting`: blanks filled by hand.
    """

    name: str
    template: Literal["income_letter", "income_table", "income_list"]
    title: str
    body: tuple[str, ...]
    closing: tuple[str, ...]
    says: tuple[str, ...]
    since: Literal["month", "day", "iso"] = "month"
    figure: Literal["plain", "comma", "wan"] = "plain"
    annual_figure: Literal["plain", "comma", "wan", ""] = ""
    day: Literal["cn", "chinese", "dots", "iso", "spaced"] = "cn"
    yuan: str = "元"
    whole: str = "整"
    seal_centre: str = ""
    handwriting: bool = False
    letterhead: bool = False
    monthly_in_words: bool = True


BASIC = ("employee_name", "id_number", "employer", "position", "employed_since")
CONTACT = ("contact_name", "contact_phone")
