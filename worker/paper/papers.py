"""The packet's documents with what was read from them: fields one by one, statements and transactions as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extractors.model import SURE
from validators.papers import COLUMNS
from worker.paper import differ, wording
from worker.paper.model import Cell, Entry, Grid, Paper, Piece
from worker.paper.packet import Packet, Row

ROWS = 8
"""Rows of a list that are shown: the first ones. The JSON holds all."""
_COLUMN_ORDER = ("end", "begin", "current_month", "current", "prior")


def papers(packet: Packet) -> tuple[Paper, ...]:
    """All documents in the order of the packet."""
    return tuple(_paper(packet, document) for document in packet.report["documents"])


def _paper(packet: Packet, document: Row) -> Paper:
    fields = ordered(document["type"], document["fields"])
    single = {n: f for n, f in fields.items() if not isinstance(f["value"], list) and not wording.column(n)[1]}
    lists = {n: f for n, f in fields.items() if isinstance(f["value"], list)}
    # Lines stand as on the sheet, in the order in which they were read.
    lines = {n: f for n, f in document["fields"].items() if wording.column(n)[1] and n not in lists}
    one_file = len({page["file"] for page in document["pages"]}) == 1
    grids = [_lines(document["type"], lines)] if lines else []
    grids += [_list(document["type"], name, field) for name, field in lists.items()]
    return Paper(
        packet.anchors[document["id"]],
        document["label"],
        packet.owner(document["id"]),
        packet.pages(document["id"]),
        sum(wording.sureness(f["confidence"], f["value"]).tone != "good" for f in fields.values()),
        tuple(_entry(document["type"], name, field, one_file) for name, field in single.items()),
        tuple(grids),
    )


def ordered(kind: str, fields: Mapping[str, Row]) -> dict[str, Row]:
    """The fields in the order of the contract, others behind them as they came."""
    from extractors.doctype import all_types

    known = all_types().get(kind)
    order = {spec.name: i for i, spec in enumerate(known.fields)} if known else {}
    return dict(sorted(fields.items(), key=lambda item: order.get(item[0], len(order))))


def _entry(kind: str, name: str, field: Row, one_file: bool) -> Entry:
    value, evidence = wording.shown(name, field["value"]), field["evidence"]
    proposal: tuple[Piece, ...] = ()
    if field.get("proposal"):
        proposal = differ.marked([value, wording.shown(name, field["proposal"])])[1]
    where = "" if evidence is None else f"第{evidence['page']}页" if one_file else wording.place(evidence)
    sure = wording.sureness(field["confidence"], field["value"])
    source = wording.SOURCES.get(str(field["source"]), str(field["source"]))
    return Entry(wording.label(kind, name), value, wording.printed(name, field["value"], field["raw"]), sure, source, where, proposal)


def _lines(kind: str, fields: Mapping[str, Row]) -> Grid:
    """The lines of a statement: a row each, its columns beside each other as on the sheet."""
    there = {wording.column(name)[1] for name in fields}
    columns = [c for c in _COLUMN_ORDER if c in there] + sorted(there - set(_COLUMN_ORDER))
    rows = []
    for line in dict.fromkeys(wording.column(name)[0] for name in fields):
        cells = [_figure(fields.get(f"{line}.{column}"), line) for column in columns]
        rows.append((Cell(wording.label(kind, line)), *cells))
    head = (Cell("项目"), *(Cell(COLUMNS.get(c, c), figure=True) for c in columns))
    return Grid("报表项目（元）", head, tuple(rows), 0)


def _figure(field: Row | None, name: str) -> Cell:
    if field is None:
        return Cell("", figure=True)
    doubt = wording.sureness(field["confidence"], field["value"]).tone != "good"
    return Cell(wording.shown(name, field["value"]), wording.printed(name, field["value"], field["raw"]), doubt, True)


def _list(kind: str, name: str, field: Row) -> Grid:
    """A list of rows: its first ones, and how many there are."""
    rows: Sequence[Any] = field["value"]
    keys = [key for key in dict.fromkeys(k for row in rows[:ROWS] for k in row) if key in wording.KEYS]
    keys.sort(key=lambda key: key != "page")  # where, then what
    shown = tuple(tuple(_item(row, key) for key in keys) for row in rows[:ROWS])
    head = tuple(Cell(wording.KEYS[key], figure=key in _FIGURES) for key in keys)
    title = f"{wording.label(kind, name)}：共{len(rows)}条" + (f"，列出前{ROWS}条" if len(rows) > ROWS else "")
    return Grid(title, head, shown, max(0, len(rows) - ROWS))


_FIGURES = ("amount", "balance", "opening", "closing", "number", "of")


def _item(row: Row, key: str) -> Cell:
    if key == "page" and "file" in row:
        return Cell(wording.place(row))
    doubt = row.get("confidence", 1.0) < SURE and key in (*_FIGURES, "date")
    return Cell(wording.shown(key, row.get(key)), doubt=doubt, figure=key in _FIGURES)

