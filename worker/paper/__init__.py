"""The report for people: one HTML file that loads nothing from outside, and a PDF of the same.

as_html(checked), as_pdf(checked): the same `Checked` gives the same text and the same bytes.
"""

from worker.paper.html import as_html
from worker.paper.pdf import as_pdf

__all__ = ["as_html", "as_pdf"]
