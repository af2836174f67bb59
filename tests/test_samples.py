"""The specimens: numbers that validate, templates that draw and print what their truth says, problems that are really there."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import import_module
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from stdnum import luhn
from stdnum.cn import ric, uscc

from samples import camera, people
from samples.bundle import NOTHING
from samples.camera import Sheet, Shot
from samples.compose import READY, draw_all, generate, plan, planned
from samples.effects import EFFECTS
from samples.paper import LOTS, PARTS, Paper, Part
from samples.people import AS_OF
from samples.problems import PLANTS
from samples.story import Draft, draft
from samples.typeset import FONT_PACKAGES, FONTS, missing_fonts

pytestmark = pytest.mark.skipif(bool(missing_fonts()), reason=f"needs the packages {FONT_PACKAGES}")
TYPES = sorted(path.stem for path in Path("samples/types").glob("*.py") if path.stem != "__init__")
PACKETS = Path("samples/packets")
NAMES_AND_NUMBERS = ("name", "id_number", "uscc", "registration_number", "account_holder", "employee_name", "company", "employer")


def _variants(kind: str) -> Mapping[Part, tuple[str, ...]]:
    found: Mapping[Part, tuple[str, ...]] = import_module(f"samples.types.{kind}").VARIANTS
    return found


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _texts(pdf: bytes) -> list[str]:
    """The text of each page without white space."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_plain(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


# --- invention -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(120))
def test_invented_numbers_pass_every_public_check(seed: int) -> None:
    rng = Random(seed)
    who = people.person(rng)
    assert ric.calc_check_digit(who.id_number) == who.id_number[-1]
    assert who.id_number[6:14] == f"{who.birth:%Y%m%d}" and (int(who.id_number[16]) % 2 == 1) == (who.sex == "男")
    years = people.card_years(people.age_on(who.birth, who.card_from))
    assert who.card_until == (None if years is None else people.add_years(who.card_from, years))
    assert who.card_until is None or who.card_until > AS_OF
    body = people.company(rng, rng.choice(("company", "individual", "sole_owner", "partnership", "branch")))
    assert uscc.validate(body.uscc) == body.uscc
    assert body.established_on <= body.issued_on <= AS_OF and (body.term_until is None or body.term_until > AS_OF)
    assert luhn.is_valid(people.account(rng).number)


def test_check_characters_are_those_of_the_standards() -> None:
    assert people.uscc_check("91350100M000100Y4") == "3"  # the example of GB 32100
    assert people.id_check("11010519491231002") == "X"  # the example of GB 11643


# --- papers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "kind"), [(part, kind) for part in PARTS for kind in TYPES])
def test_every_template_draws_a_marked_specimen_that_prints_its_truth(part: Part, kind: str) -> None:
    for number, variant in enumerate(_variants(kind)[part]):
        paper: Paper = import_module(f"samples.types.{kind}").make(Random(f"{part}{kind}{number}"), part, variant)
        texts = _texts(paper.pdf)
        assert all("样本SPECIMEN" in text for text in texts), f"{variant}: a page bears no specimen mark"
        whole = "".join(texts)
        for name in NAMES_AND_NUMBERS:
            value = paper.truth.get(name, "")
            assert "*" in value or _plain(value) in whole, f"{variant}: {name} is not printed as the truth says"


def test_the_parts_share_neither_effects_nor_templates() -> None:
    effects = {part: {effect.name for (owner, _), listed in EFFECTS.items() if owner == part for effect in listed} for part in PARTS}
    drawn = {part: {path.read_bytes() for path in Path("samples/templates", part).glob("*.typ")} for part in PARTS}
    for one, other in combinations(PARTS, 2):
        assert effects[one] and effects[other] and not effects[one] & effects[other]
        assert drawn[one] and drawn[other] and not drawn[one] & drawn[other]


def test_test_shares_no_font_with_the_other_parts() -> None:
    fonts = {part: {name for names in FONTS[part].values() for name in names} for part in PARTS}
    assert fonts["test"] and not fonts["test"] & (fonts["tuning"] | fonts["retired"])


def test_a_retired_part_keeps_the_lots_it_had_as_the_test_part() -> None:
    assert LOTS["retired"] == "second test" and len(set(LOTS.values())) == len(PARTS)


# --- capture ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("part", PARTS)
def test_corners_stay_with_the_page_under_perspective_and_turns(part: Part, turns: int) -> None:
    page = np.full((540, 856, 3), 255, np.uint8)
    page[:60, :60] = (0, 0, 255)  # red at its top left, blue at its bottom right
    page[-60:, -60:] = (255, 0, 0)
    shot = camera.quarter_turns(camera.table([Sheet(page, 85.6)], Random(turns), part, 8.0, tilt=1.0), turns)
    height, width = shot.pixels.shape[:2]
    middle = shot.quads[0].mean(axis=0)
    for corner, strongest in ((0, 2), (2, 0)):
        x, y = shot.quads[0][corner] * 0.94 + middle * 0.06
        blue, green, red = (int(value) for value in shot.pixels[int(y * height), int(x * width)])
        assert (blue, green, red)[strongest] > 120 and green < 100


def test_ruined_pages_lose_their_print_and_mild_effects_do_not() -> None:
    clean = Shot(_full_page(), (NOTHING,), 150 / 25.4)
    for (_, where), listed in EFFECTS.items():
        for effect in listed:
            done = camera.treat(clean, Random(2), effect, 0.5)
            kept = _print(done) / _print(clean)
            assert done.readable == (where != "ruin"), effect.name
            assert kept < 0.3 if where == "ruin" else kept > 0.35, f"{effect.name} leaves {kept:.2f} of the contrast"


def _full_page() -> np.ndarray:
    """Lines of print from edge to edge at 150 dpi, without rules."""
    import cv2

    page = np.full((1754, 1240, 3), 255, np.uint8)
    for line, y in enumerate(range(30, 1750, 32)):
        cv2.putText(page, f"{line} specimen 6217 0058 " * 6, (10, y), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (20, 20, 20), 2, cv2.LINE_AA)
    return page


def _print(shot: Shot) -> float:
    """How steep strokes are in the direction in which they are least so: moved print has lines in one direction only."""
    import cv2

    text = camera.BODY_MM * shot.px_per_mm
    if text < 8:
        return 0.0  # fewer pixels than strokes
    height, width = shot.pixels.shape[:2]
    grey = cv2.cvtColor(shot.pixels, cv2.COLOR_BGR2GRAY)[height // 3 : -height // 3, width // 4 : -width // 4].astype(np.float32)
    down, across = np.gradient(cv2.GaussianBlur(grey, (0, 0), text * 0.06))
    tensor = np.array([[(across**2).mean(), (across * down).mean()], [(across * down).mean(), (down**2).mean()]])
    return float(np.sqrt(np.linalg.eigvalsh(tensor)[0]))


# --- packets ---------------------------------------------------------------------------------------------------------


def test_a_seed_always_gives_the_same_packet() -> None:
    first, again, other = (generate(seed, "retired", 2, ("id_checksum",)) for seed in (5, 5, 6))
    assert first == again
    assert first.truth["documents"] != other.truth["documents"]


def test_every_page_of_every_file_is_in_the_truth() -> None:
    packet = generate(8, "tuning", 1, ())
    told = {page["file"] for document in packet.truth["documents"] for page in document["pages"]}
    assert told == set(packet.files) - {"packet.toml"}
    for document in packet.truth["documents"]:
        assert document["pages"], document["key"]


def test_a_long_run_plants_every_code_and_leaves_packets_without_any() -> None:
    for part in PARTS:
        codes = plan(1, part, 120)
        assert {code for chosen in codes for code in chosen} == set(PLANTS)
        assert codes.count(()) > 20


Papers = dict[str, Paper]
Check = Callable[[Draft, Papers], bool]


def _card(papers: Papers, wanted: Callable[[dict[str, Any]], bool]) -> bool:
    return any(paper.type == "resident_id_card" and wanted(dict(paper.truth)) for paper in papers.values())


def _money(paper: Paper, name: str) -> Decimal:
    return Decimal(paper.truth[name])


def _running(paper: Paper) -> bool:
    """Whether the balances of a statement run, oldest first or newest first."""
    rows = [(Decimal(row["amount"]), Decimal(row["balance"])) for row in paper.truth["transactions"]]
    return any(all(before[1] + row[0] == row[1] for before, row in pairwise(ordered)) for ordered in (rows, rows[::-1]))


def _span_days(paper: Paper) -> int:
    days = sorted(date.fromisoformat(row["date"]) for row in paper.truth["transactions"])
    return (days[-1] - days[0]).days


def _sheet_end(paper: Paper, line: str) -> Decimal:
    return _money(paper, f"{line}.end")


def _legal_length(card: dict[str, Any]) -> bool:
    if "valid_from" not in card or "birth_date" not in card:
        return True
    start = date.fromisoformat(card["valid_from"])
    years = people.card_years(
        people.age_on(date.fromisoformat(card["id_number"][6:10] + "-" + card["id_number"][10:12] + "-" + card["id_number"][12:14]), start)
    )
    return bool(card["valid_until"] == ("long-term" if years is None else people.add_years(start, years).isoformat()))


def _salary(draft_: Draft) -> float:
    flow = draft_.orders["flow"].facts["flow"]
    paid = [row.amount for row in flow.rows if "工资" in row.summary or "代发" in row.summary]
    months = len({(row.at.year, row.at.month) for row in flow.rows})
    return sum(paid) / 100 / months


CHECKS: dict[str, Check] = {
    "id_checksum": lambda d, p: _card(p, lambda t: "id_number" in t and people.id_check(t["id_number"][:17]) != t["id_number"][17]),
    "id_birth_mismatch": lambda d, p: _card(p, lambda t: "id_number" in t and t["birth_date"].replace("-", "") != t["id_number"][6:14]),
    "id_sex_mismatch": lambda d, p: _card(p, lambda t: "id_number" in t and (t["sex"] == "男") != (int(t["id_number"][16]) % 2 == 1)),
    "id_validity_period": lambda d, p: _card(p, lambda t: not _legal_length(t)),
    "missing_side": lambda d, p: _card(p, lambda t: t["sides"] != "front+back"),
    "document_expired": lambda d, p: (
        _card(p, lambda t: t.get("valid_until", "long-term") < AS_OF.isoformat())
        or ("licence" in p and p["licence"].truth.get("term_until", "long-term") < AS_OF.isoformat())
    ),
    "document_expires_soon": lambda d, p: _card(p, lambda t: 0 < (_until(t) - AS_OF).days <= 90),
    "amount_words_mismatch": lambda d, p: (
        "amount_in_words" in p["income_proof"].truth
        and p["income_proof"].truth["amount_in_words"]
        not in (p["income_proof"].truth.get("monthly_income"), p["income_proof"].truth.get("annual_income"))
    ),
    "annual_income_mismatch": lambda d, p: (
        {"monthly_income", "annual_income"} <= set(p["income_proof"].truth)
        and _money(p["income_proof"], "annual_income") > 12 * _money(p["income_proof"], "monthly_income") * Decimal("1.2")
    ),
    "missing_seal": lambda d, p: p["income_proof"].truth["has_seal"] == "false",
    "date_in_future": lambda d, p: p["income_proof"].truth["issued_on"] > AS_OF.isoformat(),
    "document_too_old": lambda d, p: (AS_OF - date.fromisoformat(p["income_proof"].truth["issued_on"])).days > 90,
    "employer_mismatch": lambda d, p: (
        not p["income_proof"].truth.get("seal_text", "").startswith(p["income_proof"].truth["employer"])
        or _plain(d.orders["flow"].facts["flow"].employer) != p["income_proof"].truth["employer"]
    ),
    "income_not_supported": lambda d, p: _salary(d) < 0.8 * d.story.monthly_income,
    "name_mismatch": lambda d, p: any(
        p[key].truth[name] != d.story.borrower.name
        for key, name in (("income_proof", "employee_name"), ("marriage", "holder_name"))
        if key in p
    ),
    "id_number_mismatch": lambda d, p: p["income_proof"].truth["id_number"] != d.story.borrower.id_number,
    "spouse_mismatch": lambda d, p: d.story.borrower.name not in (p["marriage"].truth["holder_name"], p["marriage"].truth["spouse_name"]),
    "owner_mismatch": lambda d, p: d.story.borrower.name not in p["property"].truth["owners"].split("、"),
    "consent_missing": lambda d, p: bool(
        set(p["property"].truth["owners"].split("、")) - {d.story.borrower.name, d.story.spouse.name if d.story.spouse else ""}
    ),
    "property_encumbered": lambda d, p: bool(
        re.search("抵押权|查封|居住权", "".join(_texts(p["property"].pdf)).replace("抵押权人：无", ""))
    ),
    "duplicate_document": lambda d, p: any(key.endswith("_again") and p[key].truth == p[key[:-6]].truth for key in p),
    "uscc_checksum": lambda d, p: people.uscc_check(d.story.company.uscc[:17]) != d.story.company.uscc[17] if d.story.company else False,
    "legal_representative_mismatch": lambda d, p: p["licence"].truth["legal_representative"] != d.story.borrower.name,
    "licence_not_valid": lambda d, p: bool(re.search("注销|吊销|作废", "".join(_texts(p["licence"].pdf)))),
    "company_mismatch": lambda d, p: p["licence"].truth["name"] != p["balance_sheet"].truth["company"],
    "balance_sheet_unbalanced": lambda d, p: (
        _sheet_end(p["balance_sheet"], "total_assets") != _sheet_end(p["balance_sheet"], "total_liabilities_and_equity")
    ),
    "cash_mismatch": lambda d, p: _sheet_end(p["balance_sheet"], "cash") != _money(p["cash_flow_statement"], "cash_end.current"),
    "period_mismatch": lambda d, p: p["balance_sheet"].truth["as_of"][:4] != p["income_statement"].truth["period_until"][:4],
    "running_balance_broken": lambda d, p: not _running(p["flow"]),
    "page_chain_broken": lambda d, p: not _running(p["flow"]) and p["flow"].notes["page_removed"] is not None,
    "missing_page": lambda d, p: p["flow"].notes["page_removed"] is not None,
    "statement_gap": lambda d, p: _span_days(p["flow"]) < 100,
    "missing_document": lambda d, p: bool(_whole_orders(d) - set(d.orders)),
    "unknown_document": lambda d, p: any(paper.type == "unknown" for paper in p.values()),
    "unreadable_image": lambda d, p: any(order.ruined for order in d.orders.values()),
    "unreadable_file": lambda d, p: any(order.fault in ("truncated", "encrypted", "empty") for order in d.orders.values()),
    "tamper_suspected": lambda d, p: any(order.fault == "edited" for order in d.orders.values()),
    "debt_service_too_high": lambda d, p: d.story.amount > 0 and _instalment(d) > 0.55 * d.story.monthly_income,
    "term_too_long": lambda d, p: d.story.months > (360 if d.story.product == "personal_mortgage" else 120),
    "age_limit": lambda d, p: people.age_on(d.story.borrower.birth, AS_OF) + d.story.months / 12 > 70,
}
"""By code: whether a drawn draft truly has the problem, judged from what is printed. Planted drafts have it, clean ones not."""
JUDGED_ELSEWHERE = {"subtotal_mismatch", "profit_equity_mismatch", "totals_mismatch", "unusual_flow"}
"""Judged in tests/test_samples_books.py, where books and accounts are tested."""


def _until(card: dict[str, Any]) -> date:
    until = card.get("valid_until", "long-term")
    return date(9999, 1, 1) if until == "long-term" else date.fromisoformat(until)


def _instalment(made: Draft) -> float:
    from samples.story import payment

    return payment(made.story.amount, made.story.months, made.story.rate)


def _whole_orders(made: Draft) -> set[str]:
    """The keys that a story like this one has at least."""
    keys = {"borrower_card", "flow"}
    if made.story.product == "personal_mortgage":
        keys |= {"income_proof"}
    else:
        keys |= {"licence"}
    if made.story.product == "personal_business":
        keys |= {"property"}
    if made.story.product == "enterprise":
        keys |= {"balance_sheet", "income_statement", "cash_flow_statement"}
    elif made.story.pair:
        keys |= {"spouse_card", "marriage"}
    return keys


def test_every_way_to_be_wrong_is_judged_here_or_beside_the_books() -> None:
    assert set(CHECKS) | JUDGED_ELSEWHERE == set(PLANTS)


@cache
def _clean(part: Part, product: str) -> tuple[Draft, Papers]:
    rng = Random(f"{part}/{product}/clean")
    made = draft(rng, part, product, married=True)  # type: ignore[arg-type]
    return made, draw_all(made, rng)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("code", sorted(CHECKS))
def test_a_planted_problem_is_there_and_absent_from_clean_packets(code: str, part: Part) -> None:
    rng = Random(f"{part}/{code}")
    made = planned(rng, part, [code])
    papers = draw_all(made, rng)
    assert CHECKS[code](made, papers), f"{code} was planted, but the papers do not have it"
    assert [problem["code"] for problem in made.problems] == [code]
    clean, whole = _clean(part, made.story.product)
    if set(made.problems[0]["documents"]) <= set(whole) | {"stray"} | {key for key in papers if key.endswith("_again")}:
        assert not _guarded(code, clean, whole), f"{code} is found in a packet without problems"


def _guarded(code: str, made: Draft, papers: Papers) -> bool:
    """The check on a clean packet; one that lacks the paper in question has no such problem."""
    try:
        return CHECKS[code](made, papers)
    except KeyError:
        return False


# --- the packets in the repository -----------------------------------------------------------------------------------


def test_the_ready_packets_are_small_and_their_truth_speaks_of_the_files_that_are_there() -> None:
    assert sum(path.stat().st_size for path in PACKETS.rglob("*") if path.is_file()) <= 8_000_000
    for name, product, codes, _, _ in READY:
        truth = json.loads((PACKETS / "truth" / f"{name}.json").read_text(encoding="utf-8"))
        files = {page["file"] for document in truth["documents"] for page in document["pages"]}
        assert files == {path.name for path in (PACKETS / name).iterdir()} - {"packet.toml"}
        assert truth["product"] == product and {problem["code"] for problem in truth["problems"]} == set(codes)
