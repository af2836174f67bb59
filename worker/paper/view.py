"""A checked packet → what its report on paper shows."""

from __future__ import annotations

from validators.registry import all_rules
from validators.say import ROLES
from worker.paper import findings, pageviews, wording
from worker.paper.model import Count, FileRow, Limit, Outcome, PaperReport, Shot, Wanted
from worker.paper.packet import Packet, Reported, Row, packet
from worker.paper.papers import papers


def view(reported: Reported) -> PaperReport:
    """The report of a packet, all of it."""
    seen = packet(reported.report)
    report = seen.report
    groups, checks = findings.groups(seen), _checks(report)
    unchecked = tuple(each for each in checks if each.outcome == wording.OUTCOMES["not_checked"])
    pages, pages_left = pageviews.views(seen)
    return PaperReport(
        case_id=report["case_id"],
        product=report["policy"]["label"],
        as_of=report["as_of"],
        checked_at=wording.moment(report["checked_at"]),
        version=str(report["report_version"]),
        verdict=wording.VERDICTS[report["verdict"]],
        verdict_sentence=_sentence(report, len(unchecked)),
        lacking=_lacking(seen),
        counts=_counts(report, len(unchecked)),
        loan=_loan(report["loan"]),
        assumptions=tuple(report["assumptions"]),
        parties=tuple(_party(each) for each in report["parties"]),
        completeness=tuple(_wanted(seen, row) for row in report["completeness"]),
        groups=groups,
        unchecked=unchecked,
        checks=checks,
        papers=papers(seen),
        pages=pages,
        pages_left=pages_left,
        notice=report["supplement_notice"],
        policy=_policy(report),
        limits=_limits(report),
        files=tuple(_file(record) for record in report["files"]),
        timings=tuple((wording.STAGES.get(stage, stage), f"{seconds:.1f} 秒") for stage, seconds in report["timings"].items()),
    )


def shots(report: PaperReport) -> list[Shot]:
    """All pictures that the report shows, those beside findings first."""
    return [*findings.shots(report.groups), *(page.shot for page in report.pages)]


def _sentence(report: Row, unchecked: int) -> str:
    """What the verdict means for who reads it; never without the rules that could not be checked."""
    grave = sum(finding["severity"] in ("blocking", "major") for finding in report["findings"])
    said = {
        "complete": "要求的材料都在，没有发现阻断或重要的问题。",
        "incomplete": "有材料缺少、不可用或无法读取，须补件后再审。",
        "discrepant": f"要求的材料都在，但有{grave}处矛盾或疑点，须由客户经理判断。",
    }[report["verdict"]]
    return said + (f"另有{unchecked}条规则未能核对，不等于通过。" if unchecked else "")


def _lacking(seen: Packet) -> tuple[str, ...]:
    rows = [row for row in seen.report["completeness"] if row["mandatory"] and row["status"] != "present"]
    return tuple(f"{wording.STATUSES[row['status']].text}：{_whose(seen, row)}{row['label']}" for row in rows)


def _whose(seen: Packet, row: Row) -> str:
    """`张伟：`, so that one row of two guarantors can be told from the other."""
    who = seen.parties.get(row["party"])
    return f"{who['name']} — " if who is not None and who["name"] else ""


def _counts(report: Row, unchecked: int) -> tuple[Count, ...]:
    of = [finding["severity"] for finding in report["findings"]]
    rows = [row for row in report["completeness"] if row["mandatory"]]
    there = sum(row["status"] == "present" for row in rows)
    weights = [
        Count(word.text, str(of.count(id)), word.tone if of.count(id) else "none", f"weight-{id}" if of.count(id) else "findings")
        for id, (word, _) in wording.SEVERITIES.items()
    ]
    return (
        Count("必需材料", f"{there}/{len(rows)}", "good" if there == len(rows) else "bad", "completeness"),
        *weights,
        Count("未能核对", str(unchecked), "warn" if unchecked else "none", "checks"),
    )


def _loan(loan: Row) -> tuple[tuple[str, str], ...]:
    rows = (
        ("申请金额", None if loan["amount"] is None else f"{wording.grouped(loan['amount'])} 元"),
        ("期限", None if loan["months"] is None else f"{loan['months']} 个月"),
        ("年利率", None if loan["annual_rate"] is None else f"{loan['annual_rate'] * 100:.4g}%"),
        ("房产价值", None if loan["property_value"] is None else f"{wording.grouped(loan['property_value'])} 元"),
    )
    return tuple((label, text) for label, text in rows if text is not None)


def _party(who: Row) -> tuple[str, ...]:
    known = "由材料推断" if who["inferred"] else "申报"
    marital = wording.shown("marital_status", who["marital_status"])
    return ROLES.get(str(who["role"]), str(who["role"])), str(who["name"]), str(who["id_number"]), marital, known


def _wanted(seen: Packet, row: Row) -> Wanted:
    status = wording.STATUSES[row["status"]]
    who = wording.party(seen.parties.get(row["party"]))
    return Wanted(row["label"], who, status, row["mandatory"], tuple(seen.link(id) for id in row["documents"]))


def _checks(report: Row) -> tuple[Outcome, ...]:
    """The rules by outcome, those that could not be checked first."""
    sentences = {rule.id: rule.sentence for rule in all_rules()}
    order = list(wording.OUTCOMES)
    rows = sorted(report["checks"], key=lambda check: (order.index(check["outcome"]), check["rule"]))
    return tuple(
        Outcome(row["rule"], sentences.get(row["rule"], row["rule"]), wording.OUTCOMES[row["outcome"]], row["reason"]) for row in rows
    )


def _policy(report: Row) -> tuple[tuple[str, str], ...]:
    policy = report["policy"]
    return ("产品", policy["label"]), ("规则版本", policy["version"]), ("最近生效", policy["effective_from"])


def _limits(report: Row) -> tuple[Limit, ...]:
    return tuple(
        Limit(each.get("label") or id, wording.limit(each["value"]), each.get("effective_from", ""), wording.basis(each.get("source", "")))
        for id, each in report["policy"]["limits"].items()
    )


def _file(record: Row) -> FileRow:
    error = record["error"]
    return FileRow(record["name"], str(record["pages"]), record["sha256"][:16], "" if error is None else error["sentence"])


