"""Resident identity cards: portrait side, emblem side or both; bilingual ones of minority regions."""

from __future__ import annotations

from random import Random
from typing import Any

from samples import artwork, people
from samples.paper import Paper, Part
from samples.people import Person
from samples.typeset import typeset

VARIANTS = {"tuning": ("plain", "spaced", "uyghur"), "retired": ("plain", "spaced"), "test": ("plain", "spaced", "zhuang")}
UYGHUR = {
    "name": "ئىسمى", "sex": "جىنسى", "ethnicity": "مىللىتى", "birth": "تۇغۇلغان", "address": "ئادرېسى",
    "id_number": "كىملىك نومۇرى",
}  # fmt: skip
ZHUANG = {
    "name": "Singqmingz", "sex": "Singqbied", "ethnicity": "Minzcuz", "birth": "Seng", "address": "Dieg youq",
    "id_number": "Goengminz Sinhfwn Hauqmaj",
}  # fmt: skip
SECOND = {"uyghur": UYGHUR, "zhuang": ZHUANG}
LINE_LENGTH = {"tuning": 11, "retired": 10, "test": 12}


def _lines(address: str, most: int) -> list[str]:
    """The address broken as cards break it: after so many characters, a digit or letter counting half."""
    lines, width = [""], 0.0
    for char in address:
        step = 0.55 if char.isascii() else 1.0
        if width + step > most:
            lines.append("")
            width = 0.0
        lines[-1] += char
        width += step
    return lines


def _validity(holder: Person) -> str:
    return f"{holder.card_from:%Y.%m.%d}-{f'{holder.card_until:%Y.%m.%d}' if holder.card_until else '长期'}"


def _truth(holder: Person, sides: str) -> dict[str, str]:
    truth = {"sides": sides}
    if "front" in sides:
        truth |= {
            "name": holder.name,
            "sex": holder.sex,
            "ethnicity": holder.ethnicity,
            "birth_date": holder.birth.isoformat(),
            "address": holder.address,
            "id_number": holder.id_number,
        }
    if "back" in sides:
        truth |= {
            "issuing_authority": holder.authority,
            "valid_from": holder.card_from.isoformat(),
            "valid_until": holder.card_until.isoformat() if holder.card_until else "long-term",
        }
    return truth


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A card. Facts: `person` (people.Person), `sides` (`front`, `back` or `front+back`)."""
    holder: Person = facts.get("person") or people.person(rng)
    sides: str = facts.get("sides", "front+back")
    default = "spaced" if len(holder.name) == 2 and rng.random() < 0.4 else "plain"
    if holder.ethnicity in ("维吾尔", "哈萨克") and part == "tuning":
        default = "uyghur"
    if holder.ethnicity == "壮" and part == "test":
        default = "zhuang"
    variant = variant or default
    warm = rng.random() < 0.5
    data = {
        "sides": sides,
        "name": "　".join(holder.name) if variant == "spaced" and len(holder.name) == 2 else holder.name,
        "sex": holder.sex,
        "ethnicity": holder.ethnicity,
        "year": str(holder.birth.year),
        "month": str(holder.birth.month),
        "day": str(holder.birth.day),
        "lines": _lines(holder.address, LINE_LENGTH[part]),
        "id_number": holder.id_number,
        "authority": holder.authority,
        "validity": _validity(holder),
        "second": SECOND.get(variant, {}),
        "font": rng.randrange(2),
    }
    assets = {
        "front.jpg": artwork.card_front(rng, warm),
        "back.jpg": artwork.card_back(rng, warm),
        "portrait.png": artwork.portrait(rng, holder.sex == "女", (226, 234, 242) if part == "tuning" else (238, 240, 240)),
        "emblem.png": artwork.emblem(rng),
    }
    pdf = typeset(f"{part}/id_card.typ", data, assets)
    return Paper("resident_id_card", pdf, _truth(holder, sides), "card", (85.6, 54.0), part, variant, sides)
