"""Addresses that are told what happens, signed after Standard Webhooks; the log of what was told, and telling it again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from api.http import schemas_more as schemas
from api.http.auth import need
from api.http.door import Answer, Keyed, door, once, plain
from api.http.problems import ALWAYS, CHANGES, told
from intake import addresses, errors, webhooks
from intake.acting import Act
from intake.scope import Scope

router = APIRouter(tags=["webhooks"])
Hooks = Annotated[Scope, need("webhooks")]
HookId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.post("/webhooks", status_code=201, response_model=schemas.MadeWebhook, responses=told(*ALWAYS, *CHANGES, errors.Conflict))
def add(request: Request, body: schemas.NewWebhook, scope: Hooks, _key: Keyed) -> Response:
    """Register an address of your organisation. The signing secret is shown now and never again."""
    try:
        addresses.parsed(body.url, door(request).settings)
    except addresses.AddressRefused:
        raise errors.Invalid("回调地址须为可公开访问的 HTTPS 地址，或由管理员在设置中指定的主机。", "/url") from None

    def do(act: Act) -> Answer:
        made, secret = webhooks.add(act, body.url, tuple(body.kinds))
        return Answer({**_shown(made), "secret": secret}, 201, secret="secret")  # noqa: S106 - a name

    return once(request, scope, (plain(body.model_dump()),), do)


@router.get("/webhooks", response_model=list[schemas.Webhook], responses=told(*ALWAYS))
def list_webhooks(request: Request, scope: Hooks) -> Response:
    """The addresses of your organisation."""
    with door(request).look(scope) as act:
        found = webhooks.listed(act)
    return JSONResponse([_shown(each) for each in found])


@router.delete("/webhooks/{webhook_id}", status_code=204, response_class=Response, responses=told(*ALWAYS, errors.NotFound))
def disable(request: Request, webhook_id: HookId, scope: Hooks) -> Response:
    """Tell an address nothing more."""
    with door(request).act(scope) as act:
        webhooks.disable(act, webhook_id)
    return Response(status_code=204)


@router.get("/webhooks/{webhook_id}/deliveries", response_model=list[schemas.Delivery], responses=told(*ALWAYS, errors.NotFound))
def deliveries(
    request: Request,
    webhook_id: HookId,
    scope: Hooks,
    before: Annotated[int | None, Query(ge=1, le=1 << 53, description="`seq` of the last one of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Response:
    """What was told to an address, newest first, and how it went."""
    with door(request).look(scope) as act:
        found = webhooks.log(act, webhook_id, before=before, most=limit)
    return JSONResponse([_delivery(each) for each in found])


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
    response_model=schemas.Delivery,
    responses=told(*ALWAYS, *CHANGES, errors.NotFound, errors.Conflict),
)
def replay(request: Request, webhook_id: HookId, delivery_id: HookId, scope: Hooks, _key: Keyed) -> Response:
    """Tell something again, under the same id."""
    return once(request, scope, (), lambda act: Answer(_delivery(webhooks.replay(act, webhook_id, delivery_id))))


def _shown(hook: webhooks.Webhook) -> dict[str, Any]:
    shown = schemas.Webhook(
        id=hook.id, url=hook.url, kinds=list(hook.kinds), created_at=hook.created_at, disabled_at=hook.disabled_at
    )
    return shown.model_dump(mode="json")


def _delivery(each: webhooks.Delivery) -> dict[str, Any]:
    state: Any = each.state
    shown = schemas.Delivery(
        id=each.id, seq=each.seq, event=each.event, kind=each.kind, state=state, attempt=each.attempt, status=each.status,
        problem=each.problem, next_at=each.next_at, done_at=each.done_at,
    )  # fmt: skip
    return shown.model_dump(mode="json")
