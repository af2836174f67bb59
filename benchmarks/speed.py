"""`python -m benchmarks.speed`: this pipeline from file to fields beside stock PaddleOCR and RapidOCR (OCR only), on the same pages.

All three run as processes of their own on the same two cores, one at a time, in turns whose order changes, so that a machine busy with
other things troubles all alike. Each is given packets of a few pages, as pages come; what a page by itself takes here is told apart.
Figures are medians over the rounds, each packet's first reading apart.
A whole run's figures go to benchmarks/results/speed.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import IO, Any, cast

from benchmarks import memory, pages
from benchmarks.packets import MODELS, ROOT, WORK
from benchmarks.pages import Page
from benchmarks.truth import plain

CORES = 2
BENCH = ROOT / ".venv-bench"
GROUPS = ("scan", "photo", "table")
PACKET = 6
"""Pages that are handed over together."""
Figures = dict[str, Any]
Packet = tuple[Page, ...]


class Rival:
    """A reader in a process of its own."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name = name
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, text=True)
        self.about = self._answer()

    def read(self, files: Sequence[Path]) -> Figures:
        """The answer to a packet. Raises RuntimeError when the process has died."""
        asked = cast("IO[str]", self._process.stdin)
        print(json.dumps({"files": [str(file) for file in files]}), file=asked, flush=True)
        return self._answer()

    def _answer(self) -> Figures:
        line = cast("IO[str]", self._process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with code {self._process.wait()}")
        answer: Figures = json.loads(line)
        return answer

    def close(self) -> None:
        cast("IO[str]", self._process.stdin).close()
        self._process.wait(timeout=60)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="readings of each page after the first (default 5)")
    parser.add_argument("--pages", type=int, help="pages of each group at most, for a quick look")
    parser.add_argument("--memory", action="store_true", help="also read 500 pages in one process and watch its memory (FULL=1)")
    args = parser.parse_args(argv)
    drawn = pages.drawn()
    chosen = [page for group in GROUPS for page in [p for p in drawn.pages if p.group == group][: args.pages]]
    figures: Figures = {"machine": _machine(), "cores": CORES, "pages": len(chosen), "rounds": args.rounds}
    figures |= _side_by_side(chosen, args.rounds)
    figures["digital"] = _digital(drawn.digital if args.pages is None else drawn.digital[: args.pages])
    figures["long_statement"] = _long(drawn.long)
    figures["start"] = _start(next(page.file for page in chosen if page.group == "scan"))
    if args.memory or os.environ.get("FULL") == "1":
        figures["memory"] = memory.watch([page.file for page in drawn.pages], _ours, packet=PACKET)
    _show(figures)
    whole = args.pages is None and args.rounds >= 3
    target = (ROOT / "benchmarks" / "results" if whole else WORK / "results") / "speed.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\n== {target.relative_to(ROOT)}")
    print(json.dumps(_headline(figures), ensure_ascii=False))
    return 0


def _machine() -> Figures:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "unknown")
    return {"processor": model, "bf16": "avx512_bf16" in info or "amx_bf16" in info, "load_before": round(os.getloadavg()[0], 1)}


# --- the three side by side ------------------------------------------------------------------------------------------


def _ours() -> Rival:
    return Rival("ours", [sys.executable, "-m", "benchmarks.readers", "ours", str(CORES)])


def _rivals() -> list[Rival]:
    paddle = Rival("paddleocr", [sys.executable, "-m", "benchmarks.readers", "paddle", str(CORES)])
    python = BENCH / "bin" / "python"
    if not python.is_file():
        print(f"no {BENCH.name}: rapidocr is left out (make bench-speed sets it up)", file=sys.stderr)
        return [_ours(), paddle]
    rapid = Rival("rapidocr", [str(python), str(ROOT / "benchmarks" / "rapid.py"), str(MODELS), str(CORES)])
    return [_ours(), paddle, rapid]


def _side_by_side(chosen: Sequence[Page], rounds: int) -> Figures:
    rivals = _rivals()
    packets = _packets(chosen)
    taken: dict[str, dict[Packet, list[Figures]]] = {rival.name: defaultdict(list) for rival in rivals}
    for number in range(rounds + 1):
        for at, packet in enumerate(packets):
            turn = (number + at) % len(rivals)
            for rival in rivals[turn:] + rivals[:turn]:
                taken[rival.name][packet].append(rival.read([page.file for page in packet]))
            print(f"\rround {number} of {rounds}, packet {at + 1} of {len(packets)}  ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    alone = {(page,): [rivals[0].read([page.file])] for page in chosen}
    for rival in rivals:
        rival.close()
    found = {rival.name: rival.about | _of_rival(packets, taken[rival.name]) for rival in rivals}
    return {"engines": found, "times_as_fast": _ratios(packets, taken), "alone": _of_rival(list(alone), alone)}


def _packets(chosen: Sequence[Page]) -> list[Packet]:
    groups = [[page for page in chosen if page.group == group] for group in GROUPS]
    return [tuple(pages[n : n + PACKET]) for pages in groups for n in range(0, len(pages), PACKET)]


def _of_rival(packets: Sequence[Packet], taken: dict[Packet, list[Figures]]) -> Figures:
    """Per group: median seconds a page (later readings), those of the first reading, in what share of the seconds no network ran, what
    was found."""
    told: Figures = {}
    for group in (*GROUPS, "all"):
        these = [packet for packet in packets if group in (packet[0].group, "all")]
        if not these:
            continue
        pages_read = sum(len(packet) for packet in these)
        later = sum(_median(taken[packet], "seconds") for packet in these)
        row = {
            "seconds_a_page": round(later / pages_read, 3),
            "first_reading": round(sum(taken[packet][0]["seconds"] for packet in these) / pages_read, 3),
        }
        if "networks_s" in taken[these[0]][0]:
            inside = sum(_median(taken[packet], "networks_s") for packet in these)
            row["networks_seconds_a_page"] = round(inside / pages_read, 3)
            row["outside_networks"] = round(1 - inside / later, 3)
        said = [(value, packet) for packet in these for page in packet for value in page.said]
        seen = sum(plain(value) in _seen(taken[packet][-1]["text"]) for value, packet in said)
        told[group] = row | {"printed_values_found": round(seen / len(said), 4) if said else None}
    return told


def _median(answers: Sequence[Figures], name: str) -> float:
    return float(median(each[name] for each in (answers[1:] or answers)))


def _seen(text: str) -> str:
    return plain(text).replace(",", "").replace("，", "")


def _ratios(packets: Sequence[Packet], taken: dict[str, dict[Packet, list[Figures]]]) -> Figures:
    """How many times as fast as each rival this pipeline is: all seconds, and the median packet."""
    told: Figures = {}
    for rival in [name for name in taken if name != "ours"]:
        told[rival] = {}
        for group in (*GROUPS, "all"):
            these = [packet for packet in packets if group in (packet[0].group, "all")]
            if not these:
                continue
            pairs = [(_median(taken[rival][each], "seconds"), _median(taken["ours"][each], "seconds")) for each in these]
            told[rival][group] = {
                "by_sum": round(sum(a for a, _ in pairs) / sum(b for _, b in pairs), 2),
                "median_packet": round(median(a / b for a, b in pairs), 2),
            }
    return told


# --- born digital, long, from a standing start -----------------------------------------------------------------------


def _digital(files: Sequence[Path]) -> Figures:
    """Born-digital PDFs as one packet from files to fields in a warm process: pages a second, the median of three rounds."""
    ours = _ours()
    answers = [ours.read(files) for _ in range(4)]
    ours.close()
    rates = [answer["pages"] / answer["seconds"] for answer in answers]
    pages_read = answers[0]["pages"]
    return {"files": len(files), "pages": pages_read, "pages_a_second": round(median(rates[1:]), 1), "first_round": round(rates[0], 1)}


def _long(file: Path) -> Figures:
    """The 200-page statement by `yushen check`, from the start of the process to its end with the report written."""
    seconds = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "packet"
            folder.mkdir()
            (folder / file.name).write_bytes(file.read_bytes())
            report = Path(scratch) / "report.json"
            command = [str(ROOT / ".venv" / "bin" / "yushen"), "check", str(folder), "--as-of", "2026-11-23", "--json", str(report)]
            begun = time.perf_counter()
            done = subprocess.run(command, capture_output=True, check=False)
            seconds.append(time.perf_counter() - begun)
            if done.returncode not in (0, 1):
                raise RuntimeError(f"yushen check ended with {done.returncode}: {done.stderr.decode()[-400:]}")
            found = json.loads(report.read_text(encoding="utf-8"))
    rows = [len(d["fields"]["transactions"]["value"]) for d in found["documents"] if "transactions" in d["fields"]]
    return {
        "pages": sum(f["pages"] for f in found["files"]),
        "documents": len(found["documents"]),
        "rows": sum(rows),
        "seconds": round(median(seconds), 2),
        "timings": found["timings"],
    }


def _start(file: Path) -> Figures:
    """From the start of a fresh process to the fields of a scanned page: median of five, the first (cold files) apart."""
    seconds = []
    for _ in range(6):
        begun = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.readers", "first", str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        seconds.append(float(done.stdout.split()[-1]) - begun)
    return {"seconds_to_first_page": round(median(seconds[1:]), 2), "first_time": round(seconds[0], 2)}


# --- telling ---------------------------------------------------------------------------------------------------------


def _show(figures: Figures) -> None:
    print(f"\n{figures['pages']} pages, {figures['rounds']} rounds, {figures['cores']} cores, {figures['machine']}")
    for name, engine in figures["engines"].items():
        print(f"\n{name}: {engine.get('networks') or engine.get('providers')}")
        for group in (*GROUPS, "all"):
            if group in engine:
                print(f"  {group:6} " + ", ".join(f"{key} {value}" for key, value in engine[group].items()))
    print(f"\nours, a page by itself: {figures['alone']}")
    print("\ntimes as fast")
    for name, groups in figures["times_as_fast"].items():
        print(f"  {name:10} " + ", ".join(f"{group} {row['by_sum']} (median {row['median_packet']})" for group, row in groups.items()))
    for key in ("digital", "long_statement", "start", "memory"):
        if key in figures:
            print(f"\n{key.replace('_', ' ')}: {figures[key]}")


def _headline(figures: Figures) -> Figures:
    ours = figures["engines"]["ours"]
    return {
        "times as fast as paddleocr": {group: row["by_sum"] for group, row in figures["times_as_fast"]["paddleocr"].items()},
        "times as fast as rapidocr": {group: row["by_sum"] for group, row in figures["times_as_fast"].get("rapidocr", {}).items()},
        "seconds a page": {group: ours[group]["seconds_a_page"] for group in GROUPS if group in ours},
        "seconds of a page by itself": {group: figures["alone"][group]["seconds_a_page"] for group in GROUPS if group in ours},
        "outside the networks": ours["all"]["outside_networks"],
        "born-digital pages a second": figures["digital"]["pages_a_second"],
        f"{figures['long_statement']['pages']} digital pages, seconds": figures["long_statement"]["seconds"],
        "start to first page, seconds": figures["start"]["seconds_to_first_page"],
        "memory": {key: value for key, value in figures.get("memory", {}).items() if key != "every_50_pages"} or None,
    }


if __name__ == "__main__":
    sys.exit(main())
