"""Files that cannot be had any more when their turn comes, and what is said beside a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.trial import TrialSlack
from tests.dialogues.test_files import check_sheet, saved
from tests.dialogues.workplace import Workplace, done

pytestmark = pytest.mark.usefixtures("bot")
FILE = "確認表.xlsx"


async def test_a_file_read_anew_in_vain_holds_up_nobody_s_answers(work: Workplace, slack: TrialSlack) -> None:
    """The file owed for the first reading is given up, and what its owner asks next is answered."""
    slack.faults.server_error("files.getUploadURLExternal", times=None)
    await work.sato.drop(FILE, check_sheet())
    read = await work.sato.dms.message(containing="4行を調べました")
    await work.sato.dms.message(containing="確認シート 4行")
    form = await work.form(work.sato, "読む列を直す", read)
    await work.sato.fill(form, {"question": "D列「備考」"})
    await work.sato.submit(form)
    await work.sato.dm("②-40")
    slack.faults.clear()
    await work.sato.dms.message(containing="質問の列を見つけられませんでした")
    await work.sato.dms.message(containing="〔違う・事務局に聞く〕")


async def test_a_row_opened_again_after_its_file_was_forgotten_is_answered(work: Workplace, database: Path) -> None:
    """No file comes any more, and the answers do."""
    await work.sato.drop(FILE, check_sheet())
    await work.sato.dms.message(containing="📎")
    await work.send_rows(await work.sato.dms.message(containing="確認シート 4行"))
    card = await work.office.message(containing="Q-2　")
    with sqlite3.connect(database) as connection:
        connection.execute("update lists set layout = null, file_name = null")
    connection.close()
    assert done(await work.answer(card, "提供できます。"))
    await work.sato.dms.message(containing="Q-2 の回答です")
    await work.sato.dm("②-41")
    await work.sato.dms.message(containing="〔違う・事務局に聞く〕")


async def test_slack_stumbling_once_does_not_lose_a_file(work: Workplace, slack: TrialSlack) -> None:
    """An error that time mends is asked again."""
    slack.faults.refuse("internal_error", "files.info")
    await work.sato.drop(FILE, check_sheet())
    await work.sato.dms.message(containing="4行を調べました")


async def test_words_beside_a_file_reach_the_office_that_waits_for_them(work: Workplace) -> None:
    """A reply with a sheet in the thread where the office asked back is a reply; the sheet is read as well."""
    await work.sato.dm("質問：RTOは何時間ですか")
    card = await work.office.message(containing="Q-1　")
    assert done(await work.send(work.tanaka, "質問者に確認", card, ask_back="どの環境ですか"))
    asked = await work.sato.dms.message(containing="どの環境ですか")
    await work.sato.drop(FILE, check_sheet(), "本番環境です", thread=asked)
    await work.office.message(containing="佐藤さんの返答：本番環境です")
    await work.sato.dms.message(containing="4行を調べました")


async def test_a_question_for_the_office_beside_a_file_is_asked(work: Workplace) -> None:
    """`質問：…` goes to the office whatever comes with it."""
    await work.sato.drop(FILE, check_sheet(), "質問：この表はいつまでに返せばよいですか")
    await work.office.message(containing="この表はいつまでに返せばよいですか")
    await work.sato.dms.message(containing="4行を調べました")


@pytest.mark.parametrize("escape", ["_x0000_", "_xD800_"])
async def test_characters_that_no_store_takes_do_not_keep_a_file_from_being_read(work: Workplace, escape: str) -> None:
    """Excel writes them as escapes, and they stand as a mark in the row."""
    book = Workbook()
    book.active.append(["No", "確認事項", "ご回答"])
    book.active.append(["1", f"データバックアップは{escape}行っていますか", ""])
    book.active.append(["2", "GDPRに対応していますか", ""])
    await work.sato.drop(FILE, saved(book))
    await work.sato.dms.message(containing="2行を調べました")
    await work.sato.dms.message(containing="データバックアップは\ufffd行っていますか")
