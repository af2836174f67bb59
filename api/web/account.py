"""One's own account: password and second factor."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.http.auth import COOKIE
from api.http.door import door
from api.web.person import Anybody, Elsewhere
from api.web.render import page
from intake import accounts, people, totp
from intake.accounts import Session
from intake.database import reading, writing
from intake.errors import Invalid, Throttled, Unauthenticated

router = APIRouter(include_in_schema=False)


def _me(session: Session) -> str:
    """The id of the person; machines have no account page."""
    if session.scope.user_id is None:
        raise Elsewhere("/login")
    return session.scope.user_id


@router.get("/account")
def account(request: Request, session: Anybody) -> Response:
    """What can be changed, and what must be before anything else."""
    return page(request, "account.html", session, wrong={})


@router.post("/account/password")
def password(
    request: Request,
    session: Anybody,
    old: Annotated[str, Form(max_length=200)] = "",
    new: Annotated[str, Form(max_length=200)] = "",
    again: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """A new password; all sessions end, this one too."""
    here, me = door(request), _me(session)
    try:
        if new != again:
            raise Invalid("两次输入的新密码不一致。")
        accounts.verify_password(here.engine, here.vault, me, old)
        with writing(here.engine) as tx:
            people.set_password(tx, me, new, actor=me, must_change=False)
    except (Invalid, Throttled, Unauthenticated) as error:
        told = "当前密码不正确。" if isinstance(error, Unauthenticated) else error.sentence
        return page(request, "account.html", session, error.http_status, wrong={"password": told})
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True)
    return answer


@router.get("/account/second-factor")
def second_factor(request: Request, session: Anybody) -> Response:
    """A new secret for an authenticator app; nothing is kept before its first code was typed."""
    me = _me(session)
    with reading(door(request).engine) as tx:
        secret, address = people.begin_second_factor(tx, me)
    return _secret_page(request, session, secret, address, "")


def _secret_page(request: Request, session: Session, secret: bytes, address: str, problem: str) -> Response:
    shown = base64.b32encode(secret).decode()
    return page(request, "second_factor.html", session, 401 if problem else 200, secret=shown, address=address, problem=problem)


@router.post("/account/second-factor")
def confirm(
    request: Request, session: Anybody, secret: Annotated[str, Form(max_length=100)] = "", code: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Keeps the secret when the app shows its code."""
    here, me = door(request), _me(session)
    try:
        decoded = base64.b32decode(secret)
    except binascii.Error:
        raise Elsewhere("/account/second-factor") from None
    try:
        with writing(here.engine) as tx:
            people.confirm_second_factor(tx, here.vault, me, decoded, code, actor=me)
    except Unauthenticated:
        return _secret_page(request, session, decoded, totp.address(decoded, "yushen"), "验证码不正确，请输入应用当前显示的 6 位数字。")
    return RedirectResponse("/", 303)
