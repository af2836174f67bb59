"""What happened: as pages, and as a stream (server-sent events) that goes on where a broken line left off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.http import schemas, views
from api.http.auth import need
from api.http.door import door
from api.http.problems import ALWAYS, told
from api.http.routes.cases import CaseId
from intake import cases, errors, events, files
from intake.scope import Scope

router = APIRouter(tags=["events"])
Hears = Annotated[Scope, need("cases:read", "events")]
After = Annotated[int, Query(ge=0, le=1 << 53, description="Events after this number.")]
LastId = Annotated[str | None, Header(pattern=r"^[0-9]{1,15}$", description="Where a broken stream left off; goes before `after`.")]
EVERY_S = 0.5
ALIVE_S = 15.0
LONGEST_S = 3600.0
"""After so long a stream ends and the listener comes again: a right that was taken away does not last."""
STREAM: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}


@router.get("/events", response_model=schemas.Events, responses=told(*ALWAYS))
def all_events(request: Request, scope: Hears, after: After = 0, limit: Annotated[int, Query(ge=1, le=events.MOST)] = 100) -> Response:
    """What happened in all cases that the caller may see, oldest first."""
    return _page(request, scope, None, after, limit)


@router.get("/cases/{case_id}/events", response_model=schemas.Events, responses=told(*ALWAYS, errors.NotFound))
def case_events(
    request: Request, case_id: CaseId, scope: Hears, after: After = 0, limit: Annotated[int, Query(ge=1, le=events.MOST)] = 100
) -> Response:
    """What happened in a case, oldest first."""
    with door(request).look(scope) as act:
        cases.get(act, case_id)
    return _page(request, scope, case_id, after, limit)


def _page(request: Request, scope: Scope, case_id: str | None, after: int, limit: int) -> Response:
    with door(request).look(scope) as act:
        found = events.since(act.tx, scope, case_id, after, limit)
    shown = [views.event(each, views.eyes(scope)) for each in found]
    return JSONResponse({"events": shown, "after": found[-1].seq if found else after})


@router.get("/events/stream", response_class=Response, responses={**STREAM, **told(*ALWAYS)})
async def all_stream(request: Request, scope: Hears, last_event_id: LastId = None, after: After = 0) -> Response:
    """The same as a stream of server-sent events, going on with what comes."""
    return _stream(request, scope, None, _from(last_event_id, after))


@router.get("/cases/{case_id}/events/stream", response_class=Response, responses={**STREAM, **told(*ALWAYS, errors.NotFound)})
async def case_stream(request: Request, case_id: CaseId, scope: Hears, last_event_id: LastId = None, after: After = 0) -> Response:
    """A case's events as a stream."""

    def seen() -> None:
        with door(request).look(scope) as act:
            cases.get(act, case_id)

    await run_in_threadpool(seen)
    return _stream(request, scope, case_id, _from(last_event_id, after))


def _from(last_event_id: str | None, after: int) -> int:
    return after if last_event_id is None else int(last_event_id)


def _stream(request: Request, scope: Scope, case_id: str | None, after: int) -> Response:
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request, scope, case_id, after), media_type="text/event-stream", headers=headers)


async def _told(request: Request, scope: Scope, case_id: str | None, after: int) -> AsyncIterator[bytes]:
    """Events as they come, a comment when nothing does, until the listener goes or the time is over."""
    here, eyes = door(request), views.eyes(scope)

    def newer(after: int) -> tuple[list[events.Event], dict[str, tuple[int, int]]]:
        with here.look(scope) as act:
            return events.since(act.tx, scope, case_id, after), files.reading_now(act.tx, case_id) if case_id else {}

    pages: dict[str, tuple[int, int]] = {}
    yield b"retry: 2000\n\n"
    began = heard = anyio.current_time()
    while anyio.current_time() - began < LONGEST_S:
        found, seen = await run_in_threadpool(newer, after)
        for file, (done, of) in seen.items():
            if pages.get(file) != (done, of):
                data = json.dumps({"file": file, "pages_done": done, "pages": of})
                yield f"event: file.progress\ndata: {data}\n\n".encode()
        pages = seen
        for each in found:
            after, heard = each.seq, anyio.current_time()
            data = json.dumps(views.event(each, eyes), ensure_ascii=False)
            yield f"id: {each.seq}\nevent: {each.kind}\ndata: {data}\n\n".encode()
        if anyio.current_time() - heard > ALIVE_S:
            heard = anyio.current_time()
            yield b": here\n\n"
        if await request.is_disconnected() or getattr(request.app.state, "leaving", False):
            return
        await anyio.sleep(EVERY_S)
