"""The broker's pages: his cases, a new one, handing in, what is to be redone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.http import asked
from api.http.door import Door, door
from api.web import checklist, spots, words
from api.web.person import Broker, Unshown
from api.web.render import page
from extractors.pages import SENTENCES
from intake import cases, corrections, events, files, messages, reports
from intake.accounts import Session
from intake.errors import Invalid, YushenError
from validators.papers import type_label
from validators.policy import products
from validators.rules.file import advice
from validators.say import ROLES

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
    return page(request, "new_case.html", session, typed={}, wrong={}, words=words, rows=PARTIES, filled=[])


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
    return page(request, "new_case.html", session, 422, typed=form, wrong=wrong, words=words, rows=PARTIES, filled=_filled(form))


def _filled(form: Mapping[str, str]) -> list[int]:
    """The rows for parties in which something stands."""
    return [n for n in range(PARTIES) if form.get(f"name{n}") or form.get(f"number{n}")]


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


@router.get("/cases/new/checklist")
def preview(request: Request, session: Broker, product: str = "", who: Annotated[str, Query(max_length=400)] = "") -> Response:
    """What a product asks of parties in these roles (`borrower:married,spouse:`), before the case is there."""
    people = [dict(zip(("role", "marital_status"), each.partition(":")[::2], strict=True)) for each in who.split(",") if each]
    known = all(each["role"] in words.ROLES and each["marital_status"] in words.MARITAL for each in people[:PARTIES])
    rows = checklist.wanted(product, people[:PARTIES]) if product in products() and known else []
    return page(request, "_wanted.html", session, people=checklist.by_person(rows), words=words)


@router.get("/cases/{case_id}")
def case_page(request: Request, session: Broker, case_id: str) -> Response:
    """One case: the checklist, the files, what is to be redone, messages."""
    return page(request, "case.html", session, words=words, **_case(door(request), session, case_id))


def _case(here: Door, session: Session, case_id: str) -> dict[str, Any]:
    try:
        with here.look(session.scope) as act:
            case = cases.get(act, case_id)
            kept = files.listed(act, case_id)
            report = reports.content(act, here.blobs, reports.get(act, case.id)) if case.report else None
            told = asked.of(act, here.blobs, case_id)
            said = messages.listed(act, case_id)
            made = [each for each in corrections.listed(act, case_id) if each.claimed and each.undone_at is None]
            after = events.newest(act.tx)
    except YushenError as error:
        raise Unshown(error, session) from None
    pages = [page for paper in (report or {}).get("documents", ()) for page in paper["pages"]]
    turns = {page["file"]: page.get("turn", 0) for page in pages if page["page"] == 1}
    seen = {"case": case, "files": [{"file": each, "why": _why(each), "turn": turns.get(each.name, 0)} for each in kept], "asked": told}
    seen |= _listed(case, report, kept) | {"claims": [_claim(each, report) for each in made]}
    points = [{**each, "number": n, "crops": _crops(case_id, each, kept)} for n, each in enumerate(told.open, start=1)]
    at = {key for each in told.open for key in each["keys"]}
    names = {each.id: each.name for each in kept}
    seen |= {"points": points, "messages": [each for each in said if each.finding not in at], "answers": said, "names": names}
    return seen | {"kinds": list(events.KINDS), "after": after}


def _listed(case: cases.Case, report: Mapping[str, Any] | None, kept: list[files.File]) -> dict[str, Any]:
    """The checklist by person, the papers in no row, and where a paper can be put."""
    people = case.declared.get("parties") or ()
    by_name = {each.name: each for each in kept}
    asked_for = checklist.wanted(case.product, people) if case.product else []
    if report is None or not case.product:
        return {"people": checklist.by_person(asked_for), "loose": [], "places": [], "papers": []}
    rows = checklist.filled(case.product, report, by_name)
    loose = checklist.loose(report, by_name)
    papers = [each for row in rows for each in row["papers"]] + loose
    unique = list({each["key"]: each for each in papers if each["key"] and each["pages"]}.values())
    owners = {(each["role"], each["name"]): each["id"] for each in report["parties"]}
    optional = [{**each, "party": owners.get((each["role"], each["name"]))} for each in asked_for if not each["mandatory"]]
    places = sorted((each for each in (*rows, *optional) if each["type"]), key=lambda each: each["status"] == "present")
    return {"people": checklist.by_person(rows), "loose": loose, "places": places, "papers": unique}


def _why(file: files.File) -> list[str]:
    """What is wrong with a file and how to mend it, in sentences; nothing for one that can be read."""
    if file.state == "failed":
        return [SENTENCES.get(file.error or "", "这个文件读不出来，请重新拍照或导出后上传。")]
    found = []
    for number, reasons in file.unclear:
        what = "、".join(advice(each)[0] for each in reasons)
        found.append(f"第 {number} 页{what}，看不清：" + "；".join(advice(each)[1] for each in reasons) + "。")
    return found


def _claim(each: corrections.Correction, report: Mapping[str, Any] | None) -> dict[str, Any]:
    """A claim in words."""
    people = {party["id"]: party["name"] or ROLES.get(party["role"], "") for party in (report or {}).get("parties", ())}
    content = each.content
    told = {
        "type": f"指定为{type_label(str(content.get('type', '')))}",
        "party": f"指定为{people.get(str(content.get('party')), '无人')}的材料",
        "join": "与另一份合并", "split": f"从第 {content.get('page', '')} 页拆开",
    }  # fmt: skip
    return {"id": each.id, "told": told[each.kind], "at": each.created_at}


def _crops(case_id: str, point: Mapping[str, Any], kept: list[files.File]) -> list[spots.Cut]:
    """The spots that a point speaks of, cut out of the files of this case."""
    ids = {each.name: each.id for each in kept}
    return [
        spots.cut(f"/cases/{case_id}/files/{ids[each['file']]}/pages/{each['page']}.jpg", tuple(each["box"]), each["turn"])
        for each in point["spots"][:2]
        if each["file"] in ids
    ]
