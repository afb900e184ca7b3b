"""The formats of cells in an .xlsx file's part of styles: read, and added to in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from openpyxl.styles.numbers import BUILTIN_FORMATS

OPEN_FILL = "FFFFF2CC"
_DXF = re.compile(rb"<(?:\w+:)?dxf\b")


@dataclass(frozen=True, slots=True)
class Style:
    """What is known of a cell's format. raw: its element, as in the file."""

    raw: bytes = b""
    number_format: str = "General"
    locked: bool = True
    fill: int = 0
    size: float = 11
    wraps: bool = False


class AddedStyles:
    """The formats that are added to those of a file."""

    def __init__(self, styles: Sequence[Style], part: bytes) -> None:
        self._styles, self._part = styles, part
        self._added: list[bytes] = []
        self._found: dict[tuple[int, bool, bool], int] = {}
        self._format: int | None = None

    def of(self, index: int, *, wraps: bool, quoted: bool) -> int:
        """Return a style like another that wraps its text, and that holds text whatever it begins with."""
        if not self._styles or not (wraps or quoted):
            return index
        key = (index, wraps, quoted)
        if key not in self._found:
            raw = _varied(self._styles[index].raw, wraps=wraps, quoted=quoted)
            self._found[key] = len(self._styles) + len(self._added)
            self._added.append(raw)
        return self._found[key]

    def open_format(self) -> int | None:
        """Return the format that colours an open row; None where the file has no styles."""
        if self._part and self._format is None:
            self._format = len(_raw_formats(self._part))
        return self._format

    def part(self) -> bytes:
        """Return the part of styles with what was added."""
        part = self._part
        if self._added:
            part = _grown(part, b"cellXfs", self._added)
        if self._format is not None:
            prefix = prefix_of(part)
            colour = OPEN_FILL.encode()
            fill = (
                b'<%bdxf><%bfill><%bpatternFill patternType="solid"><%bfgColor rgb="%b"/><%bbgColor rgb="%b"/>'
                b"</%bpatternFill></%bfill></%bdxf>"
            )
            part = _grown(part, b"dxfs", [fill % (*[prefix] * 4, colour, prefix, colour, *[prefix] * 3)])
        return part


def _varied(raw: bytes, *, wraps: bool, quoted: bool) -> bytes:
    head, rest = re.match(rb"(<(?:\w+:)?xf\b[^>]*?)\s*(/>|>.*)\Z", raw, re.DOTALL).groups()  # type: ignore[union-attr]
    name = re.match(rb"<((?:\w+:)?)xf", raw)[1]  # type: ignore[index]
    body = b"" if rest == b"/>" else rest[1 : rest.rindex(b"</")]
    if quoted:
        head = re.sub(rb'\squotePrefix="[^"]*"', b"", head) + b' quotePrefix="1"'
    if wraps:
        head = re.sub(rb'\sapplyAlignment="[^"]*"', b"", head) + b' applyAlignment="1"'
        if b"alignment" in body:
            body = re.sub(rb'\swrapText="[^"]*"', b"", body)
            body = re.sub(rb"<((?:\w+:)?)alignment\b", rb'<\1alignment wrapText="1"', body, count=1)
        else:
            body = b'<%balignment wrapText="1"/>' % name + body
    return head + b">" + body + b"</%bxf>" % name


def _grown(part: bytes, group: bytes, added: list[bytes]) -> bytes:
    """Return a part of styles with elements added to a group, which is made where there is none."""
    found = re.search(rb"<((?:\w+:)?)%b\b([^>]*?)(/?)>" % group, part)
    if found is None:
        prefix = prefix_of(part)
        at = re.search(rb"<(?:\w+:)?(?:tableStyles|colors|extLst)\b|</(?:\w+:)?styleSheet>", part)
        assert at is not None  # noqa: S101 - its root was read
        made = b'<%b%b count="%d">%b</%b%b>' % (prefix, group, len(added), b"".join(added), prefix, group)
        return part[: at.start()] + made + part[at.start() :]
    held = raw_styles(part) if group == b"cellXfs" else _raw_formats(part)
    count = len(held) + len(added)
    given = re.sub(rb'\scount="[^"]*"', b"", found[2])
    start = b'<%b%b%b count="%d">' % (found[1], group, given, count)
    end = b"</%b%b>" % (found[1], group)
    if found[3]:
        return part[: found.start()] + start + b"".join(added) + end + part[found.end() :]
    close = part.index(end, found.end())
    return part[: found.start()] + start + part[found.end() : close] + b"".join(added) + part[close:]


def styles_of(part: bytes) -> list[Style]:
    """Return the formats of cells in a part of styles."""
    root = ET.fromstring(part)  # noqa: S314 - checked: it declares no entities
    formats = {int(each.attrib["numFmtId"]): each.get("formatCode", "") for each in under(root, "numFmt")}
    fonts = [next(under(font, "sz"), None) for group in under(root, "fonts") for font in group]
    sizes = [float(size.get("val", 11)) if size is not None else 11.0 for size in fonts]
    return [_style(raw, formats, sizes) for raw in raw_styles(part)]


def raw_styles(part: bytes) -> list[bytes]:
    """Return the elements of the formats of cells."""
    group = re.search(rb"<(?:\w+:)?cellXfs\b[^>]*>(.*?)</(?:\w+:)?cellXfs>", part, re.DOTALL)
    if group is None:
        return []
    return [found[0] for found in re.finditer(rb"<(\w+:)?xf\b[^>]*?(?:/>|>.*?</(?:\w+:)?xf>)", group[1], re.DOTALL)]


def _raw_formats(part: bytes) -> list[bytes]:
    """Return the starts of the formats that conditions give; newer ones, in an extension, are counted apart."""
    group = re.search(rb"<(?:\w+:)?dxfs\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?dxfs>)", part, re.DOTALL)
    return _DXF.findall(group[1] or b"") if group else []


def _style(raw: bytes, formats: dict[int, str], sizes: list[float]) -> Style:
    def value(name: bytes, default: str = "0") -> str:
        found = re.search(rb'\s%b\s*=\s*["\']([^"\']*)' % name, raw)
        return found[1].decode() if found else default

    format_id, font = int(value(b"numFmtId")), int(value(b"fontId"))
    return Style(
        raw,
        formats.get(format_id) or _builtin(format_id),
        value(b"locked", "1") not in ("0", "false"),
        int(value(b"fillId")),
        sizes[font] if font < len(sizes) else 11,
        value(b"wrapText") in ("1", "true"),
    )


def _builtin(format_id: int) -> str:
    if 27 <= format_id <= 36 or 50 <= format_id <= 58:
        return "yyyy/m/d"  # Japanese Excel's own dates
    return BUILTIN_FORMATS.get(format_id, "General")


def under(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """Return the elements of a local name under an element."""
    return (each for each in element.iter() if each.tag.rpartition("}")[2] == name)


def attribute(tag: bytes, name: bytes) -> bytes | None:
    found = re.search(rb'\s%b\s*=\s*["\']([^"\']*)' % name, tag)
    return found[1] if found else None


def prefix_of(part: bytes) -> bytes:
    """Return how the root of a part begins its elements' names: b"" or b"x:"."""
    found = re.search(
        rb"<((?:[\w.-]+:)?)[\w.-]+[\s>/]", re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", part[:5_000], flags=re.DOTALL)
    )
    return found[1] if found else b""
