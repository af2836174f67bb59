"""The supplement notice: polite, numbered, by person, with page, reason and remedy; nothing internal."""

from __future__ import annotations

import re

from extractors.model import Document, Quality
from tests.builders import MAN, TODAY, WOMAN, bad_file, card, deed, file_of, licence, marriage, pdf_file, proof, statement
from validators import notice, registry
from validators.codes import CODES, finding
from validators.model import Case, Declaration, Loan, Party
from validators.parties import assemble

PEOPLE = (
    Party("borrower", "borrower", "张伟", MAN, "married", inferred=False),
    Party("spouse", "spouse", "李娜", WOMAN, inferred=False),
)


def packet(*documents: Document, files: tuple[object, ...] = (), loan: Loan | None = None) -> Case:
    declaration = Declaration("c-1", "personal_mortgage", loan or Loan(), PEOPLE)
    return assemble(documents, (*file_of(*documents), *files), declaration, TODAY)  # type: ignore[arg-type]


def told(case: Case) -> str:
    return notice.build(case, registry.run(case)[0], "c-1")


def test_notice_names_what_whose_where_why_and_how() -> None:
    wife = card("李娜", WOMAN, side="front", doc_id="wife")
    text = told(packet(card(), wife, proof(has_seal="false", seal_text=None), statement(), files=(bad_file("坏.pdf"),)))
    lines = text.splitlines()
    assert lines[0] == "贷款材料补件通知"
    assert "个人住房按揭贷款" in text and "c-1" in text
    assert lines.index("一、借款人张伟") < lines.index("二、配偶李娜") < lines.index("三、其他")
    seal = next(line for line in lines if "印章" in line)
    assert "proof.jpg" in seal and "第1页" in seal and "公章" in seal and "请" in seal
    side = next(line for line in lines if "缺一面" in line)
    assert "wife.jpg" in side and "国徽面" in side
    assert any("坏.pdf" in line and "重新提供" in line for line in lines)
    assert any("结婚证" in line and "缺少材料" in line for line in lines)


def test_notice_is_numbered_without_gaps() -> None:
    text = told(packet(card(side="front")))
    numbers = [int(n) for n in re.findall(r"^(\d+)\. ", text, re.M)]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= 4


def test_notice_says_a_place_once() -> None:
    text = told(packet(card(), proof("王强", id_number=None)))
    line = next(line for line in text.splitlines() if "姓名不一致" in line)
    assert line.count("proof.jpg") == 1
    assert "“张伟”与“王强”" in line


def test_nothing_to_bring_gives_no_notice() -> None:
    case = packet(card())
    assert notice.build(case, []) == ""
    minor = finding("photocopy", ["card"], for_manager="像是复印件。", for_broker="请提供原件。")
    assert notice.build(case, [minor]) == ""


def test_internal_matters_stay_inside() -> None:
    case = packet(card(), statement(file="s.pdf"), files=(pdf_file("s.pdf", signs=("producer:WPS",)),))
    secret = "内部提示"
    inside = [finding(code, ["card"], for_manager=secret, for_broker=secret) for code in CODES if code not in notice.ASKED]
    assert notice.build(case, inside) == ""
    assert "WPS" not in told(case) and "疑似" not in told(case)


def test_manager_sentences_never_reach_the_broker() -> None:
    case = packet(card())
    covering = ("unreadable_image", "missing_page")  # what they ask for makes other lines needless
    codes = [code for code in notice.ASKED if code not in covering]
    asked = [finding(code, ["card"], for_manager="内部提示", for_broker="请补充。") for code in codes]
    text = notice.build(case, asked)
    assert "内部提示" not in text
    assert text.count("请补充。") == len(codes)


def test_fields_of_a_page_to_be_retaken_are_not_asked_for_as_well() -> None:
    blurred = proof(quality=Quality(unreadable=("blurred",)), employer=None)
    text = told(packet(card(), blurred, statement()))
    assert "图像无法辨认" in text and "必要内容未读到" not in text


def test_a_missing_page_is_asked_for_once() -> None:
    case = packet(card(), statement())
    asked = [finding(code, ["statement"], for_manager="x", for_broker=f"请处理{code}。") for code in ("page_chain_broken", "missing_page")]
    text = notice.build(case, asked)
    assert "missing_page" in text and "page_chain_broken" not in text


def test_of_an_owner_who_is_nobody_the_certificate_alone_is_asked_for() -> None:
    text = told(packet(card(), card("李娜", WOMAN, doc_id="wife"), marriage(), proof(), statement(), deed("赵敏")))
    (line,) = (line for line in text.splitlines() if "房产权利人不符" in line)
    assert "不动产权证书（文件“deed.jpg”第1页）：" in line and "居民身份证" not in line
    assert text.index("借款人张伟") < text.index("房产权利人不符")


def test_the_same_findings_give_the_same_notice() -> None:
    case = packet(card(side="front"), licence())
    findings = list(registry.run(case)[0])
    assert notice.build(case, findings) == notice.build(case, findings[::-1])
