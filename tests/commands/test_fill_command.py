"""`melcol fill`: a check sheet filled without Slack."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

from bot.answer_set.files import default_directory
from bot.commands.cli import main
from tests.check_sheets import first, saved, table_of

ASKED = "バックアップデータは遠隔地に保管されていますか"
UNKNOWN = "GDPRに対応していますか"


def put(folder: Path, book: Workbook) -> Path:
    path = folder / "確認.xlsx"
    path.write_bytes(saved(book))
    return path


def filled(path: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main(["fill", str(path), "--json", *arguments]) == code
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    return record


def test_a_sheet_is_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is written beside the one that was given, and what was taken for what is printed as one object."""
    path = put(tmp_path, table_of(["No", "質問", "可否", "備考"], ["1-1", ASKED], ["1-2", UNKNOWN]))
    record = filled(path, capsys)
    (table,) = record["sheets"][0]["tables"]
    rows = table.pop("rows")
    assert record == {"sheets": [{"sheet": "Sheet", "tables": [table]}], "losses": [], "refused": None}
    columns = {"number": "A", "question": "B", "choice": "C", "answer": "D", "remark": "D"}
    assert table == {"header_rows": [1], **columns, "sure": True}
    assert rows[0] == {
        "row": 2,
        "number": "1-1",
        "question": ASKED,
        "outcome": "answered",
        "items": ["2-41"],
        "written": "D2",
    }
    page = first(load_workbook(io.BytesIO((tmp_path / "確認_回答.xlsx").read_bytes())))
    assert [page["C2"].value, page["E2"].value] == [None, "②-41"]
    assert page["D2"].value
    assert page["D3"].value is None
    assert page["E1"].value == "社内用：項目・状態"
    assert page["E3"].value.startswith("未回答（")


def test_a_customers_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A customer's copy has no mark or column of ours, and is refused while a row is not decided."""
    path, out = put(tmp_path, table_of(["No", "質問", "回答"], ["7", ASKED], ["8", UNKNOWN])), tmp_path / "out.xlsx"
    said = filled(path, capsys, "--customer-copy", "--out", str(out), code=1)["refused"]
    assert said.endswith("：1行（8）")
    assert not out.exists()
    put(tmp_path, table_of(["No", "質問", "回答"], ["7", ASKED]))
    filled(path, capsys, "--customer-copy", "--out", str(out))
    assert [cell.value for cell in first(load_workbook(io.BytesIO(out.read_bytes())))[1]] == ["No", "質問", "回答"]


@pytest.mark.parametrize(("setting", "choices"), [("empty", [None, None]), ("suggest", ["対応済", None])])
def test_choices_are_filled_on_request(
    setting: str, choices: list[str | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """MELCOL_CHOICE=suggest writes what the item carries in the words of the sheet's own list; by default nothing."""
    answers = shutil.copytree(default_directory(), tmp_path / "answers")
    organization = answers / "2-organization.yaml"
    text = organization.read_text("utf-8")
    organization.write_text(text.replace("  - number: ②-41\n", "  - number: ②-41\n    choice: yes\n"), "utf-8")
    book = table_of(["No", "質問", "対応状況", "備考"], ["1", ASKED], ["2", UNKNOWN])
    allowed = DataValidation(type="list", formula1='"対応済,未対応,対象外"')
    allowed.add("C2:C3")
    first(book).add_data_validation(allowed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MELCOL_CHOICE", setting)
        filled(put(tmp_path, book), capsys, "--answers", str(answers))
    page = first(load_workbook(io.BytesIO((tmp_path / "確認_回答.xlsx").read_bytes())))
    assert [page["C2"].value, page["C3"].value] == choices
    assert page["D2"].value


def test_parts_of_no_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows numbered (1), (2) with no question above them are questions of their own, never parts of the first."""
    book = table_of(["No", "質問", "回答"], ["(1)", ASKED, None], ["(2)", UNKNOWN, None])
    (table,) = filled(put(tmp_path, book), capsys)["sheets"][0]["tables"]
    assert [row["question"] for row in table["rows"]] == [ASKED, UNKNOWN]


def test_columns_are_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Columns of a sheet are taken as they are given; the other sheets as they are found."""
    book = table_of(["東", ASKED, None], ["西", UNKNOWN, None])
    book.create_sheet("他").append(["質問", "回答"])
    book["他"].append([ASKED])
    record = filled(put(tmp_path, book), capsys, "--sheet", "Sheet", "--question", "B", "--answer", "d")
    assert [table["answer"] for sheet in record["sheets"] for table in sheet["tables"]] == ["D", "B"]


def test_a_locked_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where no cell may be written the answers come as a table of their own, which is said."""
    book = table_of(["No", "質問", "回答"], ["1", ASKED])
    first(book).protection.sheet = True
    path = put(tmp_path, book)
    assert main(["fill", str(path)]) == 0
    assert "保護されていて" in capsys.readouterr().out
    page = first(load_workbook(io.BytesIO((tmp_path / "確認_回答.xlsx").read_bytes())))
    assert [page["B2"].value, page["C2"].value] == [ASKED, "②-41"]


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read is refused with the reason and the way out."""
    path = tmp_path / "a.pdf"
    assert filled(path, capsys, code=1)["refused"]
    path.write_bytes(b"%PDF-1.7")
    assert "xlsx" in filled(path, capsys, code=1)["refused"]
    assert main(["fill", str(path)]) == 1
    assert "xlsx" in capsys.readouterr().out
