"""Files that are not read: each kind is said by its own name, and none costs more than a moment."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from bot.sheets.values import MAX_BYTES, MAX_ROWS, Chosen, Filled, Filling, Sheet, Trouble
from bot.sheets.workbook import fill, read
from tests.check_sheets import BACKUP, CRYPT, SHEET, SMALL, first, opened, rewritten, saved, table_of, whole


def test_macros() -> None:
    """Files with macros are refused, by name and by content."""
    assert read(SMALL, "a.XLSM") is Trouble.MACROS
    assert read(rewritten(SMALL, "", extra={"xl/vbaProject.bin": b"x"}), "a.xlsx") is Trouble.MACROS
    assert read(rewritten(SMALL, "", extra={"xl/macrosheets/sheet1.xml": b"x"}), "a.xlsx") is Trouble.MACROS
    kind = ("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml")
    assert read(rewritten(SMALL, "[Content_Types].xml", kind), "a.xlsx") is Trouble.MACROS


def test_encrypted_and_old_files() -> None:
    """A password and the format before 2007 are told apart."""
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    assert read(ole + "EncryptedPackage".encode("utf-16-le"), "a.xlsx") is Trouble.ENCRYPTED
    assert read(ole, "a.xls") is Trouble.OLD_FORMAT
    assert read(SMALL, "a.xlsb") is Trouble.OLD_FORMAT
    locked = bytearray(SMALL)
    for signature, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        locked[locked.index(signature) + at] |= 1
    assert read(bytes(locked), "a.xlsx") is Trouble.ENCRYPTED


def test_other_files() -> None:
    """What is neither .xlsx nor .csv is said to be so, and a broken file to be broken."""
    assert read(b"%PDF-1.7", "a.pdf") is Trouble.UNKNOWN_FORMAT
    assert read(bytes.fromhex("d0cf11e0a1b11ae1"), "a.doc") is Trouble.UNKNOWN_FORMAT
    assert read(b"", "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, "", extra={"x": b""})[:-40], "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", "")), "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, SHEET, ('r="A2"', 'r="A2" t="s" s="x"')), "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, "xl/styles.xml", ("</styleSheet>", "")), "a.xlsx") is Trouble.BROKEN
    word = ("spreadsheetml", "wordprocessingml")
    assert read(rewritten(SMALL, "[Content_Types].xml", word), "a.xlsx") is Trouble.UNKNOWN_FORMAT


@pytest.mark.parametrize("cut", range(0, len(SMALL), 97))
def test_cut_files(cut: int) -> None:
    """A file that was cut anywhere is refused, not half read."""
    assert isinstance(read(SMALL[:cut], "a.xlsx"), Trouble)


def test_oversized_files() -> None:
    """Too many bytes, cells, parts, or bytes once unpacked are refused, also where the declared size lies."""
    assert read(SMALL + bytes(MAX_BYTES), "a.xlsx") is Trouble.TOO_LARGE
    assert read(b"a," * (MAX_BYTES // 2 + 1), "a.csv") is Trouble.TOO_LARGE
    assert read(b"a," * 200_001, "a.csv") is Trouble.TOO_LARGE
    half = (b"\1" + b" " * 150) * 70_000
    assert read(rewritten(SMALL, "", extra={f"xl/{n}.bin": half for n in range(6)}), "a.xlsx") is Trouble.TOO_LARGE
    cells = "<row>" + "<c/>" * 200_001 + "</row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", cells)), "a.xlsx") is Trouble.TOO_LARGE
    assert read(rewritten(SMALL, "", extra={f"{n}": b"" for n in range(2_001)}), "a.xlsx") is Trouble.TOO_LARGE
    tags = ("</worksheet>", "".join("<a>" * 30 + str(at) for at in range(100_001)))
    assert read(rewritten(SMALL, SHEET, tags), "a.xlsx") is Trouble.TOO_LARGE
    merged = ("</worksheet>", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>')
    assert read(rewritten(SMALL, SHEET, merged), "a.xlsx") is Trouble.TOO_LARGE


def test_parts_that_unpack_to_far_more() -> None:
    """A part packed as no spreadsheet packs is not unpacked, also where its declared size lies."""
    bomb = rewritten(SMALL, "", extra={f"xl/{n}.xml": bytes(10_000_000) for n in range(9)})
    assert len(bomb) < 200_000
    assert read(bomb, "a.xlsx") is Trouble.UNSAFE
    lying = bomb.replace((10_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert read(lying, "a.xlsx") is Trouble.BROKEN


def test_entities() -> None:
    """Declared entities are refused before they are expanded, in any encoding that could hide them."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    assert read(rewritten(SMALL, SHEET, ("<worksheet", bomb)), "a.xlsx") is Trouble.UNSAFE
    hidden = '<?xml version="1.0" encoding="utf-16"?><worksheet'
    assert read(rewritten(SMALL, SHEET, ("<worksheet", hidden)), "a.xlsx") is Trouble.BROKEN
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet'
    assert read(rewritten(SMALL, SHEET, ("<worksheet", outside)), "a.xlsx") is Trouble.UNSAFE


@pytest.mark.parametrize(
    "formula",
    ["=cmd|'/C calc'!A0", '=WEBSERVICE("http://a")', "=1+CALL(1)", "=_xlfn.WEBSERVICE(A1)", "=msexcel|'\\..\\x'!a"],
)
def test_formula_bombs(formula: str) -> None:
    """Formulas that start programs or fetch from elsewhere are refused, in sheets, names and .csv."""
    assert read(saved(table_of(["質問", "回答"], [BACKUP, formula])), "a.xlsx") is Trouble.FORMULAS
    quoted = formula.replace('"', '""')
    assert read(f'質問,回答\n{BACKUP},"{quoted}"\n'.encode(), "a.csv") is Trouble.FORMULAS
    book = table_of(["質問", "回答"], [BACKUP])
    book.defined_names["x"] = DefinedName("x", attr_text=formula[1:])
    assert read(saved(book), "a.xlsx") is Trouble.FORMULAS


DDE = "<row r='9'><c r='A9'><f>cmd|&apos;/C calc&apos;!A0</f></c></row></sheetData>"


def moved(data: bytes, new: str) -> bytes:
    """Return a workbook whose sheet is another part, with content types and relations that say so."""
    for part, old, said in (
        ("[Content_Types].xml", f"/{SHEET}", f"/{new}"),
        ("xl/_rels/workbook.xml.rels", f"/{SHEET}", f"/{new}"),
    ):
        data = rewritten(data, part, (old, said))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old_file, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new_file:
        for name in old_file.namelist():
            new_file.writestr(new if name == SHEET else name, old_file.read(name))
    return out.getvalue()


@pytest.mark.parametrize("part", ["xl/Worksheets/sheet1.xml", "xl/pages/1.xml", "custom/sheet.dat"])
def test_a_sheet_is_what_the_package_says_and_not_what_its_name_is(part: str) -> None:
    """A sheet in any folder is read, refused for its formulas, and for its size, like one in the usual folder."""
    assert isinstance(read(moved(SMALL, part), "a.xlsx"), Sheet)
    assert read(moved(rewritten(SMALL, SHEET, ("</sheetData>", DDE)), part), "a.xlsx") is Trouble.FORMULAS
    cells = "<row>" + "<c/>" * 200_001 + "</row></sheetData>"
    assert read(moved(rewritten(SMALL, SHEET, ("</sheetData>", cells)), part), "a.xlsx") is Trouble.TOO_LARGE
    hidden = '<?xml version="1.0" encoding="utf-16"?><worksheet'
    assert read(moved(rewritten(SMALL, SHEET, ("<worksheet", hidden)), part), "a.xlsx") is Trouble.BROKEN


@pytest.mark.parametrize(
    "written",
    [
        "<f>cmd&#x7C;'/C calc'!A0</f>",
        "<f><![CDATA[cmd|'/C calc'!A0]]></f>",
        "<f>cmd<!-- -->|'/C calc'!A0</f>",
        "<f\n>cmd|'/C calc'!A0</f>",
        "<f ref='A>1'>cmd|'/C calc'!A0</f>",
        "<x-y:f xmlns:x-y='urn:x'>cmd|'/C calc'!A0</x-y:f>",
        "<f>CALL&#40;1)</f>",
    ],
)
def test_a_formula_is_refused_however_it_is_written(written: str) -> None:
    """Entities, sections, comments, spaces and prefixes hide none: what another reader would compute is not let by."""
    row = f"<row r='9'><c r='A9'>{written}</c></row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", row)), "a.xlsx") is Trouble.FORMULAS


def test_what_two_readers_would_see_differently_is_refused() -> None:
    """Two parts under one name, two workbooks, two types of one part, two cells in one place; and a link by DDE."""
    sheet = zipfile.ZipFile(io.BytesIO(SMALL)).read(SHEET)
    assert read(rewritten(SMALL, "", extra={"xl/Worksheets/Sheet1.xml": sheet}), "a.xlsx") is Trouble.BROKEN
    assert read(rewritten(SMALL, "", extra={"xl/worksheets/sheet%31.xml": sheet}), "a.xlsx") is Trouble.BROKEN
    relation = '<Relationship Id="rId99" Type="http://x/relationships/officeDocument" Target="xl/other.xml"/>'
    second = ("</Relationships>", f"{relation}</Relationships>")
    assert read(rewritten(SMALL, "_rels/.rels", second), "a.xlsx") is Trouble.BROKEN
    again = ("</Types>", f'<Override PartName="/{SHEET}" ContentType="application/xml"/></Types>')
    assert read(rewritten(SMALL, "[Content_Types].xml", again), "a.xlsx") is Trouble.BROKEN
    kind = ("spreadsheetml.worksheet+xml", "spreadsheetml.chartsheet+xml")
    assert read(rewritten(SMALL, "[Content_Types].xml", kind), "a.xlsx") is Trouble.BROKEN
    twice = ("</sheetData>", '<row r="9"><c r="A9"><v>1</v></c><c r="A9"><v>2</v></c></row></sheetData>')
    assert read(rewritten(SMALL, SHEET, twice), "a.xlsx") is Trouble.BROKEN
    link = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    assert read(rewritten(SMALL, "", extra={"xl/anywhere.dat": link}), "a.xlsx") is Trouble.FORMULAS


def test_too_many_formulas() -> None:
    """Too many formulas and too long ones are refused; an ordinary number of them is read."""
    many = "<row>" + "<c><f>1</f></c>" * 50_001 + "</row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", many)), "a.xlsx") is Trouble.FORMULAS
    long = "<row>" + "".join(f"<c><f>{'A1+' * 100}{at}</f></c>" for at in range(20_000)) + "</row></sheetData>"
    assert read(rewritten(SMALL, SHEET, ("</sheetData>", long)), "a.xlsx") is Trouble.FORMULAS
    some = '<row r="9">' + "<c><f>SUM(A1:A9)|1</f><v>2</v></c>" * 500 + "</row></sheetData>"
    assert isinstance(read(rewritten(SMALL, SHEET, ("</sheetData>", some)), "a.xlsx"), Sheet)


def test_no_questions() -> None:
    """A file without questions is said to have none; so is a sheet that is not there."""
    assert whole(saved(Workbook()), "a.xlsx").tables == ()
    assert whole(saved(table_of(["品名", "数量"], ["りんご", 3], ["みかん", 5])), "a.xlsx").tables == ()
    assert whole(SMALL, "a.xlsx", Chosen("ない")).tables == ()
    assert whole(b"\n\n", "a.csv").tables == ()


def test_too_many_rows() -> None:
    """2,000 questions are read, one more is not."""
    rows: list[list[object]] = [["質問", "回答"], *([BACKUP] for _ in range(MAX_ROWS))]
    assert len(opened(saved(table_of(*rows))).rows) == MAX_ROWS
    assert read(saved(table_of(*rows, [CRYPT])), "a.xlsx") is Trouble.TOO_MANY_ROWS


def test_a_cell_far_away() -> None:
    """One cell in the last row of a sheet costs no more than another."""
    book = table_of(["質問", "回答"], [BACKUP])
    first(book)["XFD1048576"] = "x"
    data = saved(book)
    done = fill(data, "a.xlsx", [opened(data).layout], [Filling(2, "はい。")])
    assert isinstance(done, Filled)
