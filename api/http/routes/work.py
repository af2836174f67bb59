"""What people do to a case besides handing in: put right what was read, decide on findings, write to each other, ask for papers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from api.http import asked, schemas, views
from api.http.auth import Reads, Writes
from api.http.door import Answer, Keyed, Match, door, once, plain
from api.http.problems import ALWAYS, CHANGES, MATCHES, told
from api.http.routes.cases import STEP, CaseId, Decides, Reveal
from api.http.routes.files import opened
from extractors import forms
from intake import cases, corrections, errors, events, messages, reports
from intake.acting import Act
from validators import points
from validators.papers import TYPES

router = APIRouter(tags=["review"])
Some = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
FOUND = told(*ALWAYS, errors.NotFound)


def _answer(act: Act, case_id: str, body: Any, status: int = 200) -> Answer:
    """An answer on a case, with the ETag that the case now has."""
    return Answer(body, status, {"ETag": views.etag(cases.get(act, case_id))}, case_id)


@router.post(
    "/cases/{case_id}/corrections",
    status_code=201,
    response_model=schemas.Correction,
    responses=told(*STEP, *MATCHES, errors.WrongForm),
)
def correct(
    request: Request, case_id: CaseId, body: schemas.AnyCorrection, scope: Decides, _key: Keyed, match: Match
) -> Response:
    """Put right what was read: a field, a type, whose paper it is, two parts of one paper, two papers in one. A new check follows, which
    reads nothing again. What was read stays in `raw`. A field's value is held to the field's form and stored in it; `typed` keeps it as it
    was typed."""
    content = body.model_dump(exclude={"kind", "document"})
    _type_known(body)

    def do(act: Act) -> Answer:
        about = _about(request, act, case_id, body)
        formed = _formed(body, about.partition(".")[0]) if isinstance(body, schemas.FieldCorrection) else {}
        made = corrections.correct(act, case_id, match, body.kind, body.document, content | formed, about=about)
        return _answer(act, case_id, views.correction(made, views.eyes(scope)), 201)

    return once(request, scope, (plain(body.model_dump()),), do)


FORMS = {
    "date": "日期，请填写如 2026-01-02 或 2026年1月2日；只到月份的填 2026-01，长期有效的填“长期”",
    "money": "金额（元），请填写如 15000.00、15,000 或 1.5万",
    "number": "数字，请填写如 89.37",
    "id": "证件或账户号码，请逐位填写，位数须齐全",
    "flag": "是非项，请填写“是”或“否”",
    "list": "明细列表，不能整体更正；请补充或重新上传该材料",
    "text": "文字，请填写可见的字",
}
"""Form → what a person is told of it."""


def _formed(body: schemas.FieldCorrection, type: str) -> dict[str, str]:
    """The value in its field's form, and as it was typed. Raises errors.WrongForm."""
    if body.value is None:
        return {}
    try:
        return {"value": forms.normal(type, body.field, body.value), "typed": body.value}
    except forms.WrongForm as wrong:
        raise errors.WrongForm(f"这一项是{FORMS[wrong.form]}。", "/value") from None


def _type_known(body: Any) -> None:
    if isinstance(body, schemas.TypeCorrection) and body.type not in TYPES:
        raise errors.Invalid("没有这种材料类型。", "/type")


def _about(request: Request, act: Act, case_id: str, body: Any) -> str:
    """The type of the paper and the field that are put right, to be counted; "" for a paper that no report holds."""
    try:
        papers = reports.content(act, door(request).blobs, reports.get(act, case_id))["documents"]
    except errors.NotFound:
        return ""
    type = next((each["type"] for each in papers if each.get("key") == body.document), "")
    return f"{type}.{body.field}" if type and isinstance(body, schemas.FieldCorrection) else str(type)


@router.post("/cases/{case_id}/claims", status_code=201, response_model=schemas.Correction, responses=told(*STEP))
def claim(request: Request, case_id: CaseId, body: schemas.AnyClaim, scope: Writes, _key: Keyed) -> Response:
    """Say what a paper is, whose it is, which belong together or apart. From an agency it is a claim: the rules run again with it, and the
    report tells the bank to look (`broker_claim`)."""
    content = body.model_dump(exclude={"kind", "document"})
    _type_known(body)

    def do(act: Act) -> Answer:
        made = corrections.correct(act, case_id, None, body.kind, body.document, content)
        return _answer(act, case_id, views.correction(made, views.eyes(scope)), 201)

    return once(request, scope, (plain(body.model_dump()),), do)


@router.post("/cases/{case_id}/claims/{correction_id}/undo", response_model=schemas.Correction, responses=told(*STEP))
def unclaim(request: Request, case_id: CaseId, correction_id: Some, scope: Writes, _key: Keyed) -> Response:
    """Take a claim back; it stays on record. An agency takes back claims only, never what the bank put right."""

    def do(act: Act) -> Answer:
        return _answer(act, case_id, views.correction(corrections.undo(act, case_id, correction_id, None), views.eyes(scope)))

    return once(request, scope, (), do)


@router.get("/cases/{case_id}/corrections", response_model=list[schemas.Correction], responses=FOUND)
def list_corrections(request: Request, case_id: CaseId, scope: Reads, reveal: Reveal = False) -> Response:
    """Everything that was put right, undone corrections too."""
    with opened(request, scope, case_id, reveal) as act:
        found = corrections.listed(act, case_id)
    return JSONResponse([views.correction(each, views.eyes(scope, reveal)) for each in found])


@router.post("/cases/{case_id}/corrections/{correction_id}/undo", response_model=schemas.Correction, responses=told(*STEP, *MATCHES))
def undo(request: Request, case_id: CaseId, correction_id: Some, scope: Decides, _key: Keyed, match: Match) -> Response:
    """Undo a correction; it stays on record."""

    def do(act: Act) -> Answer:
        return _answer(act, case_id, views.correction(corrections.undo(act, case_id, correction_id, match), views.eyes(scope)))

    return once(request, scope, (), do)


@router.post("/cases/{case_id}/findings/{finding_key}/decision", response_model=schemas.Decision, responses=told(*STEP, *MATCHES))
def decide(
    request: Request, case_id: CaseId, finding_key: Some, body: schemas.NewDecision, scope: Decides, _key: Keyed, match: Match
) -> Response:
    """Confirm a finding or waive it with a reason; a new check follows, in which what was waived no longer counts."""
    if body.decision == "waived" and not (body.reason or "").strip():
        raise errors.Invalid("豁免须填写理由。", "/reason")

    def do(act: Act) -> Answer:
        _known(request, act, case_id, finding_key)
        made = corrections.decide(act, case_id, match, finding_key, body.decision, body.reason)
        return _answer(act, case_id, views.decision(made))

    return once(request, scope, (plain(body.model_dump()),), do)


def _known(request: Request, act: Act, case_id: str, *keys: str) -> dict[str, Any]:
    """The newest report, which must hold findings of these keys. Raises NotFound."""
    content = reports.content(act, door(request).blobs, reports.get(act, case_id))
    held = {each.get("key") for each in content["findings"]}
    if not set(keys) <= held:
        raise errors.NotFound
    return content


@router.get("/cases/{case_id}/notices", response_model=list[schemas.Notice], responses=FOUND)
def list_notices(request: Request, case_id: CaseId, scope: Reads) -> Response:
    """What the broker was asked to bring."""
    with door(request).look(scope) as act:
        found = messages.notices_of(act, case_id)
    return JSONResponse([views.notice_of(each, views.eyes(scope)) for each in found])


@router.post("/cases/{case_id}/notices", status_code=201, response_model=schemas.Notice, responses=told(*STEP, *MATCHES))
def notify(request: Request, case_id: CaseId, body: schemas.NewNotice, scope: Decides, _key: Keyed, match: Match) -> Response:
    """Tell the broker what to bring; the case goes back to him. Without a text of your own the newest report's notice is sent."""

    def do(act: Act) -> Answer:
        content = _known(request, act, case_id, *body.findings)
        text = body.text or content["supplement_notice"]
        if not text:
            raise errors.Invalid("报告中没有需要补件的内容，请填写通知内容。", "/text")
        chosen = points.listed(content, None if body.text is None and not body.findings else body.findings)
        made = messages.notify(act, case_id, body.report, text, body.findings, match, chosen)
        return _answer(act, case_id, views.notice_of(made, views.eyes(scope)), 201)

    return once(request, scope, (plain(body.model_dump()),), do)


@router.post("/cases/{case_id}/notices/{notice_id}/settle", response_model=schemas.Notice, responses=told(*STEP))
def settle(request: Request, case_id: CaseId, notice_id: Some, scope: Writes, _key: Keyed) -> Response:
    """What a notice asked for is done."""

    def do(act: Act) -> Answer:
        return _answer(act, case_id, views.notice_of(messages.settle(act, case_id, notice_id), views.eyes(scope)))

    return once(request, scope, (), do)


@router.get("/cases/{case_id}/messages", response_model=list[schemas.Message], responses=FOUND)
def list_messages(request: Request, case_id: CaseId, scope: Reads) -> Response:
    """The messages of a case, oldest first; the bank's own notes only to the bank."""
    with door(request).look(scope) as act:
        found = messages.listed(act, case_id)
        told = asked.keys(act, door(request).blobs, case_id) if events.outsider(scope) else frozenset()
    return JSONResponse([views.message(each, views.eyes(scope), told) for each in found])


@router.post(
    "/cases/{case_id}/messages", status_code=201, response_model=schemas.Message, responses=told(*ALWAYS, *CHANGES, errors.NotFound)
)
def send(request: Request, case_id: CaseId, body: schemas.NewMessage, scope: Writes, _key: Keyed) -> Response:
    """Write a message, a note for the bank only, or the answer to a point of the notice: words, a file, or both."""
    if body.text is None and body.file is None:
        raise errors.Invalid("请填写内容，或指明用于答复的文件。", "/text")

    def do(act: Act) -> Answer:
        told = asked.keys(act, door(request).blobs, case_id) if events.outsider(scope) and body.finding else frozenset()
        if events.outsider(scope) and body.finding and body.finding not in told:
            raise errors.NotFound
        text = body.text or "已就此项补交文件。"
        made = messages.send(act, case_id, text, finding=body.finding, internal=body.internal, file=body.file)
        return _answer(act, case_id, views.message(made, views.eyes(scope), told), 201)

    return once(request, scope, (plain(body.model_dump()),), do)
