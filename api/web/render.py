"""Templates → answers: language, safety headers, and what each page needs to know of who looks."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from intake import masking
from intake.accounts import Session

HERE = Path(__file__).parent
STATIC = HERE / "static"
CHINA = ZoneInfo("Asia/Shanghai")
LANGUAGE = "yushen_lang"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
"""Nothing loads from elsewhere, nothing is run inline."""
Say = Callable[[str], str]
IMPORTED = re.compile(r'from "\./([a-z]+\.js)"')


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.web"), autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["moment"] = lambda at: at.astimezone(CHINA).strftime("%m-%d %H:%M") if at else ""
    made.filters["called"] = called
    made.filters["yuan"] = lambda fen: f"{fen / 100:,.0f}" if fen % 100 == 0 else f"{fen / 100:,.2f}"
    made.globals["static"] = static
    return made


def called(party: Mapping[str, Any]) -> str:
    """A declared party in a list: companies by name, people masked; who wants more opens the case, which is recorded."""
    name, number = str(party.get("name") or ""), str(party.get("id_number") or "")
    if party.get("role") == "company":
        return name
    return " ".join(part for part in (masking.name(name), masking.id_number(number)) if part)


@cache
def static(name: str) -> str:
    """The address of a file of `static/`, which changes with its content."""
    return f"/static/{name}?{hashlib.sha256(content(name)).hexdigest()[:10]}"


@cache
def content(name: str) -> bytes:
    """A file of `static/` as it is sent. A script names what it imports by the same address as a page does: under two addresses the browser
    would run it twice, and send each form twice."""
    data = (STATIC / name).read_bytes()
    return _named(data) if name.endswith(".js") else data


def _named(script: bytes) -> bytes:
    return IMPORTED.sub(lambda found: f'from ".{static(found[1]).removeprefix("/static")}"', script.decode()).encode()


@cache
def _english() -> dict[str, str]:
    words: dict[str, str] = tomllib.loads((HERE / "english.toml").read_text(encoding="utf-8"))
    return words


def language(request: Request) -> str:
    """`zh` or, where the reader switched, `en`."""
    return "en" if request.cookies.get(LANGUAGE) == "en" else "zh"


def say(request: Request) -> Say:
    """Chinese words → the reader's. What stands in no dictionary stays Chinese: values and sentences about papers are."""
    words = _english() if language(request) == "en" else {}
    return lambda text: words.get(text, text)


def page(request: Request, name: str, session: Session | None = None, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as an answer. `session`: who looks, None before the log-in."""
    here = {"t": say(request), "lang": language(request), "session": session, "path": request.url.path, **context}
    text = _environment().get_template(name).render(here)
    return HTMLResponse(text, status, {"Content-Security-Policy": POLICY, "Vary": "Cookie"})
