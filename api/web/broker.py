"""The broker's pages: his cases, a new one, handing in, what is to be redone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.http.door import Door, door
from api.web import words
from api.web.person import Broker, Unshown
from api.web.render import CHINA, page
from intake import cases, events, files, messages, reports
from intake.accounts import Session
from intake.acting import Act
from intake.errors import Invalid, NotFound, YushenError
from validators.policy import load_policy, products

router = APIRouter(include_in_schema=False)
MOST = 50
PARTIES = 4
"""Rows for parties on the form of a new case."""
YUAN = re.compile(r"\d{1,10}(\.\d{1,2})?")
NUMBER = re.compile(r"[0-9A-Za-z]{1,30}")


@router.get("/cases")
def listed(request: Request, session: Broker, before: int | None = None) -> Response:
    """His agency's cases, newest first, with their stage and what waits on whom."""
    with door(request).look(session.scope) as act:
        found = cases.listed(act, after=before, most=MOST + 1)
    return page(request, "cases.html", session, cases=found[:MOST], more=found[MOST - 1].seq if len(found) > MOST else None, words=words)


@router.get("/cases/new")
def new_page(request: Request, session: Broker) -> Response:
    """The form of a new case."""
    return page(request, "new_case.html", session, typed={}, wrong={}, words=words, rows=PARTIES)


@router.post("/cases/new")
async def new(request: Request, session: Broker) -> Response:
    """Opens it, or shows the form again with what was typed and what is wrong with it."""
    form = {name: str(value).strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    wrong = _wrong(form)
    if not wrong:
        try:
            with door(request).act(session.scope) as act:
                made = cases.open_case(act, cases.NewCase(None, None, form.get("reference") or None, form["product"], _declared(form)))
            return RedirectResponse(f"/cases/{made.id}", 303)
        except Invalid as error:
            wrong = {"form": error.sentence}
    return page(request, "new_case.html", session, 422, typed=form, wrong=wrong, words=words, rows=PARTIES)


def _wrong(form: Mapping[str, str]) -> dict[str, str]:
    """Field → what is wrong with it."""
    found = {}
    if form.get("product") not in products():
        found["product"] = "请选择贷款产品。"
    if form.get("amount") and not YUAN.fullmatch(form["amount"].replace(",", "")):
        found["amount"] = "请填写金额（元），如 900000。"
    months = form.get("months", "")
    if months and not (months.isdecimal() and 1 <= int(months) <= 600):
        found["months"] = "请填写 1 至 600 之间的月数。"
    if form.get("reference") and not re.fullmatch(r"[A-Za-z0-9_.:/-]{1,100}", form["reference"]):
        found["reference"] = "编号只能用字母、数字和 _.:/- 。"
    for n in range(PARTIES):
        number = form.get(f"number{n}", "")
        if number and not NUMBER.fullmatch(number):
            found[f"number{n}"] = "证件号码只能有字母和数字。"
        if number and not form.get(f"role{n}"):
            found[f"role{n}"] = "请选择身份。"
    if not any(form.get(f"name{n}") for n in range(PARTIES)):
        found["name0"] = "请至少填写借款人（或借款企业）的名称。"
    return found


def _declared(form: Mapping[str, str]) -> dict[str, Any]:
    loan = {"amount": form.get("amount", "").replace(",", ""), "months": int(form["months"]) if form.get("months") else None}
    people = [
        {"role": form.get(f"role{n}") or "borrower", "name": form.get(f"name{n}"), "id_number": form.get(f"number{n}", "").upper()}
        | {"marital_status": form.get(f"marital{n}") or None}
        for n in range(PARTIES)
        if form.get(f"name{n}") or form.get(f"number{n}")
    ]
    kept = [{key: value for key, value in each.items() if value} for each in people]
    return {"loan": {key: value for key, value in loan.items() if value} or None, "parties": kept, "as_of": None}


@router.get("/cases/{case_id}")
def case_page(request: Request, session: Broker, case_id: str) -> Response:
    """One case: the checklist, the files, what is to be redone, messages."""
    return page(request, "case.html", session, words=words, **_case(door(request), session, case_id))


@router.get("/cases/{case_id}/part/{name}")
def part(request: Request, session: Broker, case_id: str, name: str) -> Response:
    """A part of the page anew, after something happened."""
    if name not in ("files", "checklist", "notice", "talk"):
        raise Unshown(NotFound(), session)
    return page(request, f"_{name}.html", session, words=words, **_case(door(request), session, case_id))


def _case(here: Door, session: Session, case_id: str) -> dict[str, Any]:
    try:
        with here.look(session.scope) as act:
            case = cases.get(act, case_id)
            report = _report(here, act, case)
            sent = [each for each in messages.notices_of(act, case_id) if each.settled_at is None]
            asked = sent[-1].text if sent else (report or {}).get("supplement_notice")
            told = {"case": case, "files": files.listed(act, case_id), "rows": _rows(case, report), "notice": asked}
            return told | {"messages": messages.listed(act, case_id), "kinds": list(events.KINDS), "after": events.newest(act.tx)}
    except YushenError as error:
        raise Unshown(error, session) from None


def _report(here: Door, act: Act, case: cases.Case) -> Mapping[str, Any] | None:
    return reports.content(act, here.blobs, reports.get(act, case.id)) if case.report else None


def _rows(case: cases.Case, report: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The checklist: from the newest report where there is one, else from the product. No limit of the bank is in it."""
    wanted = {each.id: each for each in load_policy(case.product, datetime.now(CHINA).date()).requirements} if case.product else {}
    if report is None:
        return [_row(each.id, each.label, None, None, each, {}) for each in wanted.values() if each.mandatory]
    names = {each["id"]: each["name"] for each in report["parties"]}
    papers = {each["id"]: each for each in report["documents"]}
    found = []
    for each in report["completeness"]:
        more = {"papers": [papers[id] for id in each["documents"] if id in papers]}
        asked = wanted.get(each["requirement"])
        found.append(_row(each["requirement"], each["label"], names.get(each["party"]), each["status"], asked, more))
    return found


def _row(id: str, label: str, party: str | None, status: str | None, asked: Any, more: Mapping[str, Any]) -> dict[str, Any]:
    told = []
    if asked is not None:
        told += [f"{asked.max_age_days} 天内开具"] if asked.max_age_days else []
        told += [f"覆盖最近 {asked.months} 个月"] if asked.months else []
        told += ["须加盖公章"] if asked.needs_seal else []
        told += ["正反两面"] if len(asked.sides) == 2 else []
        told += ["可用等效材料代替"] if asked.substitutes else []
    return {"id": id, "label": label, "party": party, "status": status, "told": told, "papers": [], **more}
