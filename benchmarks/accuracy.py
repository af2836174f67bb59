"""`python -m benchmarks.accuracy`: how well the whole pipeline reads drawn packets, judged against their ground truth.

Developers tune on `--part tuning` and may look at `--part retired`, a test part that is spent; `--part test` (its own templates,
fonts and effects) is for reporting, unless it stands in LOOKED_AT: then its figures are of known papers, too.
Figures of a whole run go to benchmarks/results/accuracy-PART.json, its seconds to accuracy-PART-timing.json; every error, and the
figures of smaller runs, to benchmarks/work/.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import packets, tally, truth
from benchmarks.judge import Judged, judge
from benchmarks.packets import MODELS, ROOT, WORK, Drawn, Replay, Run

WHOLE = 60
"""Packets of the default seed that make a result worth keeping; a smaller run stays in benchmarks/work/."""
SEEDS = {"tuning": 1, "retired": 20261124, "test": 20261125}
LOOKED_AT = ("tuning", "retired")
"""Parts whose papers were looked at (decision 0018). `test` joins them once its failures are read."""
GOALS = (
    ("documents found and typed", ("documents", "found_and_typed"), ">=", 0.995),
    ("fields exact, scans and born-digital", ("fields", "scan_and_digital", "exact"), ">=", 0.99),
    ("fields exact, readable photos", ("fields", "photo", "exact"), ">=", 0.96),
    ("ids and amounts, scans and born-digital", ("ids_and_amounts", "scan_and_digital", "exact"), ">=", 0.995),
    ("ids and amounts, readable photos", ("ids_and_amounts", "photo", "exact"), ">=", 0.985),
    ("silent errors, share of fields", ("silent", "share"), "<=", 0.002),
    ("planted problems found", ("problems", "found"), ">=", 0.98),
    ("false blocking or major findings a packet", ("false_findings", "per_packet"), "<=", 0.05),
)


def main(argv: list[str] | None = None) -> int:
    args = _arguments(argv)
    begun = perf_counter()
    chosen = packets.given(args.packets) if args.packets else packets.drawn(args.part, args.seed, args.count)
    chosen = chosen[: args.count]
    if not chosen:
        print("no packets with a truth there", file=sys.stderr)
        return 2
    print(f"== part {args.part.upper()}: {len(chosen)} packets" + _warning(args))
    judged, timing = _run(chosen, args.replay, args.workers, args.keep_report)
    figures = {"part": args.part, "seed": None if args.packets else args.seed, **tally.figures(judged)}
    timing["whole_run_s"] = round(perf_counter() - begun, 1)
    _show(figures, judged)
    _store(args, figures, judged, timing)
    print(json.dumps(_headline(figures), ensure_ascii=False))
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=tuple(SEEDS), default="test")
    parser.add_argument("--count", type=int, default=64, help="packets (default 64)")
    parser.add_argument("--seed", type=int, help="of the packets drawn (default: another one for each part)")
    parser.add_argument("--packets", type=Path, help="packets drawn before: a folder with packets/ and truth/")
    parser.add_argument("--replay", nargs="?", const="same", default="no", choices=("no", "same", "any"),
                        help="take what the same reading code read before (any: whatever code) and only extract and check")  # fmt: skip
    parser.add_argument("--workers", type=int, default=1, help="processes, each with one thread (default 1, with all cores)")
    parser.add_argument("--keep-report", action="store_true", help="keep each packet's report under benchmarks/work/reports")
    args = parser.parse_args(argv)
    args.seed = SEEDS[args.part] if args.seed is None else args.seed
    return args


def _warning(args: argparse.Namespace) -> str:
    if args.part in LOOKED_AT:
        return ". Looked at: these figures are for developers and are not the ones to report."
    return ". For reporting: nothing may be tuned on what this part shows."


# --- running ---------------------------------------------------------------------------------------------------------


def _run(chosen: list[Drawn], replay: Replay, workers: int, keep: bool) -> tuple[Judged, dict[str, Any]]:
    judged, runs = Judged(), []
    for done, one in enumerate(_runs(chosen, replay, workers), start=1):
        judged.add(judge(truth.load(one.drawn.truth), one.report))
        runs.append(one)
        if keep:
            target = WORK / "reports" / f"{one.drawn.folder.name}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(one.report, ensure_ascii=False, indent=1), encoding="utf-8")
        print(f"\r{done}/{len(chosen)} {one.drawn.folder.name}  ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    pages, reading, checking = sum(r.pages for r in runs), sum(r.reading_s for r in runs), sum(r.checking_s for r in runs)
    timing = {"pages": pages, "reading_s": round(reading, 1), "extracting_and_checking_s": round(checking, 1),
              "pages_a_second": round(pages / (reading + checking), 2), "replayed_files": sum(r.replayed for r in runs),
              "workers": workers}  # fmt: skip
    return judged, timing


def _runs(chosen: list[Drawn], replay: Replay, workers: int) -> Iterator[Run]:
    if workers == 1:
        from worker.pipeline import Reader

        with Reader(MODELS) as reader:
            yield from packets.run(chosen, reader, replay)
        return
    # Threads of the arithmetic libraries are told before the children import them.
    os.environ["OMP_NUM_THREADS"] = "1"
    shares = [(chosen[n::workers], replay) for n in range(workers)]
    context = get_context("spawn")
    queue = context.SimpleQueue()
    children = [context.Process(target=_share, args=(*share, queue)) for share in shares]
    for child in children:
        child.start()
    left = workers
    while left:
        got = queue.get()
        if isinstance(got, str):
            raise RuntimeError(got)
        if got is None:
            left -= 1
        else:
            yield got
    for child in children:
        child.join()


def _share(chosen: list[Drawn], replay: Replay, queue: Any) -> None:
    """One process's packets; None after the last, a text where it broke off."""
    import cv2

    from worker.pipeline import Reader

    cv2.setNumThreads(1)
    try:
        from extractors.ocr import PaddleEngine

        engine = None if replay == "any" else PaddleEngine(MODELS, threads=1)
        with Reader(MODELS, engine) as reader:
            for one in packets.run(chosen, reader, replay):
                queue.put(one)
        queue.put(None)
    except BaseException as error:
        queue.put(f"a worker broke off: {error!r}")
        raise


# --- telling ---------------------------------------------------------------------------------------------------------


def _at(figures: dict[str, Any], path: tuple[str, ...]) -> Any:
    for key in path:
        figures = figures[key]
    return figures


def _headline(figures: dict[str, Any]) -> dict[str, Any]:
    short = {"part": figures["part"], "seed": figures["seed"], "packets": figures["packets"]}
    return short | {name: _at(figures, path) for name, path, _, _ in GOALS} | {
        "bank rows exact": figures["rows"]["all"]["exact"],
        "bank rows silent": figures["rows"]["all"]["silent"],
        "evidence on the paper": figures["evidence_on_the_paper"],
    }  # fmt: skip


def _show(figures: dict[str, Any], judged: Judged) -> None:
    _show_goals(figures)
    _table("fields by medium", figures["fields"], ("fields", "exact", "wrong", "missing"))
    _table("ids and amounts by medium", figures["ids_and_amounts"], ("fields", "exact", "wrong", "missing"))
    _table("rows of bank statements by medium", figures["rows"], ("rows", "exact", "figures_exact", "missing", "extra", "silent"))
    for name in ("per_kind", "per_type", "per_type_and_medium", "per_effect", "per_template"):
        _table(name.replace("_", " "), figures[name], ("fields", "exact", "wrong", "missing", "silent"))
    faulty = {name: row for name, row in figures["per_field"].items() if row["exact"] != 1}
    worst = dict(sorted(faulty.items(), key=lambda item: -(item[1]["wrong"] + item[1]["missing"]))[:40])
    _table("fields with most errors", worst, ("fields", "exact", "wrong", "missing", "silent"))
    for name in ("documents", "problems", "false_findings", "unreadable"):
        print(f"\n{name.replace('_', ' ')}")
        for key, value in figures[name].items():
            print(f"  {key}: {value}" if not isinstance(value, list) else f"  {key}: {len(value)}")
            for each in value[: tally.WORST] if isinstance(value, list) else ():
                print(f"    {each}")
    print("\nerrors by cause")
    for count, group, places in tally.causes(judged)[:40]:
        print(f"  {count:4} {group}: {', '.join(places)}")
    print("\nworst cases")
    for one in tally.worst(judged):
        row = tally.as_row(one)
        print(f"  {row['verdict']:18} {row['field']} {row['where']} [{row['medium']} {' '.join(row['effects'])}] "
              f"{row['confidence']}{' named' if row['named'] else ''}\n      truth {row['truth']}\n      found {row['found']}")  # fmt: skip


def _show_goals(figures: dict[str, Any]) -> None:
    print("\ngoals")
    for name, path, sign, goal in GOALS:
        value = _at(figures, path)
        met = value is not None and (value >= goal if sign == ">=" else value <= goal)
        print(f"  {'met ' if met else 'NOT ' if value is not None else 'none'} {name}: {value} (goal {sign} {goal})")
    silent = figures["silent"]
    print(f"  silent errors: {silent['fields']} fields {silent['by_field']}; values not on the paper: {silent['values_not_on_the_paper']}")


def _table(title: str, rows: dict[str, dict[str, Any]], columns: tuple[str, ...]) -> None:
    shown = {name: row for name, row in rows.items() if row[columns[0]]}
    if not shown:
        return
    width = max(len(name) for name in shown)
    print(f"\n{title}\n  {'':{width}} " + " ".join(f"{column:>13}" for column in columns))
    for name, row in shown.items():
        cells = [f"{v:.2%}" if isinstance(v, float) else str(v) for v in (row[column] for column in columns)]
        print(f"  {name:{width}} " + " ".join(f"{cell:>13}" for cell in cells))


def _store(args: argparse.Namespace, figures: dict[str, Any], judged: Judged, timing: dict[str, Any]) -> None:
    bad = [tally.as_row(one) for one in tally.errors(judged)]
    WORK.mkdir(parents=True, exist_ok=True)
    listed = WORK / f"errors-{args.part}.jsonl"
    listed.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in bad), encoding="utf-8")
    whole = not args.packets and args.seed == SEEDS[args.part] and figures["packets"] >= WHOLE
    results = ROOT / "benchmarks" / "results" if whole else WORK / "results"
    results.mkdir(parents=True, exist_ok=True)
    kept = {**figures, "worst": [tally.as_row(one) for one in tally.worst(judged)]}
    target = results / f"accuracy-{args.part}.json"
    target.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (results / f"accuracy-{args.part}-timing.json").write_text(json.dumps(timing, indent=1) + "\n", encoding="utf-8")
    print(f"\n== {target.relative_to(ROOT)}; all {len(bad)} errors: {listed.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
