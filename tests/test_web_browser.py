"""The pages in a real browser: two actions to the evidence, five to an uploaded packet, no mouse, nothing that shuts people out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.service import PASSWORD, Bank, Made, bank, checked, checked_case, served

pytestmark = pytest.mark.browser
PACKET = Path(__file__).parent.parent / "samples" / "packets" / "problems"
WIDE, PHONE = {"width": 1366, "height": 850}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return bank(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="module")
def made(north: Bank) -> Made:
    return checked_case(north, image=(PACKET / "01.jpg").read_bytes())


@pytest.fixture(scope="module")
def address(north: Bank) -> Iterator[str]:
    with served(north.app) as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Opens the pages as somebody; fails when a page had an error of its own or was refused anything by its policy."""
    contexts, errors = [], []

    def as_person(login: str, size: dict[str, int] = WIDE) -> Any:
        context = browser.new_context(viewport=size, base_url=address, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto("/")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield as_person
    for context in contexts:
        context.close()
    assert errors == []


def serious(page: Any) -> list[str]:
    """What axe finds serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    # Axe is put in by the test and is no script of ours: the page's policy stays as it is, since this runs outside of it.
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found if each["impact"] in ("serious", "critical")]


def test_a_manager_finds_each_problem_with_its_evidence_in_two_actions(visit: Any, made: Made) -> None:
    page = visit("manager.north")
    assert page.url.endswith("/queue")
    page.click(f"a[href='/review/{made.case}']")  # the first action
    page.wait_for_url("**/review/*")
    findings = page.locator(".finding")
    assert findings.count() >= 4
    for n in range(findings.count()):
        page.keyboard.press("n")  # the second
        current = page.locator(".finding[aria-current=true]")
        expect(current).to_have_id(f"finding-{n + 1}")
        if current.locator("[data-box]").count():
            expect(page.locator("rect.pointer.lit")).to_have_count(1)


def test_pointing_at_a_field_lights_its_box_and_the_reverse(visit: Any, made: Made) -> None:
    page = visit("manager.north")
    page.goto(f"/review/{made.case}")
    page.click("#t3")
    field = page.locator(".field[data-go]").first
    field.hover()
    name = field.get_attribute("data-field")
    expect(page.locator(f"rect.lit[data-field='{name}']")).to_have_count(1)
    page.locator("h1").hover()
    expect(page.locator("rect.lit")).to_have_count(0)
    page.locator(f"rect[data-field='{name}']").dispatch_event("click")
    assert page.evaluate("document.activeElement.dataset.field") == name


def test_pages_are_loaded_as_they_come_into_view(visit: Any, made: Made) -> None:
    page = visit("manager.north", {"width": 1366, "height": 500})
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if "/pages/" in request.url else None)
    page.goto(f"/review/{made.case}")
    page.wait_for_timeout(800)
    assert 0 < len([url for url in seen if "side=900" not in url]) <= page.locator(".leaf").count()
    assert page.locator(".leaf img:not([loading=lazy])").count() == 0


def test_a_finding_is_waived_and_the_page_says_what_changed(visit: Any, north: Bank, made: Made) -> None:
    import json

    from tests.service import GOLDEN

    page = visit("manager.north")
    page.goto(f"/review/{made.case}")
    page.on("dialog", lambda dialog: dialog.accept("已另行核实"))
    report = json.loads(GOLDEN.read_text(encoding="utf-8"))
    version = int(page.locator("#review").get_attribute("data-report"))
    with page.expect_response(lambda answer: answer.url.endswith("/decision")) as told:
        page.locator("[data-decide=waived]").first.click()
    assert told.value.status == 200
    checked(north, made.case, report | {"report_version": version + 1, "findings": report["findings"][1:]})
    page.locator("#difference:not([hidden])").wait_for(timeout=15000)
    expect(page.locator("#difference")).to_contain_text("重新核对：")


def test_the_second_of_two_managers_is_told(visit: Any, north: Bank, made: Made) -> None:
    page = visit("manager.north")
    page.goto(f"/review/{made.case}")
    with north.door.act(north.scope("north")) as act:
        from intake import cases

        cases.touch(act, made.case)
    with page.expect_response(lambda answer: answer.url.endswith("/notices")) as told:
        page.click("#t5")
        page.locator("#notice textarea").fill("请补充")
        page.locator("#notice button").click()
    assert told.value.status == 412
    expect(page.locator("#told")).to_contain_text("已被他人修改")
    expect(page.locator("#notice textarea")).to_have_value("请补充")


def test_a_broker_gets_from_nothing_to_an_uploaded_packet_in_five_actions(visit: Any) -> None:
    page = visit("broker.red")
    page.click("text=新建 >> nth=0")  # 1
    page.select_option("[name=product]", "personal_mortgage")  # 2
    page.fill("[name=name0]", "张伟")  # 3
    page.click("button.main")  # 4
    page.wait_for_selector("#drop")
    files = sorted(str(path) for path in PACKET.iterdir() if path.suffix != ".toml")
    page.set_input_files("#files", files)  # 5
    expect(page.locator("#part-files li .chip.waiting")).to_have_count(len(files), timeout=20000)


def test_a_refused_file_says_why_and_the_rest_goes_on(visit: Any, tmp_path: Path) -> None:
    page = visit("broker.red")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/cases/case_*")
    before = page.locator("#part-files li").count()
    (tmp_path / "a.zip").write_bytes(b"PK\3\4 not a paper")
    page.set_input_files("#files", [str(tmp_path / "a.zip"), str(PACKET / "02.jpg")])
    expect(page.locator("#part-files li")).to_have_count(before + 1, timeout=20000)
    expect(page.locator("#sending")).to_contain_text("解压")


def test_a_session_that_ended_comes_back_to_the_same_place(visit: Any) -> None:
    page = visit("broker.red")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/cases/case_*")
    where = page.url
    page.context.clear_cookies()
    page.fill("textarea[name=text]", "还在吗")
    page.locator("form[data-json] button").click()
    page.wait_for_url(lambda url: "/login?next=" in url)
    page.fill("[name=login]", "broker.red")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(where)


def test_an_interrupted_upload_goes_on(visit: Any) -> None:
    page = visit("broker.red")
    page.locator("tbody a").first.click()
    page.wait_for_url("**/cases/case_*")
    before = page.locator("#part-files li").count()
    page.route("**/files", lambda route: route.abort())
    page.set_input_files("#files", str(PACKET / "01.jpg"))
    expect(page.locator("#sending .said")).to_contain_text("网络中断")
    page.unroute("**/files")
    expect(page.locator("#part-files li")).to_have_count(before + 1, timeout=20000)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize(
    ("login", "where"),
    [
        ("broker.red", "/cases"), ("broker.red", "/cases/new"), ("broker.red", "/cases/{case}"), ("broker.red", "/account"),
        ("manager.north", "/queue"), ("manager.north", "/review/{case}"), ("manager.north", "/account/second-factor"), ("manager.north", "/figures"), ("administrator.a", "/admin"),
    ],
)  # fmt: skip
def test_nothing_shuts_people_out(visit: Any, made: Made, login: str, where: str, size: dict[str, int]) -> None:
    page = visit(login, size)
    page.goto(where.format(case=made.case))
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"), "wider than the screen"


def test_everything_can_be_reached_by_keys(visit: Any, made: Made) -> None:
    page = visit("manager.north")
    page.goto(f"/review/{made.case}")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.tagName"))
    assert {"t1", "leaves"} <= reached
    page.focus("#t1")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "t2" and page.locator("#tab-rows").is_visible()
