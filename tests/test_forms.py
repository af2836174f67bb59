"""What a person types is stored as the contract writes it, or refused."""

from __future__ import annotations

import pytest

from extractors import forms

TAKEN = [
    ("resident_id_card", "birth_date", "2026年1月2日", "2026-01-02"),
    ("resident_id_card", "birth_date", "2026.1.2", "2026-01-02"),
    ("resident_id_card", "valid_until", "长期", "long-term"),
    ("income_proof", "employed_since", "2019年3月", "2019-03"),
    ("purchase_contract", "signed_on", "2026/01/02", "2026-01-02"),
    ("income_proof", "monthly_income", "1.5万", "15000.00"),
    ("income_proof", "monthly_income", "￥15,000", "15000.00"),
    ("balance_sheet", "cash.end", "-1,234.5", "-1234.50"),
    ("balance_sheet", "other:存出保证金.begin", "0", "0.00"),
    ("property_certificate", "floor_area", "１，089.37平方米", "1089.37"),
    ("resident_id_card", "id_number", "500103 19880315 123x", "50010319880315123X"),
    ("resident_id_card", "id_number", "500103198803151230", "500103198803151230"),  # no valid number: as it stands on the paper
    ("bank_statement", "account_number", "6222 **** **** 0002", "6222********0002"),
    ("income_proof", "has_seal", "是", "true"),
    ("resident_id_card", "name", " 欧 阳 娜 ", "欧阳娜"),
    ("unknown", "remark", "12", "12"),
]
REFUSED = [
    ("resident_id_card", "birth_date", "去年春天", "date"),
    ("resident_id_card", "birth_date", "2026-02-30", "date"),
    ("resident_id_card", "birth_date", "长", "date"),
    ("household_register", "id_number", "五零零", "id"),
    ("resident_id_card", "id_number", "50010319880315123", "id"),
    ("business_licence", "uscc", "9150", "id"),
    ("income_proof", "monthly_income", "很多", "money"),
    ("income_statement", "revenue.current", "1O00", "money"),
    ("property_certificate", "floor_area", "89,37", "number"),
    ("property_certificate", "floor_area", "1e5", "number"),
    ("income_proof", "has_seal", "maybe", "flag"),
    ("bank_statement", "transactions", "[]", "list"),
    ("resident_id_card", "name", "　\u200b", "text"),
]


@pytest.mark.parametrize(("type", "field", "typed", "value"), TAKEN)
def test_what_is_typed_in_any_usual_way_is_stored_in_one(type: str, field: str, typed: str, value: str) -> None:
    assert forms.normal(type, field, typed) == value
    assert forms.normal(type, field, value) == value, "what is stored may be typed again"


@pytest.mark.parametrize(("type", "field", "typed", "form"), REFUSED)
def test_what_is_not_in_the_form_is_refused(type: str, field: str, typed: str, form: str) -> None:
    with pytest.raises(forms.WrongForm) as caught:
        forms.normal(type, field, typed)
    assert caught.value.form == form
    assert typed not in str(caught.value)
