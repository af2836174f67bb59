"""Addresses that are told what happens, and the log of what was told to them. What is sent, and to whom it may go: worker/deliver.py."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from intake import audit, ids
from intake.acting import Act
from intake.database import now
from intake.errors import Conflict, NotFound
from intake.tables import deliveries, events, organisations, webhooks
from intake.vault import SYSTEM, Vault

URL = "webhooks.url:"
SECRET = "webhooks.secret:"  # noqa: S105 - a place, no secret
PREFIX = "whsec_"
AT_A_TIME = 10
"""Addresses of one organisation."""
TAKEN = timedelta(seconds=60)
"""How long a delivery is in one process's hands before another may try it."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address; `kinds` of events it is told, `*` for all."""

    id: str
    url: str
    kinds: tuple[str, ...]
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one address: state `waiting`, `sent` or `failed`; the last try's HTTP status or problem."""

    id: str
    seq: int
    webhook: str
    event: int
    kind: str
    state: str
    attempt: int
    status: int | None
    problem: str | None
    next_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be tried now, and all that it needs. `outsider`: the address is a broker agency's."""

    id: str
    attempt: int
    webhook: str
    url: str
    secret: bytes
    event: int
    kind: str
    case_id: str
    data: str
    at: datetime
    outsider: bool


def add(act: Act, url: str, kinds: tuple[str, ...]) -> tuple[Webhook, str]:
    """A new address of this organisation, and its signing secret, which is shown now and never again."""
    mine = (webhooks.c.organisation_id == act.scope.organisation, webhooks.c.disabled_at.is_(None))
    if (act.tx.execute(select(func.count()).select_from(webhooks).where(*mine)).scalar() or 0) >= AT_A_TIME:
        raise Conflict("回调地址已达上限，请先停用一个。")
    id, key = ids.new("hook"), secrets.token_bytes(32)
    box = act.vault.box(act.tx, SYSTEM)
    row: dict[str, Any] = {"id": id, "organisation_id": act.scope.organisation, "url_sealed": box.seal_text(url, URL + id)}
    row |= {"secret_sealed": box.seal(key, SECRET + id), "kinds": " ".join(kinds), "created_at": now()}
    act.tx.execute(insert(webhooks).values(row))
    audit.record(act.tx, "webhook.add", actor=act.scope.actor, object_id=id)
    return get(act, id), PREFIX + base64.b64encode(key).decode()


def listed(act: Act) -> list[Webhook]:
    """The addresses of this organisation, oldest first."""
    mine = select(webhooks).where(webhooks.c.organisation_id == act.scope.organisation).order_by(webhooks.c.created_at, webhooks.c.id)
    return [_webhook(act, row) for row in act.tx.execute(mine).all()]


def get(act: Act, webhook: str) -> Webhook:
    """One address. Raises NotFound."""
    found = next((each for each in listed(act) if each.id == webhook), None)
    if found is None:
        raise NotFound
    return found


def disable(act: Act, webhook: str) -> Webhook:
    """The address is told nothing more."""
    get(act, webhook)
    act.tx.execute(update(webhooks).where(webhooks.c.id == webhook, webhooks.c.disabled_at.is_(None)).values(disabled_at=now()))
    audit.record(act.tx, "webhook.disable", actor=act.scope.actor, object_id=webhook)
    return get(act, webhook)


def log(act: Act, webhook: str, *, before: int | None, most: int) -> list[Delivery]:
    """What was told to an address, newest first."""
    get(act, webhook)
    wanted = _deliveries().where(deliveries.c.webhook_id == webhook)
    if before is not None:
        wanted = wanted.where(deliveries.c.seq < before)
    return [_delivery(row) for row in act.tx.execute(wanted.order_by(deliveries.c.seq.desc()).limit(most)).all()]


def replay(act: Act, webhook: str, delivery: str) -> Delivery:
    """A delivery is tried again from the start, under the same id. Raises NotFound, Conflict when it still waits."""
    if get(act, webhook).disabled_at is not None:
        raise Conflict("该回调地址已停用。")
    row = act.tx.execute(_deliveries().where(deliveries.c.id == delivery, deliveries.c.webhook_id == webhook)).first()
    if row is None:
        raise NotFound
    if row.state == "waiting":
        raise Conflict("该回调仍在重试中。")
    again = {"state": "waiting", "attempt": 0, "next_at": now(), "done_at": None}
    act.tx.execute(update(deliveries).where(deliveries.c.id == delivery).values(again))
    audit.record(act.tx, "webhook.replay", actor=act.scope.actor, object_id=delivery)
    return _delivery(act.tx.execute(_deliveries().where(deliveries.c.id == delivery)).one())


# --- for the one who delivers ----------------------------------------------------------------------------------------------
def take(tx: Connection, vault: Vault, most: int) -> list[Due]:
    """Deliveries whose time has come, now in this process's hands: none takes them besides for `TAKEN`."""
    at = now()
    ready = select(deliveries.c.id).where(deliveries.c.state == "waiting", or_(deliveries.c.next_at.is_(None), deliveries.c.next_at <= at))
    ready = ready.order_by(deliveries.c.next_at, deliveries.c.seq).limit(most).with_for_update(skip_locked=True)
    chosen = list(tx.execute(ready).scalars())
    if not chosen:
        return []
    tx.execute(update(deliveries).where(deliveries.c.id.in_(chosen)).values(next_at=at + TAKEN, attempt=deliveries.c.attempt + 1))
    wanted = (
        select(deliveries.c.id, deliveries.c.attempt, deliveries.c.webhook_id, webhooks.c.url_sealed, webhooks.c.secret_sealed)
        .add_columns(webhooks.c.disabled_at, events.c.seq, events.c.kind, events.c.case_id, events.c.data, events.c.created_at)
        .add_columns(organisations.c.kind.label("organisation"))
        .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
        .join(events, events.c.seq == deliveries.c.event_seq)
        .join(organisations, organisations.c.id == webhooks.c.organisation_id)
        .where(deliveries.c.id.in_(chosen))
        .order_by(deliveries.c.seq)
    )
    box = vault.box(tx, SYSTEM)
    due = []
    for row in tx.execute(wanted).all():
        if row.disabled_at is not None:
            told(tx, row.id, row.attempt, None, "disabled", None)
            continue
        url, secret = box.open_text(row.url_sealed, URL + row.webhook_id), box.open(row.secret_sealed, SECRET + row.webhook_id)
        outside = row.organisation == "agency"
        due.append(
            Due(
                row.id, row.attempt, row.webhook_id, url, secret, row.seq, row.kind, row.case_id, row.data, row.created_at, outside
            )
        )  # fmt: skip
    return due


def told(tx: Connection, delivery: str, attempt: int, status: int | None, problem: str | None, again: timedelta | None) -> None:
    """How a try ended; `again`: when the next one is, None when there is none. Counts only for the one who has it in hand."""
    mine = (deliveries.c.id == delivery, deliveries.c.attempt == attempt, deliveries.c.state == "waiting")
    state = "sent" if problem is None else "waiting" if again is not None else "failed"
    next_at, done = (now() + again, None) if again is not None else (None, now())
    tx.execute(update(deliveries).where(*mine).values(state=state, status=status, problem=problem, next_at=next_at, done_at=done))


def gone(tx: Connection, webhook: str) -> None:
    """The address answered 410: it wants nothing more."""
    tx.execute(update(webhooks).where(webhooks.c.id == webhook, webhooks.c.disabled_at.is_(None)).values(disabled_at=now()))
    audit.record(tx, "webhook.end", actor="system:deliver", object_id=webhook)


def waiting(tx: Connection) -> int:
    """How many deliveries wait."""
    return int(tx.execute(select(func.count()).select_from(deliveries).where(deliveries.c.state == "waiting")).scalar() or 0)


def _deliveries() -> Any:
    return select(deliveries, events.c.kind).join(events, events.c.seq == deliveries.c.event_seq)


def _webhook(act: Act, row: Row[Any]) -> Webhook:
    url = act.vault.box(act.tx, SYSTEM).open_text(row.url_sealed, URL + row.id)
    return Webhook(row.id, url, tuple(row.kinds.split()), row.created_at, row.disabled_at)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        row.id, row.seq, row.webhook_id, row.event_seq, row.kind, row.state, row.attempt, row.status, row.problem, row.next_at, row.done_at
    )

