"""A name that outsiders meet stands in the docs, and generated pages are fresh."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from api.cli import app
from extractors import docs as extractor_docs
from extractors.doctype import all_types
from extractors.pages import SENTENCES
from intake import errors
from validators import docs as validator_docs
from validators.codes import CODES
from validators.policy import products
from validators.registry import all_rules
from worker.packet import PRODUCTS

ROOT = Path(__file__).parent.parent
DOCS = {path: path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]}
ALL = "\n".join(DOCS.values())
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_generated_pages_are_fresh() -> None:
    assert validator_docs.TARGET.read_text(encoding="utf-8") == validator_docs.page(), "run: make docs"
    assert extractor_docs.TARGET.read_text(encoding="utf-8") == extractor_docs.page(), "run: make docs"


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
                assert parameter.opts[-1] in README, f"{name} {parameter.opts}"


def test_every_make_target_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets is not None
    for target in targets.group(1).split():
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{target} is declared and not there"
        assert f"make {target}" in ALL, target


def test_every_variable_of_the_environment_is_documented() -> None:
    rooms = ("api", "worker", "extractors", "validators", "intake")
    read = {m for room in rooms for path in (ROOT / room).rglob("*.py") for m in re.findall(r"environ\.get\(\"(\w+)\"", path.read_text())}
    assert read and all(name in ALL for name in read)
