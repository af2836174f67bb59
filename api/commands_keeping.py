"""`yushen audit`, `yushen backup`, `yushen restore`, `yushen master-key`: what keeps the service's data safe and provable."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from api.commands_ground import actor, explained, service
from intake import backup as backups
from intake import checkpoints, masterkeys, storage, vault
from intake.audit import record
from intake.database import writing
from intake.settings import from_environment

PATH = click.Path(path_type=Path)


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command("verify", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def verify_audit(arguments: tuple[str, ...]) -> None:
    """EXPORT --key PUBLIC [--checkpoint EARLIER], or --proof PROOF [--report REPORT] --key PUBLIC: offline, exit code 1 when changed."""
    from api import audit_verify

    sys.exit(audit_verify.main(list(arguments)))


@audit.command("export")
@click.argument("file", type=PATH)
def export_audit(file: Path) -> None:
    """Writes the whole log, closed by a signed checkpoint."""
    with service() as (_, engine, keys), writing(engine) as tx, file.open("w", encoding="utf-8") as out:
        record(tx, "audit.export", actor=actor())
        out.writelines(checkpoints.export(tx, keys))


@audit.command("checkpoint")
def print_checkpoint() -> None:
    """Prints the signed head of the log as it is now. Keep it elsewhere: it shows later whether the log was rewritten."""
    with service() as (_, engine, keys), writing(engine) as tx:
        click.echo(checkpoints.checkpoint(tx, keys), nl=False)


@audit.command("public-key")
def print_public_key() -> None:
    """Prints the key that exports, proofs and checkpoints are verified with."""
    with service() as (_, _, keys):
        click.echo(checkpoints.public_key(keys))


@click.command()
@click.argument("folder", type=PATH)
def backup(folder: Path) -> None:
    """Writes a backup into FOLDER while the service goes on; into the same folder again, only new blobs are copied."""
    with service() as (settings, engine, _):
        told = backups.backup(engine, storage.opened(settings), folder)
        with writing(engine) as tx:
            record(tx, "backup.make", actor=actor(), detail={"rows": told["rows"], "blobs": told["blobs"]})
    click.echo(f"backup of {told['rows']} rows and {told['blobs']} blobs ({told['copied']} new) in {folder}; keep the master key elsewhere")


@click.command()
@click.argument("folder", type=PATH)
def restore(folder: Path) -> None:
    """Puts a backup into an empty database and its blobs into the store that the settings name."""
    with explained():
        from intake import database

        settings = from_environment()
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = database.connect(settings.url, pool=2)
        told = backups.restore(engine, vault.opened(settings), storage.opened(settings), folder)
        with writing(engine) as tx:
            record(tx, "backup.restore", actor=actor())
        engine.dispose()
    click.echo(f"restored {told['rows']} rows and {told['blobs']} blobs; {told['forgotten']} cases erased since were erased again")


@click.group("master-key")
def master_key() -> None:
    """The key that all other keys are wrapped by."""


@master_key.command("new")
@click.argument("file", type=PATH)
def new_master_key(file: Path) -> None:
    """Makes a key file that only its owner may read. Keep a copy of it apart from the backups: without it they cannot be opened."""
    if not masterkeys.create(file, masterkeys.fresh()):
        raise click.UsageError(f"{file} is there already and is not replaced")
    click.echo(f"master key in {file}; set YUSHEN_MASTER_KEY=file:{file.resolve()}")


@master_key.command("rotate")
def rotate_master_key() -> None:
    """Adds a version to the key file, where the key is in one, and wraps every data key anew. What is sealed is not touched; the service
    may go on. With the environment or a key-management service, raise the version there first."""
    with service() as (settings, engine, keys):
        path = masterkeys.file_of(settings)
        if path is not None:
            masterkeys.replace(path, masterkeys.raised(path.read_text(encoding="ascii")))
        done = vault.rotate(engine, keys)
        with writing(engine) as tx:
            record(tx, "master_key.rotate", actor=actor(), detail={"version": keys.masters.current, "keys": done})
    click.echo(f"{done} keys are wrapped by version {keys.masters.current} of the master key")
