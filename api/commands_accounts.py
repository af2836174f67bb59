"""`yushen organisation`, `yushen user`, `yushen key`: who comes in, set up by whoever runs the machine; the first administrator too.

A password or key is never an argument: passwords are asked for or made, keys are shown once.
"""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy import select

from api.commands_ground import actor, service
from intake import machines, people
from intake.database import reading, writing
from intake.scope import MACHINE_SCOPES, ROLES
from intake.tables import clients, organisations


@click.group()
def organisation() -> None:
    """Banks, their branches, and the agencies that hand in to them."""


@organisation.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(["bank", "branch", "agency"]), required=True)
@click.option("--bank", help="Id of the bank that a branch or agency belongs to.")
@click.option("--branch", "branches", multiple=True, help="Id of a branch that an agency may hand in to; may be given several times.")
def add_organisation(name: str, kind: str, bank: str | None, branches: tuple[str, ...]) -> None:
    """A new organisation; prints its id."""
    with service() as (_, engine, _), writing(engine) as tx:
        made = people.add_organisation(tx, kind, name, bank=bank, actor=actor())
        for branch in branches:
            people.allow_branch(tx, made, branch, actor=actor())
    click.echo(made)


@organisation.command("list")
def list_organisations() -> None:
    """All organisations: id, kind, name."""
    with service() as (_, engine, _), reading(engine) as tx:
        for row in tx.execute(select(organisations).order_by(organisations.c.kind, organisations.c.name)):
            click.echo(f"{row.id}  {row.kind:7} {row.name}{'  (disabled)' if row.disabled_at else ''}")


@click.group()
def user() -> None:
    """People who log in."""


@user.command("add")
@click.argument("login")
@click.option("--organisation", "organisation_id", required=True, help="Id of the organisation.")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True)
@click.option("--name", help="The person's name (default: the login name).")
@click.option("--generate", is_flag=True, help="Make a password, print it once; it must be changed at the first log-in.")
def add_user(login: str, organisation_id: str, role: str, name: str | None, generate: bool) -> None:
    """A new person; asks for the password unless it is to be made. Prints the id."""
    password = _password(generate)
    told = {"organisation_id": organisation_id, "login": login, "name": name or login, "role": role, "password": password}
    with service() as (_, engine, vault), writing(engine) as tx:
        made = people.add_user(tx, vault, **told, actor=actor(), must_change=generate)
    _show(password, generate)
    click.echo(made)


@user.command("list")
def list_users() -> None:
    """All people: login name, role, organisation."""
    with service() as (_, engine, vault), reading(engine) as tx:
        names = {row.id: row.name for row in tx.execute(select(organisations))}
        for row in people.people_of(tx, vault, list(names)):
            marks = ["disabled"] * bool(row["disabled_at"]) + ["no second factor"] * (not row["second_factor"])
            said = f"  ({', '.join(marks)})" if marks else ""
            click.echo(f"{row['login']:20} {row['role']:14} {names[row['organisation_id']]}{said}")


@user.command("password")
@click.argument("login")
@click.option("--generate", is_flag=True, help="Make a password, print it once; it must be changed at the first log-in.")
def set_password(login: str, generate: bool) -> None:
    """A new password; all sessions of the person end."""
    password = _password(generate)
    with service() as (_, engine, _), writing(engine) as tx:
        people.set_password(tx, people.by_login(tx, login).id, password, actor=actor(), must_change=generate)
    _show(password, generate)


@user.command("disable")
@click.argument("login")
@click.option("--undo", is_flag=True, help="Let the person in again.")
def disable_user(login: str, undo: bool) -> None:
    """The person comes in no more; all sessions end at once."""
    with service() as (_, engine, _), writing(engine) as tx:
        people.set_disabled(tx, people.by_login(tx, login).id, not undo, actor=actor())


@user.command("drop-second-factor")
@click.argument("login")
def drop_second_factor(login: str) -> None:
    """For a lost phone: the next log-in goes without a code, and a new second factor is set up then."""
    with service() as (_, engine, _), writing(engine) as tx:
        people.drop_second_factor(tx, people.by_login(tx, login).id, actor=actor())


@click.group()
def key() -> None:
    """Machines that speak to the API, and their keys and secrets."""


@key.command("add")
@click.argument("name")
@click.option("--organisation", "organisation_id", required=True, help="Id of the organisation that the machine belongs to.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(sorted(MACHINE_SCOPES)), help="What it may; several times.")
@click.option("--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long the key lasts.")
@click.option("--secret", is_flag=True, help="A client secret, to be exchanged for short tokens, instead of a key.")
def add_key(name: str, organisation_id: str, scopes: tuple[str, ...], days: int, secret: bool) -> None:
    """A key for the machine of this name, which is made where there is none. Prints the client's id and the key, once."""
    allowed, kind = frozenset(scopes or ("cases:read", "cases:write", "events")), "secret" if secret else "key"
    with service() as (_, engine, _), writing(engine) as tx:
        mine = select(clients.c.id).where(clients.c.organisation_id == organisation_id, clients.c.name == name)
        client = tx.execute(mine.where(clients.c.disabled_at.is_(None))).scalar()
        client = client or machines.add_client(tx, organisation_id, name, allowed, actor=actor())
        _, text = machines.add_credential(tx, client, kind, scopes=allowed, lasts=timedelta(days=days), actor=actor())
    click.echo(f"{client} {text}")


@key.command("list")
def list_keys() -> None:
    """All machines with their keys and secrets; not what these are."""
    with service() as (_, engine, _), reading(engine) as tx:
        for client in tx.execute(select(clients).order_by(clients.c.name)).all():
            click.echo(f"{client.id}  {client.name}: {client.scopes}{'  (disabled)' if client.disabled_at else ''}")
            for row in machines.credentials_of(tx, client.id):
                state = "revoked" if row.revoked_at else f"until {row.expires_at:%Y-%m-%d}"
                click.echo(f"  {row.id}  {row.kind:6} {state}, last used {row.last_used_at or 'never'}")


@key.command("revoke")
@click.argument("credential")
def revoke_key(credential: str) -> None:
    """Ends a key or secret at once."""
    with service() as (_, engine, _), writing(engine) as tx:
        machines.revoke(tx, credential, actor=actor())


def _password(generate: bool) -> str:
    if not generate:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return people.generated_password()


def _show(password: str, generated: bool) -> None:
    if generated:
        click.echo(f"password: {password}")
