"""What a person at the terminal sees: progress while pages are read, and a summary that fits on a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from validators.say import ROLES
from worker.packet import Packet

VERDICTS = {"complete": ("齐全", "green"), "incomplete": ("不齐全", "red"), "discrepant": ("有矛盾或疑点", "yellow")}
STATUS = {"present": "有", "missing": "缺", "unusable": "不可用"}
SEVERITIES = {"blocking": ("阻断", "red"), "major": ("重要", "yellow"), "minor": ("一般", "cyan"), "info": ("提示", "dim")}
SHOWN = 30


@contextmanager
def progress(packet: Packet) -> Iterator[Callable[[str, int, int], None]]:
    """A progress line on a terminal, nothing in a pipe. Gives `seen(file, page, pages)`."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[what]}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"读取 {packet.folder.name}", total=len(packet.files), what="")
        names = [path.relative_to(packet.folder).as_posix() for path in packet.files]

        def seen(file: str, page: int, pages: int) -> None:
            done = names.index(file) if file in names else 0
            bar.update(task, completed=done + page / max(1, pages), what=f"{file} 第{page}/{pages}页")

        yield seen


def summary(packet: Packet, report: Mapping[str, Any], written: Sequence[Path]) -> None:
    """The verdict, what is missing, the findings by weight, and where the files are."""
    console = Console(highlight=False)
    console.width = max(console.width, 110)
    word, colour = VERDICTS[report["verdict"]]
    console.print()
    basis = f"   产品 {report['product']}   核对日 {report['as_of']}"
    console.print(Text.assemble((f"{report['case_id']}  ", "bold"), (word, f"bold {colour}"), basis))
    console.print(_completeness(report["completeness"], {party["id"]: party for party in report["parties"]}))
    console.print(_findings(report["findings"]))
    outcomes = [check["outcome"] for check in report["checks"]]
    passed, unchecked, not_applicable = (outcomes.count(each) for each in ("passed", "not_checked", "not_applicable"))
    found = len(outcomes) - passed - unchecked - not_applicable
    console.print(f"规则 {len(outcomes)} 条：通过 {passed}，有发现 {found}，未能核对 {unchecked}，不适用 {not_applicable}")
    for path in written:
        console.print(f"→ {path}", soft_wrap=True)


def _completeness(rows: Sequence[Mapping[str, Any]], parties: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(title="材料清单", title_justify="left", box=None, pad_edge=False)
    for heading in ("材料", "谁", "状态", "文件"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        status = STATUS[row["status"]]
        table.add_row(
            str(row.get("label", row["requirement"])),
            _who(parties.get(row["party"])),
            Text(status, style="green" if row["status"] == "present" else "red"),
            " ".join(row["documents"]),
        )
    return table


def _who(party: Mapping[str, Any] | None) -> str:
    return "" if party is None else f"{ROLES[party['role']]} {party['name']}".strip()


def _findings(findings: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title=f"发现 {len(findings)} 条", title_justify="left", box=None, pad_edge=False)
    for heading in ("级别", "代码", "说明", "位置"):
        table.add_column(heading, overflow="fold")
    for finding in findings[:SHOWN]:
        word, colour = SEVERITIES[finding["severity"]]
        spots = {f"{e['file']} p{e['page']}" for v in finding["values"] if (e := v.get("evidence"))}
        table.add_row(Text(word, style=colour), finding["code"], finding["for_manager"], "\n".join(sorted(spots)))
    if len(findings) > SHOWN:
        table.caption = f"……另有 {len(findings) - SHOWN} 条，见报告"
    return table
