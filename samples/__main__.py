"""`python -m samples make --seed 1 --part test --count 60 --out DIR` draws packets into DIR/packets, their truth into DIR/truth.

`python -m samples ready --out samples/packets` draws the three packets that are kept in the repository.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from samples.compose import generate, plan, ready, write
from samples.paper import PARTS
from samples.problems import PLANTS
from samples.typeset import FONT_PACKAGES, missing_fonts


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m samples", description="Draw specimen packets with their ground truth.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("ready", help="draw the three packets of the repository").add_argument("--out", type=Path, required=True)
    make = commands.add_parser("make", help="draw packets")
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--part", choices=PARTS, default="tuning")
    make.add_argument("--count", type=int, default=10)
    make.add_argument("--first", type=int, default=1, help="number of the first packet, to draw a run in pieces")
    make.add_argument("--only", metavar="CODE", help="plant this problem in every packet, `none` for no problem at all")
    make.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    if lacking := missing_fonts():
        print(f"fonts missing: {', '.join(lacking)}; apt-get install {FONT_PACKAGES}", file=sys.stderr)
        return 2
    if args.command == "ready":
        print(*ready(args.out), sep="\n")
        return 0
    if args.only not in (None, "none", *PLANTS):
        print(f"--only must be none or one of {', '.join(sorted(PLANTS))}", file=sys.stderr)
        return 2
    draw_run(args)
    return 0


def draw_run(args: argparse.Namespace) -> None:
    """Draws a run of packets and says what each holds."""
    last = args.first + args.count - 1
    codes = plan(args.seed, args.part, last)
    for index in range(args.first, last + 1):
        started = time.monotonic()
        chosen = codes[index - 1] if args.only is None else () if args.only == "none" else (args.only,)
        packet = generate(args.seed, args.part, index, chosen)
        folder = write(packet, args.out / "packets", args.out / "truth")
        said = ", ".join(problem["code"] for problem in packet.truth["problems"]) or "-"
        print(f"{folder}: {len(packet.files)} files, {said}, {time.monotonic() - started:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
