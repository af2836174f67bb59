"""Marriage certificates on hand-built sheets: who holds it, torn labels, older styles, pages that come apart."""

from __future__ import annotations

from random import Random

import pytest

from extractors.classify import label
from extractors.documents.marriage_certificate import TYPE, assemble, extract
from extractors.model import Line, Sheet
from tests.sheet_lines import line, sheet

HIS, HERS = "11010519491231002X", "440524188001010014"


def holder_part(holder: str = "王芳", x: float = 70, *, number: str = "J110105-2017-000123") -> list[Line]:
    return [
        line(f"持证人 {holder}", x, 110, height=28),
        line("登记日期", x, 170, height=28),
        line("2017年05月20日", x + 140, 170, height=28),
        line("结婚证字号", x, 230, height=28),
        line(number, x + 170, 230, height=28),
        line("备注", x, 290, height=28),
    ]


def person(name: str, sex: str, number: str, x: float = 660, y: float = 110, label: str = "身份证件号") -> list[Line]:
    return [
        line("姓", x, y, height=28),
        line(f"名{name}", x + 45, y, height=28),
        line("性别", x + 300, y, height=28),
        line(sex, x + 400, y, height=28),
        line("国籍中国", x, y + 75, height=28),
        line("出生日期 1949年12月31日", x, y + 150, height=28),
        line(f"{label} {number}", x, y + 225, height=28),
    ]


def spread(holder: str = "王芳") -> list[Line]:
    return holder_part(holder) + person("张伟", "男", HIS) + person("王芳", "女", HERS, y=480)


def read(*sheets: Sheet) -> dict[str, str]:
    return {name: one.text for name, one in extract(sheets).items()}


def page(lines: list[Line], file: str = "a.jpg", number: int = 1) -> Sheet:
    return sheet(lines, size=(1220, 860), file=file, page=number)


def test_the_holder_is_who_the_certificate_says() -> None:
    assert read(page(spread())) == {
        "holder_name": "王芳",
        "holder_id_number": HERS,
        "spouse_name": "张伟",
        "spouse_id_number": HIS,
        "registered_on": "2017-05-20",
        "certificate_number": "J110105-2017-000123",
    }
    assert all(one.confidence >= 0.9 for one in extract((page(spread()),)).values())


def test_a_name_ends_where_the_next_label_begins_without_a_gap() -> None:
    lines = [each for each in spread() if each.text not in ("性别", "男", "女", "名张伟", "名王芳")]
    lines += [line("名张伟性别男", 705, 110, height=28), line("名王芳性别女", 705, 480, height=28)]
    assert (read(page(lines))["spouse_name"], read(page(lines))["holder_name"]) == ("张伟", "王芳")


def test_persons_side_by_side() -> None:
    lines = holder_part("张伟") + person("张伟", "男", HIS, x=60, y=400) + person("王芳", "女", HERS, x=660, y=400)
    assert read(page(lines))["holder_id_number"] == HIS
    assert read(page(lines))["spouse_id_number"] == HERS


def test_a_holder_read_with_a_twin_is_the_person_meant_and_not_sure() -> None:
    fields = extract((page(spread(holder="王芳".replace("王", "玉"))),))
    assert (fields["holder_id_number"].text, fields["spouse_name"].text) == (HERS, "张伟")
    assert fields["holder_name"].confidence < 0.9
    assert fields["spouse_id_number"].confidence >= 0.9, "who is who is clear"


def test_a_holder_that_is_neither_person_is_doubtful() -> None:
    fields = extract((page(spread(holder="李娜")),))
    assert all(fields[name].confidence < 0.9 for name in ("holder_name", "holder_id_number", "spouse_name"))


def test_without_a_holder_the_first_person_stands_for_it_doubtfully() -> None:
    fields = extract((page(spread()[1:]),))
    assert (fields["holder_name"].text, fields["holder_name"].confidence < 0.9) == ("张伟", True)


@pytest.mark.parametrize("name", ["身份证件号", "身份证号码", "身份证编号", "证件号码"])
def test_labels_of_the_number(name: str) -> None:
    lines = holder_part() + person("张伟", "男", HIS, label=name) + person("王芳", "女", HERS, y=480, label=name)
    assert (read(page(lines))["spouse_id_number"], read(page(lines))["holder_id_number"]) == (HIS, HERS)


def test_a_passport_is_a_number_too() -> None:
    lines = holder_part("张伟") + person("张伟", "男", HIS) + person("JOHN SMITH", "男", "E12345678", y=480)
    got = read(page(lines))
    assert (got["spouse_name"], got["spouse_id_number"]) == ("JOHN SMITH", "E12345678")


def test_an_older_style_with_numerals_and_its_own_number() -> None:
    lines = [
        line("结婚证", 400, 60, height=60),
        line("渝沙结字第010500123号", 60, 150, height=28),
        *person("张伟", "男", HIS, x=60, y=220, label="身份证号"),
        *person("王芳", "女", HERS, x=660, y=220, label="身份证号"),
        line("申请结婚，经审查符合《中华人民共和国婚姻法》的规定，发给此证。", 60, 560, height=28),
        line("发证日期", 600, 700, height=28),
        line("一九九五年五月二十日", 740, 700, height=28),
    ]
    got = read(page(lines))
    assert (got["holder_name"], got["spouse_name"], got["registered_on"]) == ("张伟", "王芳", "1995-05-20")
    assert got["certificate_number"] == "渝沙结字第010500123号"


def test_a_number_that_is_none_is_not_sure() -> None:
    one = extract((page(holder_part(number="J110105-2017-12") + person("张伟", "男", HIS)),))["certificate_number"]
    assert one.confidence < 0.9


def test_a_misread_number_is_not_sure() -> None:
    lines = holder_part() + person("张伟", "男", "11010519491231002X".replace("X", "")) + person("王芳", "女", HERS, y=480)
    assert extract((page(lines),))["spouse_id_number"].confidence <= 0.5


def test_pages_that_complete_each_other_are_one_certificate() -> None:
    persons = person("张伟", "男", HIS) + person("王芳", "女", HERS, y=480)
    seal = [line("结婚申请，符合《中华人民共和国民法典》规定，予以登记，发给此证。", 60, 300, height=28)]
    pages = [page(seal, "a.pdf", 1), page(holder_part(), "a.pdf", 2), page(persons, "a.pdf", 3)]
    groups = assemble(pages)
    assert len(groups) == 1
    assert read(*groups[0])["holder_id_number"] == HERS


def test_two_certificates_of_one_couple_stay_two() -> None:
    pages = [page(spread("张伟"), "1.jpg"), page(spread("王芳"), "2.jpg")]
    assert [read(*group)["holder_name"] for group in assemble(pages)] == ["张伟", "王芳"]


@pytest.mark.parametrize(
    "texts",
    [
        ("离婚证", "持证人 张伟", "登记日期 2019年5月20日", "离婚证字号 L110105-2019-000123"),
        ("贷款申请材料清单", "结婚证", "身份证", "收入证明"),
        ("居民户口簿", "户主姓名", "婚姻状况", "身份证件号", "结婚"),
    ],
)
def test_other_papers_are_no_marriage_certificates(texts: tuple[str, ...]) -> None:
    other = sheet([line(text, 200, 100 + 60 * n) for n, text in enumerate(texts)])
    assert label(other, {TYPE.id: TYPE}).type == "unknown"


def test_the_page_with_the_seal_and_the_spread_are_known() -> None:
    seal = page([line("结婚申请，符合《中华人民共和国婚姻法》规定，予以登记，发给此证。", 60, 300), line("婚姻登记员 李娜", 500, 500)])
    assert [label(each, {TYPE.id: TYPE}).type for each in (seal, page(spread()))] == [TYPE.id, TYPE.id]


def test_whatever_stands_on_a_sheet_nothing_is_raised() -> None:
    rng = Random(11)
    words = [each.text for each in spread()] + [" ", "至", "9" * 20, "二〇一九年", "字第号", "J"]
    for _ in range(150):
        lines = [
            line(rng.choice(words), rng.uniform(-50, 1220), rng.uniform(-50, 860), height=rng.uniform(0.5, 90))
            for _ in range(rng.randrange(25))
        ]
        for group in assemble([page(lines[:9], "a.jpg"), page(lines[9:], "a.jpg", 2)]):
            extract(group)


def test_a_stain_between_the_halves_of_a_label_costs_no_person() -> None:
    stained = [*holder_part(), *person("王芳", "女", HERS)]
    stained += [line("姓", 660, 500, height=28), line("一", 690, 500, height=28), line("名", 730, 500, height=28), line("张伟", 800, 500, height=28)]
    stained += [line(f"身份证件号 {HIS}", 660, 725, height=28)]
    fields = extract((sheet(stained),))
    assert (fields["holder_name"].value, fields["spouse_name"].value, fields["spouse_id_number"].value) == ("王芳", "张伟", HIS)


def test_the_number_is_known_by_its_form_where_its_label_is_misread() -> None:
    lines = [each for each in [*holder_part(), *person("王芳", "女", HERS)] if "字号" not in each.text and "J110105" not in each.text]
    lines.append(line("纯婚证字号 J110105-2017-000123", 70, 230, height=28))
    assert extract((sheet(lines),))["certificate_number"].value == "J110105-2017-000123"


def test_a_number_that_a_seal_cuts_off_keeps_what_is_left_of_it() -> None:
    one = extract((sheet([*holder_part(number="J110105-2017-00"), *person("王芳", "女", HERS)]),))["certificate_number"]
    assert one.text.startswith("J110105") and one.confidence < 0.9
