"""`yushen serve` and its parts for many machines: `yushen api`, `yushen worker`, `yushen sweeper`. Settings: docs/settings.md."""

from __future__ import annotations

import logging
import sys

import click

from intake import masking
from intake.settings import Settings, SettingWrong, from_environment


def _settings() -> Settings:
    try:
        settings = from_environment()
    except SettingWrong as error:
        raise click.UsageError(str(error)) from None
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    masking.guard_logs()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings


@click.command()
@click.option("--workers", type=int, help="Reading processes (default: YUSHEN_WORKERS, else as many as cores).")
def serve(workers: int | None) -> None:
    """The whole service on this machine: API, sweeper, workers and queue under one supervisor. Ends on SIGTERM or Ctrl-C."""
    from worker import supervise

    settings = _settings()
    _prepare(settings)
    supervise.serve(settings, _say, workers=workers)


@click.command()
def api() -> None:
    """The HTTP API alone. The other parts run elsewhere, on the same database, blobs and queue."""
    from api.http.server import run

    settings = _settings()
    _prepare(settings)
    run(settings)


@click.command()
@click.option("--workers", type=int, help="Reading processes (default: YUSHEN_WORKERS, else as many as cores).")
@click.option("--one", is_flag=True, help="One process, without a supervisor: what the supervisor starts.")
def worker(workers: int | None, one: bool) -> None:
    """Workers alone: they claim work in the database, read, check and print."""
    settings = _settings()
    if one:
        from worker.run import run

        try:
            run(settings)
        except SettingWrong as error:
            raise click.UsageError(str(error)) from None
    else:
        from worker import supervise

        _prepare(settings)
        supervise.serve(settings, _say, api=False, sweeper=False, workers=workers)


@click.command()
def sweeper() -> None:
    """The sweeper alone: gives work of lost workers to others, rings for what waits, and keeps house. One is enough, several do no harm."""
    from worker.sweeper import run

    run(_settings())


def _prepare(settings: Settings) -> None:
    """Master key and database are there before any part starts; many may come at once."""
    from intake import database, rowguard, vault
    from intake.migrations import migrate

    try:
        keys = vault.opened(settings)
        engine = database.connect(settings.url, pool=1)
        rowguard.check(engine, settings)
    except SettingWrong as error:
        raise click.UsageError(str(error)) from None
    migrate(engine)
    keys.prepare(engine)
    engine.dispose()


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()
