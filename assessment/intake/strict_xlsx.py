"""Workbooks of the kind "Strict Open XML Spreadsheet", which Excel offers beside "Excel workbook".

They differ in the names of their namespaces, which are written anew as openpyxl knows them.
"""

from __future__ import annotations

import io
import zipfile

_WORKBOOK = "xl/workbook.xml"
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMES = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
)


def is_strict(data: bytes) -> bool:
    """Whether a workbook names the namespaces of the strict kind."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _WORKBOOK in archive.namelist() and _STRICT in archive.read(_WORKBOOK)


def transitional(data: bytes) -> bytes:
    """The same workbook with the usual namespaces; pictures and other parts are left out."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                content = archive.read(name)
                for strict, usual in _NAMES:
                    content = content.replace(strict, usual)
                target.writestr(name, content)
    return written.getvalue()
