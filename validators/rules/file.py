"""Rules on the files and pictures themselves: can they be opened, seen, and are they what came out of the bank or camera."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from extractors.model import SURE, Document, PageRef
from validators.codes import finding
from validators.model import Case, Finding, Unchecked, known
from validators.papers import lacking, mandatory, type_label
from validators.registry import rule
from validators.say import paper, person, place

Said = Iterator[Finding | Unchecked]
_REASONS = {
    "blurred": "模糊",
    "dark": "过暗",
    "glare": "反光",
    "cropped": "拍摄不完整",
    "small": "尺寸过小",
    "damaged": "数据损坏",
}
_HOW = {
    "blurred": "请持稳手机、对准焦点后重拍",
    "dark": "请在光线充足处重拍",
    "glare": "请避开灯光直射、调整角度后重拍",
    "cropped": "请把材料四角都拍进画面",
    "small": "请靠近拍摄或提供更高分辨率的扫描件",
    "damaged": "请重新导出或重新扫描这一页",
}
_SIGNS = {
    "producer": "由图像或文档编辑软件生成",
    "image_editor": "图像由修图软件处理过",
    "incremental_update": "生成后又被增量修改",
    "changed_after_signing": "电子签章之后又被修改",
    "fonts": "同一内容使用了不同字体",
    "text_over_scan": "扫描图像上另加有文字",
    "patch_over_scan": "扫描图像上有白色遮盖块",
    "covered_text": "有文字被遮盖在其他内容之下",
}


@rule("unreadable_file")
def unreadable_file(case: Case) -> Said:
    """每个文件都应能打开：未损坏、未加密、不为空、确是图片或PDF。"""
    for record in case.files:
        if record.error is None:
            continue
        yield finding(
            "unreadable_file",
            for_manager=f"文件“{record.name}”无法打开：{record.error.sentence}",
            for_broker=f"请重新提供文件“{record.name}”：{record.error.sentence}",
            detail={"file": record.name, "reason": record.error.code},
        )


@rule("unreadable_image")
def unreadable_image(case: Case) -> Said:
    """页面应清晰、明亮、完整到可以辨认；指出原因和重拍方法（模糊、过暗、反光、缺角、过小）。"""
    for ref, reasons, held in unclear(_pages(case), case.documents):
        why = "、".join(_REASONS[reason] for reason in reasons)
        how = "；".join(_HOW[reason] for reason in reasons)
        named = [d for d in held if d.type != "unknown"]
        owner = person(case.party(named[0])) if named else ""
        what = f"（{owner + '的' if owner else ''}{type_label(named[0].type)}）" if named else ""
        yield finding(
            "unreadable_image",
            held,
            fields=(),
            for_manager=f"{place([ref])}{what}{why}，无法可靠辨认。",
            for_broker=f"{place([ref])}{what}{why}，{how}。",
            detail={"file": ref.file, "page": ref.page, "reasons": reasons},
        )


def unclear(pages: Iterable[PageRef], documents: Sequence[Document]) -> Iterator[tuple[PageRef, tuple[str, ...], list[Document]]]:
    """The pages that nobody can rely on, with the reasons and the documents on them. A page whose papers were well read is none."""
    for ref in pages:
        reasons = tuple(reason for reason in ref.quality.unreadable if reason in _REASONS)
        held = [d for d in documents if any(_same_page(ref, page) for page in d.pages)]
        if reasons and not (held and all(_well_read(d) for d in held)):
            yield ref, reasons, held


def advice(reason: str) -> tuple[str, str]:
    """What is wrong with a page, and how to take it again.

    >>> advice("glare")
    ('反光', '请避开灯光直射、调整角度后重拍')
    """
    return _REASONS.get(reason, "无法辨认"), _HOW.get(reason, "请重新拍照")


def _pages(case: Case) -> list[PageRef]:
    """Every page once, in the order of the files; a page's quality as its documents have it, else as its file has."""
    found: dict[tuple[str, int], PageRef] = {}
    for record in case.files:
        found.update({(ref.file, ref.page): ref for ref in record.page_refs})
    for document in case.documents:
        for ref in document.pages:
            if ref.quality.unreadable or (ref.file, ref.page) not in found:
                found[ref.file, ref.page] = ref
    return list(found.values())


def _same_page(a: PageRef, b: PageRef) -> bool:
    return (a.file, a.page) == (b.file, b.page)


def _well_read(document: Document) -> bool:
    """Whether all that a paper must have was surely read: then its picture is good enough, whatever was measured."""
    names = [part for name in mandatory(document) for part in name.split("|")]
    fields = [field for name in names if (field := known(document, name)) is not None]
    return bool(names) and not lacking(document) and all(field.confidence >= SURE for field in fields)


@rule("photocopy")
def photocopy(case: Case) -> Said:
    """黑白复印件不是原件，提示经办人核对原件。"""
    yield from _warned(case, "photocopy", "photocopy", "像是复印件", "请提供原件的彩色照片或扫描件。", _COLOURED)


@rule("screen_capture")
def screen_capture(case: Case) -> Said:
    """翻拍屏幕或截屏不是原件，提示经办人核对原件。"""
    yield from _warned(case, "screen_capture", "screen_capture", "像是翻拍屏幕或截屏", "请提供原件的照片或扫描件。")


_COLOURED = frozenset(
    ("resident_id_card", "business_licence", "marriage_certificate", "property_certificate", "income_proof", "household_register")
)
"""Papers whose original has colour (print, paper or seal): only of these does a grey picture say that it is a copy."""


def _warned(case: Case, code: str, warning: str, what: str, ask: str, types: frozenset[str] | None = None) -> Said:
    """One finding for each document with a page that bears the warning; leftovers beside a known document have none."""
    taken = {(ref.file, ref.page) for d in case.documents if d.type != "unknown" for ref in d.pages}
    for document in case.documents:
        if types is not None and document.type not in types:
            continue
        pages = [ref for ref in document.pages if warning in ref.quality.warnings]
        leftover = document.type == "unknown" and all((ref.file, ref.page) in taken for ref in pages)
        if pages and not leftover:
            which = f"（{place(pages)}）" if len(pages) < len(document.pages) else ""
            told = f"{paper(case, document)}{what}{which}。"
            yield finding(code, [document], fields=(), for_manager=told, for_broker=ask)


@rule("tamper_suspected")
def tamper_suspected(case: Case) -> Said:
    """PDF的结构不应带有编辑痕迹：编辑软件、增量修改、混用字体（仅作线索，由人判断）。"""
    for record in case.files:
        signs = record.pdf.signs if record.pdf is not None else ()
        if not signs:
            continue
        held = [d for d in case.documents if any(ref.file == record.name for ref in d.pages)]
        told = "；".join(dict.fromkeys(_sign(sign) for sign in signs))
        assert record.pdf is not None
        yield finding(
            "tamper_suspected",
            held,
            fields=(),
            for_manager=f"文件“{record.name}”疑似经过编辑：{told}。请与原件或出具单位核实。",
            detail={
                "file": record.name,
                "signs": signs,
                "producer": record.pdf.producer,
                "creator": record.pdf.creator,
                "revisions": record.pdf.revisions,
            },
        )


def _sign(sign: str) -> str:
    """A sign in Chinese; what stands behind a colon is its particular: `producer:WPS`."""
    kind, _, particular = sign.partition(":")
    told = _SIGNS.get(kind, kind)
    return f"{told}（{particular}）" if particular else told
