"""Who may see which cases: the one filter that every reading of cases goes through."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false

from intake.database import Who
from intake.tables import cases

SCOPES = ("cases:read", "cases:write", "decide", "reveal", "events", "webhooks", "accounts", "settings", "audit", "erase")
"""What may be allowed to a machine, one by one. `reveal`: personal data in full; `decide`: waive and confirm findings, pass, return."""
MACHINE_SCOPES = frozenset(SCOPES) - {"accounts", "settings"}
"""Accounts and the bank's settings are people's business."""
ROLES: dict[str, frozenset[str]] = {
    "broker": frozenset({"cases:read", "cases:write", "events"}),
    "manager": frozenset({"cases:read", "cases:write", "decide", "reveal", "events", "erase"}),
    "administrator": frozenset({"accounts", "settings", "webhooks", "audit"}),
    "auditor": frozenset({"audit"}),
}
"""What people of each role may do."""


@dataclass(frozen=True, slots=True)
class Scope:
    """On whose behalf something is done. `role`: a person's, or `system` for a machine. `kind`: of the organisation (bank, branch,
    agency). `bank`: the bank that it is, or belongs to."""

    actor: str
    role: str
    organisation: str
    kind: str
    bank: str
    user_id: str | None = None
    client_id: str | None = None
    scopes: frozenset[str] = frozenset()

    def allows(self, name: str) -> bool:
        """Whether it may do this at all; which cases is another question: `visible`."""
        if name not in SCOPES:
            raise ValueError(f"no such scope: {name}")
        return name in self.scopes

    @property
    def sees_cases(self) -> bool:
        """Whether any case is visible to it."""
        return "cases:read" in self.scopes and self.role in ("system", KINDS.get(self.kind, ""))


KINDS = {"agency": "broker", "branch": "manager"}
"""In which kind of organisation people of which role see its cases."""
COLUMNS = {"bank": cases.c.bank_id, "branch": cases.c.branch_id, "agency": cases.c.agency_id}


def visible(scope: Scope) -> ColumnElement[bool]:
    """The condition on `cases` under which this scope sees a case. Goes into every statement that reads or changes one."""
    if not scope.sees_cases or scope.kind not in COLUMNS:
        return false()
    return COLUMNS[scope.kind] == scope.organisation


def who(scope: Scope) -> Who:
    """As whom the database is to be read: PostgreSQL's own guard (see migrations) then shows this organisation's rows only."""
    return Who(scope.organisation if scope.sees_cases else "nobody")
