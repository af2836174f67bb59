"""Wordings of other hands, and slips of the reader that their papers showed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.documents import _property_values as values
from extractors.documents import _statement_head, income_proof
from extractors.documents._statement_tokens import tokens_of
from extractors.model import SURE, Box, Seal, Sheet
from tests.ledger_pages import page


def letter(*texts: str) -> Sheet:
    """A page of lines under each other."""
    return page((), (), above=texts, headed=False, source="ocr")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("107.082.178.00", ["107.082.178.00"]),
        ("64.430,649.01", ["64.430,649.01"]),
        ("1,234.56 7,890.12", ["1,234.56", "7,890.12"]),
        ("2025年12月31日2024年12月31日", ["2025年12月31日", "2024年12月31日"]),
    ],
)
def test_points_for_commas_are_one_figure_and_days_side_by_side_two_titles(text: str, parts: list[str]) -> None:
    assert [token.text for token in tokens_of(letter(text))] == parts


def test_a_letter_that_names_the_employee_before_a_bracket_and_states_a_standard_wage() -> None:
    fields = income_proof.extract((letter(
        "收入及在职证明", "蒋骏(男，身份证号码522301198811125898)自2026年2月起与我司建立劳动关系，任采购员一职。",
        "该员工月工资标准为人民币37,300.00元/月。", "本公司对该员工债务不承担任何担保责任。",
    ),))  # fmt: skip
    assert [fields[name].text for name in ("employee_name", "monthly_income", "position")] == ["蒋骏", "37300.00", "采购员"]


def test_no_position_is_taken_from_a_disclaimer() -> None:
    fields = income_proof.extract((letter("收入证明", "兹证明张伟在我公司工作，月收入8000元。我公司不承担任何担保责任。"),))
    assert "position" not in fields


def test_a_form_that_asks_for_post_and_years_in_its_own_words() -> None:
    fields = income_proof.extract((letter(
        "收入证明", "兹证明我单位职工袁颖，身份证号码350582197607064267，工作单位全称为佛山鼎盛科技有限公司，职务/岗位主任医师，参加本单位工作时间2023年8月，",
        "月收入（人民币）41900.00元。",
    ),))  # fmt: skip
    assert [fields[name].text for name in ("employer", "position", "employed_since")] == ["佛山鼎盛科技有限公司", "主任医师", "2023-08"]


def test_the_owner_of_a_shop_and_a_net_wage() -> None:
    fields = income_proof.extract((letter("收入证明", "兹证明我店经营者张伟，身份证号码522301198811125898，月均净收入8,000.00元。"),))
    assert [fields[name].text for name in ("employee_name", "monthly_income")] == ["张伟", "8000.00"]


@pytest.mark.parametrize(("day", "sure"), [("31", True), ("3", False)])
def test_a_day_that_may_have_lost_its_last_figure_to_the_next_line_is_not_sure(day: str, sure: bool) -> None:
    found = _statement_head.when(letter(f"2025年1月1日至2025年12月{day}").lines, "income_statement")
    assert found is not None and found.first is not None and (found.sure >= SURE) == sure


def test_specks_in_a_certificate_are_read_over() -> None:
    found = values.NUMBER.search("辽.(2018)沈阳市不动产权第0779178号")
    assert found is not None and values.certificate_number(found[1]) == "辽(2018)沈阳市不动产权第0779178号"
    term = "2010年02月13日至2080年.02月12日"
    assert values.end(term) == "2080-02-12" and values.is_strange("term_until", values.end(term), term)


def test_a_seal_read_from_its_middle_is_not_sure() -> None:
    def stamped(text: str) -> float:
        sheet = letter("收入证明", "兹证明张伟在我公司工作，月收入8000元。", "重庆示例有限公司")
        seal = Seal(Box(40, 60, 200, 220), text, 0.97)
        return income_proof.extract((replace(sheet, seals=(seal,)),))["seal_text"].confidence

    assert stamped("文化传媒有限公司达(成)") < SURE <= stamped("重庆示例有限公司")
