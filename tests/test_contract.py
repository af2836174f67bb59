"""The contract held against the code: docs/contract.md, finding codes, rules, products, generated pages."""

from __future__ import annotations

import ast
import inspect
import re
from datetime import date
from pathlib import Path

import pytest

from validators import docs
from validators.codes import CODES
from validators.notice import ASKED
from validators.papers import CARD, LINES, MANDATORY, TYPES, field_label
from validators.policy import load_policy, products
from validators.registry import RegisteredRule, all_rules
from validators.report import INCOMPLETE

ROOT = Path(__file__).parent.parent
CONTRACT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
LATER = {"reused_document", "broker_claim"}
"""Codes that look beyond what one packet's papers say."""
IMPLEMENTED = {
    "resident_id_card",
    "business_licence",
    "income_proof",
    "balance_sheet",
    "income_statement",
    "cash_flow_statement",
    "bank_statement",
    "property_certificate",
    "marriage_certificate",
}


def section(title: str) -> str:
    """The text of one `##` section of the contract."""
    return CONTRACT.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_severities_are_those_of_the_contract() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| (blocking|major|minor|info) \|", section("Findings"), re.M))
    assert len(table) > 50
    assert table == {code.id: code.severity for code in CODES.values()}


def test_every_code_is_given_by_a_rule() -> None:
    given = {code for rule in all_rules() for code in rule.codes}
    assert given <= set(CODES)
    assert set(CODES) - given == LATER


def test_types_are_those_of_the_contract() -> None:
    table = re.findall(r"^\| `(\w+)` \| ", section("Document types"), re.M)
    assert table == list(TYPES)


def test_statement_lines_are_those_of_the_contract() -> None:
    listed = re.findall(r"`(\w+)`", section("Document types").split("### Lines of statements")[1].split("- Balance", 1)[1])
    assert listed == list(LINES)


def test_mandatory_fields_are_fields_of_the_contract() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", section("Document types"), re.M))
    for kind, names in MANDATORY.items():
        for name in (part for wanted in names for part in wanted.split("|")):
            line, _, column = name.rpartition(".")
            assert f"`{name}`" in rows[kind] or (line in LINES and column in ("end", "current")), (kind, name)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_rule_says_what_it_checks_and_for_what(rule: RegisteredRule) -> None:
    assert rule.sentence.endswith(("。", ".")), rule.id
    assert len(rule.sentence) >= 12
    assert set(rule.needs) <= set(TYPES)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_rule_touches_no_clock_file_or_network(rule: RegisteredRule) -> None:
    module = inspect.getmodule(rule.body)
    assert module is not None
    tree = ast.parse(inspect.getsource(module))
    imported = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {"os", "pathlib", "time", "socket", "random", "subprocess", "urllib", "sqlite3", "logging"}
    calls = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert not calls & {"today", "now", "utcnow"}


@pytest.mark.parametrize("product", products())
def test_product_asks_only_for_what_can_be_read(product: str) -> None:
    policy = load_policy(product, date(2026, 11, 23))
    assert {r.document_type for r in policy.requirements if r.mandatory} <= IMPLEMENTED
    assert {kind for r in policy.requirements for kind in r.types} <= set(TYPES)
    assert all(r.label and r.source for r in policy.requirements)
    assert all(policy.basis[id]["source"] and policy.basis[id]["effective_from"] for id in policy.limits)
    assert policy.limits["statement_months_min"] in (6, 12)


def test_there_are_three_products() -> None:
    assert products() == ("enterprise", "personal_business", "personal_mortgage")


def test_notice_and_verdict_speak_of_codes_that_exist() -> None:
    assert set(ASKED) <= set(CODES)
    assert all(CODES[code].severity == "blocking" for code in INCOMPLETE)
    internal = {"tamper_suspected", "debt_service_too_high", "loan_to_value_too_high", "income_not_supported", "unusual_flow"}
    assert not set(ASKED) & internal


def test_rules_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == docs.page()


def test_extractors_and_rules_agree_on_types_fields_and_what_is_mandatory() -> None:
    from extractors.doctype import all_types

    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", section("Document types"), re.M))
    cards = {"resident_id_card": {name for names in CARD.values() for name in names}}
    for kind in all_types().values():
        assert kind.id in TYPES
        asked = cards.get(kind.id) or {part for wanted in MANDATORY[kind.id] for part in wanted.split("|")}
        assert {spec.name for spec in kind.fields if spec.mandatory} <= asked, kind.id
        for spec in kind.fields:
            line, _, column = spec.name.rpartition(".")
            known_line = line in LINES or spec.name.startswith("other:") or spec.name in LINES
            assert f"`{spec.name}`" in rows[kind.id] or known_line, (kind.id, spec.name)
            assert column or field_label(kind.id, spec.name) != spec.name, (kind.id, spec.name)
