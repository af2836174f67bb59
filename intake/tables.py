"""All tables, in one place. Columns ending in `_sealed` hold personal data under the case's (or the system's) key: see vault.py.

Nothing else in the database may name a person, a file as its owner called it, or what stands on a paper. Ids are random (ids.py);
order is told by `seq`, never by a clock, since machines' clocks differ.
After a change here, until the first release: `python -m intake.migrations` (the database is made of what that writes).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from intake.columns import counted, identity, moment, of_case
from intake.columns import metadata as metadata
from intake.database import Moment

# --- who -------------------------------------------------------------------------------------------------------------------
organisations = Table(
    "organisations", metadata, identity(),
    Column("kind", String(10), nullable=False),
    Column("bank_id", String(40), ForeignKey("organisations.id"), nullable=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("disabled_at", Moment), moment(),
    CheckConstraint("kind in ('bank', 'branch', 'agency')", name="kind"),
)  # fmt: skip
"""A bank, its branches, and the broker agencies that hand in to it (`bank_id` for branches and agencies)."""

agency_branches = Table(
    "agency_branches", metadata,
    Column("agency_id", String(40), ForeignKey("organisations.id"), primary_key=True),
    Column("branch_id", String(40), ForeignKey("organisations.id"), primary_key=True),
)  # fmt: skip
"""To which branches an agency may hand in."""

users = Table(
    "users", metadata, identity(),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("login", String(100), nullable=False, unique=True),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("role", String(15), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("totp_sealed", LargeBinary),
    Column("totp_last_step", BigInteger, nullable=False, default=0),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("disabled_at", Moment), moment(),
    CheckConstraint("role in ('broker', 'manager', 'administrator', 'auditor')", name="role"),
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", String(40), ForeignKey("users.id"), nullable=False, index=True),
    Column("csrf_hash", LargeBinary, nullable=False),
    moment("last_seen_at"), moment("ends_at"), moment(),
)  # fmt: skip

visits = Table(
    "visits", metadata,
    Column("user_id", String(40), ForeignKey("users.id"), primary_key=True),
    Column("place", String(40), primary_key=True),
    moment("since", nullable=True), moment("at"),
)  # fmt: skip
"""When a person was somewhere last: `place` is the queue, or a case's id. `since`: the end of the visit before this one."""

clients = Table(
    "clients", metadata, identity(),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("scopes", String(400), nullable=False),
    Column("disabled_at", Moment), moment(),
)  # fmt: skip
"""A machine that speaks to the API: the bank's case system, an agency's own software."""

credentials = Table(
    "credentials", metadata, identity(),
    Column("client_id", String(40), ForeignKey("clients.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", String(400), nullable=False),
    moment("expires_at", nullable=True), moment("last_used_at", nullable=True), moment("revoked_at", nullable=True), moment(),
    CheckConstraint("kind in ('secret', 'key', 'token')", name="kind"),
)  # fmt: skip
"""A client's secret (exchanged for tokens), long-lived keys (two at a time), and the short tokens themselves; hashes only."""

throttle = Table(
    "throttle", metadata,
    Column("bucket", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    moment("until", nullable=True), moment("last_at"),
)  # fmt: skip
"""Failed log-ins, by keyed hash of account and address."""

# --- cases and files -------------------------------------------------------------------------------------------------------
keys = Table(
    "keys", metadata,
    Column("owner", String(40), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_version", Integer, nullable=False),
    moment(),
)  # fmt: skip
"""The data key of each case (`owner` = its id) and of the system ("system"), wrapped by the master key of `master_version`. Erasing
a case drops its row: nothing sealed with it can be read again, in backups neither."""

cases = Table(
    "cases", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("bank_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("branch_id", String(40), ForeignKey("organisations.id"), nullable=False),
    Column("agency_id", String(40), ForeignKey("organisations.id"), nullable=True),
    Column("opened_by", String(40), nullable=False),
    Column("reference", String(100)),
    Column("product", String(40)),
    Column("declared_sealed", LargeBinary, nullable=False),
    Column("stage", String(12), nullable=False),
    Column("inputs", Integer, nullable=False, default=0),
    Column("completed_inputs", Integer),
    Column("report", Integer, nullable=False, default=0),
    Column("verdict", String(12)),
    Column("etag", Integer, nullable=False, default=1),
    Column("legal_hold", Boolean, nullable=False, default=False),
    moment(), moment("updated_at"), moment("due_at", nullable=True), moment("completed_at", nullable=True),
    moment("closed_at", nullable=True), moment("erased_at", nullable=True),
    CheckConstraint("stage in ('open', 'review', 'returned', 'passed', 'declined', 'closed', 'erased')", name="stage"),
    Index("ix_cases_bank_seq", "bank_id", "seq"),
    Index("ix_cases_branch_seq", "branch_id", "seq"), Index("ix_cases_agency_seq", "agency_id", "seq"),
    Index("ix_cases_branch_stage_seq", "branch_id", "stage", "seq"),
    Index("ix_cases_branch_stage_due_at", "branch_id", "stage", "due_at"), Index("ix_cases_branch_updated_at", "branch_id", "updated_at"),
)  # fmt: skip
"""`inputs` counts every change of what a report is made from (a file, a correction, a decision, the declaration): the state that a
report belongs to. `report`: the number of the newest report. `reference`: the case system's own number, no personal data.
Stages: open (the broker hands in) → review (he said "that is all") → returned (with a notice) | passed | declined; closed; erased."""

case_index = Table(
    "case_index", metadata,
    Column("case_id", String(40), ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Index("ix_case_index_digest", "kind", "digest"),
)  # fmt: skip
"""Keyed hashes of names, companies and numbers of a case, so that it can be found by them."""

files = Table(
    "files", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    of_case(),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("mime", String(60), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("blob", String(100), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("pages", Integer),
    Column("error", String(30)),
    Column("quality", String(200)),
    Column("uploaded_by", String(40), nullable=False),
    moment(), moment("removed_at", nullable=True),
    CheckConstraint("state in ('waiting', 'reading', 'read', 'failed')", name="state"),
    Index("ix_files_case_sha256", "case_id", "sha256"),
)  # fmt: skip
"""`sha256`: of the bytes as uploaded; `blob`: where they lie, sealed. `error`: a code of `errors.CODES`.
`quality`: pages that nobody can read, with the reasons (`1:blurred+dark 4:glare`), said as soon as they were looked at."""

uploads = Table(
    "uploads", metadata, identity(),
    of_case(),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False, default=0),
    Column("pieces", Text, nullable=False, default=""),
    Column("file_id", String(40)),
    Column("started_by", String(40), nullable=False),
    moment(), moment("ends_at"),
)  # fmt: skip
"""Uploads in pieces. The pieces lie sealed beside the blobs (`pieces`: their keys, in order) until the last one makes them a file."""

# --- work ------------------------------------------------------------------------------------------------------------------
work = Table(
    "work", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    of_case(),
    Column("file_id", String(40), nullable=False, default="", index=True),
    Column("first_page", Integer, nullable=False, default=0),
    Column("last_page", Integer, nullable=False, default=0),
    Column("inputs", Integer, nullable=False, default=0),
    Column("form", String(8), nullable=False, default=""),
    Column("priority", Integer, nullable=False, default=0),
    Column("state", String(8), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("crashes", Integer, nullable=False, default=0),
    Column("beat", Integer, nullable=False, default=0),
    Column("worker", String(60)),
    Column("pages_done", Integer, nullable=False, default=0),
    Column("result", String(120)),
    Column("error", String(30)),
    moment(), moment("started_at", nullable=True), moment("done_at", nullable=True),
    CheckConstraint("kind in ('read', 'check', 'paper')", name="kind"),
    CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'dropped')", name="state"),
    UniqueConstraint("kind", "case_id", "file_id", "first_page", "inputs", "form"),
    Index("ix_work_state_priority_seq", "state", "priority", "seq"),
)  # fmt: skip
"""What is to be done: read pages of a file (`file_id`, "" for other kinds; pages 0, 0: all, or what a part does not take), check a
case in one state of its inputs, print a report as a paper (`form` html or pdf). `attempt` fences: what a worker did counts only while
the number is still its own; `crashes` counts how often it ended its worker, and gives it up.
`beat` is counted up by the worker that lives; the sweeper watches it by its own monotonic clock. `result`: a blob."""

# --- what people say -------------------------------------------------------------------------------------------------------
corrections = Table(
    "corrections", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    of_case(),
    Column("kind", String(10), nullable=False),
    Column("document", String(120), nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("about", String(120), nullable=False, default=""),
    Column("claimed", Boolean, nullable=False, default=False),
    Column("by", String(40), nullable=False),
    moment(), moment("undone_at", nullable=True),
    CheckConstraint("kind in ('field', 'type', 'party', 'join', 'split')", name="kind"),
)  # fmt: skip
"""What a person put right, applied in order of `seq` to what was read. `document`: its key (see validators/corrections.py). `about`: the
type of the paper and the field (`income_proof.monthly_income`), to be counted. `claimed`: a broker said so; the bank's own go before."""

decisions = Table(
    "decisions", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    of_case(),
    Column("finding", String(64), nullable=False),
    Column("decision", String(10), nullable=False),
    Column("reason_sealed", LargeBinary),
    Column("by", String(40), nullable=False),
    moment(),
    CheckConstraint("decision in ('confirmed', 'waived', 'noticed', 'open')", name="decision"),
)  # fmt: skip
"""What a manager decided on a finding (its key); the newest row counts."""

reports = Table(
    "reports", metadata,
    Column("case_id", String(40), ForeignKey("cases.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("inputs", Integer, nullable=False),
    Column("verdict", String(12), nullable=False),
    Column("findings", Integer, nullable=False),
    Column("codes", Text, nullable=False, default=""),
    Column("blob", String(100), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    Column("leaf", BigInteger, nullable=False),
    moment(),
    UniqueConstraint("case_id", "inputs"),
)  # fmt: skip
"""Exactly one report per state of the inputs. `leaf`: its place in the audit log, whose leaf holds the same SHA-256.
`codes`: of the findings that stand, with spaces between, to be counted."""

notices = Table(
    "notices", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    of_case(),
    Column("report", Integer, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("points_sealed", LargeBinary),
    Column("by", String(40), nullable=False),
    moment(), moment("settled_at", nullable=True),
)  # fmt: skip
"""`points_sealed`: what it asks for, point by point, as it was said then."""

messages = Table(
    "messages", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    of_case(),
    Column("finding", String(64)),
    Column("file_id", String(40)),
    Column("internal", Boolean, nullable=False, default=False),
    Column("text_sealed", LargeBinary, nullable=False),
    Column("by", String(40), nullable=False),
    moment(),
)  # fmt: skip
"""`internal`: the bank's own notes, which no broker gets. `file_id`: the file that answers the finding."""

# --- what others are told --------------------------------------------------------------------------------------------------
events = Table(
    "events", metadata, counted(),
    of_case(),
    Column("kind", String(40), nullable=False),
    Column("internal", Boolean, nullable=False, default=False),
    Column("data", Text, nullable=False),
    moment(),
)  # fmt: skip
"""What happened, in order, by ids and states only. Server-sent events and webhooks tell it on."""

webhooks = Table(
    "webhooks", metadata, identity(),
    Column("organisation_id", String(40), ForeignKey("organisations.id"), nullable=False, index=True),
    Column("url_sealed", LargeBinary, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("kinds", String(400), nullable=False),
    moment("disabled_at", nullable=True), moment(),
)  # fmt: skip

deliveries = Table(
    "deliveries", metadata, identity(),
    Column("seq", BigInteger, nullable=False, unique=True),
    Column("webhook_id", String(40), ForeignKey("webhooks.id"), nullable=False),
    Column("event_seq", BigInteger, ForeignKey("events.seq"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("status", Integer),
    Column("problem", String(60)),
    moment("next_at", nullable=True), moment("done_at", nullable=True), moment(),
    UniqueConstraint("webhook_id", "event_seq"),
    Index("ix_deliveries_state_seq", "state", "seq"),
)  # fmt: skip

idempotency = Table(
    "idempotency", metadata,
    Column("actor", String(40), primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("answer_sealed", LargeBinary),
    moment(),
)  # fmt: skip
"""The first request under each key: what it asked (by hash), and what it was answered; written with what it did, in one transaction.
`answer_sealed`: the owner of the key that sealed it, `|`, the sealed answer."""

# --- proof -----------------------------------------------------------------------------------------------------------------
audit = Table(
    "audit", metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", String(40), index=True),
    Column("leaf", Text, nullable=False),
    Column("leaf_hash", LargeBinary, nullable=False),
)  # fmt: skip
"""The leaves of the Merkle log (RFC 6962), counted from 0 without a gap; `leaf` is canonical JSON without personal data."""

audit_nodes = Table(
    "audit_nodes", metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)  # fmt: skip
"""The hashes of its full subtrees, so that a proof of one leaf costs a logarithm of reads."""

checkpoints = Table(
    "checkpoints", metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    moment(),
)  # fmt: skip
"""Signed heads of the log (C2SP signed notes)."""

counters = Table(
    "counters", metadata,
    Column("name", String(40), primary_key=True),
    Column("value", BigInteger, nullable=False),
)  # fmt: skip
"""Numbers handed out inside transactions: "seq" counts over all tables, "audit" the leaves."""

settings = Table(
    "settings", metadata,
    Column("organisation_id", String(40), ForeignKey("organisations.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", String(400), nullable=False),
)  # fmt: skip
"""What a bank set for itself: retention, hours until a case is due, hosts that webhooks may reach."""
