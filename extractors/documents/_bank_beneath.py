"""Counterparties that a statement prints on a line of their own under the row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.documents._bank_rows import Entry, clean

_NAME_BENEATH = re.compile(r"(?:对方|对手|交易对[方手]|收/?付款人)(?:户名|名称|姓名)?\s{0,3}[:：]\s{0,3}([^\s\d:：]{0,40})")


def named_beneath(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the counterparty that a printed line beneath names (`对方：张三  6222…`) where none stands in the row: the line
    was taken for a row of its own, or for more of the summary."""
    done: list[Entry] = []
    for entry in entries:
        named = _NAME_BENEATH.search(entry.summary) if entry.kind == "entry" and not entry.counterparty else None
        if named:
            entry = replace(entry, summary=entry.summary[: named.start()], counterparty=_worded(named[1]))
        beneath = _NAME_BENEATH.match(entry.printed) if entry.kind == "other" else None
        if beneath and done and done[-1].kind == "entry" and not done[-1].counterparty:
            sure = min(done[-1].text_confidence, entry.text_confidence)
            done[-1] = replace(done[-1], counterparty=_worded(beneath[1]), text_confidence=sure)
        done.append(entry)
    return done


def _worded(text: str) -> str:
    return clean(text) if re.search(r"\w", text) else ""
