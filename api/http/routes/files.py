"""Files of a case: upload, list, original back, remove."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from api.http import schemas, views
from api.http.auth import Reads, Writes, reveal_wanted
from api.http.door import Answer, Keyed, door, once, repeated
from api.http.multipart import Part, parts
from api.http.problems import ALWAYS, CHANGES, told
from api.http.routes.cases import CaseId, Reveal
from intake import audit, cases, errors, files
from intake.acting import Act
from intake.errors import FileRefused
from intake.scope import Scope

router = APIRouter(tags=["files"])
Priority = Annotated[Literal["waiting", "bulk"], Query(description="`waiting`: somebody waits for it; `bulk` comes after those.")]
ONE_FILE = {"type": "string", "format": "binary", "minLength": 1}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "minItems": 1, "items": ONE_FILE}},
                }
            }
        },
    }
}
REFUSALS = (errors.EmptyFile, errors.TooLarge, errors.FileRefused, errors.QuotaExceeded, errors.StorageFull)
GONE = (*ALWAYS, errors.NotFound, errors.CaseClosed)
FileId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of a file.")]
BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
ORIGINAL: dict[int | str, dict[str, Any]] = {200: {"content": BINARY}, **told(*ALWAYS, errors.NotFound)}
UPLOAD = (*ALWAYS, *CHANGES, errors.NotFound, errors.CaseClosed, *REFUSALS)


@router.post("/cases/{case_id}/files", status_code=201, response_model=schemas.Uploaded, responses=told(*UPLOAD), openapi_extra=FORM)
async def upload(request: Request, case_id: CaseId, scope: Writes, _key: Keyed, priority: Priority = "waiting") -> Response:
    """Upload one file or several, each as a part named `files`. Answered when they are safe on the disk. Of several files those that
    cannot be taken in are named in `refused`; when none can, the answer is the first one's problem."""
    again = await run_in_threadpool(repeated, request, scope)
    prints: list[bytes] = []
    stored: list[files.Stored] = []
    refused: list[tuple[int, FileRefused]] = []
    within = files.limits(door(request).settings)
    async for part in parts(request, max(within.pdf_bytes, within.image_bytes) + 1):
        if part.filename is None:
            raise errors.Invalid("请把文件放在名为 files 的部分。", f"/{part.name[:40]}")
        data = bytes(part.data)
        prints += [part.filename.encode(), hashlib.sha256(data).digest()]
        if not again:
            await run_in_threadpool(_store, request, scope, case_id, part, data, stored, refused)
    if not prints:
        raise errors.Invalid("请求中没有文件。", "/files")

    def do(act: Act) -> Answer:
        if not stored:
            raise refused[0][1] if refused else errors.StillRunning
        made = files.accept(act, case_id, stored, within, bulk=priority == "bulk")
        eyes = views.eyes(scope)
        told = [{"index": index, "code": error.code, "title": error.sentence} for index, error in refused]
        return Answer({"files": [views.file(each, eyes) for each in made], "refused": told}, 201, owner=case_id)

    return await run_in_threadpool(once, request, scope, tuple(prints), do)


def _store(
    request: Request,
    scope: Scope,
    case_id: str,
    part: Part,
    data: bytes,
    stored: list[files.Stored],
    refused: list[tuple[int, FileRefused]],
) -> None:
    here = door(request)
    try:
        within = files.limits(here.settings)
        stored.append(files.store(here.engine, here.vault, here.blobs, scope, case_id, part.filename or "", data, within))
    except FileRefused as error:
        refused.append((len(stored) + len(refused), error))


@router.get("/cases/{case_id}/files", response_model=list[schemas.File], responses=told(*ALWAYS, errors.NotFound))
def list_files(request: Request, case_id: CaseId, scope: Reads, reveal: Reveal = False) -> Response:
    """The files of a case, in the order in which they came."""
    with opened(request, scope, case_id, reveal) as act:
        found = files.listed(act, case_id)
    return JSONResponse([views.file(each, views.eyes(scope, reveal)) for each in found])


@contextmanager
def opened(request: Request, scope: Scope, case_id: str, reveal: bool) -> Iterator[Act]:
    """A transaction that reads; with `reveal`, one that says so in the audit log. Raises Forbidden where that may not be."""
    here = door(request)
    if not reveal_wanted(scope, reveal):
        with here.look(scope) as act:
            yield act
        return
    with here.act(scope) as act:
        cases.get(act, case_id)
        audit.record(act.tx, "case.reveal", actor=scope.actor, case_id=case_id)
        yield act


@router.get("/cases/{case_id}/files/{file_id}", response_model=schemas.File, responses=told(*ALWAYS, errors.NotFound))
def get_file(request: Request, case_id: CaseId, file_id: FileId, scope: Reads, reveal: Reveal = False) -> Response:
    """One file, with its progress."""
    with opened(request, scope, case_id, reveal) as act:
        found = files.get(act, case_id, file_id)
    return JSONResponse(views.file(found, views.eyes(scope, reveal)))


@router.get("/cases/{case_id}/files/{file_id}/content", response_class=Response, responses=ORIGINAL)
def get_content(request: Request, case_id: CaseId, file_id: FileId, scope: Reads) -> Response:
    """The file as it was uploaded, for the bank: a recorded act. It is hostile until proven otherwise: always saved, never shown."""
    reveal_wanted(scope, True)
    here = door(request)
    with here.act(scope) as act:
        file, data = files.original(act, here.blobs, case_id, file_id)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}", "Digest": f"sha-256={file.sha256}"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.delete("/cases/{case_id}/files/{file_id}", status_code=204, response_class=Response, responses=told(*GONE))
def remove_file(request: Request, case_id: CaseId, file_id: FileId, scope: Writes) -> Response:
    """Take a file out of the case; a new check follows."""
    with door(request).act(scope) as act:
        files.remove(act, case_id, file_id)
    return Response(status_code=204)
