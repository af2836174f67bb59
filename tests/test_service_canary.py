"""200 personal marks through the running service: found where they are asked for in full, and nowhere else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from benchmarks import canary


@pytest.mark.timeout(600)
def test_no_mark_is_found_outside_of_answers_in_full(tmp_path: Path) -> None:
    found = canary.run(tmp_path)
    assert sorted(set(found.leaks)) == []
    assert found.planted == 200 and found.shown > 100 and found.places > 300


PERSON = canary.Person("鄢曌犇", "500103195001234567", "6222021234567890123", "13812345678")


@pytest.mark.parametrize("mark", PERSON.marks)
@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_mark_is_found_however_it_is_written(mark: str, before: int) -> None:
    """So that the test above can fail."""
    for written in (
        mark.encode(), json.dumps({"a": mark}).encode(), mark.encode("utf-16-le"), base64.b64encode(b"x" * before + mark.encode() + b"yyyy"),
    ):  # fmt: skip
        outcome = canary.Outcome()
        canary._look(outcome, [PERSON], [("somewhere", b"\x00\x01" + written + b"\x02")])
        assert len(outcome.leaks) == 1, written
    outcome = canary.Outcome()
    canary._look(outcome, [PERSON], [("somewhere", mark[:-1].encode())])
    assert outcome.leaks == []


def test_no_two_people_share_a_mark() -> None:
    import random

    everybody = canary.people(random.Random(1), 50)
    assert len({mark for person in everybody for mark in person.marks}) == 200
    assert {len(person.id_number) for person in everybody} == {18} and {len(person.card) for person in everybody} == {19}
