"""Products: what is in force on a day, and what a wrong file says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.builders import TODAY
from validators.policy import FOLDER, PolicyError, load_policy

GOOD = """
id = "car"
label = "汽车贷款"
version = "1"
[[limit]]
id = "term_months_max"
label = "期限"
value = 60
effective_from = 2020-01-01
effective_until = 2025-12-31
source = "x"
[[limit]]
id = "term_months_max"
label = "期限"
value = 48
effective_from = 2026-01-01
source = "x"
[[requirement]]
id = "card"
label = "身份证"
document_type = "resident_id_card"
roles = ["borrower"]
months = "term_months_max"
source = "x"
"""


def test_limits_change_with_the_day(tmp_path: Path) -> None:
    (tmp_path / "car.toml").write_text(GOOD, encoding="utf-8")
    old, new, before = (load_policy("car", date(year, 6, 1), tmp_path) for year in (2025, 2026, 2019))
    assert (old.limits, new.limits, before.limits) == ({"term_months_max": 60}, {"term_months_max": 48}, {})
    assert (old.effective_from, new.effective_from, before.effective_from) == ("2020-01-01", "2026-01-01", "")
    assert (old.requirements[0].months, new.requirements[0].months, before.requirements[0].months) == (60, 48, 0)
    assert new.basis["term_months_max"]["effective_until"] == ""


def test_commercial_property_has_its_two_periods() -> None:
    before, after = (load_policy("personal_mortgage", day) for day in (date(2025, 6, 1), date(2026, 6, 1)))
    assert before.limits["loan_to_value_commercial_max"] == 0.5
    assert after.limits["loan_to_value_commercial_max"] == 0.7


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "car"', 'id = "boat"', "car.toml: id is 'boat'"),
        ('label = "汽车贷款"\n', "", "car.toml: label is missing"),
        ("value = 48", 'value = "48"', "limit term_months_max: value has the wrong type"),
        ("value = 48", "value = true", "limit term_months_max: value has the wrong type"),
        ('source = "x"\n[[requirement]]', "[[requirement]]", "limit term_months_max: source is missing"),
        ("effective_until = 2025-12-31\n", "", "limit term_months_max: two values are in force"),
        ('roles = ["borrower"]', 'roles = ["uncle"]', "requirement card: roles: 'uncle' is none of"),
        ('roles = ["borrower"]', "roles = []", "requirement card: roles is empty"),
        ('roles = ["borrower"]', 'roles = ["borrower"]\nwhen = "rainy"', "requirement card: when: 'rainy'"),
        ('roles = ["borrower"]', 'roles = ["borrower"]\ncolour = "red"', "requirement card: unknown key 'colour'"),
        ('roles = ["borrower"]', 'roles = ["borrower"]\nsides = ["top"]', "requirement card: sides: 'top'"),
        ('months = "term_months_max"', 'months = "six"', "requirement card: months: 'six' is neither"),
        ("[[limit]]", "[[limit", "car.toml: cannot be read"),
    ],
)
def test_a_wrong_file_names_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = GOOD.replace(old, new) if old != "[[limit]]" else GOOD.replace(old, new, 1)
    (tmp_path / "car.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy("car", TODAY, tmp_path)
    assert said in str(error.value) and "car" in str(error.value)


def test_an_unknown_product_names_the_known_ones() -> None:
    with pytest.raises(PolicyError, match="enterprise, personal_business, personal_mortgage"):
        load_policy("car", TODAY)


def test_a_row_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("[[requirement]]") :]
    (tmp_path / "car.toml").write_text(twice, encoding="utf-8")
    with pytest.raises(PolicyError, match="requirement card: stands there twice"):
        load_policy("car", TODAY, tmp_path)


def test_the_products_are_where_the_package_is() -> None:
    assert sorted(p.name for p in FOLDER.glob("*.toml")) == ["enterprise.toml", "personal_business.toml", "personal_mortgage.toml"]
