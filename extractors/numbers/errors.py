"""The one way in which a text fails to be a number."""

from __future__ import annotations

from typing import Literal

Code = Literal["empty", "format", "length", "checksum", "date", "future", "legacy", "confusable", "ambiguous", "range"]


class NumberError(ValueError):
    """Why a text is not the number it should be.

    `code`: empty; format (characters or their order); length; checksum; date (no such day); future (after the day of
    the check); legacy (a form that was once valid); confusable (would be a number if a look-alike character were
    another: see the module's `proposal`); ambiguous (two readings are possible); range (too small or too
    large to be meant).
    The message is the code: never the text, which may be personal data.
    """

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code
