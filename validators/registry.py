"""The register of rules: one decorated function per rule, found by scanning validators/rules, run one by one.

A rule that raises becomes `not_checked` and never loses the report; a rule whose documents are absent is
`not_applicable`, but `not_checked` while the packet holds something that could not be read: it might be just that
document. A rule that yields nothing has passed: one that found nothing to compare says so, with `Inapplicable` or `Unchecked`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from validators.model import Case, Finding, Inapplicable, Outcome, Unchecked

Said = Finding | Unchecked | Inapplicable
Body = Callable[[Case], Iterator[Said]]


@dataclass(frozen=True, slots=True)
class RegisteredRule:
    """A rule: its id, the document types of which at least one must be there, its function."""

    id: str
    needs: tuple[str, ...]
    codes: tuple[str, ...]
    body: Body

    @property
    def sentence(self) -> str:
        """The rule in one sentence, with its source: the first line of the docstring."""
        return (self.body.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Check:
    """What became of one rule. `reason` is a Chinese sentence where the outcome needs one."""

    rule: str
    outcome: Outcome
    reason: str = ""


_PERHAPS = "材料中有无法打开或无法辨认的文件，不能确定是否含有这条规则所针对的文件"
_rules: dict[str, RegisteredRule] = {}


def rule(id: str, *, needs: Iterable[str] = (), codes: Iterable[str] = ()) -> Callable[[Body], Body]:
    """Register a function as the rule `id`; `codes` are the finding codes it may give (default: its id).

    Raises ValueError on a duplicate id, or on a function without a docstring.
    """

    def register(body: Body) -> Body:
        if id in _rules:
            raise ValueError(f"two rules are called {id}")
        if not body.__doc__:
            raise ValueError(f"rule {id} does not say what it checks (docstring)")
        _rules[id] = RegisteredRule(id, tuple(needs), tuple(codes) or (id,), body)
        return body

    return register


def all_rules() -> tuple[RegisteredRule, ...]:
    """Every rule of validators/rules, by id."""
    package = importlib.import_module("validators.rules")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"validators.rules.{module.name}")
    return tuple(sorted(_rules.values(), key=lambda r: r.id))


def run(case: Case, rules: Iterable[RegisteredRule] | None = None) -> tuple[tuple[Finding, ...], tuple[Check, ...]]:
    """Run the rules over a case: all findings, and for every rule what became of it."""
    findings: list[Finding] = []
    checks: list[Check] = []
    for each in all_rules() if rules is None else rules:
        said, check = _run_one(each, case)
        findings.extend(said)
        checks.append(check)
    return tuple(findings), tuple(checks)


def _run_one(each: RegisteredRule, case: Case) -> tuple[list[Finding], Check]:
    if each.needs and not any(True for _ in case.of(*each.needs)):
        if _unreadable(case):
            return [], Check(each.id, "not_checked", _PERHAPS)
        return [], Check(each.id, "not_applicable", "材料中没有这条规则所针对的文件")
    try:
        said = list(each.body(case))
    except Exception as error:
        # No message of the error: it may hold personal data. The class name is enough to find the fault.
        return [], Check(each.id, "not_checked", f"规则运行出错（{type(error).__name__}），未能核对")
    findings = [s for s in said if isinstance(s, Finding)]
    unchecked = [s for s in said if isinstance(s, Unchecked)]
    reason = "；".join(dict.fromkeys(u.reason.rstrip("。；") for u in unchecked))
    if any(f.severity in ("blocking", "major") for f in findings):
        return findings, Check(each.id, "failed", reason)
    if findings:
        return findings, Check(each.id, "warned", reason)
    if unchecked:
        return [], Check(each.id, "not_checked", reason)
    idle = [s for s in said if isinstance(s, Inapplicable)]
    if _unreadable(case) and any(not s.settled for s in idle):
        return [], Check(each.id, "not_checked", _PERHAPS)
    return [], Check(each.id, "not_applicable" if idle else "passed", "；".join(dict.fromkeys(s.reason for s in idle)))


def _unreadable(case: Case) -> bool:
    """Whether a file could not be opened, or a page that belongs to no known document could not be seen."""
    if any(record.error is not None for record in case.files):
        return True
    return any(ref.quality.unreadable not in ((), ("blank",)) for d in case.of("unknown") for ref in d.pages)
