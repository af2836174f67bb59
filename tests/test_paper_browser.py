"""The HTML report as a browser shows it: on a desk and on a phone, without network, readable, every picture there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import paper_packets as packets
from worker.paper import as_html

pytestmark = pytest.mark.browser
CONTRAST = """
() => {
  const parts = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c[3]) return c; }
    return [255, 255, 255];
  };
  const poor = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || e.closest('.skip') || !e.getClientRects().length) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const contrast = (a + .05) / (b + .05);
    if (contrast < 4.5) poor.push(texts.currentNode.data.trim().slice(0, 30) + ' ' + contrast.toFixed(2));
  }
  return poor;
}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    file = folder / "report.html"
    file.write_text(as_html(packets.contradicting(folder / "packet", holder="张伟", stranger="张玮" + "很长的名字" * 20)), encoding="utf-8")
    return file


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Any, report: Path) -> Iterator[Any]:
    """The report at a width; `page.troubles` collects what the console says and what goes to the network."""
    page = browser.new_page(viewport={"width": request.param, "height": 844})
    page.troubles = []
    page.on("console", lambda message: page.troubles.append(message.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda asked: page.troubles.append(asked.url) if not asked.url.startswith(("data:", "file:///")) else None)
    page.on("requestfailed", lambda asked: page.troubles.append(asked.url[:80]))
    page.goto(report.as_uri())
    yield page
    page.close()


def test_it_loads_in_silence_and_without_network(page: Any) -> None:
    page.wait_for_load_state("networkidle")
    assert page.troubles == []
    assert page.evaluate("getComputedStyle(document.querySelector('.top')).backgroundColor") != "rgba(0, 0, 0, 0)"  # styled


def test_findings_and_their_pictures_are_seen(page: Any) -> None:
    finding = page.locator("article.finding", has_text="name_mismatch").first
    assert finding.is_visible() and finding.locator("mark").first.is_visible()
    seen = "[i.complete && i.naturalWidth > 0, i.alt.length > 0, i.getBoundingClientRect().width]"
    images = page.evaluate(f"[...document.images].map(i => {seen})")
    assert len(images) > 5 and all(loaded and named and width > 30 for loaded, named, width in images)


def test_the_mark_lies_over_the_red_bar(page: Any) -> None:
    """The bar of the drawn page is where the box of the overlay is, at whatever size the picture is shown."""
    place = page.evaluate("""() => {
      const shot = document.querySelector('.side .shot'), img = shot.querySelector('img');
      const spot = shot.querySelector('.spot').getBoundingClientRect(), frame = img.getBoundingClientRect();
      const canvas = document.createElement('canvas'), pen = canvas.getContext('2d'), k = img.naturalWidth / frame.width;
      canvas.width = img.naturalWidth; canvas.height = img.naturalHeight;
      pen.drawImage(img, 0, 0);
      const at = (x, y) => [...pen.getImageData((x - frame.x) * k, (y - frame.y) * k, 1, 1).data];
      const y = spot.y + spot.height / 2, overlay = shot.querySelector('svg').getBoundingClientRect();
      return {middle: at(spot.x + spot.width / 2, y), left: at(spot.x - 6, y), overlay: overlay.width - frame.width};
    }""")
    assert place["middle"][0] > 150 and place["middle"][1] < 90
    assert not (place["left"][0] > 150 and place["left"][1] < 90)
    assert abs(place["overlay"]) < 1


def test_nothing_is_wider_than_the_screen(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    outside = "!e.closest('.scroll') && !e.closest('thead') && e.getBoundingClientRect().right > innerWidth + 1"
    wide = f"[...document.querySelectorAll('main *')].filter(e => {outside}).map(e => e.outerHTML.slice(0, 80))"
    assert page.evaluate(wide) == []


def test_sides_stand_beside_each_other_where_there_is_room(page: Any) -> None:
    pair = "[...document.querySelector('.sides:not(.one)').children]"
    tops = page.evaluate(f"{pair}.map(e => Math.round(e.getBoundingClientRect().top))")
    assert (tops[0] == tops[1]) == (page.viewport_size["width"] > 760)


def test_it_can_be_read_with_ears_and_weak_eyes(page: Any) -> None:
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1 and all(b - a <= 1 for a, b in pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == "zh-CN" and page.title().startswith("预审报告")
    assert page.evaluate("[...document.querySelectorAll('th')].every(h => h.scope)")
    named = "s => document.getElementById(s.getAttribute('aria-labelledby'))"
    assert page.evaluate(f"[...document.querySelectorAll('section')].every({named})")
    assert page.evaluate(CONTRAST) == []


def test_the_notice_is_selected_by_one_click(page: Any) -> None:
    page.locator("pre.notice").click()
    chosen = page.evaluate("getSelection().toString()")
    assert chosen.startswith("贷款材料补件通知") and chosen.rstrip().endswith("2026年11月23日")


def test_printed_it_has_all_that_is_on_the_screen(browser: Any, report: Path) -> None:
    import pypdfium2

    page = browser.new_page()
    page.goto(report.as_uri())
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    text = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    page.close()
    assert "name_mismatch" in text and "贷款材料补件通知" in text and "未能核对" in text
    assert all(sheet.get_size() == pytest.approx((595, 842), abs=1.5) for sheet in printed)
