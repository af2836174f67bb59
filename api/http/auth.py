"""On whose behalf a request speaks, and what it may do at all. Which cases it may see is asked later, of `scope.visible`."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from api.http.door import door
from intake import accounts
from intake.errors import Forbidden, Unauthenticated
from intake.scope import Scope

COOKIE = "__Host-yushen"
SAFE = ("GET", "HEAD", "OPTIONS")
_bearer = HTTPBearer(auto_error=False, scheme_name="bearer", description="A client's token or key: `Authorization: Bearer …`.")
_SAID = "A person's session, with `X-CSRF-Token` on changes."
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description=_SAID)
BANK_ONLY = frozenset({"decide", "reveal", "erase", "audit", "settings"})
"""What nobody of an agency may do, whatever his client was given."""


def session_of(request: Request, sent: str | None = None) -> accounts.Session:
    """The person's session that the cookie names; on unsafe methods its CSRF token must come back, in a header or as `sent`."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise Unauthenticated
    here = door(request)
    session = accounts.authenticate_session(
        here.engine, cookie, idle_s=here.settings.session_idle_s, second_factor=getattr(here.settings, "second_factor", False)
    )
    if request.method not in SAFE:
        _same_site(request, session, request.headers.get("x-csrf-token", "") if sent is None else sent)
    return session


def _same_site(request: Request, session: accounts.Session, sent: str) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("跨站请求被拒绝。")
    if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        raise Forbidden("缺少或错误的 X-CSRF-Token。")


def scope_of(request: Request, _token: Annotated[Any, Depends(_bearer)], _session: Annotated[Any, Depends(_cookie)]) -> Scope:
    """The scope of a request. Raises Unauthenticated."""
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Unauthenticated
        here = door(request)
        return accounts.authenticate_bearer(here.engine, here.vault, token.strip())
    return session_of(request).scope


def may(scope: Scope, name: str) -> bool:
    """Whether it is allowed this, also by where it belongs."""
    return scope.allows(name) and not (scope.kind == "agency" and name in BANK_ONLY)


def need(*names: str) -> Any:
    """A dependency: the request's scope, which must be allowed all of `names`. Raises Forbidden."""

    def allowed(scope: Annotated[Scope, Depends(scope_of)]) -> Scope:
        if not all(may(scope, name) for name in names):
            raise Forbidden
        return scope

    return Depends(allowed)


def reveal_wanted(scope: Scope, wanted: bool) -> bool:
    """Whether personal data go out in full: asked for, and allowed. Raises Forbidden where it is asked for and not allowed."""
    if wanted and not may(scope, "reveal"):
        raise Forbidden("无权查看完整个人信息。")
    return wanted


Reads = Annotated[Scope, need("cases:read")]
Writes = Annotated[Scope, need("cases:write")]
