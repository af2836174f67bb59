"""What administrators keep: organisations, people, machines and their credentials, the bank's settings. No cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select

from api.http import schemas_more as schemas
from api.http.auth import need
from api.http.door import Answer, Keyed, door, once, plain
from api.http.problems import ALWAYS, CHANGES, told
from intake import audit, errors, machines, people
from intake.acting import Act
from intake.errors import Forbidden, NotFound
from intake.scope import Scope
from intake.tables import clients, credentials, organisations, settings, users

router = APIRouter(tags=["administration"])
Keeps = Annotated[Scope, need("accounts")]
Sets = Annotated[Scope, need("settings")]
Some = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MAKES = told(*ALWAYS, *CHANGES, errors.NotFound, errors.Conflict)


def governed(act: Act) -> dict[str, Any]:
    """The organisations whose people and machines an administrator keeps, by id: a bank's all of it, others' their own."""
    scope = act.scope
    wanted = people.of_bank(scope.bank) if scope.kind == "bank" else select(organisations).where(organisations.c.id == scope.organisation)
    return {row.id: row for row in act.tx.execute(wanted).all()}


def _mine(act: Act, organisation: str) -> None:
    if organisation not in governed(act):
        raise NotFound


def _of_bank(scope: Scope) -> None:
    if scope.kind != "bank":
        raise Forbidden


@router.get("/organisations", response_model=list[schemas.Organisation], responses=told(*ALWAYS))
def list_organisations(request: Request, scope: Keeps) -> Response:
    """The bank, its branches and agencies; of a branch or agency, itself."""
    with door(request).look(scope) as act:
        found = governed(act).values()
        return JSONResponse([_organisation(row) for row in found])


@router.post("/organisations", status_code=201, response_model=schemas.Organisation, responses=MAKES)
def add_organisation(request: Request, body: schemas.NewOrganisation, scope: Keeps, _key: Keyed) -> Response:
    """A new branch, or an agency that may hand in to branches."""
    _of_bank(scope)

    def do(act: Act) -> Answer:
        made = people.add_organisation(act.tx, body.kind, body.name, bank=scope.bank, actor=scope.actor)
        for branch in body.branches:
            _mine(act, branch)
            people.allow_branch(act.tx, made, branch, actor=scope.actor)
        return Answer(_organisation(governed(act)[made]), 201)

    return once(request, scope, (plain(body.model_dump()),), do)


@router.put("/organisations/{organisation_id}/branches/{branch_id}", status_code=204, response_class=Response, responses=MAKES)
def allow_branch(request: Request, organisation_id: Some, branch_id: Some, scope: Keeps) -> Response:
    """Let an agency hand in to a branch."""
    _of_bank(scope)
    with door(request).act(scope) as act:
        _mine(act, organisation_id)
        _mine(act, branch_id)
        people.allow_branch(act.tx, organisation_id, branch_id, actor=scope.actor)
    return Response(status_code=204)


@router.get("/users", response_model=list[schemas.User], responses=told(*ALWAYS))
def list_users(request: Request, scope: Keeps) -> Response:
    """The people whom you keep."""
    here = door(request)
    with here.act(scope) as act:
        found = people.people_of(act.tx, here.vault, list(governed(act)))
    return JSONResponse([schemas.User(**each).model_dump(mode="json") for each in found])


@router.post("/users", status_code=201, response_model=schemas.MadeUser, responses=MAKES)
def add_user(request: Request, body: schemas.NewUser, scope: Keeps, _key: Keyed) -> Response:
    """A new person, with a password for the first log-in that is shown now and never again."""

    def do(act: Act) -> Answer:
        _mine(act, body.organisation_id)
        password = people.generated_password()
        made = people.add_user(
            act.tx, act.vault, organisation_id=body.organisation_id, login=body.login, name=body.name, role=body.role,
            password=password, actor=scope.actor,
        )  # fmt: skip
        return Answer({**_user(act, made), "password": password}, 201, secret="password")  # noqa: S106 - a name

    return once(request, scope, (plain(body.model_dump()),), do)


@router.patch("/users/{user_id}", response_model=schemas.User, responses=MAKES)
def change_user(request: Request, user_id: Some, body: schemas.ChangeUser, scope: Keeps) -> Response:
    """Let a person in no more or again; forget a lost second factor. All sessions of the person end."""
    with door(request).act(scope) as act:
        _user(act, user_id)
        if body.disabled is not None:
            people.set_disabled(act.tx, user_id, body.disabled, actor=scope.actor)
        if body.drop_second_factor:
            people.drop_second_factor(act.tx, user_id, actor=scope.actor)
        shown = _user(act, user_id)
    return JSONResponse(shown)


@router.post("/users/{user_id}/password", response_model=schemas.FreshPassword, responses=MAKES)
def reset_password(request: Request, user_id: Some, scope: Keeps, _key: Keyed) -> Response:
    """A new password for the next log-in, shown now and never again."""

    def do(act: Act) -> Answer:
        _user(act, user_id)
        password = people.generated_password()
        people.set_password(act.tx, user_id, password, actor=scope.actor, must_change=True)
        return Answer({"password": password}, secret="password")  # noqa: S106 - a name

    return once(request, scope, (), do)


def _user(act: Act, user_id: str) -> dict[str, Any]:
    """A person whom the administrator keeps. Raises NotFound."""
    place = act.tx.execute(select(users.c.organisation_id).where(users.c.id == user_id)).scalar()
    if place is None or place not in governed(act):
        raise NotFound
    (found,) = [each for each in people.people_of(act.tx, act.vault, [place]) if each["id"] == user_id]
    return schemas.User(**found).model_dump(mode="json")


@router.get("/clients", response_model=list[schemas.Client], responses=told(*ALWAYS))
def list_clients(request: Request, scope: Keeps) -> Response:
    """The machines whom you keep, with their credentials (never what those are)."""
    with door(request).look(scope) as act:
        rows = act.tx.execute(select(clients).where(clients.c.organisation_id.in_(list(governed(act)))).order_by(clients.c.name)).all()
        shown = [_client(act, row.id) for row in rows]
    return JSONResponse(shown)


@router.post("/clients", status_code=201, response_model=schemas.Client, responses=MAKES)
def add_client(request: Request, body: schemas.NewClient, scope: Keeps, _key: Keyed) -> Response:
    """A new machine; what it can do at most."""

    def do(act: Act) -> Answer:
        _mine(act, body.organisation_id)
        made = machines.add_client(act.tx, body.organisation_id, body.name, frozenset(body.scopes), actor=scope.actor)
        return Answer(_client(act, made), 201)

    return once(request, scope, (plain(body.model_dump()),), do)


@router.patch("/clients/{client_id}", response_model=schemas.Client, responses=MAKES)
def change_client(request: Request, client_id: Some, body: schemas.ChangeClient, scope: Keeps) -> Response:
    """Let a machine in no more, or again, at once."""
    with door(request).act(scope) as act:
        _client(act, client_id)
        machines.set_disabled(act.tx, client_id, body.disabled, actor=scope.actor)
        shown = _client(act, client_id)
    return JSONResponse(shown)


@router.post("/clients/{client_id}/credentials", status_code=201, response_model=schemas.MadeCredential, responses=MAKES)
def add_credential(request: Request, client_id: Some, body: schemas.NewCredential, scope: Keeps, _key: Keyed) -> Response:
    """A new secret or key, shown now and never again; two of each kind at a time."""

    def do(act: Act) -> Answer:
        _client(act, client_id)
        wanted = None if body.scopes is None else frozenset(body.scopes)
        made, text = machines.add_credential(
            act.tx, client_id, body.kind, scopes=wanted, lasts=timedelta(days=body.days), actor=scope.actor
        )
        return Answer({"id": made, "kind": body.kind, "secret": text}, 201, secret="secret")  # noqa: S106 - a name

    return once(request, scope, (plain(body.model_dump()),), do)


ENDS = told(*ALWAYS, errors.NotFound)


@router.delete("/clients/{client_id}/credentials/{credential_id}", status_code=204, response_class=Response, responses=ENDS)
def revoke(request: Request, client_id: Some, credential_id: Some, scope: Keeps) -> Response:
    """End a secret or key at once; with a secret, its tokens."""
    with door(request).act(scope) as act:
        _client(act, client_id)
        of = act.tx.execute(select(credentials.c.client_id).where(credentials.c.id == credential_id)).scalar()
        if of != client_id:
            raise NotFound
        machines.revoke(act.tx, credential_id, actor=scope.actor)
    return Response(status_code=204)


def _client(act: Act, client_id: str) -> dict[str, Any]:
    """A machine that the administrator keeps. Raises NotFound."""
    row = act.tx.execute(select(clients).where(clients.c.id == client_id)).one_or_none()
    if row is None or row.organisation_id not in governed(act):
        raise NotFound
    held = [_credential(each) for each in machines.credentials_of(act.tx, client_id)]
    shown = schemas.Client(
        id=row.id, organisation_id=row.organisation_id, name=row.name, scopes=row.scopes.split(), disabled_at=row.disabled_at,
        created_at=row.created_at, credentials=held,
    )  # fmt: skip
    return shown.model_dump(mode="json")


def _credential(row: Any) -> schemas.Credential:
    times = {name: getattr(row, name) for name in ("expires_at", "last_used_at", "revoked_at", "created_at")}
    return schemas.Credential(id=row.id, kind=row.kind, scopes=row.scopes.split(), **times)


def _organisation(row: Any) -> dict[str, Any]:
    shown = schemas.Organisation(
        id=row.id, kind=row.kind, bank_id=row.bank_id, name=row.name, disabled_at=row.disabled_at, created_at=row.created_at
    )
    return shown.model_dump(mode="json")


@router.get("/settings", response_model=schemas.BankSettings, responses=told(*ALWAYS))
def get_settings(request: Request, scope: Sets) -> Response:
    """What the bank set for itself."""
    _of_bank(scope)
    with door(request).look(scope) as act:
        return JSONResponse(bank_settings(act))


@router.put("/settings", response_model=schemas.BankSettings, responses=told(*ALWAYS, *CHANGES))
def put_settings(request: Request, body: schemas.BankSettings, scope: Sets, _key: Keyed) -> Response:
    """Set anew what the bank sets for itself; null: the service's own default."""
    _of_bank(scope)

    def do(act: Act) -> Answer:
        mine = settings.c.organisation_id == scope.bank
        act.tx.execute(settings.delete().where(mine, settings.c.name.in_(schemas.BankSettings.model_fields)))
        for name, value in body.model_dump(exclude_none=True).items():
            act.tx.execute(settings.insert().values(organisation_id=scope.bank, name=name, value=str(value)))
        audit.record(act.tx, "settings.change", actor=scope.actor, object_id=scope.bank, detail=body.model_dump(exclude_none=True))
        return Answer(bank_settings(act))

    return once(request, scope, (plain(body.model_dump()),), do)


def bank_settings(act: Act) -> dict[str, Any]:
    """What the bank set for itself."""
    rows = act.tx.execute(select(settings.c.name, settings.c.value).where(settings.c.organisation_id == act.scope.bank)).all()
    known = schemas.BankSettings.model_fields
    shown = schemas.BankSettings(**{row.name: int(row.value) for row in rows if row.name in known and row.value.isdecimal()})
    return shown.model_dump(mode="json")
