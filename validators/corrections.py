"""What people put right and decided, applied to what was read. Pure: the same readings and corrections give the same case.

A correction names a document by its key, `file_id:page:n`: the n-th of the documents, as they were read, whose first page that is. A
decision names a finding by its key: a hash of what it says about which documents, fields and values, so that it holds as long as the
finding does, and a finding that speaks of another value is a new one.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from extractors.model import Document, Field
from validators.codes import finding
from validators.model import Case, Finding
from validators.say import paper

Kind = Literal["field", "type", "party", "join", "split"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction. `content`: field: `field`, `value` (None: it does not stand there); type: `type`; party: `party` (None: nobody's);
    join: `other` (a document's key); split: `file` (an id) and `page`, with which a document of its own begins. `claimed`: a broker said
    so, not the bank."""

    id: str
    kind: Kind
    document: str
    content: Mapping[str, Any]
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Corrections:
    """All that stand, what brokers claim before what the bank put right, else in the order in which they were made, and what was
    decided: finding key → `confirmed`, `waived`, `noticed`.
    `file_ids`: the name that a report calls a file by → its id."""

    rows: tuple[Correction, ...] = ()
    file_ids: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    decisions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, *kinds: Kind) -> tuple[Correction, ...]:
        """Those of some kinds."""
        return tuple(row for row in self.rows if row.kind in kinds)


NOBODY = Corrections()
"""Nobody said anything."""


def keys_of(first_pages: Iterable[tuple[str, int]], file_ids: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of documents that begin on these pages (file name, page), in their order.

    >>> keys_of([("a.jpg", 1), ("a.jpg", 1), ("b.pdf", 3)], {"a.jpg": "file_A", "b.pdf": "file_B"})
    ('file_A:1:1', 'file_A:1:2', 'file_B:3:1')
    """
    seen: Counter[tuple[str, int]] = Counter()
    keys = []
    for file, page in first_pages:
        seen[file, page] += 1
        keys.append(f"{file_ids.get(file, file)}:{page}:{seen[file, page]}")
    return tuple(keys)


def corrected(documents: Sequence[Document], corrections: Corrections, keys: Mapping[str, str]) -> tuple[Document, ...]:
    """The documents with the fields that people put right. `keys`: document id → key. What was read stays in `raw`."""
    rows = corrections.of("field")
    return tuple(_with_fields(each, [row for row in rows if row.document == keys.get(each.id)]) for each in documents)


def _with_fields(document: Document, rows: Sequence[Correction]) -> Document:
    if not rows:
        return document
    fields = dict(document.fields)
    for row in rows:
        name, value = str(row.content["field"]), row.content["value"]
        if value is None:
            fields.pop(name, None)
        else:
            was = document.fields.get(name)
            fields[name] = Field(str(value), was.raw if was else str(value), 1.0, was.evidence if was else None, "person")
    return replace(document, fields=MappingProxyType(fields))


def reassigned(case: Case, corrections: Corrections, keys: Mapping[str, str]) -> Case:
    """The case with the papers at the parties that people gave them to. A party that is not in the case changes nothing."""
    of_key = {key: id for id, key in keys.items()}
    party_of = dict(case.party_of)
    known = {party.id for party in case.parties}
    for row in corrections.of("party"):
        document, party = of_key.get(row.document), row.content["party"]
        if document is not None and party is None:
            party_of.pop(document, None)
        elif document is not None and party in known:
            party_of[document] = party
    return replace(case, party_of=MappingProxyType(party_of))


def claims(case: Case, corrections: Corrections, keys: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each paper of which a broker said what or whose it is, and the bank has said nothing of the kind since: his word
    makes a report, a manager has to look at the paper."""
    of_key = {key: id for id, key in keys.items()}
    papers = {document.id: document for document in case.documents}
    settled = {(row.document, row.kind) for row in corrections.rows if not row.claimed}
    claimed: dict[str, list[Kind]] = {}
    for row in corrections.rows:
        if row.claimed and row.document in of_key and (row.document, row.kind) not in settled:
            claimed.setdefault(row.document, []).append(row.kind)
    for key, kinds in claimed.items():
        document = papers[of_key[key]]
        what = "、".join(dict.fromkeys(_CLAIMED[kind] for kind in kinds))
        told = f"{paper(case, document)}：{what}由经纪人指定，不是系统识别的结果。请对照原件，属实则豁免，不属实则更正。"
        yield finding("broker_claim", [document], fields=(), for_manager=told, detail={"kinds": sorted(set(kinds))})


_CLAIMED: Mapping[Kind, str] = {"type": "材料类型", "party": "归属", "join": "合并", "split": "拆分"}


def finding_key(finding: Finding, keys: Mapping[str, str]) -> str:
    """The key of a finding: 32 hexadecimal digits that tell nothing of what it says. Two that say the same share it."""
    said = {
        "code": finding.code,
        "documents": [keys.get(id, id) for id in finding.documents],
        "fields": list(finding.fields),
        "values": [[keys.get(value.document, value.document), value.field, value.value, value.raw] for value in finding.values],
        "asked": [str(finding.detail.get(name, "")) for name in ("requirement", "party", "document_type", "file")],
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]
