"""Sealing: nothing moves, nothing opens without its key, erased is gone, and the master key changes without touching what is sealed."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from intake import masterkeys, vault
from intake.database import connect, reading, writing
from intake.errors import NotFound
from intake.masterkeys import MasterKeyMissing
from intake.migrations import migrate
from intake.settings import Settings, SettingWrong
from intake.tables import keys
from intake.vault import Box, SealBroken
from tests.service_ground import Ground, laid

BOX = Box("case_a", b"k" * 32)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return laid(tmp_path)


@given(st.binary(max_size=2000), st.text(max_size=20))
def test_what_is_sealed_opens_at_its_place(data: bytes, place: str) -> None:
    sealed = BOX.seal(data, place)
    assert BOX.open(sealed, place) == data
    assert len(sealed) == len(data) + 29
    assert data not in sealed or len(data) < 4
    assert BOX.seal(data, place) != sealed, "each sealing has a nonce of its own"


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_changed_byte_is_found(data: bytes, drawn: st.DataObject) -> None:
    sealed = bytearray(BOX.seal(data, "x"))
    at = drawn.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= drawn.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        BOX.open(bytes(sealed), "x")


@pytest.mark.parametrize("moved", [Box("case_b", b"k" * 32), Box("case_a", b"j" * 32)], ids=["another owner", "another key"])
def test_what_is_moved_to_another_owner_or_key_does_not_open(moved: Box) -> None:
    with pytest.raises(SealBroken):
        moved.open(BOX.seal(b"secret", "messages.text:1"), "messages.text:1")


def test_what_is_moved_to_another_place_does_not_open() -> None:
    sealed = BOX.seal_text("张三", "messages.text:1")
    for place in ("messages.text:2", "notices.content:1", ""):
        with pytest.raises(SealBroken):
            BOX.open_text(sealed, place)


@pytest.mark.parametrize("cut", [0, 1, 12, 28])
def test_what_is_cut_short_does_not_open(cut: int) -> None:
    with pytest.raises(SealBroken):
        BOX.open(BOX.seal(b"", "x")[:cut], "x")


def test_json_and_text_come_back() -> None:
    assert BOX.open_json(BOX.seal_json({"姓名": ["张三", 1, None]}, "x"), "x") == {"姓名": ["张三", 1, None]}
    assert BOX.open_text(BOX.seal_text("张三", "x"), "x") == "张三"
    assert "kkkk" not in repr(BOX)


def test_an_erased_key_is_gone_for_every_process_at_once(ground: Ground) -> None:
    case = ground.case()
    other = vault.opened(ground.settings)
    with reading(ground.engine) as tx:
        assert other.box(tx, case).key == ground.vault.box(tx, case).key
    with writing(ground.engine) as tx:
        ground.vault.drop_key(tx, case)
    for each in (ground.vault, other):
        with reading(ground.engine) as tx, pytest.raises(NotFound):
            each.box(tx, case)


def test_a_key_wrapped_for_one_case_is_none_for_another(ground: Ground) -> None:
    a, b = ground.case(), ground.case()
    with writing(ground.engine) as tx:
        wrapped = tx.execute(select(keys.c.wrapped).where(keys.c.owner == a)).scalar_one()
        tx.execute(update(keys).where(keys.c.owner == b).values(wrapped=wrapped))
    with reading(ground.engine) as tx, pytest.raises(MasterKeyMissing):
        ground.vault.box(tx, b)


def test_a_keyed_hash_depends_on_kind_and_key(ground: Ground, tmp_path: Path) -> None:
    digest = ground.vault.digest("id_number", "110101199003071234")
    assert digest == vault.opened(ground.settings).digest("id_number", "110101199003071234")
    assert digest != ground.vault.digest("phone", "110101199003071234")
    assert digest != vault.opened(Settings(data=tmp_path / "other")).digest("id_number", "110101199003071234")


def test_rotating_wraps_keys_anew_and_touches_nothing_else(ground: Ground) -> None:
    cases = [ground.case() for _ in range(7)]
    blobs = {entry.key: ground.blobs.get(entry.key) for entry in ground.blobs.entries()}
    running = vault.opened(ground.settings)  # another process, which goes on
    path = ground.settings.data / masterkeys.DEFAULT
    masterkeys.replace(path, masterkeys.raised(path.read_text()))
    assert vault.rotate(ground.engine, ground.vault, batch=3) == 8, "seven cases and the system"
    assert vault.rotate(ground.engine, ground.vault) == 0
    with reading(ground.engine) as tx:
        assert set(tx.execute(select(keys.c.master_version)).scalars()) == {2}
        assert running.box(tx, cases[0]) == ground.vault.box(tx, cases[0])
    assert {entry.key: ground.blobs.get(entry.key) for entry in ground.blobs.entries()} == blobs


def test_the_old_master_key_is_of_no_use_after_a_rotation(ground: Ground) -> None:
    case = ground.case()
    path = ground.settings.data / masterkeys.DEFAULT
    old = masterkeys.parsed(path.read_text())
    masterkeys.replace(path, masterkeys.raised(path.read_text()))
    vault.rotate(ground.engine, ground.vault)
    masterkeys.replace(path, "".join(row + "\n" for row in path.read_text().splitlines() if not row.startswith("1 ")))
    with reading(ground.engine) as tx:
        assert vault.opened(ground.settings).box(tx, case)
        with pytest.raises(MasterKeyMissing, match="2"):
            vault.Vault(old).box(tx, case)


def test_another_master_key_opens_nothing(ground: Ground, tmp_path: Path) -> None:
    case = ground.case()
    stranger = vault.Vault(masterkeys.parsed(masterkeys.fresh()))
    with reading(ground.engine) as tx, pytest.raises(MasterKeyMissing):
        stranger.box(tx, case)


# --- where the master key is -------------------------------------------------------------------------------------------------


def test_production_refuses_a_key_made_by_default_or_beside_the_data(tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match="must be set in production"):
        vault.opened(Settings(data=tmp_path, production=True))
    assert not (tmp_path / masterkeys.DEFAULT).exists(), "and makes none"
    masterkeys.create(tmp_path / "master", masterkeys.fresh())
    with pytest.raises(SettingWrong, match="outside the data folder"):
        vault.opened(Settings(data=tmp_path, production=True, master_key=f"file:{tmp_path / 'master'}"))
    assert vault.opened(Settings(data=tmp_path / "data", production=True, master_key=f"file:{tmp_path / 'master'}"))


def test_a_key_file_is_made_for_its_owner_only_and_never_replaced(tmp_path: Path) -> None:
    vault.opened(Settings(data=tmp_path))
    path = tmp_path / masterkeys.DEFAULT
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    before = path.read_text()
    assert not masterkeys.create(path, masterkeys.fresh())
    assert path.read_text() == before and list(path.parent.iterdir()) == [path]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    masterkeys.create(tmp_path / "master", masterkeys.fresh())
    (tmp_path / "master").chmod(0o640)
    with pytest.raises(SettingWrong, match="chmod 600"):
        vault.opened(Settings(data=tmp_path, master_key=f"file:{tmp_path / 'master'}"))


@pytest.mark.parametrize(
    "text", ["", "1 !!!", "1 AAAA", "master " + "A" * 44, "1 " + base64.b64encode(b"x" * 32).decode()],
    ids=["empty", "no base64", "short", "no version", "without index"],
)  # fmt: skip
def test_a_damaged_key_is_refused_without_being_shown(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MASTER", text)
    with pytest.raises(SettingWrong) as refused:
        vault.opened(Settings(data=tmp_path, master_key="env:MASTER"))
    assert base64.b64encode(b"x" * 32).decode() not in str(refused.value) and "master key" in str(refused.value)


@pytest.mark.parametrize("place", ["nowhere", "file:", "env:NOT_SET_ANYWHERE", "kms:os.system", "file:does/not/exist"])
def test_a_place_that_is_none_is_refused(place: str, tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match="YUSHEN_MASTER_KEY"):
        vault.opened(Settings(data=tmp_path, master_key=place))


def test_the_environment_and_an_adapter_hold_keys_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = masterkeys.fresh().replace("\n", ",")
    monkeypatch.setenv("MASTER", text)
    for place in ("env:MASTER", "kms:tests.test_service_vault:FarAway"):
        settings = Settings(data=tmp_path / place.partition(":")[0], master_key=place)
        settings.data.mkdir()
        engine = connect(settings.url)
        migrate(engine)
        secrets = vault.opened(settings)
        with writing(engine) as tx:
            sealed = secrets.new_key(tx, "case_a").seal(b"x", "p")
        with reading(engine) as tx:
            assert vault.opened(settings).box(tx, "case_a").open(sealed, "p") == b"x"
            assert secrets.signer().sign(b"x")


class FarAway:
    """A key-management service as an adapter sees it: it wraps and unwraps; its key never comes here."""

    ring = masterkeys.parsed(masterkeys.fresh())
    current = 7
    index, sign = ring.index, ring.sign

    def wrap(self, key: bytes, owner: bytes) -> tuple[int, bytes]:
        return 7, self.ring.wrap(key, owner)[1]

    def unwrap(self, version: int, wrapped: bytes, owner: bytes) -> bytes:
        assert version == 7
        return self.ring.unwrap(1, wrapped, owner)


def test_the_database_and_blobs_without_the_key_tell_nothing(ground: Ground) -> None:
    """What is planted by `ground.case`: a name in three places, and an id number in a blob."""
    ground.case()
    with ground.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(FULL)")  # type: ignore[union-attr]
    read = 0
    for path in ground.settings.data.rglob("*"):
        if path.is_file() and path.name != "master":
            data = path.read_bytes()
            read += len(data)
            assert "张三".encode() not in data and b"110101199003071234" not in data, path.name
    assert read > 100_000


@pytest.mark.parametrize(("mode", "other", "group", "loose"), [
    (0o600, 0, 0, False), (0o640, 0, 0, True), (0o440, 1, 0, False), (0o440, 1, 1, True), (0o460, 1, 0, True), (0o444, 1, 0, True),
])  # fmt: skip
def test_a_key_file_laid_down_for_this_group_alone_is_taken(mode: int, other: int, group: int, loose: bool) -> None:
    status = os.stat_result((mode, 0, 0, 1, os.geteuid() + other, os.getegid() + group, 0, 0, 0, 0))
    assert masterkeys._loose(status) is loose
