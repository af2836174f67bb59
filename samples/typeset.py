"""Template + data → PDF → pixels. The only file that knows typst and pdfium here.

A template reads its data with `#import "/templates/common.typ": *` (`data`, `asset("seal.png")`, `specimen()`, …).
It sees nothing but `samples/templates` and the assets it is given.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from samples.paper import PARTS, Part

TEMPLATES = Path(__file__).resolve().parent / "templates"
FONT_FOLDERS = ("/usr/share/fonts/opentype/noto", "/usr/share/fonts/truetype")
"""Where Debian puts the fonts; `FONT_PACKAGES` are the packages that bring them."""
FONT_PACKAGES = (
    "fonts-noto-cjk fonts-lxgw-wenkai fonts-wqy-microhei fonts-wqy-zenhei fonts-arphic-uming fonts-arphic-ukai "
    "fonts-arphic-gbsn00lp fonts-arphic-gkai00mp fonts-cns11643-kai fonts-cns11643-sung fonts-dejavu-core"
)
FONTS: Mapping[Part, Mapping[str, tuple[str, ...]]] = {
    "tuning": {
        "hei": ("Noto Sans CJK SC", "WenQuanYi Micro Hei"),
        "song": ("Noto Serif CJK SC",),
        "kai": ("LXGW WenKai",),
        "mono": ("LXGW WenKai Mono", "Noto Sans Mono CJK SC"),
    },
    "retired": {
        "hei": ("WenQuanYi Micro Hei Mono", "WenQuanYi Zen Hei Sharp"),
        "song": ("Libertinus Serif", "AR PL UMing", "Noto Serif CJK SC"),
        "kai": ("AR PL UKai", "LXGW WenKai"),
        "mono": ("New Computer Modern", "AR PL UMing"),
    },
    "test": {
        "hei": ("DejaVu Sans", "WenQuanYi Zen Hei"),
        "song": ("AR PL SungtiL GB", "TW-Sung"),
        "kai": ("AR PL KaitiM GB", "TW-Kai"),
        "mono": ("DejaVu Sans Mono", "WenQuanYi Zen Hei Mono"),
    },
}
"""Font families by part and kind. Test shares none with the others; tuning and retired share some, Debian has no more Chinese
outlines than these. What one lacks comes from the next of its kind: the DejaVu fonts have figures and Latin text only, SungtiL and
KaitiM GB lack newer characters, and the last resort is Noto Serif."""


@cache
def _fonts() -> Any:
    import typst

    folders = [Path(folder) for folder in FONT_FOLDERS if Path(folder).is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def missing_fonts() -> list[str]:
    """Font families that the templates ask for and this machine lacks."""
    have = set(_fonts().families())
    wanted = {name for kinds in FONTS.values() for names in kinds.values() for name in names}
    return sorted(wanted - have)


def _part_of(template: Path) -> Part:
    return next(part for part in PARTS if part == template.parts[0])


def typeset(
    template: Path | str, data: Mapping[str, Any], assets: Mapping[str, bytes] | None = None, part: Part | None = None
) -> bytes:
    """PDF of `template` (path below samples/templates, such as `tuning/licence.typ`) filled with `data`.

    `assets`: file name to bytes, for `asset("seal.png")`. `part` chooses the fonts; by default the template's folder.
    The same arguments give the same bytes. Raises typst.TypstError when the template is wrong.
    """
    import typst

    name = Path(template)
    inputs = {"data": json.dumps(data, ensure_ascii=False), "fonts": json.dumps(FONTS[part or _part_of(name)], ensure_ascii=False)}
    with tempfile.TemporaryDirectory(prefix="specimen-") as folder:
        root = Path(folder)
        (root / "templates").symlink_to(TEMPLATES)
        (root / "assets").mkdir()
        for file, content in (assets or {}).items():
            (root / "assets" / file).write_bytes(content)
        main = root / "main.typ"
        main.write_text(f'#include "/templates/{name.as_posix()}"\n')
        made = typst.compile(main, root=root, font_paths=_fonts(), sys_inputs=inputs, timestamp=0, pdf_tags=False)
    assert isinstance(made, bytes)
    return made


def rasterise(pdf: bytes, dpi: int = 200) -> list[np.ndarray]:
    """The pages as uint8 arrays of shape (height, width, 3), BGR."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, rev_byteorder=False).to_numpy()[:, :, :3].copy() for page in document]
    finally:
        document.close()
