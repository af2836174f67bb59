"""`make screens`: each page as a picture, in both widths, with the sample packet of problems in it → docs/screens/."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.service import PASSWORD, bank, checked_case, served

ROOT = Path(__file__).parent.parent
PACKET = ROOT / "samples" / "packets" / "problems"
SIZES = {"wide": {"width": 1366, "height": 850}, "phone": {"width": 390, "height": 844}}
SCREENS = {
    "login": (None, "/login"), "cases": ("broker.red", "/cases"), "new-case": ("broker.red", "/cases/new"),
    "hand-in": ("broker.red", "/cases/{case}"), "notice": ("broker.red", "/cases/{case}#nt"), "checklist": ("broker.red", "/cases/{case}#cl"),
    "account": ("broker.red", "/account"), "queue": ("manager.north", "/queue"),
    "review": ("manager.north", "/review/{case}"),
    "packet": ("manager.north", "/review/{case}#tab-rows"), "papers": ("manager.north", "/review/{case}#tab-papers"),
    "story": ("manager.north", "/review/{case}#tab-talk"), "figures": ("manager.north", "/figures"), "administration": ("administrator.a", "/admin"),
}  # fmt: skip
"""Name → who looks, and where."""

SEEN = """() => [...document.images].every(each => {
  const at = each.getBoundingClientRect();
  return at.bottom <= 0 || at.top > innerHeight || each.complete && each.naturalWidth;
})"""
"""Whether every picture in view has come."""


def main(out: Path) -> None:
    """Draws all screens into a folder."""
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        here = bank(Path(folder))
        case = checked_case(here, image={path.name: path.read_bytes() for path in PACKET.iterdir()}).case
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with served(here.app) as port:
            for size, viewport in SIZES.items():
                for name, (login, where) in SCREENS.items():
                    page = browser.new_context(viewport=viewport, base_url=f"http://localhost:{port}", locale="zh-CN").new_page()
                    _draw(page, login, where.format(case=case), out / f"{name}-{size}.png")
                    page.context.close()
        browser.close()


def _draw(page: Any, login: str | None, where: str, file: Path) -> None:
    if login:
        page.goto("/login")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    page.goto(where)
    if where.endswith("/new"):
        page.select_option("[name=product]", index=1)
    elif where.endswith("#tab-rows"):
        page.locator("svg.chart").nth(1).scroll_into_view_if_needed()
    elif where.endswith("#tab-talk"):
        page.locator("#story").scroll_into_view_if_needed()
    elif "/review/" in where and "#" not in where:
        page.wait_for_timeout(2500)
        for _ in range(3):
            page.keyboard.press("n")
    page.wait_for_timeout(1200)
    page.wait_for_function(SEEN, timeout=30000)
    page.screenshot(path=str(file))
    print(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens")
