"""Good files, and how a file ends that is read in the sandbox: for tests of hostile files and of the sandbox."""

from __future__ import annotations

import time

from extractors import pages
from intake import errors, guard
from tests.made_files import Page, corners, drawn, grid, pdf, picture, scan, text

SECONDS = 30.0

BODY = grid((50, 150, 300, 520), (700, 680, 660)) + text(60, 685, "账户明细") + text(160, 685, "1,234.56")
GOOD_PDF = pdf(BODY, Page(drawn("S", 0, 0, 595, 842), images={"S": scan(200, 280)}), BODY)
GOOD_JPEG = picture("JPEG", scan(400, 560), quality=80)
GOOD_PNG = picture("PNG", corners(200, 120))


def outcome(data: bytes, name: str, limits: pages.Limits = pages.LIMITS) -> tuple[int, set[str]]:
    """(pages that could be read, codes of all errors); fails when it took too long or an error is not on the closed list."""
    begun = time.monotonic()
    read, codes = 0, set()
    try:
        kind = guard.admit(data, name, guard.LOCAL)
        with pages.open_file(data, kind.id, limits) as file:
            assert kind.id != "pdf" or file.pdf is not None
            for page in file:
                if page.error is None:
                    read += 1
                else:
                    codes.add(page.error.code)
    except errors.FileRefused as refused:
        codes.add(refused.code)
    except pages.Unreadable as unreadable:
        codes.add(unreadable.error.code)
    assert time.monotonic() - begun <= SECONDS
    assert codes <= set(errors.CODES) and (read or codes)
    return read, codes
