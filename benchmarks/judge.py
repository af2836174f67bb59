"""A report held against the truth of its packet: field by field, row by row, finding by finding.

Works on the report as the contract describes it and on nothing else, so that any program's report can be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.truth import (
    ROW_FIGURES,
    ROW_TEXTS,
    Problem,
    TruePacket,
    TruePage,
    TruePaper,
    aligned,
    alike,
    in_contract,
    kind_of,
    same,
    same_cell,
)

SURE = 0.9
SEVERE = ("blocking", "major")
NOT_READ = (
    "unreadable_image", "unreadable_file", "missing_side", "missing_field", "missing_document", "unknown_document", "low_confidence",
)  # fmt: skip
"""Findings that tell a person that something was not read."""
OF_UNREADABLE = ("missing_document", "missing_field", "missing_side", "missing_seal", "unknown_document", "low_confidence")
Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field of one paper. `verdict`: right, wrong, missing (not read, or read as nothing), extra (a value that is not on the
    paper). `named`: a finding points at it. `on_page`: its evidence lies on the paper; None without evidence."""

    packet: str
    type: str
    variant: str
    name: str
    kind: str
    mode: str
    effects: tuple[str, ...]
    file: str
    page: int
    readable: bool
    verdict: str
    truth: str
    found: str
    confidence: float
    named: bool
    how: str = ""
    on_page: bool | None = None

    @property
    def silent(self) -> bool:
        """A wrong value that looks sure and that nothing warns of."""
        return self.verdict == "wrong" and self.confidence >= SURE and not self.named


@dataclass(frozen=True, slots=True)
class PaperOutcome:
    """One paper: `found` by its type; `whole` when its pages are neither split nor mixed with others'."""

    packet: str
    type: str
    variant: str
    mode: str
    file: str
    page: int
    found: bool
    whole: bool
    seen_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnreadableOutcome:
    """A paper of which a page cannot be read by a person: `reported` as unreadable, `told` in some way, `read` all the same."""

    packet: str
    type: str
    file: str
    effects: tuple[str, ...]
    reported: bool
    told: bool
    read: bool


@dataclass(frozen=True, slots=True)
class ProblemOutcome:
    packet: str
    code: str
    papers: tuple[str, ...]
    files: tuple[str, ...]
    found: bool


@dataclass(frozen=True, slots=True)
class FalseFinding:
    packet: str
    code: str
    severity: str
    files: tuple[str, ...]
    said: str


@dataclass(slots=True)
class Judged:
    """All that was judged, of one packet or of many."""

    packets: int = 0
    fields: list[Outcome] = field(default_factory=list)
    rows: list[Outcome] = field(default_factory=list)
    papers: list[PaperOutcome] = field(default_factory=list)
    extra_documents: list[tuple[str, str, str]] = field(default_factory=list)
    unreadable: list[UnreadableOutcome] = field(default_factory=list)
    problems: list[ProblemOutcome] = field(default_factory=list)
    false_findings: list[FalseFinding] = field(default_factory=list)

    def add(self, other: Judged) -> None:
        """Takes in what was judged elsewhere."""
        self.packets += other.packets
        for name in ("fields", "rows", "papers", "extra_documents", "unreadable", "problems", "false_findings"):
            getattr(self, name).extend(getattr(other, name))


def judge(truth: TruePacket, report: Mapping[str, Any]) -> Judged:
    """One report against the truth of its packet."""
    case = _Case(truth, report)
    judged = Judged(packets=1)
    for paper in truth.papers:
        found = case.match.get(paper.key)
        if not paper.readable:
            judged.unreadable.append(_unreadable(case, paper))
        else:
            judged.papers.append(_paper(case, paper))
        if not paper.lost:
            for one in _fields(case, paper, found):
                (judged.fields if one.readable else []).append(one)
            if paper.readable and "transactions" in paper.fields:
                judged.rows.extend(_rows(case, paper, found))
    taken = set(case.match.values())
    judged.extra_documents = [
        (truth.case_id, d["type"], _files(d["pages"])) for d in report["documents"] if d["id"] not in taken and case.on_readable(d)
    ]
    judged.problems = [_problem(case, problem) for problem in truth.problems]
    judged.false_findings = list(_false_findings(case))
    return judged


# --- which found document is which paper -----------------------------------------------------------------------------


class _Case:
    """Truth and report of one packet, with the found documents matched to the papers (key → id, each at most once)."""

    def __init__(self, truth: TruePacket, report: Mapping[str, Any]) -> None:
        self.truth = truth
        self.findings: list[Found] = report["findings"]
        self.documents: dict[str, Found] = {d["id"]: d for d in report["documents"]}
        self.papers = {paper.key: paper for paper in truth.papers}
        self.match = self._matched()

    def _matched(self) -> dict[str, str]:
        pairs = [
            (likeness, paper.key, id)
            for paper in self.truth.papers
            for id, document in self.documents.items()
            if document["type"] == paper.type and (likeness := _likeness(paper, document)) > 0
        ]
        match: dict[str, str] = {}
        for _, key, id in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
            if key not in match and id not in match.values():
                match[key] = id
        return match

    def at(self, finding: Found) -> set[tuple[str, int]]:
        """The pages that a finding points at, by its documents or by the evidence of its values."""
        documents = [self.documents[id] for id in finding["documents"] if id in self.documents]
        places = {(page["file"], page["page"]) for document in documents for page in document["pages"]}
        return places | {(v["evidence"]["file"], v["evidence"]["page"]) for v in finding["values"] if v["evidence"]}

    def about(self, finding: Found, paper: TruePaper) -> bool:
        """Whether a finding is about a paper: names its document or, where none was matched, a page of it or its file."""
        id = self.match.get(paper.key)
        if id is not None and id in finding["documents"]:
            return True
        detail = finding["detail"]
        if id is not None and detail.get("file") is None:
            return False
        named = {str(detail.get("file")), *map(str, detail.get("files", ()))}
        return bool(self.at(finding) & {page.place for page in paper.pages}) or any(page.file in named for page in paper.pages)

    def on_readable(self, document: Found) -> bool:
        """Whether all true pages under a found document can be read."""
        places = {(page["file"], page["page"]) for page in document["pages"]}
        return all(page.readable for paper in self.truth.papers for page in paper.pages if page.place in places)


def _likeness(paper: TruePaper, document: Found) -> float:
    places = {(page["file"], page["page"]) for page in document["pages"]}
    true = {page.place for page in paper.pages}
    if not places & true:
        return 0.0
    shared = len(places & true) / len(places | true)
    fields = document["fields"]
    agree = [same(kind_of(n), v, fields[n]["value"]) for n, v in paper.fields.items() if isinstance(v, str) and n in fields]
    lying = [on for f in fields.values() if (on := _on_paper(f["evidence"], paper.pages)) is not None]
    return 0.01 + shared + sum(agree) / max(1, len(agree)) + sum(lying) / max(1, len(lying))


def _on_paper(evidence: Found | None, pages: Sequence[TruePage]) -> bool | None:
    """Whether the middle of the evidence lies within (or a little beside) one of the pages."""
    if evidence is None:
        return None
    x0, y0, x1, y1 = evidence["box"]
    at = ((x0 + x1) / 2, (y0 + y1) / 2)
    return any(page.place == (evidence["file"], evidence["page"]) and _inside(at, page.quad) for page in pages)


def _inside(at: tuple[float, float], quad: Sequence[tuple[float, float]], slack: float = 0.02) -> bool:
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(quad, (*quad[1:], quad[0]), strict=True))
    sign = 1 if area > 0 else -1
    for a, b in zip(quad, (*quad[1:], quad[0]), strict=True):
        length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 or 1.0
        side = ((b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0])) / length
        if sign * side < -slack:
            return False
    return True


def _paper(case: _Case, paper: TruePaper) -> PaperOutcome:
    true = {page.place for page in paper.pages}
    id = case.match.get(paper.key)
    places = {(page["file"], page["page"]) for page in case.documents[id]["pages"]} if id else set()
    seen = sorted({d["type"] for d in case.documents.values() if {(p["file"], p["page"]) for p in d["pages"]} & true})
    first = paper.pages[0]
    return PaperOutcome(
        case.truth.case_id, paper.type, paper.variant, first.mode, first.file, first.page, id is not None, places == true, tuple(seen)
    )


def _files(pages: Sequence[Found]) -> str:
    return ", ".join(f"{page['file']}:{page['page']}" for page in pages)


# --- fields ----------------------------------------------------------------------------------------------------------


def _fields(case: _Case, paper: TruePaper, id: str | None) -> Iterator[Outcome]:
    fields: Mapping[str, Found] = case.documents[id]["fields"] if id else {}
    for name, value in paper.fields.items():
        if isinstance(value, str):
            yield _field(case, paper, id, name, value, fields.get(name))
    for name, found in fields.items():
        if name not in paper.fields and in_contract(paper.type, name) and found["value"]:
            yield _field(case, paper, id, name, "", found)


def _field(case: _Case, paper: TruePaper, id: str | None, name: str, truth: str, found: Found | None) -> Outcome:
    kind = kind_of(name)
    value = str(found["value"]) if found and isinstance(found["value"], str) else ""
    if not truth:
        verdict = "extra"
    elif not value:
        verdict = "missing"
    else:
        verdict = "right" if same(kind, truth, value) else "wrong"
    pages = paper.pages_of(name)
    page = _page_of(found, pages)
    return Outcome(
        case.truth.case_id, paper.type, paper.variant, name, kind, page.mode,
        tuple(dict.fromkeys(e for p in pages for e in p.effects)), page.file, page.page, all(p.readable for p in pages),
        verdict, truth, value, found["confidence"] if found else 0.0, id is not None and _named(case, id, name),
        alike(truth, value) if verdict == "wrong" else "", _on_paper(found["evidence"], pages) if found else None,
    )  # fmt: skip


def _page_of(found: Found | None, pages: Sequence[TruePage]) -> TruePage:
    evidence = found["evidence"] if found else None
    at = (evidence["file"], evidence["page"]) if evidence else None
    return next((page for page in pages if page.place == at), pages[0])


def _named(case: _Case, id: str, name: str) -> bool:
    """Whether a finding points at this field of this document."""
    return any(
        any(v["document"] == id and v["field"] == name for v in f["values"]) or (id in f["documents"] and name in f["fields"])
        for f in case.findings
    )


# --- rows of bank statements -----------------------------------------------------------------------------------------


def _rows(case: _Case, paper: TruePaper, id: str | None) -> Iterator[Outcome]:
    """One outcome per row: right when all five cells are; `how` tells which cells are wrong."""
    fields = case.documents[id]["fields"] if id else {}
    found: Sequence[Found] = fields["transactions"]["value"] if "transactions" in fields else []
    truth: Sequence[Found] = paper.fields["transactions"]
    told = _rows_told(case, id)
    for i, j in aligned(truth, found):
        a, b = (truth[i] if i is not None else {}), (found[j] if j is not None else {})
        bad = [name for name in (*ROW_FIGURES, *ROW_TEXTS) if not same_cell(name, a, b)]
        verdict = "extra" if i is None else "missing" if j is None else "wrong" if bad else "right"
        evidence = b.get("evidence")
        page = _page_of(b if evidence else None, paper.pages)
        shown = [" | ".join(str(side.get(name) or "-") for name in (*ROW_FIGURES, *ROW_TEXTS)) for side in (a, b)]
        named = j in told or (bool(evidence) and any(evidence == each for each in told))
        yield Outcome(
            case.truth.case_id, paper.type, paper.variant, "transactions", "rows", page.mode, page.effects, page.file, page.page, True,
            verdict, shown[0], shown[1], float(b.get("confidence", 0.0)), named,
            "figures" if any(name in ROW_FIGURES for name in bad) else "texts" if bad else "", _on_paper(evidence, paper.pages),
        )  # fmt: skip


def _rows_told(case: _Case, id: str | None) -> list[Any]:
    """Rows that findings point at: by their place among the rows, or by their evidence."""
    told: list[Any] = []
    for finding in case.findings:
        if id is not None and id in finding["documents"]:
            told += [row["row"] for row in finding["detail"].get("rows", ()) if isinstance(row, Mapping) and "row" in row]
            told += [v["evidence"] for v in finding["values"] if v["field"] == "transactions" and v["evidence"]]
    return told


# --- unreadable papers, planted problems, false alarms ---------------------------------------------------------------


def _unreadable(case: _Case, paper: TruePaper) -> UnreadableOutcome:
    about = [f for f in case.findings if case.about(f, paper) or f["detail"].get("document_type") == paper.type]
    reported = any(f["code"] in ("unreadable_image", "unreadable_file") for f in about)
    told = any(f["code"] in NOT_READ for f in about)
    outcomes = list(_fields(case, paper, case.match.get(paper.key)))
    read = bool(outcomes) and all(one.verdict == "right" for one in outcomes)
    effects = tuple(dict.fromkeys(e for page in paper.pages if not page.readable for e in page.effects))
    return UnreadableOutcome(
        case.truth.case_id, paper.type, paper.pages[0].file if paper.pages else "", effects or (paper.fault,), reported, told, read
    )


def _problem(case: _Case, problem: Problem) -> ProblemOutcome:
    papers = [case.papers[key] for key in problem.papers if key in case.papers]
    wanted = problem.detail.get("document_type") if problem.code == "missing_document" else None
    found = False
    for finding in (f for f in case.findings if f["code"] == problem.code):
        if papers:
            found = found or any(case.about(finding, paper) for paper in papers)
        else:
            found = found or wanted is None or finding["detail"].get("document_type") == wanted
    files = tuple(dict.fromkeys(page.file for paper in papers for page in paper.pages))
    return ProblemOutcome(case.truth.case_id, problem.code, problem.papers, files, found)


def _false_findings(case: _Case) -> Iterator[FalseFinding]:
    """Severe findings that no planted problem and no unreadable page explains."""
    unreadable = [paper for paper in case.truth.papers if not paper.readable]
    entailed = {code for problem in case.truth.problems for code in problem.entails}
    if unreadable:
        entailed |= set(OF_UNREADABLE)
    for finding in case.findings:
        if finding["severity"] not in SEVERE or finding["code"] in entailed:
            continue
        if finding["code"] in ("unreadable_image", "unreadable_file") and any(case.about(finding, paper) for paper in unreadable):
            continue
        if any(_explains(case, problem, finding) for problem in case.truth.problems):
            continue
        files = tuple(sorted({f"{file}:{page}" for file, page in case.at(finding)}))
        yield FalseFinding(case.truth.case_id, finding["code"], finding["severity"], files, finding["for_manager"])


def _explains(case: _Case, problem: Problem, finding: Found) -> bool:
    if problem.code != finding["code"]:
        return False
    papers = [case.papers[key] for key in problem.papers if key in case.papers]
    return not papers or any(case.about(finding, paper) for paper in papers)
