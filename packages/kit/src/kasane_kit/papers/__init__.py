"""Papers and workbooks from data: PDF with an embedded Japanese font, Excel in which nothing runs.

A service puts a ``Paper`` together from blocks and asks ``pdf``; or gives columns and rows to ``workbook``; and answers
its door with ``download``. Nothing of what stands on a paper is read as markup.
"""

from kasane_kit.papers.blocks import (
    Bars,
    Block,
    Choices,
    Fields,
    Grid,
    Heading,
    Note,
    PageBreak,
    Paper,
    Prose,
    Signature,
)
from kasane_kit.papers.downloads import download
from kasane_kit.papers.typesetting import pdf
from kasane_kit.papers.workbooks import Cell, workbook

__all__ = [
    "Bars",
    "Block",
    "Cell",
    "Choices",
    "Fields",
    "Grid",
    "Heading",
    "Note",
    "PageBreak",
    "Paper",
    "Prose",
    "Signature",
    "download",
    "pdf",
    "workbook",
]
