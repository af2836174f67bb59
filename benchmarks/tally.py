"""From single outcomes to figures: shares by medium, type, effect and field, and the worst cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.judge import Judged, Outcome, PaperOutcome

PAPERLIKE = ("digital", "scan", "screenshot")
"""Media without a camera between; the goals put them together."""
WORST = 60


def figures(judged: Judged) -> dict[str, Any]:
    """All figures as JSON has them; the same outcomes give the same figures."""
    asked = [one for one in judged.fields if one.verdict != "extra"]
    return {
        "packets": judged.packets,
        "documents": _documents(judged),
        "fields": {name: _shares(these) for name, these in _by_medium(asked).items()},
        "ids_and_amounts": {
            name: _shares([o for o in these if o.kind in ("id", "amount")]) for name, these in _by_medium(asked).items()
        },
        "rows": {name: _row_shares(these) for name, these in _by_medium(judged.rows).items()},
        "silent": _silent(judged, asked),
        "extra_values": sum(one.verdict == "extra" for one in judged.fields),
        "evidence_on_the_paper": _ratio([o.on_page for o in asked if o.verdict == "right" and o.on_page is not None]),
        "problems": _problems(judged),
        "false_findings": _false(judged),
        "unreadable": _unreadable(judged),
        "per_kind": _grouped(asked, lambda o: [o.kind]),
        "per_type": _grouped(asked, lambda o: [o.type]),
        "per_type_and_medium": _grouped(asked, lambda o: [f"{o.type} {o.mode}"]),
        "per_template": _grouped(asked, lambda o: [f"{o.type} {o.variant}"]),
        "per_effect": _grouped(asked, lambda o: o.effects or ("none",)),
        "per_field": _grouped(asked, lambda o: [f"{o.type}.{_field_name(o.name)}"]),
    }


def errors(judged: Judged) -> list[Outcome]:
    """Everything that is not right, the gravest first: silent, wrong, extra, missing; rows after fields."""
    order = {"wrong": 1, "extra": 2, "missing": 3}
    bad = [one for one in (*judged.fields, *judged.rows) if one.verdict != "right"]
    return sorted(bad, key=lambda o: (not o.silent, o.kind == "rows", order[o.verdict], o.type, o.name, o.packet, o.file, o.page))


def causes(judged: Judged) -> list[tuple[int, str, list[str]]]:
    """Errors grouped by what went wrong where, most frequent first: count, group, some places to look at."""
    groups: dict[str, list[str]] = defaultdict(list)
    for one in errors(judged):
        how = f" ({one.how})" if one.how else ""
        medium = "camera" if one.mode == "photo" else "no camera"
        groups[f"{one.type}.{_field_name(one.name)} {one.verdict}{how}, {medium}"].append(_where(one))
    told = [(len(places), group, list(dict.fromkeys(places))[:4]) for group, places in groups.items()]
    return sorted(told, key=lambda each: (-each[0], each[1]))


def worst(judged: Judged, most: int = WORST, alike: int = 3) -> list[Outcome]:
    """The gravest errors, at most `alike` of one kind on one field and template."""
    seen: Counter[tuple[str, ...]] = Counter()
    chosen = []
    for one in errors(judged):
        key = (one.type, one.variant, _field_name(one.name), one.verdict, one.how)
        seen[key] += 1
        if seen[key] <= alike:
            chosen.append(one)
    return chosen[:most]


def as_row(one: Outcome) -> dict[str, Any]:
    """An error as a line for people."""
    return {
        "where": _where(one),
        "field": f"{one.type}.{one.name}",
        "template": one.variant,
        "medium": one.mode,
        "effects": list(one.effects),
        "verdict": ("silent " if one.silent else "") + one.verdict + (f" ({one.how})" if one.how else ""),
        "truth": one.truth[:160],
        "found": one.found[:160],
        "confidence": round(one.confidence, 3),
        "named": one.named,
    }


def _where(one: Outcome | PaperOutcome) -> str:
    return f"{one.packet}/{one.file}:{one.page}"


def _field_name(name: str) -> str:
    """Lines that no one gave an id are one field; so are the two columns of a line."""
    return "other:*" if name.startswith("other:") else name


def _by_medium(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    modes = {mode: [one for one in outcomes if one.mode == mode] for mode in (*PAPERLIKE, "photo")}
    return {"scan_and_digital": [one for one in outcomes if one.mode in PAPERLIKE], **modes, "all": list(outcomes)}


def _shares(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    verdicts = Counter(one.verdict for one in outcomes)
    total = sum(verdicts.values())
    return {"fields": total, "exact": _share(verdicts["right"], total), "wrong": verdicts["wrong"], "missing": verdicts["missing"]}


def _row_shares(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    verdicts = Counter(one.verdict for one in outcomes)
    printed = sum(verdicts.values()) - verdicts["extra"]
    figures_right = verdicts["right"] + sum(one.verdict == "wrong" and one.how == "texts" for one in outcomes)
    return {
        "rows": printed,
        "exact": _share(verdicts["right"], printed),
        "figures_exact": _share(figures_right, printed),
        "missing": verdicts["missing"],
        "extra": verdicts["extra"],
        "silent": sum(one.silent for one in outcomes),
        "silent_figures": sum(one.silent and one.how == "figures" for one in outcomes),
    }


def _silent(judged: Judged, asked: Sequence[Outcome]) -> dict[str, Any]:
    silent = [one for one in asked if one.silent]
    invented = [one for one in judged.fields if one.verdict == "extra" and one.confidence >= 0.9 and not one.named]
    by_field = Counter(f"{one.type}.{_field_name(one.name)}" for one in silent)
    return {
        "fields": len(silent),
        "share": _share(len(silent), len(asked)),
        "values_not_on_the_paper": len(invented),
        "by_field": dict(sorted(by_field.items(), key=lambda item: (-item[1], item[0]))),
    }


def _documents(judged: Judged) -> dict[str, Any]:
    found = sum(one.found for one in judged.papers)
    return {
        "papers": len(judged.papers),
        "found_and_typed": _share(found, len(judged.papers)),
        "not_found": [f"{_where(o)} {o.type} seen as {', '.join(o.seen_as) or 'nothing'}" for o in judged.papers if not o.found],
        "pages_split_or_mixed": [f"{_where(o)} {o.type}" for o in judged.papers if o.found and not o.whole],
        "beside_them": [f"{packet}/{files} {kind}" for packet, kind, files in judged.extra_documents],
    }


def _problems(judged: Judged) -> dict[str, Any]:
    found = sum(one.found for one in judged.problems)
    counts: dict[str, list[int]] = {}
    for one in judged.problems:
        pair = counts.setdefault(one.code, [0, 0])
        pair[0] += one.found
        pair[1] += 1
    return {
        "planted": len(judged.problems),
        "found": _share(found, len(judged.problems)),
        "per_code": {code: f"{pair[0]}/{pair[1]}" for code, pair in sorted(counts.items())},
        "missed": [f"{o.packet} {o.code} on {', '.join(o.papers)} ({', '.join(o.files)})" for o in judged.problems if not o.found],
    }


def _false(judged: Judged) -> dict[str, Any]:
    codes = Counter(one.code for one in judged.false_findings)
    return {
        "findings": len(judged.false_findings),
        "per_packet": round(len(judged.false_findings) / max(1, judged.packets), 4),
        "packets": len({one.packet for one in judged.false_findings}),
        "by_code": dict(sorted(codes.items(), key=lambda item: (-item[1], item[0]))),
        "list": [f"{o.packet} {o.code} ({', '.join(o.files)}): {o.said}" for o in judged.false_findings],
    }


def _unreadable(judged: Judged) -> dict[str, Any]:
    told = judged.unreadable
    return {
        "papers": len(told),
        "reported_unreadable": sum(one.reported for one in told),
        "told_otherwise": sum(one.told and not one.reported for one in told),
        "read_all_the_same": sum(one.read and not one.told for one in told),
        "passed_over": [f"{o.packet}/{o.file} {o.type} {' '.join(o.effects)}" for o in told if not o.told and not o.read],
    }


def _grouped(outcomes: Sequence[Outcome], keys: Callable[[Outcome], Iterable[str]]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        for key in keys(one):
            groups[key].append(one)
    return {key: {**_shares(these), "silent": sum(one.silent for one in these)} for key, these in sorted(groups.items())}


def _ratio(values: Sequence[bool | None]) -> float | None:
    return _share(sum(bool(value) for value in values), len(values))


def _share(part: int, whole: int) -> float | None:
    """A share to four places, None of nothing."""
    return round(part / whole, 4) if whole else None
