"""A Merkle tree as in RFC 6962: who holds its root can be shown that a leaf is in it, and that an earlier tree is its beginning.

Pure: hashes in, hashes out. `node(level, place)` gives the hash over the leaves `place << level` up to the next place; it is asked for
full subtrees only, so that callers can store them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf; its first byte keeps a leaf from being taken for an inner node."""
    return sha256(b"\x00" + leaf).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def completed(place: int, new: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """What the leaf at `place` adds: (level, place, hash) of itself and each subtree that it makes full."""
    added = [(0, place, new)]
    level = 0
    while place % 2:
        new = inner_hash(node(level, place - 1), new)
        level, place = level + 1, place // 2
        added.append((level, place, new))
    return added


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _subtree(0, size, node) if size else EMPTY


def inclusion(leaf: int, size: int, node: Node) -> list[bytes]:
    """The path from a leaf to the root of the first `size` leaves (RFC 6962, 2.1.1). Raises IndexError when it is not among them."""
    if not 0 <= leaf < size:
        raise IndexError("no such leaf in this tree")
    return _path(leaf, 0, size, node)


def consistency(first: int, second: int, node: Node) -> list[bytes]:
    """The proof that the tree of `first` leaves is the beginning of that of `second` (RFC 6962, 2.1.2)."""
    if not 0 < first <= second:
        raise IndexError("no such trees")
    return _beginning(first, 0, second, node, True)


def _path(leaf: int, low: int, high: int, node: Node) -> list[bytes]:
    if high - low == 1:
        return []
    middle = low + _split(high - low)
    if leaf < middle:
        return [*_path(leaf, low, middle, node), _subtree(middle, high, node)]
    return [*_path(leaf, middle, high, node), _subtree(low, middle, node)]


def _beginning(first: int, low: int, high: int, node: Node, whole: bool) -> list[bytes]:
    """`first` counts from `low`; `whole`: whether the verifier already holds this subtree's hash."""
    if first == high - low:
        return [] if whole else [_subtree(low, high, node)]
    k = _split(high - low)
    if first <= k:
        return [*_beginning(first, low, low + k, node, whole), _subtree(low + k, high, node)]
    return [*_beginning(first - k, low + k, high, node, False), _subtree(low, low + k, node)]


def _subtree(low: int, high: int, node: Node) -> bytes:
    size = high - low
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(size)
    return inner_hash(_subtree(low, middle, node), _subtree(middle, high, node))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def holds_inclusion(leaf: bytes, place: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the path leads from the leaf's hash to the root."""
    if not 0 <= place < size:
        return False
    number, last, found = place, size - 1, leaf
    for each in path:
        if last == 0:
            return False
        if number % 2 or number == last:
            found = inner_hash(each, found)
            while number % 2 == 0 and number:
                number, last = number // 2, last // 2
        else:
            found = inner_hash(found, each)
        number, last = number // 2, last // 2
    return last == 0 and found == expected


def holds_consistency(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the first tree is the beginning of the second (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    number, last = first - 1, second - 1
    while number % 2:
        number, last = number // 2, last // 2
    old = new = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if number % 2 or number == last:
            old, new = inner_hash(each, old), inner_hash(each, new)
            while number % 2 == 0 and number:
                number, last = number // 2, last // 2
        else:
            new = inner_hash(new, each)
        number, last = number // 2, last // 2
    return last == 0 and old == first_root and new == second_root
