"""The commands that set up who comes in and keep the data: as an operator types them."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from api.cli import app
from intake import accounts, database, vault
from intake.errors import Unauthenticated
from intake.settings import Settings


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("YUSHEN_DATA", str(tmp_path / "data"))
    return Run()


class Run:
    """A command, and what it printed."""

    def __call__(self, *arguments: str, typed: str = "") -> str:
        result = self.result(*arguments, typed=typed)
        assert result.exit_code == 0, result.output
        return result.output.strip()

    def result(self, *arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, arguments, input=typed)


@pytest.fixture
def branch(run: Run) -> str:
    bank = run("organisation", "add", "甲银行", "--kind", "bank")
    return run("organisation", "add", "甲支行", "--kind", "branch", "--bank", bank)


def session(data: Path, login: str, password: str) -> accounts.Session:
    settings = Settings(data=data)
    return accounts.log_in(database.connect(settings.url), vault.opened(settings), settings, login, password)


def test_the_first_administrator_comes_in_by_the_password_that_was_typed(run: Run, branch: str, tmp_path: Path) -> None:
    user = run("user", "add", "admin.one", "--organisation", branch, "--role", "administrator", typed="a long sentence 1\na long sentence 1\n").split()[-1]
    scope = session(tmp_path / "data", "admin.one", "a long sentence 1").scope
    assert scope.actor == user and scope.allows("accounts")
    assert "admin.one            administrator  甲支行  (no second factor)" in run("user", "list")


def test_a_generated_password_must_be_changed(run: Run, branch: str, tmp_path: Path) -> None:
    told = run("user", "add", "li.si", "--organisation", branch, "--role", "manager", "--generate")
    password = told.splitlines()[0].removeprefix("password: ")
    assert session(tmp_path / "data", "li.si", password).must == ("password",)
    run("user", "disable", "li.si")
    with pytest.raises(Unauthenticated):
        session(tmp_path / "data", "li.si", password)
    run("user", "disable", "li.si", "--undo")
    again = run("user", "password", "li.si", "--generate").removeprefix("password: ")
    run("user", "drop-second-factor", "li.si")
    assert session(tmp_path / "data", "li.si", again)


def test_no_command_takes_a_password_or_key_as_argument() -> None:
    for group in ("user", "key"):
        command = app.commands[group]
        assert isinstance(command, click.Group)
        for name, each in command.commands.items():
            for parameter in each.params:
                assert not {"--password", "--key", "--secret-text"} & set(parameter.opts), name


def test_a_key_is_shown_once_and_can_be_revoked(run: Run, branch: str, tmp_path: Path) -> None:
    client, text = run("key", "add", "case system", "--organisation", branch, "--scope", "cases:read", "--days", "7").split()
    settings = Settings(data=tmp_path / "data")
    engine, secrets = database.connect(settings.url), vault.opened(settings)
    assert accounts.authenticate_bearer(engine, secrets, text).scopes == {"cases:read"}
    listed = run("key", "list")
    assert client in listed and text not in listed and text[4:] not in listed
    run("key", "revoke", next(word for word in listed.split() if word.startswith("cred_")))
    with pytest.raises(Unauthenticated):
        accounts.authenticate_bearer(engine, secrets, text)
    secret = run("key", "add", "case system", "--organisation", branch, "--scope", "cases:read", "--secret").split()
    assert secret[0] == client and secret[1].startswith("ysc_")


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "add", "li.si", "--organisation", "org_x", "--role", "manager", "--generate"),
        ("user", "disable", "nobody"),
        ("key", "revoke", "cred_x"),
        ("organisation", "add", "x", "--kind", "branch"),
        ("restore", "nowhere"),
    ],
)
def test_wrong_use_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    result = run.result(*arguments)
    assert result.exit_code != 0 and "Traceback" not in result.output and len(result.output.strip().splitlines()) == 1, result.output


def test_the_log_is_exported_and_verified(run: Run, branch: str, tmp_path: Path) -> None:
    export = tmp_path / "export"
    (tmp_path / "earlier").write_text(run("audit", "checkpoint") + "\n", encoding="utf-8")
    run("audit", "export", str(export))
    key = run("audit", "public-key")
    assert run("audit", "verify", str(export), "--key", key, "--checkpoint", str(tmp_path / "earlier")).startswith("all holds")
    export.write_text(export.read_text(encoding="utf-8").replace("command", "commanD", 1), encoding="utf-8")
    assert run.result("audit", "verify", str(export), "--key", key).exit_code == 1
    actions = [json.loads(row).get("action") for row in export.read_text(encoding="utf-8").splitlines()]
    assert actions[1:-1] == ["organisation.add", "organisation.add", "audit.export"]


def test_a_backup_is_restored_under_a_rotated_key(run: Run, branch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("user", "add", "li.si", "--organisation", branch, "--role", "manager", "--generate")
    assert run("master-key", "rotate") == "1 keys are wrapped by version 2 of the master key"
    run("backup", str(tmp_path / "backup"))
    monkeypatch.setenv("YUSHEN_DATA", str(tmp_path / "new"))
    assert "cannot be opened: master key 2" in run.result("restore", str(tmp_path / "backup")).output, "its own, made by default"
    monkeypatch.setenv("YUSHEN_DATA", str(tmp_path / "newer"))
    monkeypatch.setenv("YUSHEN_MASTER_KEY", f"file:{tmp_path / 'data' / 'keys' / 'master'}")
    run("restore", str(tmp_path / "backup"))
    assert "li.si" in run("user", "list")
    assert "not empty" in run.result("restore", str(tmp_path / "backup")).output


def test_a_new_master_key_is_never_put_over_an_old_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master"
    assert f"YUSHEN_MASTER_KEY=file:{path}" in run("master-key", "new", str(path))
    before = path.read_bytes()
    assert run.result("master-key", "new", str(path)).exit_code == 2 and path.read_bytes() == before
