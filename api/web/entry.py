"""The door for people: log in, log out, language, home, static files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.http.auth import COOKIE
from api.http.door import door
from api.web.person import HOMES, Anybody, Elsewhere, Unshown, safe_next
from api.web.render import LANGUAGE, STATIC, content, page
from intake import accounts
from intake.errors import CodeNeeded, NotFound, Throttled, Unauthenticated

router = APIRouter(include_in_schema=False)
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/")
def home(session: Anybody) -> Response:
    """Each role's own beginning."""
    return RedirectResponse("/account" if session.must else HOMES[session.scope.role], 303)


@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:
    """The form."""
    return page(request, "login.html", next=safe_next(next), login="", problem="", code_needed=False)


@router.post("/login")
def log_in(
    request: Request,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    code: Annotated[str, Form(max_length=10)] = "",
    next: Annotated[str, Form(max_length=500)] = "/",
) -> Response:
    """Opens a session, or shows the form again with what was typed and why it was not taken."""
    here = door(request)
    address = request.client.host if request.client else ""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Elsewhere("/login")
    try:
        session = accounts.log_in(here.engine, here.vault, here.settings, login, password, code=code, address=address)
    except (Unauthenticated, Throttled, CodeNeeded) as error:
        wrong = "账号、密码或验证码不正确。" if isinstance(error, Unauthenticated) else error.sentence
        needed = isinstance(error, CodeNeeded) or bool(code)
        return page(
            request, "login.html", status=error.http_status, next=safe_next(next), login=login, problem=wrong, code_needed=needed
        )
    answer = RedirectResponse(safe_next(next), 303)
    answer.set_cookie(COOKIE, session.cookie, path="/", secure=True, httponly=True, samesite="lax")
    return answer


@router.post("/logout")
def log_out(request: Request, session: Anybody) -> Response:
    """Ends the session, here and on the server."""
    accounts.log_out(door(request).engine, request.cookies.get(COOKIE, ""))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True)
    return answer


@router.get("/language/{code}")
def language(code: str, back: str = "/") -> Response:
    """Chinese or English."""
    answer = RedirectResponse(safe_next(back), 303)
    answer.set_cookie(LANGUAGE, "en" if code == "en" else "zh", max_age=365 * 86400, path="/", samesite="lax", httponly=True)
    return answer


@router.get("/static/{name}")
def static_file(name: str) -> Response:
    """A script or style; its address names its content, so it is kept for good."""
    path = STATIC / name
    if "/" in name or path.suffix not in KINDS or not path.is_file():
        raise Unshown(NotFound())
    return Response(content(name), media_type=KINDS[path.suffix], headers={"Cache-Control": "public, max-age=31536000, immutable"})
