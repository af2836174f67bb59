"""A packet on disk: the folder a person fills, with an optional packet.toml. Wrong use is said in one line, before any reading."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, get_args

from validators.model import Declaration, Loan, Party, Role
from validators.parties import MARITAL

DECLARATION = "packet.toml"
PRODUCTS = ("personal_mortgage", "personal_business", "enterprise")
_IGNORED = {DECLARATION, "thumbs.db", ".ds_store", "desktop.ini", "truth.json"}


class WrongUse(Exception):
    """The command, the folder or packet.toml is not as it must be. The message is one line and says what to change."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files of a packet on disk are taken from, by their names in the report."""

    path: Path

    def __call__(self, name: str) -> bytes:
        """The bytes of a file. Raises OSError when it is gone."""
        return (self.path / name).read_bytes()


@dataclass(frozen=True, slots=True)
class Packet:
    """The files of one case, in the order of their names as people count (2 before 10), and what was declared.

    `as_of`: the day of the check where packet.toml names one."""

    folder: Path
    files: tuple[Path, ...]
    declaration: Declaration
    as_of: date | None = None


def load(folder: Path) -> Packet:
    """The packet in a folder. Raises WrongUse for a folder that is not there, holds no file, or a packet.toml in error."""
    if not folder.is_dir():
        raise WrongUse(f"{folder}: no such folder / 找不到这个文件夹")
    files = sorted(
        (p for p in folder.rglob("*") if p.is_file() and p.name.lower() not in _IGNORED and not _hidden(p.relative_to(folder))),
        key=lambda path: _counted(str(path.relative_to(folder))),
    )
    if not files:
        raise WrongUse(f"{folder}: the folder holds no files to check / 文件夹里没有可检查的文件")
    toml = folder / DECLARATION
    if not toml.is_file():
        return Packet(folder, tuple(files), Declaration(_case_id(folder)))
    declaration, as_of = declared(toml)
    return Packet(folder, tuple(files), declaration, as_of)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _counted(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _case_id(folder: Path) -> str:
    return re.sub(r"\s+", "-", folder.resolve().name) or "case"


def declared(toml: Path) -> tuple[Declaration, date | None]:
    """What a packet.toml says, and the day of the check when it names one. Raises WrongUse that names the key at fault."""
    try:
        data = tomllib.loads(toml.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongUse(f"{toml}: not valid TOML ({error})") from None
    extra = set(data) - {"case_id", "product", "loan", "party", "parties", "as_of"}
    if extra:
        raise WrongUse(f"{toml}: unknown key {sorted(extra)[0]!r}; known are case_id, product, as_of, loan, parties")
    product = data.get("product")
    if product is not None and product not in PRODUCTS:
        raise WrongUse(f"{toml}: product {product!r} is none of {', '.join(PRODUCTS)}")
    rows = data.get("parties", data.get("party", []))
    if not isinstance(rows, list):
        raise WrongUse(f"{toml}: parties must be a list of tables, [[parties]]")
    parties = tuple(_party(toml, row, n) for n, row in enumerate(rows, start=1))
    declaration = Declaration(str(data.get("case_id", _case_id(toml.parent))), product, _loan(toml, data.get("loan", {})), parties)
    return declaration, _day(toml, data.get("as_of"))


def _day(toml: Path, value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise WrongUse(f"{toml}: as_of must be a day like 2026-11-23") from None


def _party(toml: Path, row: Any, number: int) -> Party:
    known = {"role", "name", "id_number", "marital_status", "id"}
    if not isinstance(row, Mapping) or set(row) - known or row.get("role") not in get_args(Role):
        raise WrongUse(f"{toml}: parties[{number}]: role must be one of {', '.join(get_args(Role))}; keys {', '.join(sorted(known))}")
    text = {key: str(row.get(key, "")).strip() for key in known}
    if not text["name"] and not text["id_number"]:
        raise WrongUse(f"{toml}: parties[{number}]: name or id_number is needed")
    if text["marital_status"] not in ("", *MARITAL, *MARITAL.values()):
        raise WrongUse(f"{toml}: parties[{number}]: marital_status must be one of {', '.join(sorted(set(MARITAL.values())))}")
    return Party(text["id"], row["role"], text["name"], text["id_number"].upper(), text["marital_status"], False)


def _loan(toml: Path, row: Any) -> Loan:
    if not isinstance(row, Mapping) or set(row) - {"amount", "months", "rate", "value"}:
        raise WrongUse(f"{toml}: loan takes amount (yuan), months, rate (per year, 0.035 or 3.5) and value (of the property, yuan)")
    amount, rate = _decimal(toml, row, "amount"), _decimal(toml, row, "rate")
    months = row.get("months")
    if months is not None and (not isinstance(months, int) or isinstance(months, bool) or months <= 0):
        raise WrongUse(f"{toml}: loan.months must be a whole number of months")
    annual = None if rate is None else float(rate / 100 if rate >= 1 else rate)
    worth = _decimal(toml, row, "value")
    return Loan(_fen(amount), months, annual, _fen(worth))


def _fen(yuan: Decimal | None) -> int | None:
    return None if yuan is None else int(yuan * 100)


def _decimal(toml: Path, row: Mapping[str, Any], key: str) -> Decimal | None:
    if row.get(key) is None:
        return None
    try:
        number = Decimal(str(row[key]).replace(",", ""))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise WrongUse(f"{toml}: loan.{key} must be a number that is not negative")
    return number
