"""All settings of the service, from environment variables, read once. The embedded service needs none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from intake.guard import MIB


class SettingWrong(Exception):
    """A setting cannot be used. One line: which, and what it must be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings with what they are when nobody sets them. Each is `YUSHEN_` + its name in capitals."""

    data: Path = Path("data")
    """Folder of the embedded service: database, blobs, keys, queue."""
    database_url: str = ""
    """`postgresql+psycopg://…`; empty: SQLite in the data folder."""
    redis_url: str = ""
    """`redis://…` of a Redis or Valkey server; empty: an embedded one, in the data folder, on a unix socket."""
    blob_url: str = ""
    """`s3://bucket/prefix`; empty: the data folder. Access keys and endpoint as the AWS_… variables."""
    master_key: str = ""
    """Where the master keys are: `file:PATH`, `env:NAME` or `kms:…`; empty: made once in the data folder, refused in production."""
    production: bool = False
    """Refuse to start on a key made by default, without the sandbox's layers, or with cookies over plain HTTP."""
    host: str = "127.0.0.1"
    """Where the API listens. Behind a proxy that speaks TLS it stays on loopback."""
    port: int = 8420
    """Its port."""
    workers: int = 0
    """Reading processes; 0: as many as cores."""
    models: Path = Path(".models")
    """Folder of the OCR networks (`yushen models`)."""
    image_bytes: int = 20 * MIB
    """Largest picture."""
    pdf_bytes: int = 50 * MIB
    """Largest PDF."""
    packet_bytes: int = 200 * MIB
    """Most bytes of all files of a case."""
    packet_files: int = 60
    """Most files of a case."""
    pdf_pages: int = 500
    """Most pages of a PDF."""
    free_bytes: int = 256 * MIB
    """Uploads are refused (507) when the disk has less left."""
    part_pages: int = 20
    """A PDF of more pages is read in parts of so many, by all workers."""
    lease_s: float = 8.0
    """A worker whose beat stands still for so long, by the sweeper's own clock, has lost its work."""
    attempts: int = 2
    """A file that ends its reader so often is given up as unreadable."""
    work_s: float = 300.0
    """A piece of work that takes longer is ended from outside."""
    worker_rss: int = 3 << 30
    """A worker that holds more memory after a piece of work is replaced."""
    blind_s: float = 0.0
    """For chaos and load runs: a stand-in that sees no text takes so many seconds for a page, in place of the networks; 0: they read.
    Refused in production."""
    session_idle_s: int = 30 * 60
    """A session that is not used for so long ends."""
    session_s: int = 12 * 3600
    """Every session ends after so long."""
    token_s: int = 15 * 60
    """How long a token lasts that a machine gets for its secret."""
    second_factor: bool = False
    """The bank's people can do nothing until they have set up a second factor."""
    retention_days: int = 180
    """Days after closing until a case is erased, where the bank set none."""
    webhook_hosts: str = ""
    """Hosts that webhooks may reach besides public ones, comma separated; with `only:` in front: no others at all."""
    webhook_http: bool = False
    """Allow plain HTTP and unusual ports for those hosts (tests)."""

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data / 'yushen.sqlite'}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingWrong for a value or a name that is none."""
    given = {k.removeprefix("YUSHEN_").lower(): v for k, v in (environment or os.environ).items() if k.startswith("YUSHEN_")}
    known = {field.name: field for field in fields(Settings)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SettingWrong(f"YUSHEN_{unknown[0].upper()}: no such setting (docs/settings.md lists them)")
    return Settings(**{name: _value(name, known[name].default, text.strip()) for name, text in given.items()})


def _value(name: str, default: Any, text: str) -> Any:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[text.lower()]
        value = type(default)(text)
    except (KeyError, ValueError):
        kind = "yes or no" if isinstance(default, bool) else "a whole number" if isinstance(default, int) else "a number"
        raise SettingWrong(f"YUSHEN_{name.upper()} must be {kind}") from None
    if isinstance(default, (int, float)) and value < 0:
        raise SettingWrong(f"YUSHEN_{name.upper()} must not be negative")
    return value
