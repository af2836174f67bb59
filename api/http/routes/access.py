"""Who comes in: machines exchange their secret for a short token, people log in and out."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response

from api.http import schemas_more as schemas
from api.http.auth import COOKIE, session_of
from api.http.door import door
from api.http.problems import ALWAYS, told
from intake import accounts, errors, people
from intake.accounts import Session
from intake.errors import Invalid, Unauthenticated

router = APIRouter(tags=["access"])
Here = Annotated[Session, Depends(session_of)]


def address(request: Request) -> str:
    """Where a request comes from, for throttling."""
    return request.client.host if request.client else ""


@router.post("/oauth/token", response_model=schemas.Token, responses=told(*ALWAYS))
def token(
    request: Request,
    grant_type: Annotated[str, Form(pattern=r"^client_credentials$")],
    client_id: Annotated[str | None, Form(max_length=100)] = None,
    client_secret: Annotated[str | None, Form(max_length=200)] = None,
    scope: Annotated[str | None, Form(max_length=400, description="Fewer rights than the client has, with spaces between.")] = None,
) -> Response:
    """A short token for a client's id and secret (OAuth 2 client credentials), by HTTP Basic or in the form."""
    client, secret = _basic(request) or (client_id or "", client_secret or "")
    if not client or not secret:
        raise Unauthenticated
    here = door(request)
    wanted = frozenset(scope.split()) if scope else None
    made, lasts, allowed = accounts.exchange(here.engine, here.vault, here.settings, client, secret, wanted, address=address(request))
    return JSONResponse({"access_token": made, "token_type": "Bearer", "expires_in": lasts, "scope": " ".join(sorted(allowed))})


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client, _, secret = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise Unauthenticated from None
    return client[:100], secret[:200]


@router.post("/session", response_model=schemas.Session, responses=told(*ALWAYS, errors.CodeNeeded))
def log_in(request: Request, body: schemas.LogIn) -> Response:
    """Log in. The session is a cookie; `csrf` goes into `X-CSRF-Token` of every change."""
    here = door(request)
    opened = accounts.log_in(
        here.engine, here.vault, here.settings, body.login, body.password, code=body.code or "", address=address(request)
    )
    answer = JSONResponse(_shown(opened))
    answer.set_cookie(COOKIE, opened.cookie, max_age=here.settings.session_s, path="/", secure=True, httponly=True, samesite="strict")
    return answer


@router.get("/session", response_model=schemas.Session, responses=told(*ALWAYS))
def get_session(request: Request, session: Here) -> Response:
    """Who is logged in, and what he may do."""
    return JSONResponse(_shown(session))


@router.delete("/session", status_code=204, response_class=Response, responses=told(*ALWAYS))
def log_out(request: Request, session: Here) -> Response:
    """Log out: the session ends on the server."""
    accounts.log_out(door(request).engine, request.cookies.get(COOKIE, ""))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return answer


@router.post("/session/password", status_code=204, response_class=Response, responses=told(*ALWAYS))
def change_password(request: Request, body: schemas.NewPassword, session: Here) -> Response:
    """A new password of your own; all your sessions end."""
    here, user = door(request), _user(session)
    accounts.verify_password(here.engine, here.vault, user, body.password)
    with here.act(session.scope) as act:
        people.set_password(act.tx, user, body.new_password, actor=session.scope.actor, must_change=False)
    return Response(status_code=204)


@router.post("/session/second-factor", response_model=schemas.SecondFactor, responses=told(*ALWAYS))
def begin_second_factor(request: Request, body: schemas.Password, session: Here) -> Response:
    """A secret for an authenticator app; it counts once a code of it was shown (`confirm`)."""
    here, user = door(request), _user(session)
    accounts.verify_password(here.engine, here.vault, user, body.password)
    with here.look(session.scope) as act:
        secret, uri = people.begin_second_factor(act.tx, user)
    return JSONResponse({"secret": base64.b32encode(secret).decode(), "uri": uri})


@router.post("/session/second-factor/confirm", status_code=204, response_class=Response, responses=told(*ALWAYS))
def confirm_second_factor(request: Request, body: schemas.ConfirmSecondFactor, session: Here) -> Response:
    """The app shows the right code: from now on it is asked for at log-in."""
    here, user = door(request), _user(session)
    accounts.verify_password(here.engine, here.vault, user, body.password)
    try:
        secret = base64.b32decode(body.secret)
    except binascii.Error:
        raise Invalid("密钥有误。", "/secret") from None
    with here.act(session.scope) as act:
        people.confirm_second_factor(act.tx, here.vault, user, secret, body.code, actor=session.scope.actor)
    return Response(status_code=204)


def _user(session: Session) -> str:
    if session.scope.user_id is None:
        raise Unauthenticated
    return session.scope.user_id


def _shown(session: Session) -> dict[str, Any]:
    scope = session.scope
    shown = schemas.Session(
        user=scope.user_id or "", role=scope.role, organisation=scope.organisation, scopes=sorted(scope.scopes), csrf=session.csrf,
        must=list(session.must),
    )  # fmt: skip
    return shown.model_dump(mode="json")
