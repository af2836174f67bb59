"""What commands that keep the service stand on: settings, database and vault, and errors as one line."""

from __future__ import annotations

import contextlib
import getpass
import re
from collections.abc import Iterator

import click
from sqlalchemy import Engine

from intake import database, vault
from intake.errors import YushenError
from intake.masterkeys import MasterKeyMissing
from intake.migrations import migrate
from intake.settings import Settings, SettingWrong, from_environment
from intake.vault import Vault


@contextlib.contextmanager
def service() -> Iterator[tuple[Settings, Engine, Vault]]:
    """The service's database, in its newest form, and its vault. Errors become one line and exit code 2."""
    with explained():
        given = from_environment()
        given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        secrets = vault.opened(given)
        engine = database.connect(given.url, pool=2)
        try:
            migrate(engine)
            secrets.prepare(engine)
            yield given, engine, secrets
        finally:
            engine.dispose()


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Errors that people can do something about, as one line."""
    try:
        yield
    except YushenError as error:
        raise click.ClickException(error.sentence) from None
    except (SettingWrong, MasterKeyMissing) as error:
        raise click.ClickException(str(error)) from None


def actor() -> str:
    """Who the audit log says it was: the machine's user."""
    return f"command:{re.sub(r'[^A-Za-z0-9_-]', '', getpass.getuser())[:30]}"
