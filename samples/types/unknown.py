"""Papers that are of no known type: bills, letters, a blank page, a photograph of hills."""

from __future__ import annotations

from random import Random
from typing import Any

from samples import artwork, people
from samples.figures import money
from samples.paper import PARTS, Paper, Part
from samples.typeset import typeset

VARIANTS = {part: ("bill", "blank", "photo", "letter") for part in PARTS}


def make(rng: Random, part: Part, variant: str | None = None, **facts: Any) -> Paper:
    """A paper that must become `unknown`. Facts: `person` (people.Person), whose bill it is."""
    variant = variant or rng.choice(VARIANTS[part])
    who: people.Person = facts.get("person") or people.person(rng)
    used = rng.randrange(60, 480)
    start = rng.randrange(1000, 9000)
    fen = used * 53
    data = {
        "kind": variant,
        "name": who.name,
        "address": who.address,
        "account": str(rng.randrange(10**9, 10**10)),
        "day": "2026年10月",
        "figures": [str(start), str(start + used), "1", str(used), money(fen)],
        "total": money(fen),
        "font": rng.randrange(3),
    }
    assets = {"photo.jpg": artwork.jpeg(artwork.meadow(rng), 80)} if variant == "photo" else {}
    return Paper("unknown", typeset(f"{part}/other.typ", data, assets), {}, "a4", (210.0, 297.0), part, variant)
