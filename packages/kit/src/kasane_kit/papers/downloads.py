"""Hands papers and workbooks to the browser."""

from urllib.parse import quote

from flask import Response

PDF = "application/pdf"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str) -> Response:
    """An answer that carries a file by its Japanese name; ``name`` ends in .pdf or .xlsx.

    A PDF opens in the browser, where it can be printed; a workbook is saved. Neither is kept by the browser's cache.
    """
    kind = {".pdf": PDF, "xlsx": WORKBOOK}[name[-4:]]
    shown = "inline" if kind == PDF else "attachment"
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(name, safe='')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
