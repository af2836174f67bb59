"""What a request needs of this process, and the one way in which it changes something."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from intake import idempotency
from intake.acting import Act, acting, looking
from intake.errors import Invalid, KeyNeeded, MatchNeeded
from intake.scope import Scope
from intake.settings import Settings
from intake.storage import Blobs
from intake.vault import Vault
from worker.queue import Bell


@dataclass(frozen=True, slots=True)
class Door:
    """The parts of the service that this process holds."""

    settings: Settings
    engine: Engine
    vault: Vault
    blobs: Blobs
    bell: Bell

    @contextmanager
    def act(self, scope: Scope) -> Iterator[Act]:
        """A use case that changes something; the bell rings once it is committed."""
        with acting(self.engine, self.vault, scope) as act:
            yield act
        if act.rings:
            self.bell.ring(act.rings)

    @contextmanager
    def look(self, scope: Scope) -> Iterator[Act]:
        """A use case that only reads."""
        with looking(self.engine, self.vault, scope) as act:
            yield act


def door(request: Request) -> Door:
    """The door of the application that a request came to."""
    opened: Door = request.app.state.door
    return opened


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: JSON, a status, headers. `owner`: the case whose key seals it while it is kept for a repetition.
    `secret`: the name in the body of what is shown this once: a repetition has null there, since it is not kept."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] | None = None
    owner: str = "system"
    secret: str = ""

    def response(self, replayed: bool = False) -> Response:
        """As HTTP has it. A repeated answer says so."""
        more = {"Idempotent-Replayed": "true"} if replayed else {}
        if self.body is None:
            return Response(status_code=self.status, headers={**(self.headers or {}), **more})
        return JSONResponse(self.body, self.status, {**(self.headers or {}), **more})


def once(request: Request, scope: Scope, parts: tuple[bytes, ...], do: Callable[[Act], Answer]) -> Response:
    """Does what is asked under the request's Idempotency-Key, or answers as the first time. Raises KeyNeeded without one."""
    here = door(request)
    text = request.headers.get("idempotency-key")
    if text is None:
        raise KeyNeeded
    asked = (request.method.encode(), request.url.path.encode(), request.url.query.encode(), *parts)
    key = idempotency.key(scope.actor, text, *asked)
    with idempotency.alone(key):
        try:
            return _first(here, scope, key, do)
        except IntegrityError:  # another process was first: it has committed by now, since its key is what we met
            with here.look(scope) as act:
                told = idempotency.earlier(act, key)
            if told is None:
                raise
            return _again(told)


def repeated(request: Request, scope: Scope) -> bool:
    """Whether the request's key was used before: nothing needs to be stored again for it. Raises KeyNeeded."""
    text = request.headers.get("idempotency-key")
    if text is None:
        raise KeyNeeded
    with door(request).look(scope) as act:
        return idempotency.known(act, idempotency.key(scope.actor, text))


def _first(here: Door, scope: Scope, key: idempotency.Key, do: Callable[[Act], Answer]) -> Response:
    with here.act(scope) as act:
        told = idempotency.earlier(act, key)
        if told is not None:
            return _again(told)
        answer = do(act)
        body = {**answer.body, answer.secret: None} if answer.secret else answer.body
        kept = {"body": body, "status": answer.status, "headers": dict(answer.headers or {})}
        idempotency.keep(act, key, kept, answer.status, answer.owner)
    return answer.response()


def _again(told: Mapping[str, Any]) -> Response:
    return Answer(told["body"], told["status"], told["headers"]).response(replayed=True)


def key_header(idempotency_key: Annotated[str | None, Header(description="Any text of your own, new for each change.")] = None) -> None:
    """Declares the Idempotency-Key of a route. Raises KeyNeeded without one."""
    if idempotency_key is None:
        raise KeyNeeded


Keyed = Annotated[None, Depends(key_header)]


ETAG = re.compile(r'"[0-9]{1,9}"')
_SAID = "The case's ETag that the change was made from."


def match_header(if_match: Annotated[str | None, Header(description=_SAID)] = None) -> int | None:
    """The state that a change was made from; None for `*`. Raises MatchNeeded; Invalid for what can be no ETag of ours."""
    if if_match is None:
        raise MatchNeeded
    text = if_match.strip()
    if text == "*":
        return None
    if not ETAG.fullmatch(text):
        raise Invalid("If-Match 应为该件的 ETag。", "header:If-Match")
    return int(text.strip('"'))


Match = Annotated[int | None, Depends(match_header)]


def plain(value: Any) -> bytes:
    """A request's content in one form, for comparing it with an earlier one."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()
