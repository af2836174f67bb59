"""Verifies an export of Yushen's audit log, offline. This one file and the package `cryptography` are all that is needed.

    python audit_verify.py EXPORT --key PUBLIC [--checkpoint EARLIER]
    python audit_verify.py --proof PROOF [--report REPORT] --key PUBLIC

EXPORT: the exported log. PUBLIC: the public key (`yushen-audit+…`), or a file that holds it. EARLIER: a file with a checkpoint that was
kept elsewhere: the log must still begin with what it held then. PROOF: the proof that comes with a report; REPORT: its JSON, as it came.
Exit code 0: all holds. 1: something was changed; the line says what. 2: wrong use.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = {"format": "yushen-audit-1"}


class Changed(Exception):
    """Something does not hold. One line."""


class NoKey(Exception):
    """What was given is no public key of an audit log."""


@dataclass(frozen=True)
class Head:
    """What a checkpoint says."""

    size: int
    root: bytes


class Tree:
    """The roots of a growing log, from its leaves (RFC 6962), holding one hash per full subtree."""

    def __init__(self) -> None:
        self.size = 0
        self.full: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf."""
        size, new = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self.full and self.full[-1][0] == size:
            new = _inner(self.full.pop()[1], new)
            size *= 2
        self.full.append((size, new))
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves so far."""
        if not self.full:
            return hashlib.sha256(b"").digest()
        found = self.full[-1][1]
        for _, each in reversed(self.full[:-1]):
            found = _inner(each, found)
        return found


def public_key(text: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """Name, key id and key of a verifier key."""
    try:
        name, key_id, body = text.strip().split("+", 2)
        raw = base64.b64decode(body, validate=True)
        if raw[:1] != b"\x01" or hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4] != bytes.fromhex(key_id):
            raise ValueError
        return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError:
        raise NoKey from None


def opened_note(note: str, key: tuple[str, bytes, Ed25519PublicKey], what: str) -> Head:
    """What a checkpoint says, after its signature was verified."""
    name, key_id, verifier = key
    body, parted, signatures = note.partition("\n\n")
    try:
        (row,) = signatures.rstrip("\n").split("\n")
        mark, signer, signature = row.split(" ")
        signed = base64.b64decode(signature, validate=True)
        origin, size, root = body.split("\n")
        head = Head(int(size), base64.b64decode(root, validate=True))
        whole = f"{origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n\n— {name} {base64.b64encode(signed).decode()}\n"
        if not parted or (mark, signer, origin, note) != ("—", name, name, whole) or signed[:4] != key_id:
            raise ValueError
        verifier.verify(signed[4:], (body + "\n").encode())
    except (ValueError, InvalidSignature):
        raise Changed(f"{what} is not signed by this key, or was changed") from None
    return head


def verify_export(path: Path, key: tuple[str, bytes, Ed25519PublicKey], earlier: str | None = None) -> Head:
    """The head of an exported log in which everything holds. Raises Changed."""
    before = opened_note(earlier, key, "the earlier checkpoint") if earlier is not None else None
    tree, last, met = Tree(), None, before is None
    with path.open("rb") as file:
        if next(file, b"") != _canonical(FORMAT):
            raise Changed("line 1: not an export of an audit log, or its head line was changed")
        for number, row in enumerate(file, start=2):
            if last is not None:
                raise Changed(f"line {number}: something stands after the checkpoint that closes the export")
            met = met or _same_beginning(tree, before)
            value = _value(row, number)
            if "checkpoint" in value:
                last = opened_note(str(value["checkpoint"]), key, f"line {number}: the checkpoint")
            elif value.get("seq") != tree.size:
                raise Changed(f"line {number}: leaf {tree.size} is not here: lines were removed, added or put in another order")
            else:
                tree.add(row.rstrip(b"\n"))
    if last is None:
        raise Changed("the export ends before its checkpoint: its end was cut off")
    if before is not None and not met:
        raise Changed(f"the log held {before.size} leaves at the earlier checkpoint and has fewer now")
    if (last.size, last.root) != (tree.size, tree.root()):
        raise Changed("the leaves are not those that the checkpoint was signed over")
    return last


def _same_beginning(tree: Tree, before: Head | None) -> bool:
    if before is None or tree.size < before.size:
        return False
    if tree.root() != before.root:
        raise Changed(f"the first {before.size} leaves are not those of the earlier checkpoint: the log was rewritten")
    return True


def verify_proof(proof: dict[str, Any], key: tuple[str, bytes, Ed25519PublicKey], report: bytes | None = None) -> Head:
    """The head under which a leaf is proven to be in the log, and, where the report is given, that the leaf speaks of these bytes."""
    if proof.get("checkpoint") is None:
        raise Changed("the proof has no checkpoint yet: fetch it again in a minute")
    head = opened_note(str(proof["checkpoint"]), key, "the proof's checkpoint")
    leaf = str(proof["leaf"])
    place, last = int(proof["place"]), head.size - 1
    if not 0 <= place <= last or json.loads(leaf)["seq"] != place:
        raise Changed("the leaf is not at the place that the proof names")
    found = hashlib.sha256(b"\x00" + leaf.encode()).digest()
    for each in (base64.b64decode(text, validate=True) for text in proof["path"]):
        if last == 0:
            raise Changed("the proof's path is too long")
        if place % 2 or place == last:
            found = _inner(each, found)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            found = _inner(found, each)
        place, last = place // 2, last // 2
    if last or found != head.root:
        raise Changed("the leaf is not in the log that the checkpoint was signed over")
    if report is not None and hashlib.sha256(report).hexdigest() != json.loads(leaf)["detail"].get("sha256"):
        raise Changed("the report is not the one that the leaf was written for")
    return head


def _inner(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _value(row: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(row)
    except ValueError:
        value = None
    if not isinstance(value, dict) or _canonical(value) != row:
        raise Changed(f"line {number}: damaged, or not in the form it was written in")
    return value


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def main(arguments: list[str] | None = None) -> int:
    """What the command line asks for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="audit_verify", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("export", nargs="?", type=Path)
    parser.add_argument("--key", required=True)
    for name in ("--checkpoint", "--proof", "--report"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args(arguments)
    if (given.export is None) == (given.proof is None):
        parser.error("give an export or --proof")
    try:
        key = public_key(given.key if "+" in given.key else Path(given.key).read_text(encoding="ascii"))
    except (NoKey, OSError, ValueError):
        parser.error("--key is no public key of an audit log")
    try:
        if given.proof is not None:
            report = given.report.read_bytes() if given.report else None
            head = verify_proof(json.loads(given.proof.read_text(encoding="utf-8")), key, report)
        else:
            earlier = given.checkpoint.read_text(encoding="utf-8") if given.checkpoint else None
            head = verify_export(given.export, key, earlier)
    except Changed as found:
        print(f"CHANGED: {found}")
        return 1
    except (OSError, ValueError, KeyError, TypeError) as found:
        print(f"CHANGED: cannot be read ({type(found).__name__})")
        return 1
    print(f"all holds: {head.size} leaves, root {head.root.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
