"""Large files in pieces: begin, send piece after piece, ask how far it is, go on after a broken line."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from api.http import schemas, views
from api.http.auth import Reads, Writes
from api.http.door import Answer, Keyed, door, once, plain
from api.http.problems import ALWAYS, CHANGES, told
from api.http.routes.cases import CaseId
from api.http.routes.files import REFUSALS
from intake import errors, files, uploads
from intake.acting import Act
from intake.scope import Scope

router = APIRouter(tags=["files"])
UploadId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of an upload.")]
Offset = Annotated[int, Header(ge=0, le=1 << 31, description="Where in the file this piece begins: `received` of the upload.")]
PIECE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
SENT = (*ALWAYS, errors.NotFound, errors.Conflict, errors.CaseClosed, 413, *REFUSALS)


@router.post("/cases/{case_id}/uploads", status_code=201, response_model=schemas.Upload, responses=told(*SENT, *CHANGES))
def begin(request: Request, case_id: CaseId, body: schemas.NewUpload, scope: Writes, _key: Keyed) -> Response:
    """Begin an upload in pieces."""
    within = files.limits(door(request).settings)

    def do(act: Act) -> Answer:
        made = uploads.begin(act, case_id, body.name, body.size, within)
        return Answer(_shown(made, None, scope), 201, {"Location": f"/v1/cases/{case_id}/uploads/{made.id}"}, case_id)

    return once(request, scope, (plain(body.model_dump()),), do)


@router.get("/cases/{case_id}/uploads/{upload_id}", response_model=schemas.Upload, responses=told(*ALWAYS, errors.NotFound))
def get_upload(request: Request, case_id: CaseId, upload_id: UploadId, scope: Reads) -> Response:
    """How far it is: the next piece begins at `received`."""
    with door(request).look(scope) as act:
        found = uploads.get(act, case_id, upload_id)
        file = files.get(act, case_id, found.file_id) if found.file_id and _there(act, case_id, found.file_id) else None
    return JSONResponse(_shown(found, file, scope))


@router.patch(
    "/cases/{case_id}/uploads/{upload_id}", response_model=schemas.Upload, responses=told(*SENT), openapi_extra=PIECE
)
async def send(request: Request, case_id: CaseId, upload_id: UploadId, upload_offset: Offset, scope: Writes) -> Response:
    """Send the next piece. With the last one the file is taken in, or refused; then the answer names it. A piece that is sent twice
    is refused (409): ask how far the upload is, and go on from there."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > uploads.PIECE:
            raise errors.TooLarge("每段最大 8 MB。")
    return await run_in_threadpool(_add, request, scope, case_id, upload_id, upload_offset, bytes(data))


def _add(request: Request, scope: Scope, case_id: str, upload: str, offset: int, data: bytes) -> Response:
    here = door(request)
    with here.look(scope) as act:
        key = uploads.seal(act, here.blobs, case_id, upload, offset, data)
    with here.act(scope) as act:
        found = uploads.add(act, case_id, upload, offset, len(data), key)
    if found.received < found.size:
        return JSONResponse(_shown(found, None, scope))
    with here.look(scope) as act:
        name, whole = uploads.whole(act, here.blobs, case_id, upload)
    within = files.limits(here.settings)
    try:
        stored = files.store(here.engine, here.vault, here.blobs, scope, case_id, name, whole, within)
    except errors.FileRefused:
        with here.act(scope) as act:
            uploads.give_up(act, case_id, upload)
        raise
    with here.act(scope) as act:
        file = uploads.finish(act, case_id, upload, stored, within)
        found = uploads.get(act, case_id, upload)
    return JSONResponse(_shown(found, file, scope))


@router.delete("/cases/{case_id}/uploads/{upload_id}", status_code=204, response_class=Response, responses=told(*ALWAYS, errors.NotFound))
def give_up(request: Request, case_id: CaseId, upload_id: UploadId, scope: Writes) -> Response:
    """Give an upload up."""
    with door(request).act(scope) as act:
        uploads.get(act, case_id, upload_id)
        uploads.give_up(act, case_id, upload_id)
    return Response(status_code=204)


def _there(act: Act, case_id: str, file_id: str) -> bool:
    return any(each.id == file_id for each in files.listed(act, case_id))


def _shown(upload: uploads.Upload, file: files.File | None, scope: Scope) -> dict[str, Any]:
    made = None if file is None else schemas.File(**views.file(file, views.eyes(scope)))
    shown = schemas.Upload(
        id=upload.id, size=upload.size, received=upload.received, piece=uploads.PIECE, file=made, ends_at=upload.ends_at
    )
    return shown.model_dump(mode="json")
