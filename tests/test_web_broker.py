"""The broker's page in a real browser: large files go on where they stopped, pages read are told live, a bad photo is taken again in its
place, points are answered, papers are said what they are; and the administrator's forms say what is wrong at the field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from intake import database, files, tables, work
from tests.service import PASSWORD, Bank, Made, bank, checked_case, served
from tests.test_golden import read
from worker.jobs import _unclear

PACKET = Path(__file__).parent.parent / "samples" / "packets" / "problems"
SOON = 20_000
"""Milliseconds within which a page has to show what happened."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return bank(tmp_path_factory.mktemp("broker"))


@pytest.fixture(scope="module")
def address(here: Bank) -> Iterator[str]:
    with served(here.app) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def made(here: Bank) -> Made:
    with database.writing(here.door.engine) as tx:  # what an earlier test left undone is nobody's
        tx.execute(tables.work.update().where(tables.work.c.state == "queued").values(state="dropped"))
    return checked_case(here, image=(PACKET / "01.jpg").read_bytes())


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens the pages as somebody; fails when a page had an error of its own or was refused anything by its policy."""
    contexts, errors = [], []

    def as_person(login: str, where: str, width: int = 1366) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 850}, base_url=address, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"/login?next={where}")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"**{where}")
        page.wait_for_load_state("networkidle") if "/cases/case" not in where else page.wait_for_load_state("load")
        return page

    yield as_person
    for context in contexts:
        context.close()
    assert errors == []


def large(folder: Path) -> Path:
    """A picture of more than four megabytes."""
    path = folder / "大图.jpg"
    path.write_bytes((PACKET / "01.jpg").read_bytes().ljust((5 << 20) + 123, b"\0"))
    return path


@pytest.mark.browser
def test_a_large_file_goes_on_where_it_stopped_even_after_the_page_was_closed(visit: Any, here: Bank, made: Made, tmp_path: Path) -> None:
    page = visit("broker.red", f"/cases/{made.case}")
    expect(page.locator("#part-files li")).to_have_count(5)
    sent: list[int] = []

    def one_piece(route: Any) -> None:
        offset = route.request.headers.get("upload-offset")
        if offset is not None:
            sent.append(int(offset))
        route.abort() if offset not in (None, "0") else route.continue_()

    page.route("**/uploads/**", one_piece)
    page.set_input_files("#files", str(large(tmp_path)))
    expect(page.locator("#sending .said")).to_contain_text("网络中断", timeout=SOON)
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.unroute("**/uploads/**")
    page.goto(f"/cases/{made.case}")
    offsets: list[int] = []
    page.on("request", lambda asked: offsets.append(int(asked.headers["upload-offset"])) if "upload-offset" in asked.headers else None)
    page.set_input_files("#files", str(tmp_path / "大图.jpg"))
    expect(page.locator("#part-files")).to_contain_text("大图.jpg", timeout=SOON)
    assert sent[0] == 0 and offsets[0] == 1 << 20, "the first piece is not sent twice"
    with here.door.look(here.scope("red")) as act:
        assert (PACKET / "01.jpg").stat().st_size < next(each.size for each in files.listed(act, made.case) if each.name == "大图.jpg") == (5 << 20) + 123


@pytest.mark.browser
def test_the_page_being_read_is_told_live(visit: Any, here: Bank, made: Made) -> None:
    page = visit("broker.red", f"/cases/{made.case}")
    page.set_input_files("#files", str(PACKET / "04.pdf"))
    row = page.locator("#part-files li[data-state=waiting]")
    expect(row).to_have_count(1, timeout=SOON)
    claim = work.claim(here.door.engine, "test")
    assert claim is not None
    claim = work.split(here.door.engine, claim, 5, 10)
    for done in (1, 3):
        work.beat(here.door.engine, claim, done)
        expect(page.locator("#part-files li[data-state=reading]")).to_contain_text(f"第 {done + 1} / 5 页", timeout=SOON)


@pytest.mark.browser
def test_a_photo_that_nobody_can_read_is_taken_again_in_its_place(visit: Any, here: Bank, made: Made) -> None:
    with database.writing(here.door.engine) as tx:
        files.remark(tx, made.file, "1:blurred+glare")
    page = visit("broker.red", f"/cases/{made.case}", 390)
    bad = page.locator(f"#{made.file}")
    expect(bad).to_contain_text("模糊、反光，看不清")
    with page.expect_file_chooser() as chosen:
        bad.get_by_role("button", name="重拍").click()
    chosen.value.set_files(str(PACKET / "02.jpg"))
    expect(bad).to_have_count(0, timeout=SOON)
    expect(page.locator("#part-files li")).to_have_count(5, timeout=SOON)


def test_what_nobody_can_read_is_known_when_the_file_is_read() -> None:
    found = {each.record.name: _unclear(each) for each in read("poor_photos")}
    assert any(":" in told for told in found.values()), found
    assert not any(_unclear(each) for each in read("complete"))


@pytest.mark.browser
def test_a_point_is_answered_by_a_file_or_a_reason_and_typing_survives_what_happens(visit: Any, here: Bank, made: Made) -> None:
    page = visit("broker.red", f"/cases/{made.case}")
    point = page.locator(".point").last
    with page.expect_file_chooser() as chosen:
        point.get_by_role("button", name="上传此项").click()
    chosen.value.set_files(str(PACKET / "02.jpg"))
    expect(point.locator(".message.own")).to_contain_text("已就此项补交文件", timeout=SOON)
    point.locator("summary").click()
    point.locator("textarea").fill("正在换领新证")
    with here.door.act(here.scope("north")) as act:
        from intake import messages

        messages.send(act, made.case, "请尽快", finding=None, internal=False)
    expect(page.locator("#part-talk")).to_contain_text("请尽快", timeout=SOON)
    expect(point.locator("textarea")).to_have_value("正在换领新证")
    point.get_by_role("button", name="发送").click()
    expect(point.locator(".message.own")).to_have_count(2, timeout=SOON)
    manager = visit("manager.north", f"/review/{made.case}")
    expect(manager.locator("#tab-findings .message")).to_contain_text(["已就此项补交文件", "正在换领新证"])


@pytest.mark.browser
def test_a_paper_that_was_not_recognised_is_put_in_its_row_and_back(visit: Any, here: Bank, made: Made) -> None:
    page = visit("broker.red", f"/cases/{made.case}")
    form = page.locator("form[data-assign]:visible").first
    form.locator("select").select_option(index=0)
    form.get_by_role("button", name="归到清单").click()
    said = page.get_by_role("heading", name="您的指定")
    expect(said).to_be_visible(timeout=SOON)
    undo = page.locator("#part-checklist [data-undo]")
    expect(undo).to_have_count(2, timeout=SOON)
    undo.first.click()
    expect(undo).to_have_count(1, timeout=SOON)


@pytest.mark.browser
def test_the_checklist_stands_there_as_soon_as_a_product_is_chosen(visit: Any) -> None:
    page = visit("broker.red", "/cases/new")
    page.select_option("[name=product]", "personal_mortgage")
    expect(page.locator("#wanted")).to_contain_text("90 天内开具", timeout=SOON)
    expect(page.locator("#wanted")).not_to_contain_text("结婚证")
    page.select_option("[name=marital0]", "married")
    expect(page.locator("#wanted")).to_contain_text("结婚证", timeout=SOON)


@pytest.mark.browser
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(visit: Any) -> None:
    page = visit("administrator.a", "/admin")
    form = page.locator("form[data-json='POST /v1/users']")
    form.locator("[name=login]").fill("有 空格")
    form.locator("[name=name]").fill("王经理")
    form.get_by_role("button").click()
    expect(form.locator("[name=login]")).to_have_attribute("aria-invalid", "true", timeout=SOON)
    expect(form.locator(".why")).to_contain_text("字母、数字")
    expect(form.locator("[name=login]")).to_have_value("有 空格")
    form.locator("[name=login]").fill("wang.new")
    form.locator("[name=organisation_id]").select_option(label="red")
    form.get_by_role("button").click()
    expect(page.locator("#secret")).to_contain_text("wang.new", timeout=SOON)


@pytest.mark.browser
def test_what_was_typed_is_there_after_the_log_in(visit: Any, made: Made) -> None:
    page = visit("broker.red", f"/cases/{made.case}")
    page.fill("#say", "客户明天补材料")
    page.context.clear_cookies()
    page.locator("form[data-json] button:visible").last.click()
    page.wait_for_url("**/login?next=**")
    page.fill("[name=login]", "broker.red")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**/cases/{made.case}")
    expect(page.locator("#say")).to_have_value("客户明天补材料")
