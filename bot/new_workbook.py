"""A list of records as a new file: .csv or .xlsx, every cell of it text, none a formula.

After ECMA-376 part 1: 18.2 workbooks, 18.3 worksheets, 18.8 styles; part 2: packages.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import quoteattr

from bot.copying import as_text, reads_as_formula
from bot.ooxml import letter
from bot.ooxml_writing import cell_text, printable

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))  # in the name of a sheet
# Cell formats: 0 none, 1 the header, 2 text, 3 text that looks like a formula. Number format 49 is `@`, text.
_TEXT = 'numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"'
_WRAP = '<alignment vertical="top" wrapText="1"/>'
_STYLES = (
    f'<styleSheet {_MAIN}><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    f'<xf {_TEXT}>{_WRAP}</xf><xf {_TEXT} quotePrefix="1">{_WRAP}</xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def new_csv(records: Iterable[Sequence[str]]) -> bytes:
    """Return records as a .csv that Excel opens: UTF-8 with a byte order mark."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([as_text(cell) for cell in record] for record in records)
    return out.getvalue().encode("utf-8-sig", "replace")


def new_xlsx(title: str, records: Iterable[Sequence[str]], widths: Sequence[int]) -> bytes:
    """Return records, the first of them the header, as an .xlsx with one sheet; widths in characters, one a column."""
    name = quoteattr(printable(title.translate(_FORBIDDEN))[:31])
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    rows = "".join(_row(at, record) for at, record in enumerate(records, 1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_LINKS}"><sheets><sheet name={name} sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>{rows}</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path, part in parts.items():
            file.writestr(path, _XML + part)
    return out.getvalue()


def _row(number: int, record: Sequence[str]) -> str:
    cells = ""
    for column, text in enumerate(record, 1):
        style = 1 if number == 1 else 3 if reads_as_formula(text) else 2
        content = f'<is><t xml:space="preserve">{cell_text(text)}</t></is>'
        cells += f'<c r="{letter(column)}{number}" s="{style}" t="inlineStr">{content}</c>' if text else ""
    return f'<row r="{number}">{cells}</row>'


def _relations(*links: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="r{at}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
