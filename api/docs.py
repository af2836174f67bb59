"""The pages of docs/ that are made out of the code: `python -m api.docs` writes them, `--check` says which are stale."""

from __future__ import annotations

import sys

from extractors import docs as documents
from intake import docs as settings
from validators import docs as rules

PAGES = {each.TARGET: each.page for each in (rules, documents, settings)}
"""Where each page stands → what makes its text."""


def main(arguments: list[str]) -> int:
    """Writes the pages, or with `--check` compares them: 0 when all are up to date, 1 when one is stale, 2 for another argument."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m api.docs [--check]", file=sys.stderr)
        return 2
    stale = [target for target, page in PAGES.items() if not target.exists() or target.read_text(encoding="utf-8") != page()]
    for target in stale:
        if arguments:
            print(f"docs/{target.name} is stale: run make docs", file=sys.stderr)
        else:
            target.write_text(PAGES[target](), encoding="utf-8")
    return int(bool(arguments and stale))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
