"""A case of one statement of 200 pages, read and checked, without reading anything: for the review of long packets."""

from __future__ import annotations

import copy
import io
import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from intake import cases, database, files, tables
from tests.service import GOLDEN, Bank, checked

PAGES, ROWS = 200, 30


def long_case(bank: Bank, pages: int = PAGES) -> str:
    """The id of a case of agency red at branch north whose statement has so many pages, with 30 entries on each."""
    door = bank.door
    with door.act(bank.scope("red")) as act:
        declared = {"parties": [{"role": "borrower", "name": "夏玮"}]}
        case = cases.open_case(act, cases.NewCase(product="personal_mortgage", declared=declared)).id
    within = files.limits(bank.settings)
    stored = [files.store(door.engine, door.vault, door.blobs, bank.scope("red"), case, "长流水.pdf", blank(pages), within)]
    with door.act(bank.scope("red")) as act:
        file = files.accept(act, case, stored, within)[0].id
        cases.complete(act, case)
    checked(bank, case, long_report(file, pages))
    with database.writing(door.engine) as tx:
        tx.execute(update(tables.files).where(tables.files.c.id == file).values(pages=pages))
    return case


def blank(pages: int) -> bytes:
    """A PDF of empty A4 pages."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out)
    return out.getvalue()


def long_report(file: str, pages: int) -> dict[str, Any]:
    """The kept report of the packet of problems with its statement drawn out to so many pages."""
    report: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    report |= {"checked_at": "2026-11-23T08:00:00+00:00", "timings": {"total": 1.0}}
    statement = copy.deepcopy(next(each for each in report["documents"] if each["type"] == "bank_statement"))
    name, first = "长流水.pdf", date(2024, 11, 1)
    rows = []
    for number in range(pages * ROWS):
        y = 0.1 + 0.8 * (number % ROWS) / ROWS
        at = {"file": name, "page": number // ROWS + 1, "box": [0.07, round(y, 4), 0.93, round(y + 0.02, 4)]}
        wage, day = number % 250 == 0, first + timedelta(days=number * 730 // (pages * ROWS))
        rows.append({
            "date": day.isoformat(), "summary": "工资" if wage else "消费", "counterparty": "某公司", "amount": "13100.00" if wage else "-50.00",
            "balance": f"{20000 + number % 97}.00", "confidence": 1.0, "text_confidence": 1.0, "evidence": at,
        })  # fmt: skip
    statement["pages"] = [{"file": name, "page": page, "turn": 0} for page in range(1, pages + 1)]
    statement["key"] = f"{file}:1:1"
    for field in statement["fields"].values():
        if field["evidence"]:
            field["evidence"]["file"] = name
    statement["fields"]["transactions"]["value"] = rows
    finding = next(each for each in report["findings"] if each["code"] == "running_balance_broken")
    found = []
    for number in range(20):
        each = copy.deepcopy(finding) | {"key": f"{number:032x}", "decision": "open", "documents": [statement["id"]]}
        for value, row in zip(each["values"], rows[number * 290 :], strict=False):
            value |= {"document": statement["id"], "evidence": row["evidence"]}
        found.append(each)
    whole = {"name": name, "sha256": "0" * 64, "pages": pages, "error": None}
    return report | {"files": [whole], "documents": [statement], "findings": found}
