"""What an .xlsx file must not hold before it is read, and what it loses once it is changed.

After ECMA-376 part 2 (packages) and part 1: 18.3.1.4 c, 18.3.1.40 f, 18.3.1.55 mergeCell.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from openpyxl.utils.cell import range_boundaries

from bot.sheets.values import MAX_CELLS, Loss, RefusedError, Trouble

MAX_UNPACKED = 60_000_000
MAX_PARTS = 2_000
MAX_TAGS = 3_000_000
MAX_MERGED = 500_000  # cells in merged ranges: each becomes an object
MAX_FORMULAS = 50_000
MAX_FORMULA_TEXT = 5_000_000
_RATIO, _RATIO_FROM = 200, 1_000_000  # no sheet packs better than 1:200; from a size that could hurt

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']*)""")
_CELL = re.compile(rb"<(?:\w+:)?c[ />]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >]")
_FORMULA_TEXT = re.compile(rb"<(?:\w+:)?(?:f|definedName)(?: [^<>]*)?>([^<]*)<")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([^"']+)""")
# Formulas that start a program or fetch from elsewhere: DDE (`cmd|'/C calc'!A0`) and the functions made for it.
_REACHES_OUT = re.compile(
    r"\w\s{0,3}\|\s{0,3}'?[^|!]{0,500}!"
    r"|(?:^|[^A-Za-z_.]|_xl\w\w\.)(?:WEBSERVICE|CALL|REGISTER(?:\.ID)?|RTD|EXEC|DDE|DDEAUTO)\s{0,9}\(",
    re.IGNORECASE,
)


def checked_parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of an .xlsx file by name. Raises RefusedError where it is not to be read."""
    if data.startswith(_OLE):
        raise RefusedError(Trouble.ENCRYPTED if "EncryptedPackage".encode("utf-16-le") in data else Trouble.OLD_FORMAT)
    parts = _unpacked(data)
    types = parts.get("[Content_Types].xml", b"")
    names = [name.lower() for name in parts]
    if any("vbaproject" in name or "/macrosheets/" in name for name in names) or b"macroEnabled" in types:
        raise RefusedError(Trouble.MACROS)
    if b"spreadsheetml" not in types:
        raise RefusedError(Trouble.OLD_FORMAT if b"sheet.binary" in types else Trouble.UNKNOWN_FORMAT)
    _check_sizes(parts)
    _check_formulas(parts)
    return parts


def losses(parts: dict[str, bytes]) -> tuple[Loss, ...]:
    """Return what a file of these parts loses by any change."""
    return (Loss.SIGNATURE,) if any(name.lower().startswith("_xmlsignatures/") for name in parts) else ()


def reaches_out(formula: str) -> bool:
    """Whether a formula starts a program or fetches something, as far as its text tells."""
    return bool(_REACHES_OUT.search(formula[:10_000]))


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
            if len({info.filename for info in infos}) < len(infos):
                raise RefusedError(Trouble.BROKEN)
            parts = {info.filename: file.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise RefusedError(Trouble.BROKEN) from error
    for name, part in parts.items():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _check_xml(part)
    return parts


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
    for name, part in parts.items():
        if "/worksheets/" in name:
            cells += sum(1 for _ in _CELL.finditer(part))
            merged += sum(_area(reference.decode("utf-8", "replace")) for reference in _MERGED.findall(part))
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
    for name, part in parts.items():
        if "externallinks/" in name.lower() and b"ddeLink" in part:
            raise RefusedError(Trouble.FORMULAS)
        if "/worksheets/" not in name and not name.endswith("workbook.xml"):
            continue
        count += sum(1 for _ in _FORMULA.finditer(part))
        for found in _FORMULA_TEXT.finditer(part):
            length += len(found[1])
            formula = found[1].decode("utf-8", "replace").replace("&apos;", "'").replace("&#39;", "'")
            if reaches_out(formula):
                raise RefusedError(Trouble.FORMULAS)
    if count > MAX_FORMULAS or length > MAX_FORMULA_TEXT:
        raise RefusedError(Trouble.FORMULAS)
