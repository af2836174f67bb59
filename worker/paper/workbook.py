"""The fields of a report as an Excel workbook: what was read, where it stands, how sure it is, who put it right.

Every cell is text: an id or account number keeps its digits, and what stands on a paper can never become a formula or a link.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from worker.paper import wording
from worker.paper.papers import ordered

Row = Mapping[str, Any]
HEAD = (
    "材料", "材料编号", "当事人", "字段", "字段名", "值", "原文", "可能应为", "可信度", "是否需核对", "来源", "文件", "页",
    "更正人", "更正时间",
)  # fmt: skip
WIDE = (16, 8, 14, 20, 22, 34, 34, 20, 8, 10, 10, 24, 6, 16, 18)
FINDINGS = ("序号", "严重程度", "代码", "问题", "给客户经理的说明", "给经纪人的说明", "处理", "位置")
LONGEST = 32_000
"""Characters that Excel takes in a cell, with room to spare."""
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(report: Row, changed: Mapping[tuple[str, str], tuple[str, str]]) -> bytes:
    """The workbook of a report: its fields, the lists on its papers, its findings. `changed`: (document's key, field) → who put it right
    and when. The same report and corrections give the same bytes."""
    import xlsxwriter

    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, plain)
    made = datetime.fromisoformat(report["checked_at"]) if report.get("checked_at") else datetime(2026, 1, 1)
    book.set_properties({"title": f"{report['case_id']} {report['report_version']}", "created": made.replace(tzinfo=None)})
    formats = (book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True, "bg_color": "#E6EBF2"}))
    _sheet(book, "字段", HEAD, WIDE, fields(report, changed), formats)
    for title, head, rows in lists(report):
        _sheet(book, title, head, (12,) * len(head), rows, formats)
    _sheet(book, "问题", FINDINGS, (6, 10, 24, 22, 70, 60, 10, 34), _findings(report), formats)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any, title: str, head: Sequence[str], wide: Sequence[int], rows: Iterator[Sequence[str]], formats: tuple[Any, Any]
) -> None:
    plain, bold = formats
    sheet = book.add_worksheet(title)
    for column, (name, width) in enumerate(zip(head, wide, strict=True)):
        sheet.set_column(column, column, width, plain)
        sheet.write_string(0, column, name, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            sheet.write_string(last, column, cell(text), plain)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(head) - 1)


def cell(text: str) -> str:
    """Text as a cell can hold it.

    >>> cell("=1+1"), cell("a\\x00b")
    ('=1+1', 'a\\ufffdb')
    """
    return _UNSAFE.sub("\ufffd", text)[:LONGEST]


def fields(report: Row, changed: Mapping[tuple[str, str], tuple[str, str]]) -> Iterator[Sequence[str]]:
    """A row for each field of each paper, in the order of the packet; papers without a field have one row that says so."""
    names = {each["id"]: each["name"] for each in report["parties"]}
    for paper in report["documents"]:
        start: tuple[str, ...] = (paper["label"], paper["id"], names.get(paper["party"], ""))
        entries = [(n, f) for n, f in ordered(paper["type"], paper["fields"]).items() if not isinstance(f["value"], list)]
        if not entries:
            ref = paper["pages"][0]
            yield (*start, "", "", "", "", "", "", "是", "", ref["file"], str(ref["page"]), "", "")
        for name, field in entries:
            at = field["evidence"] or {"file": "", "page": ""}
            by, when = changed.get((paper.get("key", ""), name), ("", ""))
            look = "否" if wording.sureness(field["confidence"], field["value"]).tone == "good" else "是"
            yield (
                *start, wording.label(paper["type"], name), name, str(field["value"]), field["raw"] or "", field.get("proposal") or "",
                f"{field['confidence']:.4f}", look, wording.SOURCES.get(str(field["source"]), ""), at["file"], str(at["page"]),
                by, when,
            )  # fmt: skip


def lists(report: Row) -> Iterator[tuple[str, Sequence[str], Iterator[Sequence[str]]]]:
    """The lists that stand on papers (transactions, members): a sheet each, named by paper and list."""
    for paper in report["documents"]:
        for name, field in paper["fields"].items():
            if name not in ("transactions", "members") or not isinstance(field["value"], list) or not field["value"]:
                continue
            keys = [key for key in dict.fromkeys(k for row in field["value"] for k in row) if key in wording.KEYS and key != "page"]
            head = [*(wording.KEYS[key] for key in keys), "可信度", "文件", "页"]
            yield f"{paper['id']} {wording.label(paper['type'], name)}"[:31], head, _rows(field["value"], keys)


def _rows(rows: Sequence[Row], keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for row in rows:
        at = row.get("evidence") or {"file": "", "page": ""}
        sure = min(row.get("confidence", 1.0), row.get("text_confidence", 1.0))
        told = ("" if row.get(key) is None else str(row[key]) for key in keys)
        yield (*told, f"{sure:.4f}", at["file"], str(at["page"]))


DECISIONS = {"confirmed": "已确认", "waived": "已豁免", "noticed": "已列入补件", "open": "待处理"}


def _findings(report: Row) -> Iterator[Sequence[str]]:
    for number, each in enumerate(report["findings"], start=1):
        spots = "；".join(dict.fromkeys(wording.place(v["evidence"]) for v in each["values"] if v["evidence"]))
        severity = wording.SEVERITIES[each["severity"]][0].text
        said = (each["title"], each["for_manager"], each["for_broker"] or "", DECISIONS.get(each.get("decision", "open"), ""))
        yield (str(number), severity, each["code"], *said, spots)
