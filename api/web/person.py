"""Who stands before a page: the session, or the way to the log-in and back."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.http.auth import session_of
from api.web.render import page
from intake.accounts import Session
from intake.errors import Forbidden, Unauthenticated, YushenError

HOMES = {"broker": "/cases", "manager": "/queue", "administrator": "/admin", "auditor": "/admin"}
"""Where each role begins."""


class Elsewhere(Exception):
    """Go to another page first."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address


class Unshown(Exception):
    """A page that cannot be shown, with the reason."""

    def __init__(self, error: YushenError, session: Session | None = None) -> None:
        super().__init__()
        self.error = error
        self.session = session


SCRIPT = "x-yushen-part"
"""The header of a script's own requests: what is redirected would otherwise arrive as the wrong part."""
FORM = "application/x-www-form-urlencoded"


async def anybody(request: Request) -> Session:
    """Whoever is logged in. Sends others to the log-in, and back to where they wanted to go. A form brings its token in `csrf`."""
    form = await request.form() if request.headers.get("content-type", "").startswith(FORM) else None
    sent = None if form is None else str(form.get("csrf", ""))
    try:
        return await run_in_threadpool(session_of, request, sent)
    except Forbidden as error:
        raise Unshown(error) from None
    except Unauthenticated:
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise Elsewhere(f"/login?next={quote(wanted, safe='')}") from None


def _of(*roles: str) -> object:
    def allowed(session: Annotated[Session, Depends(anybody)]) -> Session:
        if session.must:
            raise Elsewhere("/account")
        if session.scope.role not in roles:
            raise Unshown(Forbidden(), session)
        return session

    return Depends(allowed)


Anybody = Annotated[Session, Depends(anybody)]
Broker = Annotated[Session, _of("broker")]
Manager = Annotated[Session, _of("manager")]
CaseWorker = Annotated[Session, _of("broker", "manager")]
Administrator = Annotated[Session, _of("administrator", "auditor")]


def safe_next(address: str) -> str:
    """The address to go on to after the log-in: one of our own pages, else the home."""
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address and not address.startswith("/login")
    return address if ours and address.isprintable() else "/"


def install(app: FastAPI) -> None:
    """How pages answer when they cannot be shown."""

    @app.exception_handler(Elsewhere)
    async def elsewhere(request: Request, there: Elsewhere) -> Response:
        if request.headers.get(SCRIPT):  # a part of a page, asked for by a script: it takes the whole page there
            return Response(status_code=401)
        return RedirectResponse(there.address, 303)

    @app.exception_handler(Unshown)
    async def unshown(request: Request, why: Unshown) -> Response:
        return page(request, "error.html", why.session, why.error.http_status, sentence=why.error.sentence)
