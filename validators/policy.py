"""Products: checklist and limits from one TOML file each, as in force on the day of the check.

A file has `id`, `label`, `version`, and two lists. `[[limit]]`: `id`, `label`, `value`, `effective_from`, optional
`effective_until` (the last day), `source`. `[[requirement]]`: see `validators.model.Requirement`; `months` and
`max_age_days` may name a limit instead of a number; `effective_from` and `effective_until` are optional there.
A bank changes a file, not the code: a limit that is superseded gets its last day, the new one a block of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from validators.model import Policy, Requirement, Role

FOLDER = Path(__file__).parent / "products"
CONDITIONS = ("always", "married", "company")
SIDES = ("front", "back")
_TOP = {"id": str, "label": str, "version": str, "limit": list, "requirement": list}
_LIMIT: Mapping[str, Any] = {
    "id": str,
    "label": str,
    "value": (int, float),
    "effective_from": date,
    "effective_until": date,
    "source": str,
}
_REQUIREMENT: Mapping[str, Any] = {
    "id": str,
    "label": str,
    "document_type": str,
    "roles": list,
    "any_of": bool,
    "when": str,
    "mandatory": bool,
    "substitutes": list,
    "sides": list,
    "count": int,
    "months": (int, str),
    "max_age_days": (int, str),
    "needs_seal": bool,
    "source": str,
    "effective_from": date,
    "effective_until": date,
}


class PolicyError(ValueError):
    """A product file is absent or wrong; the message names the file and the key."""


def products(folder: Path = FOLDER) -> tuple[str, ...]:
    """The ids of all products, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load_policy(product: str, as_of: date, folder: Path = FOLDER) -> Policy:
    """The product's checklist and limits in force on a day; raises PolicyError."""
    if product not in products(folder):
        raise PolicyError(f"no product {product!r}; known are: {', '.join(products(folder))}")
    name = f"{product}.toml"
    data = _read(folder / name)
    limits = _limits(data["limit"], as_of, name)
    rows = [r for r in data["requirement"] if _in_force(r, as_of)]
    requirements = tuple(_requirement(row, limits, f"{name}: requirement {row['id']}") for row in rows)
    return Policy(
        product,
        data["label"],
        data["version"],
        max((str(limit["effective_from"]) for limit in limits.values()), default=""),
        MappingProxyType({id: limit["value"] for id, limit in limits.items()}),
        requirements,
        MappingProxyType({id: _basis(limit) for id, limit in limits.items()}),
    )


@cache
def _read(path: Path) -> dict[str, Any]:
    """The file's content, its shape checked; raises PolicyError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path.name}: cannot be read: {error}") from error
    _check_keys(data, _TOP, tuple(_TOP), path.name)
    if data["id"] != path.stem:
        raise PolicyError(f"{path.name}: id is {data['id']!r}, expected {path.stem!r}")
    for row in data["limit"]:
        where = f"{path.name}: limit {row.get('id', '?')}"
        _check_keys(row, _LIMIT, ("id", "label", "value", "effective_from", "source"), where)
    for row in data["requirement"]:
        where = f"{path.name}: requirement {row.get('id', '?')}"
        _check_keys(row, _REQUIREMENT, ("id", "label", "document_type", "roles", "source"), where)
    ids = [row["id"] for row in data["requirement"]]
    for id in ids:
        if ids.count(id) > 1:
            raise PolicyError(f"{path.name}: requirement {id}: stands there twice")
    return data


def _check_keys(row: Any, allowed: Mapping[str, Any], needed: tuple[str, ...], where: str) -> None:
    if not isinstance(row, dict):
        raise PolicyError(f"{where}: expected a table")
    for key, value in row.items():
        if key not in allowed:
            raise PolicyError(f"{where}: unknown key {key!r}")
        if not isinstance(value, allowed[key]) or (isinstance(value, bool) and allowed[key] is not bool):
            raise PolicyError(f"{where}: {key} has the wrong type ({type(value).__name__})")
    for key in needed:
        if key not in row:
            raise PolicyError(f"{where}: {key} is missing")


def _in_force(row: Mapping[str, Any], as_of: date) -> bool:
    return bool(row.get("effective_from", date.min) <= as_of <= row.get("effective_until", date.max))


def _limits(rows: list[dict[str, Any]], as_of: date, name: str) -> dict[str, dict[str, Any]]:
    """The limits in force on a day by id; two of one id at the same time are an error of the file."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not _in_force(row, as_of):
            continue
        if row["id"] in found:
            raise PolicyError(f"{name}: limit {row['id']}: two values are in force on {as_of}")
        found[row["id"]] = row
    return found


def _basis(limit: Mapping[str, Any]) -> Mapping[str, str]:
    keys = ("label", "effective_from", "effective_until", "source")
    return MappingProxyType({key: str(limit.get(key, "")) for key in keys})


def _requirement(row: Mapping[str, Any], limits: Mapping[str, Mapping[str, Any]], where: str) -> Requirement:
    for key, allowed in (("roles", get_args(Role)), ("sides", SIDES)):
        for each in row.get(key, ()):
            if each not in allowed:
                raise PolicyError(f"{where}: {key}: {each!r} is none of {', '.join(allowed)}")
    if not row["roles"]:
        raise PolicyError(f"{where}: roles is empty")
    when = row.get("when", "always")
    if when not in CONDITIONS:
        raise PolicyError(f"{where}: when: {when!r} is none of {', '.join(CONDITIONS)}")
    return Requirement(
        id=row["id"],
        label=row["label"],
        document_type=row["document_type"],
        roles=tuple(row["roles"]),
        any_of=row.get("any_of", False),
        when=when,
        mandatory=row.get("mandatory", True),
        substitutes=tuple(row.get("substitutes", ())),
        sides=tuple(row.get("sides", ())),
        count=row.get("count", 1),
        months=_number(row.get("months", 0), limits, f"{where}: months"),
        max_age_days=_number(row.get("max_age_days", 0), limits, f"{where}: max_age_days"),
        needs_seal=row.get("needs_seal", False),
        source=row["source"],
    )


def _number(given: int | str, limits: Mapping[str, Mapping[str, Any]], where: str) -> int:
    """A number, or the value of the limit that is named; a limit that is not in force on the day asks nothing: 0."""
    if isinstance(given, int):
        return given
    if not given.endswith(("_min", "_max", "_days")):
        raise PolicyError(f"{where}: {given!r} is neither a number nor the id of a limit")
    return int(limits[given]["value"]) if given in limits else 0
