"""The manager's pages: the queue's filters and what is new, figures side by side, the workbook; in chromium: keys, turning, splitting, long packets."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import update
from starlette.testclient import TestClient

from api.web import compared
from intake import cases, corrections, tables, waiting
from intake.database import now, writing
from tests.service import GOLDEN, PASSWORD, Bank, Made, bank, checked, checked_case, served
from tests.service_long import long_case
from worker.paper import workbook

IMAGE = (Path(__file__).parent.parent / "samples" / "packets" / "problems" / "01.jpg").read_bytes()
REPORT: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
browser_test = pytest.mark.browser


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return bank(tmp_path_factory.mktemp("manager"))


@pytest.fixture(scope="module")
def made(north: Bank) -> Made:
    return checked_case(north, image=IMAGE)


@pytest.fixture(scope="module")
def manager(north: Bank) -> TestClient:
    return north.visitor("manager.north")


# --- the queue -------------------------------------------------------------------------------------------------------------



def listed(client: TestClient, **asked: str) -> list[str]:
    return re.findall(r'href="/review/(case_[\w-]+)"', client.get("/queue", params=asked).text)


@pytest.fixture
def branch(tmp_path: Path) -> tuple[Bank, list[str]]:
    """Four cases in review, due in 30 hours, in 2 hours, an hour ago, in 5 hours; and one that is open."""
    here = bank(tmp_path)
    made = []
    with here.door.act(here.scope("north")) as act:
        for n, (stage, due) in enumerate([("review", 30), ("review", 2), ("review", -1), ("review", 5), ("open", None)]):
            case = cases.open_case(act, cases.NewCase(product="enterprise", reference=f"R{n}")).id
            at = None if due is None else now() + timedelta(hours=due)
            act.tx.execute(update(tables.cases).where(tables.cases.c.id == case).values(stage=stage, due_at=at, verdict="complete" if n else None))
            made.append(case)
    return here, made


def test_cases_about_to_miss_their_time_are_on_top_and_can_be_asked_for(branch: tuple[Bank, list[str]]) -> None:
    here, (far, soon, late, later, open_) = branch
    client = here.visitor("manager.north")
    assert listed(client) == [late, soon, later, far, open_]
    assert listed(client, due="late") == [late] and listed(client, due="soon") == [soon]
    assert listed(client, stage="open") == [open_] and listed(client, verdict="complete") == [late, soon, later, open_]
    assert listed(client, age="day") == listed(client) and listed(client, age="older") == []
    assert listed(client, stage="nonsense", age="x", due="y") == listed(client)


def test_pages_of_the_queue_hold_every_case_once(branch: tuple[Bank, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    here, _ = branch
    with here.door.act(here.scope("north")) as act:
        for start in range(5):
            whole = waiting.listed(act, waiting.Wanted(), None, 0, 10)
            assert waiting.listed(act, waiting.Wanted(), None, start, 2) == whole[start : start + 2]


def test_what_changed_since_the_last_visit_is_marked_for_each_person(branch: tuple[Bank, list[str]]) -> None:
    here, those = branch
    client, other = here.visitor("manager.north"), here.visitor("manager.south")
    assert client.get("/queue").text.count('class="fresh"') == len(those)
    assert client.get(f"/review/{those[0]}").status_code == 200
    assert sorted(listed(client, new="1")) == sorted(those[1:])
    token = re.search(r'name="csrf" content="([^"]+)"', client.get("/queue").text)
    assert token and client.post("/queue/seen", data={"csrf": token[1]}).headers["location"] == "/queue"
    assert listed(client, new="1") == []
    with here.door.act(here.scope("north")) as act:
        cases.touch(act, those[2])
    assert listed(client, new="1") == [those[2]]
    assert listed(other) == []


def test_a_visit_ends_after_half_an_hour(branch: tuple[Bank, list[str]]) -> None:
    here, those = branch
    client = here.visitor("manager.north")
    client.get("/queue")
    with writing(here.door.engine) as tx:
        tx.execute(update(tables.visits).values(at=now() - timedelta(hours=2)))
        tx.execute(update(tables.cases).values(updated_at=now() - timedelta(hours=3)))
        tx.execute(update(tables.cases).where(tables.cases.c.id == those[1]).values(updated_at=now() - timedelta(hours=1)))
    assert listed(client, new="1") == [those[1]]


# --- figures side by side ----------------------------------------------------------------------------------------------------


def test_wages_are_counted_per_month_against_the_stated_income() -> None:
    (told,) = compared.income(REPORT)
    assert told["stated"] == 1310000 and [row["month"] for row in told["rows"]] == [f"2026-{m:02d}" for m in range(5, 11)]
    assert told["rows"][0]["fen"] == 1831050 and all(row["at"] for row in told["rows"])


def test_flows_add_up_and_what_was_not_read_is_said() -> None:
    report = copy.deepcopy(REPORT)
    rows = report["documents"][4]["fields"]["transactions"]["value"]
    rows[3]["amount"] = ""
    (told,) = compared.flows(report)
    read = [round(100 * float(row["amount"])) for row in rows if row["amount"]]
    assert sum(row["in"] for row in told["rows"]) == sum(each for each in read if each > 0)
    assert sum(row["out"] for row in told["rows"]) == -sum(each for each in read if each < 0)
    assert told["unread"] == 1 and told["rows"][-1]["balance"] == 3289902


def sheet(year: int, assets: str, before: str | None) -> dict[str, Any]:
    def field(value: str) -> dict[str, Any]:
        return {"value": value, "raw": value, "confidence": 1.0, "evidence": {"file": "a.pdf", "page": 1, "box": [0, 0, 1, 1]}, "source": "text"}

    fields = {"as_of": field(f"{year}-12-31"), "total_assets.end": field(assets)}
    more = {"total_assets.begin": field(before)} if before else {}
    return {"id": f"d{year}", "type": "balance_sheet", "label": "资产负债表", "party": "company", "fields": fields | more}


def test_sheets_of_several_years_stand_beside_each_other_with_the_change() -> None:
    report = {"documents": [sheet(2024, "100.00", None), sheet(2025, "150.00", None)]}
    (told,) = compared.sheets(report)
    assert told["heads"] == ["2025-12-31 期末", "2024-12-31 期末"] and told["rows"][0]["change"] == 0.5
    (own,) = compared.sheets({"documents": [sheet(2025, "-50.00", "100.00")]})
    assert own["heads"] == ["2025-12-31 期末", "2025-12-31 期初"] and own["rows"][0]["change"] == -1.5


def test_the_story_tells_every_act_with_who_did_it(manager: TestClient, north: Bank, made: Made) -> None:
    text = manager.get(f"/review/{made.case}").text
    story = text[text.index('id="story"') :]
    for said in ("建立件", "上传文件", "文件已读取", "报告已生成", "更正字段", "留言", "退回补件", "确认材料交齐", "machine of red", "machine of north"):
        assert said in story, said


def test_whoever_was_second_is_told_what_the_first_did(manager: TestClient, north: Bank, made: Made) -> None:
    leaf = re.search(r'data-leaf="(\d+)"', manager.get(f"/review/{made.case}").text)
    assert leaf
    with north.door.act(north.scope("north")) as act:
        corrections.correct(act, made.case, None, "field", made.document, {"field": "name", "value": "李四"})
    told = manager.get(f"/review/{made.case}/since/{leaf[1]}").text
    assert told.count("<li") == 1 and "更正字段" in told and "李四" in told and "machine of north" in told
    assert north.visitor("manager.far").get(f"/review/{made.case}/since/0").status_code == 404
    assert north.visitor("broker.red").get(f"/review/{made.case}/since/0").status_code == 403


# --- the workbook ------------------------------------------------------------------------------------------------------------


def sheets_of(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


def test_a_workbook_holds_every_field_and_no_formula() -> None:
    report = copy.deepcopy(REPORT)
    report["documents"][0]["fields"]["name"] |= {"value": '=HYPERLINK("http://x","y")', "raw": "+1+cmd|' /C calc'!A0"}
    parts = sheets_of(workbook.workbook(report, {}))
    text = "".join(parts.values())
    assert "=HYPERLINK(" in text and "cmd|" in text and "371502199809058596" in text and "6217996818661324363" in text
    cells = "".join(part for name, part in parts.items() if "worksheets" in name)
    assert "<f>" not in cells and "<hyperlink" not in cells and "externalLink" not in text
    assert set(re.findall(r'<c r="[A-Z]+\d+" s="\d+"(?: t="(\w+)")?', cells)) == {"s"}
    assert workbook.workbook(report, {}) == workbook.workbook(report, {})


def test_the_workbook_is_for_the_bank_and_recorded(north: Bank, made: Made, manager: TestClient) -> None:
    from intake.database import reading

    def seen() -> int:
        with reading(north.door.engine) as tx:
            return sum("report.reveal" in row.leaf and "xlsx" in row.leaf for row in tx.execute(tables.audit.select()))

    before = seen()
    answer = manager.get(f"/v1/cases/{made.case}/reports/latest/xlsx")
    assert answer.status_code == 200 and answer.content[:2] == b"PK" and f"{made.case}-" in answer.headers["content-disposition"]
    assert seen() == before + 1
    assert north.visitor("broker.red").get(f"/v1/cases/{made.case}/reports/latest/xlsx").status_code == 403


# --- in the browser ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long(north: Bank) -> str:
    return long_case(north)


@pytest.fixture(scope="module")
def address(north: Bank) -> Iterator[str]:
    with served(north.app) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 850}, base_url=address, locale="zh-CN")
    opened, errors = context.new_page(), []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    opened.goto("/login")
    opened.fill("[name=login]", "manager.north")
    opened.fill("[name=password]", PASSWORD)
    opened.press("[name=password]", "Enter")
    opened.wait_for_url(lambda url: "/login" not in url)
    yield opened
    context.close()
    assert errors == []


@browser_test
def test_a_page_is_turned_with_its_boxes_and_keys_do_it_all(page: Any, made: Made) -> None:
    page.goto(f"/review/{made.case}")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("n")
    expect(page.locator("rect.pointer.lit")).to_have_count(1)
    page.keyboard.press("r")
    leaf = page.locator(".leaf[data-by='3']")
    expect(leaf).to_have_count(1)
    expect(leaf.locator("g")).to_have_attribute("transform", "rotate(-270 0.5 0.5)")
    expect(leaf.locator("img")).to_have_attribute("src", re.compile(r"turn=1$"))  # 2 as read, and three quarters more
    expect(leaf.locator("rect.pointer")).to_have_count(1)
    page.keyboard.press("R")
    expect(page.locator(".leaf[data-by='0']")).to_have_count(1)
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.dataset.field")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.dataset.field") != first
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.dataset.field") == first
    page.keyboard.press("2")
    expect(page.locator("#tab-rows")).to_be_visible()
    page.locator("#tab-rows [data-finding]").first.press("Enter")
    expect(page.locator(".finding[aria-current=true]")).to_have_count(1)


@browser_test
def test_figures_lead_to_their_spot_and_shut_nobody_out(page: Any, made: Made) -> None:
    from tests.test_web_browser import serious

    page.goto(f"/review/{made.case}")
    page.click("#t2")
    expect(page.locator("svg.chart")).to_have_count(3)
    page.locator("#tab-rows details summary").first.click()
    page.locator("#tab-rows p button[data-go]").first.click()
    expect(page.locator("rect.pointer.lit")).to_have_count(1)
    assert serious(page) == []


@browser_test
def test_a_statement_is_split_and_the_page_says_what_changed(page: Any, north: Bank, made: Made) -> None:
    report = json.loads(GOLDEN.read_text(encoding="utf-8")) | {"checked_at": "2026-11-23T08:00:00+00:00", "timings": {}}
    page.goto(f"/review/{made.case}")
    version = int(page.locator("#review").get_attribute("data-report"))
    page.click("#t3")
    page.locator("#tab-papers details summary").nth(4).click()
    with page.expect_response(lambda answer: answer.url.endswith("/corrections")) as told:
        page.locator("form.split button").first.click()
    assert told.value.status == 201
    for each in report["findings"][1:]:
        each |= {"key": "f" * 31 + str(report["findings"].index(each)), "decision": "open"}
    checked(north, made.case, report | {"report_version": version + 1, "findings": report["findings"][1:]})
    expect(page.locator("#difference[open]")).to_contain_text(f"较报告 {version}：已解决 5，新增 4，未变 0", timeout=30000)
    with north.door.act(north.scope("north")) as act:
        assert corrections.listed(act, made.case)[-1].kind == "split"


@browser_test
def test_the_second_manager_reads_what_the_first_did_and_keeps_what_he_typed(page: Any, north: Bank, made: Made) -> None:
    page.goto(f"/review/{made.case}")
    with north.door.act(north.scope("north")) as act:
        corrections.correct(act, made.case, None, "field", made.document, {"field": "name", "value": "王五"})
    page.click("#t5")
    page.fill("#notice textarea", "请补充")
    page.click("#notice button")
    expect(page.locator("#changed")).to_contain_text("更正字段")
    expect(page.locator("#changed")).to_contain_text("王五")
    expect(page.locator("#notice textarea")).to_have_value("请补充")


@browser_test
def test_of_two_hundred_pages_only_those_in_view_are_loaded(page: Any, long: str) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url) if "/pages/" in request.url and "side=" not in request.url else None)
    page.goto(f"/review/{long}")
    expect(page.locator(".leaf")).to_have_count(200)
    expect(page.locator(".finding")).to_have_count(20)
    page.locator(".leaf").nth(150).scroll_into_view_if_needed()
    expect(page.locator(".leaf img").nth(150)).not_to_have_js_property("naturalWidth", 0, timeout=20000)
    assert 1 <= len(asked) <= 60
