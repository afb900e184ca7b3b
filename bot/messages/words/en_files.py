"""English of files.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.messages.words.en_lists import EnglishListWords
from bot.messages.words.files import NAMED, FileWords
from bot.sheets.values import MAX_BYTES, MAX_ROWS, OPEN_MARKS


class EnglishFileWords(EnglishListWords, FileWords):
    """What the bot says of files, in English."""

    def reading(self, name: str) -> str:
        return f"{name}: reading …"

    def file_read(self, name: str, rows: int, sheet: str, question: str, answer: str) -> str:
        where = ", ".join(filter(None, [name, f"sheet {sheet}" if sheet else ""]))
        count = f"{rows} row" if rows == 1 else f"{rows} rows"
        return f"{where}: {question} taken for the questions, {answer} for the answers; {count} looked up."

    def tables_read(self, name: str, rows: int, tables: int) -> str:
        return f"{name}: {rows} rows looked up in {tables} tables."

    def choices_left(self, columns: str, rows: int) -> str:
        return f"Left for you to choose from the customer's list: {columns} ({rows} rows)."

    def choices_suggested(self, columns: str, rows: int) -> str:
        return (
            f"Choice columns ({columns}, {rows} rows): filled with the customer's own word where an item carries a "
            "choice. The other rows are left empty."
        )

    NOWHERE = "no cell that may be written"
    LOCKED = "The sheet is protected and no cell is open, so the answers follow in this thread as a table of their own."
    NOT_SURE = "⚠️ What was taken for what is not certain: press “Correct the columns” if it is wrong."
    ALL_SHEETS = "All sheets that were read"

    def column(self, letter: str, title: str) -> str:
        return f"column {letter} ({title})" if title else f"column {letter}"

    def kept_rows(self, count: int) -> str:
        if count == 1:
            return "1 row that has an answer already stays as it is."
        return f"{count} rows that have an answer already stay as they are."

    def losses(self, kinds: Sequence[str]) -> str:
        named = ", ".join(self.LOSSES[kind] for kind in kinds)
        return f"⚠️ What changes in the file you get back: {named}."

    LOSSES: ClassVar[Mapping[str, str]] = {"SIGNATURE": "the digital signature, which becomes invalid"}
    FILES_IN_DM = "Files are read in direct messages: send check sheets (xlsx, csv) to melcol there."
    FILE_FOLLOWS = (
        "Files come to this thread: an internal one while rows are open, the customer's once all are decided. "
        "Answers of the ISMS office within minutes come as one."
    )
    NO_FILE_BACK = "The bot may not send files here: press “Get as a table” and paste."
    TROUBLES: ClassVar[Mapping[str, str]] = {
        "MACROS": "it holds macros and was not opened. Save it as xlsx without macros and send it again.",
        "ENCRYPTED": "it has a password, or is of the old xls kind. "
        "Save it as xlsx without a password and send it again.",
        "OLD_FORMAT": "this old format cannot be read. Save it as xlsx and send it again.",
        "UNKNOWN_FORMAT": "only xlsx and csv files can be read. You can also copy the rows and paste them here.",
        "TOO_LARGE": f"it is too large and was not opened (at most {MAX_BYTES // 1_000_000} MB). "
        "Keep only the sheet with the questions and send it again.",
        "BROKEN": "it is damaged, or not what its name says. Open it in Excel, save it and send it again.",
        "UNSAFE": "it is made in an unsafe way and was not opened. Copy the rows and paste them here.",
        "FORMULAS": "it has too many formulas, or formulas that call something outside. Send a file of values only.",
        "NO_QUESTIONS": "No column of questions was found. Choose it with “Correct the columns”, or copy the rows with "
        "the questions and paste them here.",
        "TOO_MANY_ROWS": f"it has more than {MAX_ROWS} questions. Split it and send the parts.",
        "TOO_SLOW": "it could not be read in time. Keep only the sheet with the questions and send it again.",
        "EXTERNAL": "files outside of Slack, such as on Google Drive, cannot be read from here. "
        "Please download it as an xlsx file and send that.",
        "MAIL": "the text of this mail could not be read. Please copy the questions and paste them here.",
        "CANVAS": "Slack canvases cannot be read. Please copy the rows with questions and paste them here.",
        "HIDDEN": "Slack no longer keeps this file. Please upload it again.",
        "OF_OTHERS": "this file is from a channel shared with others, and Slack did not provide it. "
        "Please download it and send it to me directly.",
        "GONE": "Slack did not hand it out (deleted, or not allowed). Copy the rows and paste them here.",
        "UNREACHABLE": "Slack did not hand it out. Send it again in a while.",
        "NOT_ALLOWED": "the bot may not read files (files:read). Copy the rows and paste them here.",
    }
    NOT_SENT: ClassVar[Mapping[str, str]] = {
        "MAY_NOT_SEND": "the bot may not send files (files:write).",
        "NOT_FILLED": "Slack did not hand out your file, or it could not be opened, so it is not sent filled in.",
        "NOT_TAKEN": "Slack did not take the file.",
    }
    TABLE_INSTEAD = "Press “Get as a table” under the list and paste."

    def trouble(self, name: str, kind: str) -> str:
        return f"{name}: {self.TROUBLES[kind]}"

    def not_sent(self, name: str, kind: str) -> str:
        why = "NOT_FILLED" if kind in self.TROUBLES else kind if kind in self.NOT_SENT else "NOT_TAKEN"
        return f"{name}: {self.sentences(self.NOT_SENT[why], self.TABLE_INSTEAD)}"

    def kept_columns(self, kind: str) -> str:
        return f"⚠️ It could not be read with the columns chosen and is as it was before: {self.TROUBLES[kind]}"

    def filled_name(self, stem: str, ending: str) -> str:
        return f"{stem.removesuffix('_answers').removesuffix('_internal')}_answers.{ending}"

    def work_name(self, stem: str, ending: str) -> str:
        return f"{stem.removesuffix('_answers').removesuffix('_internal')}_internal.{ending}"

    TABLE_NAME = "check-sheet"
    FILE_COMES = "The file comes to the thread of the list."
    OPEN_MARK = OPEN_MARKS[1]

    def open_mark(self, state: str) -> str:
        return f"{self.OPEN_MARK}{state})"

    def confirm_mark(self, numbers: str) -> str:
        return f"{numbers} ({self.TO_BE_CONFIRMED})"

    CUSTOMER_FILE = "File for the customer"
    NOT_DECIDED = "Some rows are not decided yet."
    MADE_ALL_THE_SAME = (
        "If you make it now, answers to be confirmed go in as they are and the other cells stay empty. "
        "It has no internal mark or column."
    )
    MAKE_ALL_THE_SAME = "Make it now"

    def undecided(self, count: int, names: Sequence[str]) -> str:
        rest = f" and {count - NAMED} more" if count > NAMED else ""
        return f"{count} ({', '.join(names[:NAMED])}{rest})"

    CHOOSE_COLUMNS, COLUMNS_TITLE = "Correct the columns", "Correct the columns"
    SHEET_LABEL = "Sheet"
    COLUMN_LABELS: ClassVar[Mapping[str, str]] = {
        "question": "Column of questions",
        "answer": "Column for answers",
        "choice": "Column of choices",
        "remark": "Column of remarks",
    }
    NO_COLUMN = "None"
    CHOICES_LABEL = "What goes into the choices"
    CHOICES_EMPTY, CHOICES_SUGGESTED = "Nothing (left empty)", "The choice of items that carry one"
    COLUMNS_HINT = "Below each column are its first 3 rows. If only the sheet is changed, its columns are found again."
    ASK_COLUMNS = "⚠️ Which columns to read is not certain. Nothing is filled in until you press “Choose the columns”."
    ASK_COLUMNS_BUTTON = "Choose the columns"
    SAME_COLUMN = "Choose another column than that of the questions."
    ROWS_SENT_ALREADY = "Some rows are with the office, so it cannot be read again. Please send the file again."
