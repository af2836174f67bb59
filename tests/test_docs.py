"""A name that outsiders meet stands in the docs, and generated pages are fresh."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from api import docs as made_docs
from api.cli import app
from extractors import docs as extractor_docs
from extractors.doctype import all_types
from extractors.pages import SENTENCES
from intake import docs as setting_docs
from intake import errors
from intake.settings import Settings
from validators import docs as validator_docs
from validators.codes import CODES
from validators.policy import products
from validators.registry import all_rules
from worker.packet import PRODUCTS, declared

ROOT = Path(__file__).parent.parent
DOCS = {path: path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]}
ALL = "\n".join(DOCS.values())
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_generated_pages_are_fresh() -> None:
    assert validator_docs.TARGET.read_text(encoding="utf-8") == validator_docs.page(), "run: make docs"
    assert extractor_docs.TARGET.read_text(encoding="utf-8") == extractor_docs.page(), "run: make docs"
    assert setting_docs.TARGET.read_text(encoding="utf-8") == setting_docs.page(), "run: make docs"


@pytest.mark.parametrize("name", [each.name for each in dataclasses.fields(Settings)])
def test_every_setting_is_documented_with_its_words(name: str) -> None:
    assert setting_docs.told()[name].endswith("."), "a sentence behind it in intake/settings.py"
    assert f"| `YUSHEN_{name.upper()}` |" in DOCS[ROOT / "docs" / "settings.md"]


def recorded() -> set[str]:
    """The actions that the code records; of those put together when they happen, the fixed part."""
    found = set()
    for path in (path for room in ("intake", "api", "worker") for path in (ROOT / room).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or len(call.args) < 2 or getattr(call.func, "attr", getattr(call.func, "id", "")) != "record":
                continue
            action = call.args[1]
            for each in (action.body, action.orelse) if isinstance(action, ast.IfExp) else (action,):
                if isinstance(each, ast.Constant):
                    found.add(f"`{each.value}`")
                elif isinstance(each, ast.JoinedStr):
                    found |= {str(part.value) for part in each.values if isinstance(part, ast.Constant)}
    return found


def test_every_action_of_the_audit_log_is_documented() -> None:
    page = DOCS[ROOT / "docs" / "security.md"]
    assert len(recorded()) > 40
    assert {action for action in recorded() if action not in page} == set()


def test_the_docs_name_no_setting_that_is_not_there() -> None:
    known = {f"YUSHEN_{each.name.upper()}" for each in dataclasses.fields(Settings)}
    for path, text in DOCS.items():
        assert set(re.findall(r"YUSHEN_[A-Z_]+[A-Z]", text)) <= known, path.name


@pytest.mark.parametrize("id", [rule.id for rule in all_rules()])
def test_every_rule_is_documented(id: str) -> None:
    assert f"`{id}`" in DOCS[ROOT / "docs" / "rules.md"]


@pytest.mark.parametrize("id", [*all_types(), *(f.name for t in all_types().values() for f in t.fields)])
def test_every_type_and_field_is_documented(id: str) -> None:
    assert f"`{id}`" in DOCS[ROOT / "docs" / "documents.md"]


@pytest.mark.parametrize("code", [*CODES, *products()])
def test_every_code_and_product_is_documented(code: str) -> None:
    assert f"`{code}`" in ALL


def test_the_command_line_knows_the_products_there_are() -> None:
    assert set(PRODUCTS) == set(products())


@pytest.mark.parametrize("code", sorted({*SENTENCES, *errors.CODES}))
def test_every_error_of_a_file_is_documented(code: str) -> None:
    assert code in ALL


def test_every_command_and_option_is_in_the_readme() -> None:
    for name, command in app.commands.items():
        assert f"yushen {name}" in README
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in README, f"{name} {parameter.opts}"
                assert parameter.opts[0] in CHINESE, f"{name} {parameter.opts}"


def test_the_readmes_name_no_option_that_is_not_there() -> None:
    options = {option for command in app.commands.values() for parameter in command.params for option in parameter.opts}
    for text in (README, CHINESE):
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= options


@pytest.mark.parametrize("text", [README, CHINESE], ids=["English", "Chinese"])
def test_the_readmes_open_with_the_two_commands(text: str) -> None:
    block = text.split("```")[1]
    assert [line.split("#")[0].strip() for line in block.strip().splitlines()] == ["make demo", "make test"]
    assert len(text[: text.index("```")].splitlines()) < 10
    for target in re.findall(r"make ([a-z-]+)", block):
        assert re.search(rf"^{target}:", MAKEFILE, re.M)


def test_the_packet_toml_of_the_readme_is_understood(tmp_path: Path) -> None:
    example = tmp_path / "packet.toml"
    example.write_text(README.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    declaration, day = declared(example)
    assert declaration.product in PRODUCTS and day is not None
    assert declaration.loan.amount_fen and declaration.loan.months and declaration.loan.annual_rate and declaration.loan.property_fen
    assert declaration.parties[0].name


def test_exit_codes_are_told() -> None:
    for text in (README, CHINESE):
        assert re.search(r"0[:：]? ?(complete|齐全).*1[:：]? ?(something|有).*2[:：]? ?(wrong|用法)", text, re.S)


def test_every_make_target_named_in_the_docs_exists() -> None:
    for path, text in DOCS.items():
        for target in re.findall(r"`make ([a-z-]+)`", text):
            assert re.search(rf"^{target}:", MAKEFILE, re.M), f"{path.name}: make {target}"


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = DOCS[path]
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)", text):
        aim = (path.parent / target).resolve() if target else path
        assert aim.exists(), f"{path.name}: {target}"
        if anchor:
            headings = {re.sub(r"[^\w\s-]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", aim.read_text(), re.M)}
            assert anchor[1:].lower() in headings, f"{path.name}: {target}{anchor}"


def test_the_index_leads_to_every_page() -> None:
    index = DOCS[ROOT / "docs" / "index.md"]
    for path in (ROOT / "docs").glob("*.md"):
        assert path.name == "index.md" or f"({path.name})" in index, path.name


def test_decisions_are_short_numbered_and_whole() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{n:04}" for n in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        text = DOCS[path]
        assert len(text.splitlines()) <= 60, path.name
        for part in ("Context", "Decision", "Consequences", "Alternatives"):
            assert re.search(rf"^(## )?{part}\b", text, re.M), f"{path.name}: {part}"


def test_decisions_that_the_code_speaks_of_exist() -> None:
    numbers = {path.name[:4] for path in DECISIONS}
    for room in ("intake", "extractors", "validators", "worker", "api", "samples"):
        for path in (ROOT / room).rglob("*.py"):
            assert set(re.findall(r"decisions/(\d{4})", path.read_text(encoding="utf-8"))) <= numbers, path


@pytest.mark.parametrize("name", ["documents.md", "rules.md", "settings.md"])
def test_the_command_says_which_page_is_stale(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pages = {tmp_path / target.name: page for target, page in made_docs.PAGES.items()}
    monkeypatch.setattr(made_docs, "PAGES", pages)
    assert {target.name for target in pages} == {"documents.md", "rules.md", "settings.md"}
    assert [made_docs.main(["--check"]), made_docs.main([]), made_docs.main(["--check"]), made_docs.main(["--wrong"])] == [1, 0, 0, 2]
    (tmp_path / name).write_text("old", encoding="utf-8")
    capsys.readouterr()
    assert made_docs.main(["--check"]) == 1
    assert capsys.readouterr().err.count("is stale") == 1 and (tmp_path / name).read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(("argument", "code"), [("--check", 0), ("--what", 2)])
def test_the_command_runs_as_a_module(argument: str, code: int) -> None:
    ran = subprocess.run([sys.executable, "-m", "api.docs", argument], cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, "usage" in ran.stderr) == (code, code == 2)


def test_the_page_of_documents_tells_what_is_mandatory_and_what_tells_a_type() -> None:
    for kind in all_types().values():
        (section,) = [part for part in extractor_docs.page().split("\n## ") if part.startswith(f"{kind.id}\n")]
        assert kind.label in section
        told = dict(re.findall(r"^\| `([\w.]+)` \| [^|]+ \| [^|]+ \| (yes|no) \|$", section, re.M))
        assert told == {spec.name: "yes" if spec.mandatory else "no" for spec in kind.fields}
        assert all(anchor.text in section for anchor in kind.anchors)


def test_every_make_target_is_documented() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert targets is not None
    for target in targets.group(1).split():
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), f"{target} is declared and not there"
        assert f"make {target}" in ALL, target


def test_every_variable_of_the_environment_is_documented() -> None:
    rooms = ("api", "worker", "extractors", "validators", "intake")
    read = {m for room in rooms for path in (ROOT / room).rglob("*.py") for m in re.findall(r"environ\.get\(\"(\w+)\"", path.read_text())}
    assert read and all(name in ALL for name in read)
