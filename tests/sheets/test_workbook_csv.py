"""Check sheets as .csv files, in any encoding and dialect that Excel writes."""

from __future__ import annotations

import codecs
import csv
import io

import pytest

from bot.sheets.csv_file import new_csv
from bot.sheets.values import ITEM_HEADER, Filled, Filling, Trouble
from bot.sheets.workbook import fill, read
from tests.check_sheets import BACKUP, CRYPT, OPEN, filled, opened

CSV = f'No,質問,回答\r\n1,{BACKUP},\r\n2,"次の点,\r\n{CRYPT}",\r\n'


def records(data: bytes, encoding: str, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=separator))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "cp932"),
        (b"", "euc_jp"),
        (b"", "iso2022_jp"),
        (b"", "utf-16-le"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
def test_csv(mark: bytes, encoding: str) -> None:
    """A .csv is read and written in its own encoding, with its own line ends."""
    data = mark + CSV.encode(encoding)
    sheet = opened(data, "a.CSV")
    assert [(row.label, row.place) for row in sheet.rows] == [("1", 2), ("2", 3)]
    after = filled(data, sheet.layout, Filling(2, "はい、\n=1", "2-40"), Filling(3, "=1+1"), name="a.csv")
    assert after.startswith(mark)
    assert records(after[len(mark) :], encoding) == [
        ["No", "質問", "回答", ITEM_HEADER],
        ["1", BACKUP, "はい、\n=1", "2-40"],
        ["2", f"次の点,\r\n{CRYPT}", "'=1+1", ""],
    ]
    assert after.decode(encoding).count("\r\n") == 4


@pytest.mark.parametrize("text", ["=1+1", "+81", "-5", "@SUM(A1)", "＝1", "－1", "|1", "\t=1", "\r=1", "\n=1"])
def test_texts_never_become_formulas(text: str) -> None:
    """What a spreadsheet would take for a formula begins with an apostrophe, in answers and in new lists."""
    data = CSV.encode()
    after = filled(data, opened(data, "a.csv").layout, Filling(2, text, text), name="a.csv")
    assert records(after, "utf-8")[1][2:] == [f"'{text}"] * 2
    assert records(new_csv([("No", text)]), "utf-8-sig") == [["No", f"'{text}"]]


def test_untouched_records_stay() -> None:
    """Records that get no answer stay byte for byte, whatever their quotes, lengths and line ends."""
    data = f'"表題"\n\n質問,回答\n{BACKUP},\n"{CRYPT}"\r\n"a""b",c,,\nログの有無'.encode()
    after = filled(data, opened(data, "a.csv").layout, Filling(4, "はい。"), name="a.csv")
    before = data.split(b"\n")
    assert [line for line in after.split(b"\n") if line in before] == [*before[:2], *before[4:]]


def test_quoted_files_stay_quoted() -> None:
    """Where every cell was in quotes, the answers are too."""
    data = f'"質問","回答"\n"{BACKUP}",""\n'.encode()
    after = filled(data, opened(data, "a.csv").layout, Filling(2, "はい。"), name="a.csv")
    assert after.decode().splitlines()[1] == f'"{BACKUP}","はい。",""'


def test_refilled() -> None:
    """An open mark is replaced by its answer; answers stay."""
    data = CSV.encode("cp932")
    layout = opened(data, "a.csv").layout
    once = filled(data, layout, Filling(2, "はい。", "2-40"), Filling(3, OPEN), name="a.csv")
    assert opened(once, "a.csv").taken == {2}
    done = fill(once, "a.csv", [layout], [Filling(2, "いいえ。"), Filling(3, "暗号化しています。", "2-41")])
    assert isinstance(done, Filled)
    assert done.kept == (2,)
    assert [record[2:] for record in records(done.data, "cp932")[1:]] == [
        ["はい。", "2-40"],
        ["暗号化しています。", "2-41"],
    ]


def test_characters_that_the_encoding_lacks() -> None:
    """An answer with characters that CP932 lacks goes in with others for them, and which is said."""
    data = CSV.encode("cp932")
    done = fill(data, "a.csv", [opened(data, "a.csv").layout], [Filling(2, "はい😀 • ①", "②-40")])
    assert isinstance(done, Filled)
    assert records(done.data, "cp932")[1] == ["1", BACKUP, "はい〓 ・ ①", "②-40"]
    assert done.replaced == ("•", "😀")


def test_ascii_files_get_a_mark() -> None:
    """A file in plain ASCII gets a byte order mark, or Excel would garble a Japanese answer in it."""
    data = b"Question,Answer\nDo you encrypt data?,\n"
    after = filled(data, opened(data, "a.csv").layout, Filling(2, "はい。"), name="a.csv")
    assert records(after, "utf-8-sig")[0][:2] == ["Question", "Answer"]
    assert after.startswith(codecs.BOM_UTF8)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(separator: str) -> None:
    """The separators of other countries' Excel are read and kept."""
    data = f"Question{separator}Answer\nDo you encrypt data?{separator}\n".encode()
    after = filled(data, opened(data, "a.csv").layout, Filling(2, "Yes"), name="a.csv")
    assert records(after, "utf-8-sig", separator)[1] == ["Do you encrypt data?", "Yes", ""]


def test_a_place_that_is_not_there() -> None:
    """A filling for a row that the file does not hold is left out."""
    data = CSV.encode()
    assert filled(data, opened(data, "a.csv").layout, Filling(99, "はい。"), name="a.csv") == data


def test_broken_csv() -> None:
    """Bytes that are no text, and a quote that swallows a file, are refused."""
    assert read(b"\x81\xff\x00\x01", "a.csv") is Trouble.BROKEN
    assert read(b'"' + b"a" * 200_000, "a.csv") is Trouble.BROKEN
    assert read(f'質問,回答\n"{BACKUP},\n{CRYPT},\n'.encode(), "a.csv") is Trouble.BROKEN
    assert read(b"\xff\xfea", "a.csv") is Trouble.BROKEN


def test_a_new_csv() -> None:
    """A list as a .csv opens in Excel as it is and holds no formula."""
    data = new_csv([("No", "質問"), ("1", "=1+1\n"), ("2", 'a"b,c')])
    assert data.startswith(codecs.BOM_UTF8)
    assert data.endswith(b"\r\n")
    assert records(data, "utf-8-sig") == [["No", "質問"], ["1", "'=1+1\n"], ["2", 'a"b,c']]


def test_stray_quotes() -> None:
    """A quote within a cell is read as it is; records without an answer keep theirs."""
    data = f'質問,回答\n"次の" 事項 {BACKUP},\n"{CRYPT}"例,'.encode()
    sheet = opened(data, "a.csv")
    assert [row.place for row in sheet.rows] == [2, 3]
    after = filled(data, sheet.layout, Filling(2, "はい。"), name="a.csv")
    assert after.decode().split("\n")[2] == f'"{CRYPT}"例,'


def test_huge_cells() -> None:
    """A cell longer than the usual limit is read whole."""
    data = f'質問,回答\n"{BACKUP}{"あ" * 200_000}ですか。",\n'.encode()
    assert len(opened(data, "a.csv").rows[0].question) > 200_000


def test_null_characters() -> None:
    """Characters that no text holds are refused as what they are: a broken file."""
    assert read(f"質問,回答\n{BACKUP}\0,\n".encode(), "a.csv") is Trouble.BROKEN
