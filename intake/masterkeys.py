"""Where the master keys are: a file, an environment variable, or a key-management service through a small adapter.

The text of a file or variable has one key per line (or between commas): a name and 32 bytes in base64. Names are the versions `1`, `2`…
of the master key (the highest one wraps, all open), `index` (keyed hashes) and `sign` (checkpoints of the audit log).
"""

from __future__ import annotations

import base64
import binascii
import importlib
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from intake.settings import Settings, SettingWrong

DEFAULT = "keys/master"
"""Under the data folder: made there at the first start of an embedded service, refused in production."""


class Masters(Protocol):
    """What wraps data keys. An adapter of a key-management service is an object of this form."""

    @property
    def current(self) -> int:
        """The version that wraps now."""

    @property
    def index(self) -> bytes:
        """32 bytes for keyed hashes. Never changes."""

    @property
    def sign(self) -> bytes:
        """32 bytes: the Ed25519 key of the audit log's checkpoints."""

    def wrap(self, key: bytes, owner: bytes) -> tuple[int, bytes]:
        """The version used and the wrapped key."""

    def unwrap(self, version: int, wrapped: bytes, owner: bytes) -> bytes:
        """The key again. Raises when version, bytes or owner are not those of the wrapping."""


class MasterKeyMissing(Exception):
    """A data key is wrapped by a master key that is not there, or not by this one."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Master keys held in this process."""

    versions: dict[int, bytes]
    index: bytes
    sign: bytes

    @property
    def current(self) -> int:
        return max(self.versions)

    def wrap(self, key: bytes, owner: bytes) -> tuple[int, bytes]:
        nonce = os.urandom(12)
        return self.current, nonce + AESGCM(self.versions[self.current]).encrypt(nonce, key, owner)

    def unwrap(self, version: int, wrapped: bytes, owner: bytes) -> bytes:
        if version not in self.versions:
            raise MasterKeyMissing(f"master key {version} is needed and not there")
        try:
            return AESGCM(self.versions[version]).decrypt(wrapped[:12], wrapped[12:], owner)
        except InvalidTag:
            raise MasterKeyMissing(f"this is not the master key {version} that wrapped the data keys") from None

    def __repr__(self) -> str:
        return f"Ring({sorted(self.versions)})"


class Kept:
    """Keys in a file, read again when it changes: a rotation reaches processes that run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = self._when()
        self._ring = parsed(path.read_text(encoding="ascii", errors="replace"))

    @property
    def current(self) -> int:
        return self._fresh().current

    @property
    def index(self) -> bytes:
        return self._ring.index

    @property
    def sign(self) -> bytes:
        return self._ring.sign

    def wrap(self, key: bytes, owner: bytes) -> tuple[int, bytes]:
        return self._fresh().wrap(key, owner)

    def unwrap(self, version: int, wrapped: bytes, owner: bytes) -> bytes:
        return self._fresh().unwrap(version, wrapped, owner)

    def _fresh(self) -> Ring:
        stamp = self._when()
        if stamp != self._stamp:
            self._ring, self._stamp = parsed(self.path.read_text(encoding="ascii", errors="replace")), stamp
        return self._ring

    def _when(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_mtime_ns, status.st_ino


def load(settings: Settings) -> Masters:
    """The master keys that the settings name. Raises SettingWrong when they cannot be used."""
    kind, _, place = settings.master_key.partition(":")
    if not settings.master_key:
        return _default(settings)
    if kind == "file" and place:
        return _from_file(Path(place), settings)
    if kind == "env" and place:
        if place not in os.environ:
            raise SettingWrong(f"YUSHEN_MASTER_KEY names the variable {place}, which is not set")
        return parsed(os.environ[place])
    if kind == "kms" and re.fullmatch(r"[\w.]+:\w+", place):
        module, _, name = place.partition(":")
        adapter: Masters = getattr(importlib.import_module(module), name)()
        return adapter
    raise SettingWrong("YUSHEN_MASTER_KEY must be file:PATH, env:NAME or kms:MODULE:FACTORY")


def file_of(settings: Settings) -> Path | None:
    """The key file that the settings name, None where the keys are elsewhere."""
    kind, _, place = settings.master_key.partition(":")
    if not settings.master_key:
        return settings.data / DEFAULT
    return Path(place) if kind == "file" else None


def parsed(text: str) -> Ring:
    """The keys that stand in a file or variable. Raises SettingWrong, never with a key in the message."""
    found: dict[str, bytes] = {}
    for row in re.split(r"[\n,]", text):
        if not row.strip() or row.startswith("#"):
            continue
        name, _, value = row.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True)
        except binascii.Error:
            found[name] = b""
        if len(found[name]) != 32 or not re.fullmatch(r"[1-9]\d{0,5}|index|sign", name):
            raise SettingWrong("the master key must have rows of a name (1, 2, …, index, sign) and 32 bytes in base64")
    versions = {int(name): key for name, key in found.items() if name.isdigit()}
    if not versions or "index" not in found or "sign" not in found:
        raise SettingWrong("the master key lacks its first version, `index` or `sign` (yushen master-key new FILE makes them)")
    return Ring(versions, found["index"], found["sign"])


def fresh() -> str:
    """The text of new keys, version 1."""
    return "".join(_row(name) for name in ("1", "index", "sign"))


def raised(text: str) -> str:
    """The text with one more version of the master key."""
    return text.rstrip("\n") + "\n" + _row(str(parsed(text).current + 1))


def create(path: Path, text: str) -> bool:
    """Writes a key file that nobody else may read, whole or not at all; False when there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        _written(temporary, text)
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def replace(path: Path, text: str) -> None:
    """Puts a key file in the place of the one that is there."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        _written(temporary, text)
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)


def _written(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _row(name: str) -> str:
    return f"{name} {base64.b64encode(secrets.token_bytes(32)).decode()}\n"


def _default(settings: Settings) -> Kept:
    path = settings.data / DEFAULT
    if settings.production:
        raise SettingWrong("YUSHEN_MASTER_KEY must be set in production: a key beside the data protects nothing")
    if not path.exists():
        create(path, fresh())
    return _from_file(path, settings)


def _loose(status: os.stat_result) -> bool:
    """Whether others may get at the file. A file that another user (root) laid down for this process's group, for reading only, is its
    own: so Kubernetes mounts a secret, as 0440, where `fsGroup` is set."""
    laid_down = status.st_uid != os.geteuid() and status.st_gid == os.getegid()
    return bool(stat.S_IMODE(status.st_mode) & (0o037 if laid_down else 0o077))


def _from_file(path: Path, settings: Settings) -> Kept:
    if not path.is_file():
        raise SettingWrong(f"YUSHEN_MASTER_KEY: there is no file {path}")
    if _loose(path.stat()):
        raise SettingWrong(f"YUSHEN_MASTER_KEY: others may read {path}; chmod 600 it")
    if settings.production and path.resolve().is_relative_to(settings.data.resolve()):
        raise SettingWrong("YUSHEN_MASTER_KEY: in production the key file must lie outside the data folder")
    return Kept(path)
