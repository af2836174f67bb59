"""The audit log: RFC 6962's own vectors, no leaf without its transaction, and a verifier that finds whatever was changed."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from api import audit_verify
from intake import audit, checkpoints, masterkeys, merkle, vault
from intake.database import reading, writing
from intake.tables import audit as leaves_table
from intake.tables import audit_nodes
from intake.vault import Vault
from tests.service_ground import Ground, laid
from tests.service_postgres import ground, postgres

__all__ = ["ground", "postgres"]

# The leaves and roots of the test vectors of the Certificate Transparency log that RFC 6962 came from.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def stored(leaves: list[bytes]) -> merkle.Node:
    held: dict[tuple[int, int], bytes] = {}
    for place, leaf in enumerate(leaves):
        for level, at, each in merkle.completed(place, merkle.leaf_hash(leaf), lambda level, at: held[level, at]):
            held[level, at] = each
    return lambda level, at: held[level, at]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_vectors_of_rfc_6962(size: int) -> None:
    assert merkle.root(size, stored(LEAVES)).hex() == ROOTS[size - 1]
    tree = audit_verify.Tree()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert tree.root().hex() == ROOTS[size - 1], "and by the verifier's own way"


def test_an_empty_log_and_the_vectors_of_paths() -> None:
    assert merkle.root(0, stored([])).hex() == hashlib.sha256(b"").hexdigest() == audit_verify.Tree().root().hex()
    node = stored(LEAVES)
    assert [each.hex() for each in merkle.inclusion(5, 8, node)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in merkle.consistency(6, 8, node)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_proofs_hold_for_what_they_prove_and_nothing_else(leaves: list[bytes], drawn: st.DataObject) -> None:
    node, size = stored(leaves), len(leaves)
    root = merkle.root(size, node)
    place = drawn.draw(st.integers(0, size - 1))
    path = merkle.inclusion(place, size, node)
    hashed = merkle.leaf_hash(leaves[place])
    assert merkle.holds_inclusion(hashed, place, size, path, root)
    assert not merkle.holds_inclusion(merkle.leaf_hash(leaves[place] + b"x"), place, size, path, root)
    assert not merkle.holds_inclusion(hashed, place, size, [*path, root], root)
    first = drawn.draw(st.integers(1, size))
    early = merkle.root(first, node)
    proof = merkle.consistency(first, size, node)
    assert merkle.holds_consistency(first, early, size, root, proof)
    assert not merkle.holds_consistency(first, merkle.leaf_hash(b"other"), size, root, proof)
    assert first == size or not merkle.holds_consistency(first, early, size, early, proof)


@pytest.mark.parametrize(("leaf", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_proof_of_what_is_not_there(leaf: int, size: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion(leaf, size, stored(LEAVES))


# --- in the database ---------------------------------------------------------------------------------------------------------


def recorded(ground: Ground, number: int) -> None:
    with writing(ground.engine) as tx:
        for each in range(number):
            audit.record(tx, "case.read", actor="user_x", case_id="case_y", detail={"n": each})


def test_a_leaf_is_written_with_its_transaction_or_not_at_all(ground: Ground) -> None:
    with reading(ground.engine) as tx:
        before = audit.size(tx)
    with pytest.raises(RuntimeError), writing(ground.engine) as tx:
        audit.record(tx, "case.read", actor="user_x")
        raise RuntimeError
    with writing(ground.engine) as tx:
        assert audit.record(tx, "case.read", actor="user_x") == before, "no gap"


def test_many_writers_make_one_log_without_gap_or_fork(ground: Ground) -> None:
    with reading(ground.engine) as tx:
        before = audit.size(tx)
    threads = [threading.Thread(target=lambda: [recorded(ground, 3) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(ground.engine) as tx:
        rows = tx.execute(select(leaves_table).order_by(leaves_table.c.seq)).all()
        assert [row.seq for row in rows] == list(range(before + 60))
        assert audit.size(tx) == len(rows)
        tree = audit_verify.Tree()
        for row in rows:
            assert merkle.leaf_hash(row.leaf.encode()) == bytes(row.leaf_hash) and json.loads(row.leaf)["seq"] == row.seq
            tree.add(row.leaf.encode())
        assert tree.root() == merkle.root(len(rows), audit.nodes(tx))
        nodes = tx.execute(select(func.count()).select_from(audit_nodes)).scalar_one()
        assert nodes < 2 * len(rows)


@pytest.mark.parametrize(
    "detail", [{"name": "张三"}, {"id": "110101199003071234"}, {"id": "11010119900307123X"}, {"phone": "13812341234"}, {"card": "6222021234567890123"},
               {"file": "my file.jpg"}, {"long": "x" * 129}, {"rate": 0.5}, {"deep": {"a": 1}}, {"list": ["张三"]}],
)  # fmt: skip
def test_what_could_be_a_persons_is_not_taken(tmp_path: Path, detail: dict[str, Any]) -> None:
    ground = laid(tmp_path)
    with writing(ground.engine) as tx, pytest.raises(ValueError, match="audit log"):
        audit.record(tx, "case.read", actor="user_x", detail=detail)


def test_a_report_comes_with_a_proof_that_the_verifier_takes(ground: Ground) -> None:
    report = b'{"verdict": "complete"}'
    with writing(ground.engine) as tx:
        leaf = audit.record(tx, "report.make", actor="system", case_id="case_y", detail={"sha256": hashlib.sha256(report).hexdigest()})
    with reading(ground.engine) as tx:
        assert checkpoints.proof(tx, leaf)["checkpoint"] is None
    recorded(ground, 5)
    with writing(ground.engine) as tx:
        note = checkpoints.checkpoint(tx, ground.vault)
        assert checkpoints.checkpoint(tx, ground.vault) == note, "one per size"
    recorded(ground, 9)
    key = audit_verify.public_key(checkpoints.public_key(ground.vault))
    with reading(ground.engine) as tx:
        proof = json.loads(json.dumps(checkpoints.proof(tx, leaf)))
        hashed = merkle.leaf_hash(proof["leaf"].encode())
        path = [base64.b64decode(each) for each in proof["path"]]
        assert merkle.holds_inclusion(hashed, leaf, proof["size"], path, base64.b64decode(proof["root"]))
    assert audit_verify.verify_proof(proof, key, report).size == proof["size"]
    with pytest.raises(audit_verify.Changed, match="report"):
        audit_verify.verify_proof(proof, key, report + b" ")
    for name, value in {"leaf": proof["leaf"].replace("system", "sYstem"), "place": leaf + 1, "path": proof["path"][:-1]}.items():
        with pytest.raises(audit_verify.Changed):
            audit_verify.verify_proof(proof | {name: value}, key, report)


def test_a_later_log_begins_with_the_earlier_one(ground: Ground) -> None:
    with reading(ground.engine) as tx:
        first, early = audit.size(tx), merkle.root(audit.size(tx), audit.nodes(tx))
    recorded(ground, 21)
    with reading(ground.engine) as tx:
        last = audit.size(tx)
        proof = merkle.consistency(first, last, audit.nodes(tx))
        assert merkle.holds_consistency(first, early, last, merkle.root(last, audit.nodes(tx)), proof)


# --- the export and its verifier ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = laid(tmp_path_factory.mktemp("log"))
    recorded(made, 40)
    with writing(made.engine) as tx:
        note = checkpoints.checkpoint(tx, made.vault)
    (made.settings.data / "earlier").write_text(note, encoding="utf-8")
    recorded(made, 23)
    with writing(made.engine) as tx:
        (made.settings.data / "export").write_text("".join(checkpoints.export(tx, made.vault)), encoding="utf-8")
    return made


def verified(log: Ground, rows: list[bytes], folder: Path, earlier: bool = True) -> str:
    """What the verifier finds; empty when all holds."""
    path = folder / "changed"
    path.write_bytes(b"".join(rows))
    key = audit_verify.public_key(checkpoints.public_key(log.vault))
    try:
        note = (log.settings.data / "earlier").read_text(encoding="utf-8") if earlier else None
        audit_verify.verify_export(path, key, note)
    except audit_verify.Changed as found:
        return str(found)
    return ""


def lines(log: Ground) -> list[bytes]:
    return (log.settings.data / "export").read_bytes().splitlines(keepends=True)


def test_an_untouched_export_holds(log: Ground, tmp_path: Path) -> None:
    assert verified(log, lines(log), tmp_path) == verified(log, lines(log), tmp_path, earlier=False) == ""


def flipped(rows: list[bytes], chance: random.Random) -> list[bytes]:
    whole = bytearray(b"".join(rows))
    whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
    return [bytes(whole)]


def deleted(rows: list[bytes], chance: random.Random) -> list[bytes]:
    at = chance.randrange(len(rows))
    return [*rows[:at], *rows[at + 1 :]]


def doubled(rows: list[bytes], chance: random.Random) -> list[bytes]:
    at = chance.randrange(len(rows))
    return [*rows[:at], rows[at], *rows[at:]]


def swapped(rows: list[bytes], chance: random.Random) -> list[bytes]:
    a, b = chance.sample(range(len(rows)), 2)
    changed = list(rows)
    changed[a], changed[b] = changed[b], changed[a]
    return changed


def cut(rows: list[bytes], chance: random.Random) -> list[bytes]:
    return [b"".join(rows)[: chance.randrange(len(b"".join(rows)))]]


def edited(rows: list[bytes], chance: random.Random) -> list[bytes]:
    """A leaf rewritten with care: another person, in canonical form."""
    at = chance.randrange(1, len(rows) - 1)
    value = json.loads(rows[at]) | {"actor": f"user_{chance.random()}"}
    return [*rows[:at], audit.canonical(value).encode() + b"\n", *rows[at + 1 :]]


@given(change=st.sampled_from([flipped, deleted, doubled, swapped, cut, edited]), seed=st.integers(0, 1 << 30), earlier=st.booleans())
@settings(max_examples=300)
def test_every_random_tampering_is_found(log: Ground, tmp_path_factory: pytest.TempPathFactory, change: Any, seed: int, earlier: bool) -> None:
    rows = lines(log)
    changed = change(rows, random.Random(seed))
    assert b"".join(changed) != b"".join(rows)
    assert verified(log, changed, tmp_path_factory.getbasetemp(), earlier) != ""


@pytest.mark.parametrize("change", [flipped, deleted, doubled, swapped, cut, edited])
def test_of_a_hundred_tamperings_a_hundred_are_found(log: Ground, tmp_path: Path, change: Any) -> None:
    rows, found = lines(log), 0
    for seed in range(100):
        found += verified(log, change(rows, random.Random(seed)), tmp_path) != ""
    assert found == 100


def forged(log: Ground, leaves: list[bytes], signer: Vault) -> list[bytes]:
    """An export of these leaves whose checkpoint fits them, signed by `signer`."""
    tree = audit_verify.Tree()
    renumbered = [audit.canonical(json.loads(leaf) | {"seq": n}).encode() + b"\n" for n, leaf in enumerate(leaves)]
    for leaf in renumbered:
        tree.add(leaf.rstrip(b"\n"))
    note = checkpoints.signed(tree.size, tree.root(), signer)
    return [lines(log)[0], *renumbered, audit.canonical({"checkpoint": note}).encode() + b"\n"]


def test_a_log_signed_anew_by_another_key_is_found(log: Ground, tmp_path: Path) -> None:
    stranger = vault.Vault(masterkeys.parsed(masterkeys.fresh()))
    assert "not signed by this key" in verified(log, forged(log, lines(log)[1:-1], stranger), tmp_path)


def test_whoever_holds_the_signing_key_cannot_rewrite_what_an_earlier_checkpoint_holds(log: Ground, tmp_path: Path) -> None:
    leaves = lines(log)[1:-1]
    rewritten = forged(log, [*leaves[:5], *leaves[6:]], log.vault)
    assert verified(log, rewritten, tmp_path, earlier=False) == "", "without an earlier checkpoint nobody can tell"
    assert "rewritten" in verified(log, rewritten, tmp_path)
    shortened = forged(log, leaves[:20], log.vault)
    assert verified(log, shortened, tmp_path, earlier=False) == ""
    assert "fewer" in verified(log, shortened, tmp_path)


def test_the_database_itself_tampered_with_is_found_in_its_export(tmp_path: Path) -> None:
    for change in (
        update(leaves_table).where(leaves_table.c.seq == 3).values(leaf=func.replace(leaves_table.c.leaf, "command", "somebody")),
        delete(leaves_table).where(leaves_table.c.seq == 3),
        update(audit_nodes).where(audit_nodes.c.level == 3, audit_nodes.c.place == 0).values(hash=b"x" * 32),
    ):
        ground = laid(tmp_path / f"{type(change).__name__}-{change.table.name}")
        with writing(ground.engine) as tx:
            tx.execute(change)
        with writing(ground.engine) as tx:
            rows = [row.encode() for row in checkpoints.export(tx, ground.vault)]
        assert verified(ground, rows, tmp_path, earlier=False) != ""


def test_the_verifier_is_one_file_that_runs_alone(log: Ground, tmp_path: Path) -> None:
    alone = tmp_path / "audit_verify.py"
    alone.write_bytes(Path(audit_verify.__file__).read_bytes())
    data = log.settings.data
    (tmp_path / "key").write_text(checkpoints.public_key(log.vault) + "\n")

    def run(*arguments: object) -> tuple[int, str]:
        ran = subprocess.run([sys.executable, "-I", alone, *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True)
        return ran.returncode, ran.stdout

    code, said = run(data / "export", "--key", checkpoints.public_key(log.vault), "--checkpoint", data / "earlier")
    assert code == 0 and said.startswith("all holds: 7"), said
    assert run(data / "export", "--key", "key")[0] == 0
    (tmp_path / "changed").write_bytes(b"".join(flipped(lines(log), random.Random(1))))
    code, said = run("changed", "--key", "key")
    assert (code, said[:8]) == (1, "CHANGED:")
    assert run("no such file", "--key", "key")[0] == 1
    assert run(data / "export", "--key", "a+b+c")[0] == run("--key", "key")[0] == 2


def test_an_export_is_what_people_can_read(log: Ground) -> None:
    value = json.loads(lines(log)[5])
    assert set(value) == {"action", "actor", "at", "case", "detail", "object", "seq"} and value["seq"] == 4
