"""The supplement notice 补件通知: what the broker has to bring or redo, told once, politely, by person.

It holds what can be mended by papers, and nothing else: no limits of the bank, no doubts about income or flows, no
suspicion. A finding gets in by its code (`ASKED`) and only with its sentence for the broker.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.model import Document
from validators.codes import CODES
from validators.model import Case, Finding, Party
from validators.papers import type_label
from validators.say import person, place
from validators.sides import chinese_day

ASKED = (
    "missing_document",
    "missing_side",
    "missing_page",
    "missing_field",
    "missing_seal",
    "unreadable_image",
    "unreadable_file",
    "document_expired",
    "document_too_old",
    "date_in_future",
    "page_chain_broken",
    "statement_gap",
    "amount_words_mismatch",
    "name_mismatch",
    "id_number_mismatch",
    "company_mismatch",
    "spouse_mismatch",
    "marital_status_mismatch",
    "licence_not_valid",
    "legal_representative_mismatch",
    "owner_mismatch",
    "property_encumbered",
    "consent_missing",
)
"""The codes of which the broker is told, in the order of the notice."""
_TITLES = {"page_chain_broken": "银行流水可能缺页"}
"""What the broker reads where the finding's own title speaks of more than he has to mend."""
_TOLD_APART = ("name_mismatch", "company_mismatch")
"""The codes whose two readings help the broker to see what is meant."""
_FIRST_ALONE = ("owner_mismatch",)
"""The codes of which the first paper alone has to be mended: the others were only compared with it."""
_NUMERALS = "一二三四五六七八九十"


def build(case: Case, findings: Iterable[Finding], case_id: str = "") -> str:
    """The notice in Chinese, plain text with line breaks; "" when nothing has to be brought."""
    asked = _asked(case, list(findings))
    if not asked:
        return ""
    number = f"（编号：{case_id}）" if case_id else ""
    lines = [
        "贷款材料补件通知",
        "",
        "您好：",
        f"您提交的{case.policy.label}申请材料{number}已收到并完成初步核对。为便于尽快办理，请一次性补充或更正以下材料：",
    ]
    count = 0
    for index, (head, items) in enumerate(_grouped(case, asked)):
        lines += ["", f"{_NUMERALS[index] if index < len(_NUMERALS) else index + 1}、{head}"]
        for finding in items:
            count += 1
            lines.append(f"{count}. {_item(case, finding)}")
    lines += [
        "",
        "补充材料请保证四角完整、文字清晰、无反光遮挡；已提交且未列出的材料无需重复提供。",
        "如有疑问，请与经办客户经理联系。感谢您的配合！",
        "",
        chinese_day(case.as_of),
    ]
    return "\n".join(lines)


def title_of(code: str) -> str:
    """What the broker reads over a finding of this code."""
    return _TITLES.get(code, CODES[code].title)


def asked_already(findings: Iterable[tuple[str, Sequence[str]]]) -> dict[str, set[str]]:
    """Code → the papers for which another finding, given as (code, papers), asks for it: fields of a paper that has to be photographed
    again, the balances around a page that is missing by its number."""
    by_code: dict[str, set[str]] = {}
    for code, papers in findings:
        by_code.setdefault(code, set()).update(papers)
    return {"missing_field": by_code.get("unreadable_image", set()), "page_chain_broken": by_code.get("missing_page", set())}


def _asked(case: Case, findings: Sequence[Finding]) -> list[Finding]:
    """What goes into the notice: without what another line asks for already."""
    said = asked_already((f.code, f.documents) for f in findings)
    kept = [f for f in findings if f.code in ASKED and f.for_broker and not said.get(f.code, set()) & set(f.documents)]
    place_of = {d.id: i for i, d in enumerate(case.documents)}
    row_of = {requirement.id: i for i, requirement in enumerate(case.policy.requirements)}

    def key(f: Finding) -> tuple[int, int, list[int], str]:
        row = row_of.get(str(f.detail.get("requirement")), len(row_of))
        return ASKED.index(f.code), row, [place_of.get(d, len(place_of)) for d in f.documents], f.for_broker

    return sorted(kept, key=key)


def _grouped(case: Case, findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings by whose papers they are, in the order of the parties, what is nobody's at the end."""
    groups: dict[str, list[Finding]] = {party.id: [] for party in case.parties}
    rest: list[Finding] = []
    for finding in findings:
        owner = _owner(case, finding)
        (rest if owner is None else groups[owner.id]).append(finding)
    named = [(person(p), groups[p.id]) for p in case.parties if groups[p.id]]
    return [*named, *([("其他", rest)] if rest else [])]


def _owner(case: Case, finding: Finding) -> Party | None:
    """Whose papers have to be mended: told by the finding, else of the last paper it names."""
    told = finding.detail.get("party")
    for party in case.parties:
        if told == party.id:
            return party
    papers = _papers(case, finding)
    owners = [owner for d in reversed(papers) if (owner := case.party(d)) is not None]
    return owners[0] if owners else None


def _papers(case: Case, finding: Finding) -> list[Document]:
    return [d for id in finding.documents for d in case.documents if d.id == id]


def _item(case: Case, finding: Finding) -> str:
    """`收入证明（文件“a.pdf”第2页）：缺少印章。请……`: which paper and page, why, how to redo it."""
    papers = _papers(case, finding)
    title = title_of(finding.code)
    if finding.code in _TOLD_APART and len(finding.values) == 2:
        title += f"（“{finding.values[0].value}”与“{finding.values[1].value}”）"
    ask = finding.for_broker
    if finding.code == "missing_document":
        what = type_label(str(finding.detail.get("document_type", "")))
        return f"{what}：{title}。{ask}"
    if not papers:
        return f"{title}。{ask}"
    if finding.code in _FIRST_ALONE:
        papers = papers[:1]
    where = "与".join(f"{type_label(d.type)}（{place(d.pages)}）" for d in papers)
    for paper in papers:
        ask = ask.replace(f"（{place(paper.pages)}）", "")  # said once is enough
    return f"{where}：{title}。{ask}"
