"""The folder that a person fills: which files, in which order, what packet.toml says, and one line for each mistake in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.model import Declaration, Loan, Party
from validators.policy import products
from worker.packet import PRODUCTS, WrongUse, _counted, load

FULL = """
case_id = "2026-0815"
product = "personal_business"
as_of = 2026-11-23

[loan]
amount = "1,250,000.50"
months = 240
rate = 4.25
value = 2000000

[[parties]]
role = "borrower"
name = " 张伟 "
id_number = "50010319880315123x"
marital_status = "已婚"

[[parties]]
role = "company"
name = "重庆示例科技有限公司"
"""


def packet(folder: Path, toml: str | None = None, *names: str) -> Path:
    for name in names or ("1.jpg",):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    if toml is not None:
        (folder / "packet.toml").write_text(toml, encoding="utf-8")
    return folder


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in load(folder).files]


class TestFiles:
    def test_files_come_in_the_order_in_which_people_count(self, tmp_path: Path) -> None:
        packet(tmp_path, None, "10.jpg", "2.jpg", "1.jpg", "流水/第10页.png", "流水/第9页.png", "A.pdf", "b.pdf")
        assert names(tmp_path) == ["1.jpg", "2.jpg", "10.jpg", "A.pdf", "b.pdf", "流水/第9页.png", "流水/第10页.png"]

    def test_what_systems_leave_behind_is_no_paper(self, tmp_path: Path) -> None:
        litter = (".DS_Store", "Thumbs.db", "desktop.ini", ".hidden.jpg", "__MACOSX/._1.jpg", "__MACOSX/1.jpg", ".git/config")
        packet(tmp_path, 'case_id = "a"', "1.jpg", *litter)
        assert names(tmp_path) == ["1.jpg"]

    def test_files_of_a_wrong_kind_are_papers_too(self, tmp_path: Path) -> None:
        """They are told to the broker as unreadable, not passed over."""
        packet(tmp_path, None, "说明.txt", "合同.docx", "无扩展名")
        assert len(names(tmp_path)) == 3

    @given(st.lists(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=2))
    def test_any_two_names_have_an_order(self, odd: list[str]) -> None:
        assert sorted(sorted(odd, key=_counted), key=_counted) == sorted(odd, key=_counted)

    @pytest.mark.parametrize("kind", ["absent", "a file", "empty", "only packet.toml"])
    def test_a_folder_without_papers_is_wrong_use(self, tmp_path: Path, kind: str) -> None:
        folder = tmp_path / "案件"
        if kind == "a file":
            folder.write_text("x")
        elif kind != "absent":
            folder.mkdir()
        if kind == "only packet.toml":
            (folder / "packet.toml").write_text('case_id = "a"')
        with pytest.raises(WrongUse, match="案件"):
            load(folder)


class TestDeclaration:
    def test_without_packet_toml_the_folder_names_the_case(self, tmp_path: Path) -> None:
        folder = packet(tmp_path / "王 先生 二手房")
        assert load(folder).declaration == Declaration("王-先生-二手房")

    def test_all_that_can_be_declared(self, tmp_path: Path) -> None:
        loaded = load(packet(tmp_path, FULL))
        assert loaded.as_of == date(2026, 11, 23)
        assert loaded.declaration == Declaration(
            "2026-0815",
            "personal_business",
            Loan(125_000_050, 240, 0.0425, 200_000_000),
            (
                Party("", "borrower", "张伟", "50010319880315123X", "已婚", inferred=False),
                Party("", "company", "重庆示例科技有限公司", inferred=False),
            ),
        )

    @pytest.mark.parametrize("rate", ["0.0425", "4.25", '"4.25"'])
    def test_a_rate_in_percent_or_as_a_fraction(self, tmp_path: Path, rate: str) -> None:
        assert load(packet(tmp_path, f"loan = {{ rate = {rate} }}")).declaration.loan.annual_rate == pytest.approx(0.0425)

    @pytest.mark.parametrize("day", ["2026-11-23", '"2026-11-23"', "2026-11-23T08:30:00"])
    def test_the_day_of_the_check(self, tmp_path: Path, day: str) -> None:
        loaded = load(packet(tmp_path, f"as_of = {day}")).as_of
        assert loaded == date(2026, 11, 23) and type(loaded) is date

    def test_an_editor_may_leave_a_byte_order_mark(self, tmp_path: Path) -> None:
        folder = packet(tmp_path)
        (folder / "packet.toml").write_bytes(b"\xef\xbb\xbf" + b'case_id = "a"')
        assert load(folder).declaration.case_id == "a"

    @pytest.mark.parametrize(
        ("toml", "named"),
        [
            ("case_id = ", "not valid TOML"),
            ('colour = "red"', "colour"),
            ('product = "mortgage"', "personal_mortgage"),
            ('as_of = "tomorrow"', "as_of"),
            ("as_of = 20261399", "as_of"),
            ("parties = 3", "parties"),
            ('parties = ["张伟"]', "parties[1]"),
            ('[[parties]]\nrole = "friend"\nname = "张伟"', "parties[1]"),
            ('[[parties]]\nrole = "borrower"', "parties[1]: name or id_number"),
            ('[[parties]]\nrole = "borrower"\nname = "张伟"\nage = 3', "parties[1]"),
            ('[[parties]]\nrole = "borrower"\nname = "张伟"\nmarital_status = "maried"', "marital_status"),
            ("loan = 3", "loan"),
            ("loan = { sum = 3 }", "loan"),
            ('loan = { amount = "much" }', "loan.amount"),
            ("loan = { amount = -5 }", "loan.amount"),
            ("loan = { amount = nan }", "loan.amount"),
            ("loan = { amount = inf }", "loan.amount"),
            ("loan = { amount = true }", "loan.amount"),
            ("loan = { rate = [] }", "loan.rate"),
            ("loan = { months = 0 }", "loan.months"),
            ("loan = { months = 12.5 }", "loan.months"),
            ("loan = { months = true }", "loan.months"),
            ('loan = { months = "240" }', "loan.months"),
        ],
    )
    def test_each_mistake_is_told_in_one_line_with_the_key_at_fault(self, tmp_path: Path, toml: str, named: str) -> None:
        with pytest.raises(WrongUse) as caught:
            load(packet(tmp_path, toml))
        message = str(caught.value)
        assert named in message and "packet.toml" in message
        assert "\n" not in message

    def test_packet_toml_that_is_no_text_is_wrong_use(self, tmp_path: Path) -> None:
        folder = packet(tmp_path)
        (folder / "packet.toml").write_bytes(b"\xff\xfe\x00case")
        with pytest.raises(WrongUse, match="not valid TOML"):
            load(folder)


def test_the_products_that_may_be_named_are_those_there_are() -> None:
    assert sorted(PRODUCTS) == sorted(products())
