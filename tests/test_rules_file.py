"""Rules on files and pictures: for each one that fires, one that does not, one that cannot be checked."""

from __future__ import annotations

import pytest

from extractors.model import FileRecord, PageRef, Quality
from tests.builders import bad_file, card, case, document, file_of, outcome, party, pdf_file, proof, run_rule, statement, unread

BLURRED = Quality(unreadable=("blurred",))


def test_unreadable_file() -> None:
    assert outcome("unreadable_file", case(card())) == "passed"
    (finding,) = run_rule("unreadable_file", case(files=[bad_file("流水.pdf", "encrypted", "文件有密码，请去除密码后上传。")]))
    assert (finding.code, finding.severity) == ("unreadable_file", "blocking")
    assert finding.detail == {"file": "流水.pdf", "reason": "encrypted"}
    assert "流水.pdf" in finding.for_broker and "请去除密码" in finding.for_broker


@pytest.mark.parametrize(
    ("reason", "word"), [("blurred", "模糊"), ("dark", "过暗"), ("glare", "反光"), ("cropped", "不完整"), ("small", "过小")]
)
def test_unreadable_image_says_why_and_how_to_redo(reason: str, word: str) -> None:
    (finding,) = run_rule("unreadable_image", case(document("unknown", quality=Quality(unreadable=(reason,)))))
    assert (finding.code, finding.severity) == ("unreadable_image", "blocking")
    assert word in finding.for_manager and "unknown.jpg" in finding.for_broker and "请" in finding.for_broker


def test_unreadable_image_is_said_of_each_page_once() -> None:
    papers = [card(side=s, doc_id=s, file="a.jpg", quality=BLURRED, name=None) for s in ("front", "back")]
    found = run_rule("unreadable_image", case(*papers, files=file_of(*papers)))
    assert [f.documents for f in found] == [("front", "back")]


def test_unreadable_image_of_a_page_without_a_document() -> None:
    record = FileRecord("b.pdf", "0" * 64, 2, page_refs=(PageRef("b.pdf", 1), PageRef("b.pdf", 2, BLURRED)))
    (finding,) = run_rule("unreadable_image", case(files=[record]))
    assert (finding.detail["file"], finding.detail["page"]) == ("b.pdf", 2)


def test_a_page_that_was_surely_read_is_readable_whatever_was_measured() -> None:
    assert outcome("unreadable_image", case(card(quality=BLURRED))) == "passed"
    assert outcome("unreadable_image", case(card(quality=BLURRED, name=unread()))) == "failed"


def test_a_blank_page_is_not_unreadable() -> None:
    assert run_rule("unreadable_image", case(document("unknown", quality=Quality(unreadable=("blank",))))) == []


@pytest.mark.parametrize("code", ["photocopy", "screen_capture"])
def test_copies(code: str) -> None:
    assert outcome(code, case(card())) == "passed"
    (finding,) = run_rule(code, case(card(quality=Quality(warnings=(code,))), parties=[party("borrower")]))
    assert (finding.code, finding.severity) == (code, "minor")


def test_a_leftover_beside_a_known_paper_is_no_copy_of_its_own() -> None:
    shot = Quality(warnings=("screen_capture",))
    beside = document("unknown", file="card.jpg", quality=shot)
    assert [f.documents for f in run_rule("screen_capture", case(card(quality=shot), beside))] == [("card",)]
    assert [f.documents for f in run_rule("screen_capture", case(document("unknown", quality=shot)))] == [("unknown",)]


def test_papers_that_are_grey_by_nature_are_no_photocopies() -> None:
    grey = Quality(warnings=("photocopy",))
    assert [f.documents for f in run_rule("photocopy", case(card(quality=grey)))] == [("card",)]
    assert run_rule("photocopy", case(document("bank_statement", quality=grey), document("unknown", quality=grey))) == []


def test_tamper_suspected_says_which_sign() -> None:
    paper = statement(file="s.pdf")
    record = pdf_file("s.pdf", producer="WPS", signs=("producer:WPS", "text_over_scan"), revisions=2)
    (finding,) = run_rule("tamper_suspected", case(paper, files=[record]))
    assert (finding.code, finding.severity, finding.documents) == ("tamper_suspected", "major", ("statement",))
    assert "WPS" in finding.for_manager and "扫描图像上另加有文字" in finding.for_manager
    assert finding.for_broker == ""
    assert outcome("tamper_suspected", case(paper, files=[pdf_file("s.pdf", producer="Bank")])) == "passed"


def test_rules_of_absent_papers_are_not_checked_while_a_file_cannot_be_opened() -> None:
    assert outcome("id_checksum", case(proof(id_number=None), files=[bad_file("x.pdf")])) != "not_applicable"
    assert outcome("licence_term", case(card(), files=[bad_file("x.pdf")])) == "not_checked"
    assert outcome("licence_term", case(document("unknown", quality=BLURRED))) == "not_checked"
    assert outcome("licence_term", case(card())) == "not_applicable"
