"""Characters that a PDF states beside its glyphs, in a form drawn at another scale: how browsers print Chinese."""

from __future__ import annotations

import io

import pikepdf
import pytest

from extractors.decoding.text import clean
from extractors.model import Line
from tests.made_files import pdf, saved
from tests.test_pages import read_one

SENTENCE = "兹证明王建国自2019年7月1日起在我公司工作，月均收入一万元，本证明仅用于办理住房贷款"
STATED = "月日自工入一用"


def printed(stated: str, scale: float) -> Line:
    """The sentence as a browser prints it: every character by itself, some with their text stated, in a form at this scale."""
    shown = []
    for n, char in enumerate(SENTENCE):
        code = char.encode("utf-16-be").hex()
        draws = f"/H 40 Tf 1 0 0 -1 {100 + 40 * n} 300 Tm <{code}> Tj"
        shown.append(f"/Span <</ActualText <FEFF{code}> >> BDC {draws} EMC" if char in stated else draws)
    with pikepdf.open(io.BytesIO(pdf(f"q {scale} 0 0 -{scale} 30 760 cm /X Do Q"))) as made:
        page = made.pages[0]
        form = made.make_stream(f"BT {' '.join(shown)} ET".encode())
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        form.BBox = pikepdf.Array([0, 0, 3000, 3000])
        form.Resources = pikepdf.Dictionary(Font=page.Resources.Font)
        page.Resources.XObject = pikepdf.Dictionary(X=form)
        read = read_one(saved(made))
    assert read.text_sound
    (line,) = read.lines
    return line


@pytest.mark.parametrize("scale", [0.24, 0.3])
def test_stated_characters_stand_in_their_line(scale: float) -> None:
    plain, line = printed("", scale), printed(STATED, scale)
    assert line.text == plain.text == "".join(clean(ord(char)) for char in SENTENCE)
    assert [line.box.x0, line.box.x1] == pytest.approx([plain.box.x0, plain.box.x1], abs=3)
    assert max(abs(a - b) for a, b in zip(line.edges, plain.edges, strict=True)) < 0.4 * plain.box.height


def test_a_stated_character_as_flat_as_a_dash_keeps_its_place() -> None:
    assert "收入一万元" in printed("一", 0.24).text
