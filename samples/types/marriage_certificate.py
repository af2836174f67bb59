"""Marriage certificates: the information page with photograph and seal, in other parts also the page with the office's seal."""

from __future__ import annotations

import io
from random import Random
from typing import Any

from PIL import Image

from samples import artwork, people, seals
from samples.paper import Paper, Part
from samples.people import Couple, Person
from samples.typeset import typeset

VARIANTS = {"tuning": ("spread",), "retired": ("booklet", "beside"), "test": ("folder", "inner")}


def _photograph(rng: Random) -> bytes:
    """A couple before red."""
    picture = Image.new("RGB", (560, 400), (186, 30, 40))
    for at, female in enumerate((False, True)):
        bust = Image.open(io.BytesIO(artwork.portrait(rng, female, (186, 30, 40)))).resize((325, 400))
        picture.paste(bust.crop((30, 0, 305, 400)), (5 + at * 275, 0))
    return artwork.png(picture)


def _person(one: Person) -> dict[str, str]:
    birth = one.birth
    return {"name": one.name, "sex": one.sex, "birth": f"{birth:%Y年%m月%d日}", "id_number": one.id_number}


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A certificate. Facts: `couple` (people.Couple)."""
    pair: Couple = facts.get("couple") or people.couple(rng)
    variant = variant or rng.choice(VARIANTS[part])
    men_first = sorted((pair.holder, pair.spouse), key=lambda one: one.sex != "男")
    data = {
        "holder": pair.holder.name,
        "registered": f"{pair.registered_on:%Y年%m月%d日}",
        "number": pair.certificate_number,
        "remark": rng.choice(("", "", "无")),
        "persons": [_person(one) for one in men_first],
        "registrar": people.name(rng, "女"),
        "with_seal_page": variant == "booklet",
        "variant": variant,
        "seal_turn": round(rng.uniform(-20, 20), 1),
        "font": rng.randrange(3),
    }
    wide = part == "tuning" or variant in ("beside", "folder")
    tint = ((252, 240, 236), (232, 186, 180)) if wide else ((250, 236, 238), (226, 178, 186))
    assets = {
        "ground.jpg": artwork.licence_ground(rng, (1040, 738) if wide else (738, 1040), *tint),
        "photo.png": _photograph(rng),
        "seal.png": seals.office_seal(pair.office, rng, "婚姻登记专用章", part=part),
    }
    truth = {
        "holder_name": pair.holder.name,
        "holder_id_number": pair.holder.id_number,
        "spouse_name": pair.spouse.name,
        "spouse_id_number": pair.spouse.id_number,
        "registered_on": pair.registered_on.isoformat(),
        "certificate_number": pair.certificate_number,
    }
    size = (176.0, 125.0) if wide else (125.0, 176.0)
    pdf = typeset(f"{part}/marriage.typ", data, assets)
    return Paper("marriage_certificate", pdf, truth, "sheet", size, part, variant, notes={"seal_text": pair.office})
