"""The Chinese phrases that findings share: which paper, whose, which page."""

from __future__ import annotations

from collections.abc import Iterable

from extractors.model import Document, PageRef
from validators.model import Case, Party
from validators.papers import type_label

ROLES = {
    "borrower": "借款人",
    "spouse": "配偶",
    "guarantor": "保证人",
    "pledger": "抵押人",
    "company": "企业",
    "legal_representative": "法定代表人",
}


def person(party: Party | None) -> str:
    """`借款人张伟`; the role alone when the name is not known, `` for nobody."""
    return "" if party is None else ROLES[party.role] + party.name


def place(pages: Iterable[PageRef]) -> str:
    """`文件“流水.pdf”第1至3页`; several files are joined by 、."""
    of_file: dict[str, list[int]] = {}
    for ref in pages:
        of_file.setdefault(ref.file, []).append(ref.page)
    return "、".join(f"文件“{file}”第{_spans(sorted(set(numbers)))}页" for file, numbers in of_file.items())


def _spans(numbers: list[int]) -> str:
    """`1至3、5` for 1, 2, 3, 5."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(a) if a == b else f"{a}至{b}" for a, b in spans)


def paper(case: Case, document: Document) -> str:
    """`借款人张伟的收入证明（文件“收入.jpg”第1页）`: whose, which paper, where."""
    owner = person(case.party(document))
    whose = f"{owner}的" if owner else ""
    return f"{whose}{type_label(document.type)}（{place(document.pages)}）"
