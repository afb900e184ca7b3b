"""What an .xlsx file must not hold before it is read, and what it loses once it is changed.

A part is what its content, its declared type or a relation makes of it, whatever its name. What cannot be told apart by
looking, and what another program may read otherwise, is refused.

After ECMA-376 part 2 (packages) and part 1: 18.3.1.4 c, 18.3.1.40 f, 18.3.1.55 mergeCell.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import range_boundaries

from bot.sheets.copying import reaches_out
from bot.sheets.values import MAX_CELLS, Loss, RefusedError, Trouble

MAX_UNPACKED = 60_000_000
MAX_PARTS = 2_000
MAX_TAGS = 3_000_000
MAX_MERGED = 500_000  # cells in merged ranges: each becomes an object
MAX_FORMULAS = 50_000
MAX_FORMULA_TEXT = 5_000_000
_RATIO, _RATIO_FROM = 200, 1_000_000  # no sheet packs better than 1:200; from a size that could hurt

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_XML_NAMES = (".xml", ".rels", ".vml")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']*)""")
_START = rb"<(?:[^\s<>/:!?]+:)?"
_SHEET_DATA = re.compile(_START + rb"sheetData[\s/>]")
_DDE = re.compile(_START + rb"ddeLink[\s/>]")
_CELL = re.compile(_START + rb"c[\s/>]")
_FORMULA = re.compile(_START + rb"f[\s/>]")
_COMPUTING = rb"(?:f|definedName|calculatedColumnFormula|totalsRowFormula)"
_COMPUTES = re.compile(_START + _COMPUTING + rb"[\s/>]")
_ATTRIBUTES = rb"""(?:\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*)?"""
_FORMULA_TEXT = re.compile(_START + _COMPUTING + _ATTRIBUTES + rb"(?:/>|(?<!/)>([^<]*)</)")
_MERGES = re.compile(_START + rb"mergeCell[\s/>]")
_MERGED = re.compile(_START + rb"""mergeCell\s(?:[^<>"']|"[^"<]*"|'[^'<]*')*?\bref\s*=\s*["']([^"'<]+)""")


def checked_parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of an .xlsx file by name. Raises RefusedError where it is not to be read."""
    if data.startswith(_OLE):
        raise RefusedError(Trouble.ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in data else Trouble.OLD_FORMAT)
    parts = _unpacked(data)
    try:
        types = types_of(parts)
        declared = "\n".join({*parts, *types.values(), *_relations(parts)}).lower()
    except (ET.ParseError, KeyError) as error:
        raise RefusedError(Trouble.BROKEN) from error
    for name, part in parts.items():
        if (
            name.lower().endswith(_XML_NAMES)
            or types[name].endswith("xml")
            or part.lstrip().startswith((b"<", *_UTF_16))
        ):
            _check_xml(part)
    if any(sign in declared for sign in ("vbaproject", "macrosheet", "macroenabled")):
        raise RefusedError(Trouble.MACROS)
    if "spreadsheetml" not in declared:
        raise RefusedError(Trouble.OLD_FORMAT if "sheet.binary" in declared else Trouble.UNKNOWN_FORMAT)
    _check_sizes(parts)
    _check_formulas(parts)
    return parts


def types_of(parts: dict[str, bytes]) -> dict[str, str]:
    """Return the declared content type of each part, "" where it has none."""
    declared: dict[tuple[str, str], str] = {}
    for each in ET.fromstring(parts.get("[Content_Types].xml", b"<Types/>")):  # noqa: S314 - checked: no entities
        name = each.get("PartName", "").lstrip("/").lower()
        key, kind = (name, each.get("Extension", "").lower()), each.attrib["ContentType"].lower()
        if declared.setdefault(key, kind) != kind:
            raise RefusedError(Trouble.BROKEN)
    return {
        name: declared.get((name.lower(), ""), declared.get(("", name.rpartition(".")[2].lower()), ""))
        for name in parts
    }


def computes(parts: dict[str, bytes]) -> bool:
    """Return True if any cell holds a formula."""
    return any(_SHEET_DATA.search(part) and _FORMULA.search(part) for part in parts.values())


def losses(parts: dict[str, bytes]) -> tuple[Loss, ...]:
    """Return what a file of these parts loses by any change."""
    return (Loss.SIGNATURE,) if any(name.lower().startswith("_xmlsignatures/") for name in parts) else ()


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            infos = file.infolist()
            if any(info.flag_bits & 1 for info in infos):
                raise RefusedError(Trouble.ENCRYPTED)
            if any(info.file_size > max(_RATIO_FROM, _RATIO * info.compress_size) for info in infos):
                raise RefusedError(Trouble.UNSAFE)
            if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
                raise RefusedError(Trouble.TOO_LARGE)
            # Names differ by more than case and signs written as numbers; others come to different files elsewhere.
            if len({unquote(info.filename).lower().replace("\\", "/") for info in infos}) < len(infos):
                raise RefusedError(Trouble.BROKEN)
            parts = {info.filename: file.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise RefusedError(Trouble.BROKEN) from error
    for name, part in parts.items():
        if name.lower().endswith(_XML_NAMES):
            _check_xml(part)
    return parts


def _relations(parts: dict[str, bytes]) -> Iterator[str]:
    """Yield the type of each relation between parts."""
    for name, part in parts.items():
        if name.lower().endswith(".rels"):
            yield from (each.get("Type", "") for each in ET.fromstring(part))  # noqa: S314 - checked: no entities


def _check_xml(part: bytes) -> None:
    """Refuse declarations, which bring entities, and encodings that could hide them."""
    encoding = _ENCODING.match(part.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in part[:100] or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise RefusedError(Trouble.BROKEN)
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise RefusedError(Trouble.UNSAFE)


def _check_sizes(parts: dict[str, bytes]) -> None:
    if sum(part.count(b"<") for part in parts.values()) > MAX_TAGS:
        raise RefusedError(Trouble.TOO_LARGE)
    merged = cells = 0
    for part in parts.values():
        if _SHEET_DATA.search(part):
            cells += sum(1 for _ in _CELL.finditer(part))
            references = _MERGED.findall(part)
            if len(references) < len(_MERGES.findall(part)):
                raise RefusedError(Trouble.BROKEN)
            merged += sum(_area(reference.decode("utf-8", "replace")) for reference in references)
    if cells > MAX_CELLS or merged > MAX_MERGED:
        raise RefusedError(Trouble.TOO_LARGE)


def _area(reference: str) -> int:
    try:
        left, top, right, bottom = (at or 0 for at in range_boundaries(reference))
    except ValueError as error:
        raise RefusedError(Trouble.BROKEN) from error
    return (right - left + 1) * (bottom - top + 1)


def _check_formulas(parts: dict[str, bytes]) -> None:
    count = length = 0
    for part in parts.values():
        if _DDE.search(part):
            raise RefusedError(Trouble.FORMULAS)
        count += sum(1 for _ in _FORMULA.finditer(part))
        unread = len(_COMPUTES.findall(part))
        for found in _FORMULA_TEXT.finditer(part):
            unread -= 1
            length += len(found[1] or b"")
            if found[1] and reaches_out(unescape(found[1].decode("utf-8", "replace"))):
                raise RefusedError(Trouble.FORMULAS)
        # One in a section of CDATA, or with a comment inside, is text to one reader and a formula to another.
        if unread:
            raise RefusedError(Trouble.FORMULAS)
    if count > MAX_FORMULAS or length > MAX_FORMULA_TEXT:
        raise RefusedError(Trouble.FORMULAS)
