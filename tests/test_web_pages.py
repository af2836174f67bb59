"""The pages without a browser: who gets which, what forms say, and that brokers get nothing of the bank's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.web import spots
from api.web.entry import KINDS
from api.web.person import safe_next
from api.web.render import STATIC
from tests.service import PASSWORD, Bank, Made, bank, checked_case

IMAGE = (Path(__file__).parent.parent / "samples" / "packets" / "problems" / "01.jpg").read_bytes()


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return bank(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="module")
def made(north: Bank) -> Made:
    return checked_case(north, image=IMAGE)


@pytest.fixture(scope="module")
def broker(north: Bank) -> TestClient:
    return north.visitor("broker.red")


@pytest.fixture(scope="module")
def manager(north: Bank) -> TestClient:
    return north.visitor("manager.north")


def csrf(client: TestClient) -> str:
    found = re.search(r'name="csrf" content="([^"]+)"', client.get("/account").text)
    assert found
    return found[1]


def test_who_is_not_logged_in_comes_back_to_where_he_wanted_to_go(north: Bank, made: Made) -> None:
    client = TestClient(north.app, base_url="https://testserver", follow_redirects=False)
    sent = client.get(f"/review/{made.case}?version=1")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/login?next=%2Freview%2F{made.case}%3Fversion%3D1")
    there = client.post("/login", data={"login": "manager.north", "password": PASSWORD, "next": f"/review/{made.case}?version=1"})
    assert there.headers["location"] == f"/review/{made.case}?version=1"
    assert client.get(there.headers["location"]).status_code == 200


def test_a_page_that_a_script_asks_for_without_a_session_is_not_the_log_in(north: Bank, made: Made) -> None:
    client = TestClient(north.app, base_url="https://testserver", follow_redirects=False)
    answer = client.get(f"/cases/{made.case}", headers={"X-Yushen-Part": "1"})
    assert (answer.status_code, answer.text) == (401, "")


def test_a_wrong_password_is_said_and_the_login_stays_typed(north: Bank) -> None:
    client = TestClient(north.app, base_url="https://testserver")
    answer = client.post("/login", data={"login": "broker.blue", "password": "no", "next": "/cases"})
    assert answer.status_code == 401
    assert "账号、密码或验证码不正确" in answer.text
    assert 'value="broker.blue"' in answer.text and 'value="/cases"' in answer.text
    assert 'value="no"' not in answer.text


@pytest.mark.parametrize("bad", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:alert(1)", "/login?next=/", "/a\nb"])
def test_the_way_back_is_one_of_our_own_pages(bad: str) -> None:
    assert safe_next(bad) == "/"
    assert safe_next("/queue?stage=review") == "/queue?stage=review"


@pytest.mark.parametrize(("login", "home"), [("broker.red", "/cases"), ("manager.north", "/queue")])
def test_each_role_has_its_home(north: Bank, login: str, home: str) -> None:
    assert north.visitor(login).get("/").headers["location"] == home


def test_the_figures_count_the_branchs_cases(manager: TestClient, north: Bank, made: Made) -> None:
    text = manager.get("/figures").text
    assert re.search(r"<dt>立件</dt><dd>[1-9]", text) and "red" in text
    assert re.search(r"<dt>立件</dt><dd>0<", north.visitor("manager.far").get("/figures").text)


def test_the_figures_tell_what_is_wanting_and_what_was_put_right(manager: TestClient, north: Bank, made: Made) -> None:
    from intake import corrections, database, reports

    with database.writing(north.door.engine) as tx:
        for version in (1, 2):
            reports.note(tx, made.case, version, ["document_expired"])
    with north.door.act(north.scope("north")) as act:
        content = {"field": "monthly_income", "value": "1.00"}
        made_here = corrections.correct(act, made.case, None, "field", made.document, content, about="income_proof.monthly_income")
        corrections.undo(act, made.case, made_here.id, None)
    text = manager.get("/figures").text
    assert re.search(r"证件已过期 [1-9]", text) and re.search(r"收入证明 · 月收入</td><td>.* 1<", text)
    assert "证件已过期" not in north.visitor("manager.far").get("/figures").text


def test_an_administrator_sees_people_and_limits_but_no_case(north: Bank, made: Made) -> None:
    client = north.visitor("administrator.a")
    text = client.get("/admin").text
    assert "manager.north" in text and "产品与现行限额" in text and "manager.far" not in text
    assert client.get(f"/review/{made.case}").status_code == client.get("/queue").status_code == client.get("/figures").status_code == 403
    assert "manager.north" not in north.visitor("auditor.a").get("/admin").text


@pytest.mark.parametrize("address", ["/queue", "/review/{case}", "/figures", "/admin"])
def test_a_broker_gets_no_page_of_the_bank(broker: TestClient, made: Made, address: str) -> None:
    assert broker.get(address.format(case=made.case)).status_code == 403


def test_a_foreign_case_and_none_look_alike(north: Bank, made: Made) -> None:
    other = north.visitor("broker.blue")
    pages = [re.sub(made.case, "CASE", other.get(f"/cases/{id}").text) for id in (made.case, "case_" + "A" * 22)]
    assert pages[0].replace("CASE", "") == pages[1].replace("case_" + "A" * 22, "")
    assert other.get(f"/cases/{made.case}/files/{made.file}/pages/1.jpg").status_code == 404


def test_what_is_the_banks_is_in_no_page_of_a_broker(broker: TestClient, made: Made) -> None:
    texts = [broker.get(address).text for address in (f"/cases/{made.case}", "/cases")]
    for text in texts:
        assert "内部备注" not in text and "流水造假" not in text
        assert not re.search(r"不齐全|有矛盾或疑点|verdict|for_manager|policy", text)
    assert "已上传" in texts[0] and "请补充材料" in texts[0]


def test_the_review_shows_each_finding_with_its_spots(manager: TestClient, made: Made) -> None:
    text = manager.get(f"/review/{made.case}").text
    assert text.count('<article class="finding') >= 4
    assert "内部备注：疑似流水造假" in text
    cuts = re.findall(r'<image href="([^"]+)"', text)
    assert cuts
    picture = manager.get(cuts[0].replace("&amp;", "&"))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("query", ["?box=0,0,2,2", "?box=nonsense", "?box=0.5,0.5,0.5,0.6", ""])
def test_a_box_that_is_none_shows_the_page(manager: TestClient, made: Made, query: str) -> None:
    assert manager.get(f"/cases/{made.case}/files/{made.file}/pages/1.jpg{query}").status_code == 200


def test_a_page_that_is_not_there_is_not_found(manager: TestClient, made: Made) -> None:
    assert manager.get(f"/cases/{made.case}/files/{made.file}/pages/77.jpg").status_code == 404


def test_a_form_without_its_token_does_nothing(broker: TestClient) -> None:
    before = broker.get("/cases").text.count("/cases/case_")
    assert broker.post("/cases/new", data={"product": "enterprise", "name0": "某公司", "csrf": "wrong"}).status_code == 403
    assert broker.get("/cases").text.count("/cases/case_") == before


def test_what_was_typed_stays_and_what_is_wrong_is_said_beside_it(broker: TestClient) -> None:
    typed = {"csrf": csrf(broker), "product": "", "amount": "很多", "months": "24", "name0": "", "reference": "张三"}
    answer = broker.post("/cases/new", data=typed)
    assert answer.status_code == 422
    for said in ("请选择贷款产品", "请填写金额（元）", "编号只能用字母", "请至少填写借款人"):
        assert said in answer.text
    assert 'value="很多"' in answer.text and 'value="24"' in answer.text and answer.text.count('aria-invalid="true"') == 4


def test_a_case_is_opened_with_its_checklist(broker: TestClient) -> None:
    typed = {"csrf": csrf(broker), "product": "enterprise", "amount": "5,000,000", "months": "12", "role0": "company", "name0": "重庆示例科技有限公司"}
    answer = broker.post("/cases/new", data=typed)
    assert answer.status_code == 303
    text = broker.get(answer.headers["location"]).text
    assert "企业营业执照" in text and "重庆示例科技有限公司" in text and "覆盖最近" in text


@pytest.mark.parametrize(
    ("called", "found"),
    [("张伟", True), (" 张 伟", True), ("50010319880315123X", True), ("123x", True), ("张", False), ("50010319880315124X", False), ("", True)],
)
def test_a_case_is_found_by_name_and_number(manager: TestClient, made: Made, called: str, found: bool) -> None:
    assert (made.case in manager.get("/queue", params={"called": called}).text) is found


def test_people_are_masked_in_lists_and_shown_in_the_case(manager: TestClient, broker: TestClient, made: Made) -> None:
    for client, listed in ((manager, "/queue"), (broker, "/cases")):
        text = client.get(listed).text
        assert "张* 500***********123X" in text and "张伟" not in text and "50010319880315123X" not in text
    assert "张伟" in manager.get(f"/review/{made.case}").text


def test_names_are_not_in_the_index(north: Bank, made: Made) -> None:
    from intake import tables
    from intake.database import reading

    with reading(north.door.engine) as tx:
        rows = tx.execute(tables.case_index.select().where(tables.case_index.c.case_id == made.case)).all()
    assert {row.kind for row in rows} == {"name", "number", "tail"}
    assert all(len(row.digest) == 32 and "张伟".encode() not in row.digest for row in rows)


def test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(manager: TestClient, broker: TestClient, made: Made) -> None:
    for answer in (manager.get(f"/review/{made.case}"), manager.get("/queue"), broker.get(f"/cases/{made.case}"), broker.get("/login")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", answer.text)
        assert answer.headers["cache-control"] == "no-store"


def test_scripts_and_styles_are_small_and_kept(broker: TestClient) -> None:
    import gzip

    total = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.iterdir())
    assert 5_000 < total <= 150_000
    for path in STATIC.iterdir():
        answer = broker.get(f"/static/{path.name}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(KINDS[path.suffix]) and "immutable" in answer.headers["cache-control"]
    assert broker.get("/static/..%2Frender.py").status_code == 404
    assert broker.get("/static/none.js").status_code == 404


def test_a_script_is_imported_by_the_address_that_pages_name(broker: TestClient, made: Made) -> None:
    """Under two addresses the browser would run it twice: each form would be sent twice."""
    named = re.search(r'src="(/static/app\.js\?[0-9a-f]+)"', broker.get("/cases").text)
    assert named
    imported = {found for path in STATIC.glob("*.js") for found in re.findall(r'from "([^"]+)"', broker.get(f"/static/{path.name}").text)}
    assert named[1].replace("/static", ".") in imported and all("?" in each for each in imported)


def test_english_is_a_switch(broker: TestClient) -> None:
    assert broker.get("/language/en?back=/cases").headers["location"] == "/cases"
    text = broker.get("/cases").text
    assert '<html lang="en">' in text and "My cases" in text
    broker.get("/language/zh")
    assert "我的件" in broker.get("/cases").text


def words_of_templates() -> Iterator[str]:
    from api.web.render import HERE

    for path in (HERE / "templates").iterdir():
        yield from re.findall(r"\bt\('([^']*)'\)", path.read_text(encoding="utf-8"))


def test_every_word_of_the_templates_has_its_english() -> None:
    from api.web import words
    from api.web.render import _english

    named = {word for name, table in vars(words).items() if name.isupper() for word in table.values()}
    wanted = {*words_of_templates(), *named} - {""}
    assert sorted(word for word in wanted if word not in _english()) == []


def test_changing_the_password_ends_the_session(north: Bank) -> None:
    client = north.visitor("manager.south")
    form: dict[str, Any] = {"csrf": csrf(client), "old": PASSWORD, "new": "another long phrase 77", "again": "another long phrase 78"}
    assert "不一致" in client.post("/account/password", data=form).text
    form["again"] = form["new"]
    assert client.post("/account/password", data=form | {"old": "no"}).status_code == 401
    assert client.post("/account/password", data=form).headers["location"] == "/login"
    assert client.get("/queue").status_code == 303


def test_logging_out_ends_the_session_on_the_server(north: Bank) -> None:
    client = north.visitor("broker.blue")
    cookie = client.cookies.get("__Host-yushen")
    assert client.post("/logout", headers={"X-CSRF-Token": csrf(client)}).status_code == 204
    again = TestClient(north.app, base_url="https://testserver", follow_redirects=False, cookies={"__Host-yushen": str(cookie)})
    assert again.get("/cases").status_code == 303


def test_a_cut_shows_its_spot_with_what_stands_around_it() -> None:
    cut = spots.cut("/p.jpg", (0.4, 0.5, 0.5, 0.52), 0)
    x0, y0, x1, y1 = cut.mark
    assert 0 < x0 < x1 < 1 and 0 < y0 < y1 < 1
    box = spots.parsed(cut.address.split("box=")[1])
    assert box and box[0] < 0.4 and box[2] > 0.5 and box[2] - box[0] >= spots.LEAST_WIDE - 1e-3
