"""Personal data is hidden in what is shown by default, and cut out of logs whoever writes them."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.doctype import all_types
from intake import masking

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.report.json"))


def personal(report: dict[str, Any]) -> set[str]:
    """What stands in a report's papers of people, looked up here by hand and not by the module's own table."""
    found = {str(party[key]) for party in report["parties"] for key in ("name", "id_number") if party.get(key)}
    for document in report["documents"]:
        for key, read in document["fields"].items():
            wanted = ("id_number", "employee_name", "holder_name", "spouse_name", "account_number", "account_holder", "contact_phone")
            if key.endswith(wanted) or (document["type"] == "resident_id_card" and key in ("name", "address", "birth_date")):
                found |= {read[part] for part in ("value", "raw") if isinstance(read.get(part), str)}
    return {each for each in found if len(each) > 1}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_no_personal_value_of_a_report_is_left(path: Path) -> None:
    report = json.loads(path.read_text(encoding="utf-8"))
    hidden = personal(report)
    assert len(hidden) > 8
    shown = json.dumps(masking.report(report), ensure_ascii=False)
    assert [each for each in hidden if each in shown] == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_everything_else_of_a_report_stays(path: Path) -> None:
    report = json.loads(path.read_text(encoding="utf-8"))
    masked = masking.report(report)
    assert [finding["code"] for finding in masked["findings"]] == [finding["code"] for finding in report["findings"]]
    assert masked["verdict"] == report["verdict"] and masked["checks"] and masked["loan"] == report["loan"]
    assert [each["sha256"] for each in masked["files"]] == [each["sha256"] for each in report["files"]]
    for before, after in zip(report["documents"], masked["documents"], strict=True):
        assert set(before["fields"]) == set(after["fields"])
        for name in ("total_assets.end", "monthly_income", "registered_capital", "issued_on", "floor_area"):
            if name in before["fields"]:
                assert before["fields"][name]["value"] == after["fields"][name]["value"]


def test_files_are_not_called_by_names_that_people_gave_them() -> None:
    report = {"files": [{"name": "张三丰身份证.JPG", "sha256": "x"}], "documents": [], "findings": [{"broker": "请重传张三丰身份证.JPG第1页"}]}
    masked = masking.report(report)
    assert masked["files"][0]["name"] == "文件1.jpg" and masked["findings"][0]["broker"] == "请重传文件1.jpg第1页"
    assert masking.report(report, {"张三丰身份证.JPG": "甲"})["files"][0]["name"] == "甲"


def test_counterparties_of_a_statement_are_masked_where_they_are_people() -> None:
    rows = [{"counterparty": each, "amount": "-5.00"} for each in ("李四", "买买提·吐尔逊", "重庆示例科技有限公司", "")]
    report = {"documents": [{"type": "bank_statement", "fields": {"transactions": {"value": rows}}}]}
    masked = masking.report(report)["documents"][0]["fields"]["transactions"]["value"]
    assert [row["counterparty"] for row in masked] == ["李*", "买******", "重庆示例科技有限公司", ""]


def test_numbers_that_nobody_told_of_are_masked_in_sentences_too() -> None:
    masked = masking.report({"findings": [{"manager": "身份证110101199003071234，手机13812341234；合计1234567.89元"}]})
    assert masked["findings"][0]["manager"] == "身份证110***********1234，手机138****1234；合计1234567.89元"


def test_every_field_that_is_masked_is_one_of_a_paper_or_party() -> None:
    fields = {spec.name for kind in all_types().values() for spec in kind.fields}
    later = {"card_number", "phone", "parties", "head_name", "taxpayer_name", "applicant_name"}
    assert set(masking.FIELDS) - fields <= later


@given(st.text(min_size=1, max_size=30))
def test_a_mask_is_as_long_and_never_the_value(text: str) -> None:
    for mask in (masking.id_number, masking.card, masking.phone, masking.address):
        assert len(mask(text)) == len(text)
        assert mask(text) != text or set(text) == {"*"}


# --- logs --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    before, hooks = logging.getLogRecordFactory(), (sys.excepthook, masking.threading.excepthook)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logging.getLogger().addHandler(handler)
    masking.guard_logs()
    yield out
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(before)
    sys.excepthook, masking.threading.excepthook = hooks


MARKS = ["110101199003071234", "11010119900307123X", "6222021234567890123", "6222 0212 3456 7890 123", "13812341234", "138-1234-1234", "张三丰"]


@pytest.mark.parametrize("mark", MARKS)
def test_no_log_line_carries_a_mark(written: io.StringIO, mark: str) -> None:
    log = logging.getLogger("some.library")
    log.warning("read %s and " + mark, mark)
    log.error("as a mapping: %(a)s", {"a": mark})
    try:
        raise ValueError(f"bad value {mark}")
    except ValueError as error:
        log.exception("failed")
        log.error("failed: %r", error)
    try:
        raise KeyError(mark) from ValueError(mark)
    except KeyError:
        log.error("failed", exc_info=True)
    text = written.getvalue()
    assert mark not in text and "ValueError at test_service_masking.py:" in text and "KeyError" in text


def test_the_servers_access_log_loses_queries_and_keeps_its_form(written: io.StringIO) -> None:
    from uvicorn.logging import AccessFormatter

    (handler,) = [each for each in logging.getLogger().handlers if getattr(each, "stream", None) is written]
    handler.setFormatter(AccessFormatter('%(client_addr)s - "%(request_line)s" %(status_code)s', use_colors=False))
    said = ("127.0.0.1:1", "GET", "/v1/cases?name=张三丰&id=110101199003071234", "1.1", 200)
    # Straight to the handler: a server that ran in this process before may have turned its logger off.
    handler.handle(logging.getLogger("uvicorn.access").makeRecord("uvicorn.access", logging.WARNING, __file__, 1, '%s - "%s %s HTTP/%s" %d', said, None))
    assert written.getvalue() == '127.0.0.1:1 - "GET /v1/cases HTTP/1.1" 200 OK\n'


def test_what_is_no_personal_data_stays_readable(written: io.StringIO) -> None:
    line = "case_9ZqAAAAAAAAAAAAAAAAAAA took 12.5 s, 300000 bytes, 2026-11-23T10:00:00, pid 12345, 127.0.0.1:8420"
    logging.getLogger("x").warning(line)
    assert written.getvalue().strip() == line


def test_an_error_that_nobody_catches_tells_type_and_place_only() -> None:
    for raising in ("raise ValueError('张三丰 110101199003071234')", "import threading; t = threading.Thread(target=int, args=('张三丰 110101199003071234',)); t.start(); t.join()"):
        script = f"from intake import masking; masking.guard_logs(); masking.guard_logs()\n{raising}"
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert "ValueError at" in ran.stderr and "张" not in ran.stderr and "1101" not in ran.stderr, ran.stderr
