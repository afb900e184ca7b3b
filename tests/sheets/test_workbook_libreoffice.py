"""Workbooks that LibreOffice writes, and what LibreOffice reads in ours."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.sheets.new_xlsx import new_workbook
from bot.sheets.values import ITEM_HEADER, Filling
from tests.check_sheets import BACKUP, NAME, OPEN, SMALL, check_sheet, filled, opened, saved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice: apt-get install libreoffice-calc"),
]


def converted(data: bytes, folder: Path, name: str, kind: str) -> bytes:
    """Return a file as LibreOffice writes it."""
    (folder / name).write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / name)], check=True, capture_output=True, timeout=120
    )
    return (folder / "out" / f"{Path(name).stem}.{kind.partition(':')[0]}").read_bytes()


def ods(data: bytes, folder: Path) -> str:
    """Return what LibreOffice reads in a file, as the XML of its own format."""
    with zipfile.ZipFile(io.BytesIO(converted(data, folder, "after.xlsx", "ods"))) as file:
        return file.read("content.xml").decode()


def test_a_workbook_of_libreoffice(tmp_path: Path) -> None:
    """A workbook that LibreOffice wrote is filled, its formats stay, and LibreOffice reads the answers."""
    made = converted(saved(check_sheet()), tmp_path, "made.xlsx", "xlsx:Calc MS Excel 2007 XML")
    sheet = opened(made)
    assert [(row.label, row.heading, row.place) for row in sheet.rows] == [
        ("1-1", "運用", 4),
        ("1-2", "運用", 5),
        ("2", "ログ", 6),
    ]
    after = filled(made, sheet.layout, Filling(4, "=1+1\n二行目", "②-40"), Filling(5, OPEN))
    page = load_workbook(io.BytesIO(after))[NAME]
    assert page["D4"].fill.fgColor.rgb == "FFFFFF00"
    assert page["C4"].comment is not None
    assert sorted(map(str, page.merged_cells.ranges)) == ["A1:E1", "B4:B5"]
    assert [str(each.sqref) for each in page.data_validations.dataValidation] == ["E4:E6"]
    content = ods(after, tmp_path)
    assert all(text in content for text in ("=1+1", "二行目", OPEN, "②-40", ITEM_HEADER))
    assert content.count("table:formula") == 2


@pytest.mark.parametrize("encoding", [64, 76])
def test_a_csv_of_libreoffice(encoding: int, tmp_path: Path) -> None:
    """A .csv that LibreOffice wrote is read, in Shift_JIS (64) and in UTF-8 (76)."""
    made = converted(SMALL, tmp_path, "made.xlsx", f"csv:Text - txt - csv (StarCalc):44,34,{encoding}")
    assert opened(made, "made.csv").rows[0].question == BACKUP


def test_formulas_count_the_answers(tmp_path: Path) -> None:
    """A formula of another sheet counts the answers that were written."""
    data = saved(check_sheet())
    content = ods(filled(data, opened(data).layout, Filling(4, "=1+1"), Filling(6, OPEN)), tmp_path)
    assert 'office:value="2"' in content


def test_a_new_workbook(tmp_path: Path) -> None:
    """A workbook of ours opens in LibreOffice with its texts, none of them a date or a formula."""
    content = ods(
        new_workbook([("No", "質問", "項目", "回答", "出典"), ("1-1", "=1+1", "②-40", "はい。", "")]), tmp_path
    )
    assert all(text in content for text in (">1-1<", ">=1+1<", "②-40"))
    assert "table:formula" not in content
