"""The three ready packets by the command line, with the real networks, held against the truth that was drawn with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.judge import Judged, Outcome, judge
from benchmarks.truth import TruePacket, load

ROOT = Path(__file__).parent.parent
PACKETS = ROOT / "samples" / "packets"
NAMES = ("complete", "poor_photos", "problems")
KEY_KINDS = ("id", "amount", "date")
NAMED = ("name", "employee_name", "account_holder", "holder_name", "spouse_name", "owners", "legal_representative")
SEVERE = ("blocking", "major")

pytestmark = [pytest.mark.networks, pytest.mark.timeout(600)]


def yushen(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, on two threads at most."""
    command = [sys.executable, "-m", "api.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, subprocess.CompletedProcess[str]]]:
    """The complete packet alone with all outputs, the other two in one run; the folder with what was written."""
    out = tmp_path_factory.mktemp("reports")
    alone = yushen("check", PACKETS / "complete", *(f"--{kind}={out / 'complete'}.{kind}" for kind in ("json", "html", "pdf")))
    both = yushen("check", PACKETS / "problems", PACKETS / "poor_photos", "--json-dir", out / "several")
    return out, {"complete": alone, "several": both}


@pytest.fixture(scope="module")
def reports(ran: tuple[Path, Any]) -> Mapping[str, Mapping[str, Any]]:
    out, done = ran
    assert all(one.returncode in (0, 1) for one in done.values()), [one.stderr for one in done.values()]
    paths = {"complete": out / "complete.json", **{name: out / "several" / f"{name}.json" for name in ("problems", "poor_photos")}}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}


@cache
def truth(name: str) -> TruePacket:
    return load(PACKETS / "truth" / f"{name}.json")


@pytest.fixture(scope="module")
def judged(reports: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Judged]:
    return {name: judge(truth(name), report) for name, report in reports.items()}


def shown(outcomes: list[Outcome]) -> str:
    return "\n".join(f"{o.file}:{o.page} {o.type}.{o.name}: {o.truth!r} read as {o.found!r} ({o.confidence})" for o in outcomes)


def test_exit_codes_tell_whether_there_is_something_to_look_at(ran: tuple[Path, dict[str, Any]]) -> None:
    _, done = ran
    assert (done["complete"].returncode, done["several"].returncode) == (0, 1), done["complete"].stderr + done["several"].stderr


def test_the_summary_names_verdict_findings_and_files(ran: tuple[Path, dict[str, Any]]) -> None:
    out, done = ran
    assert "齐全" in done["complete"].stdout and str(out / "complete.html") in done["complete"].stdout
    assert "不齐全" in done["several"].stdout and "amount_words_mismatch" in done["several"].stdout
    assert "Traceback" not in done["complete"].stderr + done["several"].stderr


@pytest.mark.parametrize(("name", "verdict"), [("complete", "complete"), ("problems", "incomplete")])
def test_verdicts(reports: Mapping[str, Mapping[str, Any]], name: str, verdict: str) -> None:
    assert reports[name]["verdict"] == verdict


@pytest.mark.parametrize("name", NAMES)
def test_every_paper_is_found_and_typed(judged: Mapping[str, Judged], name: str) -> None:
    papers = judged[name].papers
    assert len(papers) >= 5
    assert [(p.type, p.file, p.page, p.seen_as) for p in papers if not p.found] == []


def test_every_planted_problem_is_found(judged: Mapping[str, Judged]) -> None:
    planted = [problem for one in judged.values() for problem in one.problems]
    assert len({problem.code for problem in planted}) >= 3
    assert [problem for problem in planted if not problem.found] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_blocking_finding_is_false(judged: Mapping[str, Judged], name: str) -> None:
    assert [false for false in judged[name].false_findings if false.severity == "blocking"] == []


def test_a_sound_packet_has_no_severe_finding(reports: Mapping[str, Mapping[str, Any]]) -> None:
    assert [finding for finding in reports["complete"]["findings"] if finding["severity"] in SEVERE] == []


@pytest.mark.parametrize("name", NAMES)
def test_numbers_amounts_days_and_names_are_those_on_the_papers(judged: Mapping[str, Judged], name: str) -> None:
    asked = [o for o in judged[name].fields if o.kind in KEY_KINDS or o.name in NAMED]
    wrong = [o for o in asked if o.verdict in ("wrong", "extra")]
    missing = [o for o in asked if o.verdict == "missing"]
    assert len(asked) > 20
    assert not wrong, shown(wrong)
    assert len(missing) <= (0 if name == "complete" else 0.03 * len(asked)), shown(missing)


def test_no_error_is_silent(judged: Mapping[str, Judged]) -> None:
    """What was read wrongly must not look sure, unless a finding points at it."""
    silent = [o for one in judged.values() for o in (*one.fields, *one.rows) if o.silent]
    assert not silent, shown(silent)


@pytest.mark.parametrize("name", NAMES)
def test_evidence_lies_on_the_paper_it_speaks_of(judged: Mapping[str, Judged], name: str) -> None:
    astray = [o for o in judged[name].fields if o.on_page is False]
    assert not astray, shown(astray)


def test_pages_that_no_one_can_read_are_told_and_nothing_of_them_is_believed(judged: Mapping[str, Judged]) -> None:
    ruined = [one for each in judged.values() for one in each.unreadable]
    assert [one for one in ruined if not (one.told or one.read)] == []


def test_rows_of_statements_are_read_whole(judged: Mapping[str, Judged]) -> None:
    for name in ("complete", "problems"):
        rows = judged[name].rows
        assert len(rows) > 50
        figures = [o for o in rows if o.verdict in ("missing", "extra") or (o.verdict == "wrong" and o.how == "figures")]
        assert len(figures) <= 0.01 * len(rows), shown(figures[:10])


def test_html_is_one_file_that_needs_nothing_else(ran: tuple[Path, Any], reports: Mapping[str, Mapping[str, Any]]) -> None:
    html = (ran[0] / "complete.html").read_text(encoding="utf-8")
    assert reports["complete"]["case_id"] in html
    assert "http://" not in html.replace("http://www.w3.org/", "") and "https://" not in html
    assert 'src="data:' in html or "url(data:" in html or "base64," in html


def test_pdf_holds_the_same(ran: tuple[Path, Any], reports: Mapping[str, Mapping[str, Any]]) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument((ran[0] / "complete.pdf").read_bytes())
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    assert reports["complete"]["case_id"] in text
    assert all(party["name"] in text for party in reports["complete"]["parties"])
