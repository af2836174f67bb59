"""Packets: a draft drawn, delivered as files, and written to disk beside its truth.

A packet is a folder that `yushen check` reads (files and packet.toml); its truth is a JSON file outside that folder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

from samples.bundle import Drawn, Files, Profile, deliver, page_truth
from samples.paper import LOTS, Paper, Part
from samples.people import AS_OF
from samples.problems import PLANTS, plant
from samples.story import Draft, Order, Product, Story, draft

ALONE = ("missing_document", "unreadable_image", "unreadable_file", "missing_side", "tamper_suspected")
"""Problems after which another one could not be seen."""
NEEDS_LOAN = ("debt_service_too_high", "term_too_long", "age_limit")


@dataclass(frozen=True)
class Packet:
    """One packet: file names to bytes (packet.toml among them), and its truth."""

    case_id: str
    files: dict[str, bytes]
    truth: dict[str, Any]


def draw(order: Order, rng: Random, part: Part) -> Paper:
    """The paper of an order."""
    made: Paper = import_module(f"samples.types.{order.type}").make(rng, part, order.variant, **order.facts)
    return made


def draw_all(made: Draft, rng: Random) -> dict[str, Paper]:
    """The papers of a draft by key."""
    papers: dict[str, Paper] = {}
    for key, order in made.orders.items():
        papers[key] = papers[order.copy_of] if order.copy_of else draw(order, rng, made.story.part)
    return papers


def planned(rng: Random, part: Part, codes: Sequence[str], product: Product | None = None) -> Draft:
    """A draft that has a place for all these problems; tries stories until one has. Raises ValueError after fifty."""
    for _ in range(50):
        made = draft(rng, part, product)
        if all(_fits(made, rng, code) for code in codes):
            return made
    raise ValueError(f"no story of {product or 'any product'} has a place for {', '.join(codes)}")


def _fits(made: Draft, rng: Random, code: str) -> bool:
    before = {key for problem in made.problems for key in problem["documents"]}
    if not plant(made, rng, code):
        return False
    return before.isdisjoint(made.problems[-1]["documents"])


def compose(
    case_id: str,
    rng: Random,
    part: Part,
    codes: Sequence[str] = (),
    product: Product | None = None,
    profile: Profile = "mixed",
    declared: str = "",
) -> Packet:
    """One packet with these problems planted and no others. `declared`: how much packet.toml says; "" draws lots."""
    made = planned(rng, part, codes, product)
    papers = draw_all(made, rng)
    drawn = [Drawn(order, papers[key]) for key, order in made.orders.items()]
    files = deliver(rng, part, drawn, profile)
    declared = declared or ("all" if codes else rng.choice(("all", "all", "all", "no_parties", "nothing")))
    toml = {} if declared == "nothing" else {"packet.toml": _declaration(case_id, made.story, declared == "all").encode()}
    return Packet(case_id, files.content | toml, _truth(case_id, part, made, drawn, files, declared))


def parties(story: Story) -> list[dict[str, str]]:
    """Who takes part, as packet.toml names them."""
    borrower = {"role": "borrower", "name": story.borrower.name, "id_number": story.borrower.id_number}
    listed = [borrower]
    if story.product == "enterprise":
        borrower["role"] = "legal_representative"
    else:
        borrower["marital_status"] = "married" if story.pair else "single"
        if story.spouse:
            listed.append({"role": "spouse", "name": story.spouse.name, "id_number": story.spouse.id_number})
    if story.company:
        listed.append({"role": "company", "name": story.company.name})
    return listed


def _declaration(case_id: str, story: Story, with_parties: bool) -> str:
    lines = [
        f'case_id = "{case_id}"', f'product = "{story.product}"', f'as_of = "{AS_OF.isoformat()}"', "", "[loan]",
        f"amount = {story.amount}", f"months = {story.months}", f"rate = {story.rate}",
    ]  # fmt: skip
    for party in parties(story) if with_parties else ():
        lines += ["", "[[parties]]", *(f'{key} = "{value}"' for key, value in party.items())]
    return "\n".join(lines) + "\n"


def _truth(case_id: str, part: Part, made: Draft, drawn: Sequence[Drawn], files: Files, declared: str) -> dict[str, Any]:
    story = made.story
    documents = [_document(one, files) for one in drawn]
    remarks = [
        {"code": code, "documents": keys}
        for code, flag in (("photocopy", "grey"), ("screen_capture", "capture"))
        if (keys := [document["key"] for document in documents if any(page[flag] for page in document["pages"])])
    ]
    return {
        "case_id": case_id,
        "part": part,
        "as_of": AS_OF.isoformat(),
        "product": story.product,
        "declared": declared,
        "loan": {"amount": f"{story.amount}.00", "months": story.months, "rate": story.rate},
        "parties": parties(story),
        "documents": documents,
        "problems": made.problems,
        "remarks": remarks,
    }


def _document(one: Drawn, files: Files) -> dict[str, Any]:
    pages = [page_truth(place) for place in files.places if place.key == one.order.key]
    return {
        "key": one.order.key,
        "type": one.paper.type,
        "role": one.order.role,
        "variant": one.paper.variant,
        "sides": one.paper.sides,
        "fault": one.order.fault,
        "readable": all(page["readable"] for page in pages),
        "fields": dict(one.paper.truth),
        "notes": dict(one.paper.notes),
        "pages": pages,
    }


def plan(seed: int, part: Part, count: int) -> list[tuple[str, ...]]:
    """Which problems each packet gets: about two in five are without any, and every code comes up in turn."""
    rng = Random(f"{seed}/{LOTS[part]}/plan")
    turn: list[str] = []
    planned_codes: list[tuple[str, ...]] = []
    for _ in range(count):
        wanted = rng.choice((0, 0, 1, 1, 2))
        codes: list[str] = []
        while len(codes) < wanted and not set(codes) & set(ALONE):
            if not turn:
                turn = rng.sample(sorted(PLANTS), len(PLANTS))
            code = turn.pop()
            if codes and code in ALONE:
                turn.insert(0, code)
                break
            codes.append(code)
        planned_codes.append(tuple(codes))
    return planned_codes


def generate(seed: int, part: Part, index: int, codes: Sequence[str]) -> Packet:
    """Packet number `index` of a run: the same arguments give the same bytes."""
    rng = Random(f"{seed}/{LOTS[part]}/{index}")
    case_id = f"{part}-{seed}-{index:03d}"
    try:
        return compose(case_id, rng, part, codes)
    except ValueError:  # two problems that no one story holds: the first alone
        return compose(case_id, Random(f"{seed}/{LOTS[part]}/{index}/single"), part, codes[:1])


READY: tuple[tuple[str, Product, tuple[str, ...], Profile, int], ...] = (
    ("complete", "personal_mortgage", (), "tidy", 4),
    (
        "problems",
        "personal_mortgage",
        ("amount_words_mismatch", "running_balance_broken", "document_expired", "unknown_document"),
        "mixed",
        7,
    ),
    ("poor_photos", "personal_mortgage", ("unreadable_image",), "photos", 4),
)
"""The packets kept in the repository: name, product, problems, how they are handed in, seed."""


def ready(out: Path) -> list[Path]:
    """Draws the packets of `READY` below `out`, their truths below `out/truth`."""
    folders = []
    for name, product, codes, profile, seed in READY:
        packet = compose(name, Random(f"ready/{name}/{seed}"), "tuning", codes, product, profile, declared="all")
        folders.append(write(packet, out, out / "truth"))
    return folders


def write(packet: Packet, folders: Path, truths: Path) -> Path:
    """The packet in a folder of its name below `folders`, and its truth below `truths`; returns the folder."""
    folder = folders / packet.case_id
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in packet.files.items():
        (folder / name).write_bytes(data)
    truths.mkdir(parents=True, exist_ok=True)
    text = json.dumps(packet.truth, ensure_ascii=False, indent=1, sort_keys=True)
    (truths / f"{packet.case_id}.json").write_text(text + "\n", encoding="utf-8")
    return folder
