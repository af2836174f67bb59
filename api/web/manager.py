"""The manager's pages: what waits for him, and the review of one case with the spot beside each claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.http.door import Door, door
from api.web import charts, compared, story, words
from api.web.person import Manager, Unshown
from api.web.render import page
from api.web.reviewed import View
from intake import audit, cases, events, files, messages, reports, waiting
from intake.acting import Act
from intake.database import now
from intake.errors import YushenError
from validators.papers import TYPES
from worker.paper import wording

router = APIRouter(include_in_schema=False)
MOST = 50
"""Cases on a page of the queue."""


@router.get("/queue")
def queue(
    request: Request, session: Manager, stage: str = "", verdict: str = "", age: str = "", due: str = "", called: str = "", new: str = "",
    place: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:  # fmt: skip
    """The cases of his branch, those about to miss their time on top, what changed since his last visit marked; filtered as he asks."""
    asked = {
        "stage": stage if stage in words.STAGES else "", "verdict": verdict if verdict in words.VERDICTS else "",
        "age": age if age in words.AGES else "", "due": due if due in words.DUE else "", "called": called.strip(),
        "new": "1" if new else "",
    }  # fmt: skip
    wanted = waiting.Wanted(**{**asked, "new": bool(new)})  # type: ignore[arg-type]
    with door(request).act(session.scope) as act:
        since = waiting.come(act)
        found = waiting.listed(act, wanted, since, place, MOST + 1)
        fresh = waiting.new_to(act, found[:MOST], since)
    moment = now()
    asking = urlencode({name: value for name, value in asked.items() if value})
    return page(
        request, "queue.html", session, cases=found[:MOST], more=len(found) > MOST, place=place, most=MOST, asked=asked, asking=asking,
        words=words, now=moment, soon=moment + waiting.SOON, fresh=fresh, since=since,
    )  # fmt: skip


@router.post("/queue/seen")
def seen_all(request: Request, session: Manager) -> Response:
    """He has seen what is new."""
    with door(request).act(session.scope) as act:
        waiting.seen_all(act)
    return RedirectResponse("/queue", 303)


@router.get("/review/{case_id}")
def review(request: Request, session: Manager, case_id: str, version: int | None = None) -> Response:
    """One case: left its pages with boxes, right what is to be looked at, the papers and their fields."""
    here = door(request)
    try:
        with here.act(session.scope) as act:
            seen = _seen(here, act, case_id, version)
            waiting.seen(act, case_id)
            audit.record(act.tx, "case.reveal", actor=session.scope.actor, case_id=case_id)
    except YushenError as error:
        raise Unshown(error, session) from None
    return page(request, "review.html", session, words=words, wording=wording, **seen)


@router.get("/review/{case_id}/since/{leaf}")
def changes(request: Request, session: Manager, case_id: str, leaf: Annotated[int, Path(ge=-1)]) -> Response:
    """What people did to the case after a leaf of the audit log: told to whoever was not the first."""
    try:
        with door(request).look(session.scope) as act:
            cases.get(act, case_id)
            named = {each.id: each.name for each in files.names(act, case_id)}
            told = list(story.acts(act, case_id, named, {}, leaf))
    except YushenError as error:
        raise Unshown(error, session) from None
    return page(request, "_story.html", session, story=told, groups=story.GROUPS)


def _seen(here: Door, act: Act, case_id: str, version: int | None) -> dict[str, Any]:
    case = cases.get(act, case_id)
    kept = files.listed(act, case_id)
    every = reports.listed(act, case_id)
    chosen = next((each for each in every if each.version == version), every[0] if every else None)
    content = reports.content(act, here.blobs, chosen) if chosen else None
    before = next((each for each in every if chosen and each.version < chosen.version), None)
    view = View(case_id, content or {}, {file.name: file for file in kept})
    titles = {each["key"]: each["title"] for each in (content or {}).get("findings", ()) if "key" in each}
    shown = content or {"documents": [], "parties": []}
    return {
        "case": case, "files": kept, "reports": every, "chosen": chosen, "report": content, "leaves": view.leaves(), "view": view,
        "findings": view.findings(), "papers": view.papers(), "names": view.people, "types": TYPES,
        "messages": messages.listed(act, case_id), "story": story.of(act, case_id, titles), "groups": story.GROUPS,
        "after": events.newest(act.tx), "leaf": story.newest(act, case_id),
        "difference": _difference(reports.content(act, here.blobs, before), content) if before and content else None, "before": before,
        "incomes": compared.income(shown), "flows": compared.flows(shown), "sheets": compared.sheets(shown), "charts": charts,
    }  # fmt: skip


def _difference(then: Mapping[str, Any], now_: Mapping[str, Any]) -> dict[str, list[str]]:
    """What of an earlier report's findings is settled, what is new, what stayed: titles."""
    old = {each.get("key"): each for each in then["findings"]}
    new = {each.get("key"): each for each in now_["findings"]}
    return {
        "settled": [each["title"] for key, each in old.items() if key not in new],
        "new": [each["title"] for key, each in new.items() if key not in old],
        "same": [each["title"] for key, each in new.items() if key in old],
        "keys": [str(key) for key in new if key not in old],
    }
