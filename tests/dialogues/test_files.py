"""Check sheets dropped into the direct messages: read, answered in the thread, handed back filled in."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill

from bot.sheets.values import ITEM_HEADER
from bot.slack.connection import Bot
from bot.trial import PATIENCE, Message, Person
from tests.conftest import Rows
from tests.dialogues.workplace import Workplace, done

ASKED = "データバックアップは行っていますか"
SHEET = f"番号,質問,回答\n1,{ASKED},\n2,GDPRに対応していますか,\n"
PASTED = f"1-1\t{ASKED}\n1-2\tGDPRに対応していますか\n1-3\tSOC 2報告書を提供できますか"
OPEN = "未回答（事務局に未送信）"
ANSWERED = "バックアップは日々実施しています。"
ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le")


def check_sheet() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "チェック"
    sheet.append(["No", "確認事項", "ご回答", "備考"])
    for row in (
        ["1-1", "データバックアップは行っていますか", "", ""],
        ["1-2", "GDPRに対応していますか", "", ""],
        ["1-3", "バックアップデータは遠隔地に保管されていますか", "記入済み", ""],
        ["1-4", "SOC 2報告書を提供できますか", "", ""],
    ):
        sheet.append(row)
    sheet["B2"].font = Font(bold=True, color="00FF0000")
    sheet["A1"].fill = PatternFill("solid", fgColor="00FFFF00")
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def answers(data: bytes) -> list[str | None]:
    """What stands in the column of answers."""
    return [
        row[0] for row in load_workbook(BytesIO(data))["チェック"].iter_rows(2, min_col=3, max_col=3, values_only=True)
    ]


async def until(work: Workplace, look: Any) -> Any:
    """Wait until something is so."""
    return await work.slack.world.news.until(look, PATIENCE, work.slack.dump)


def files_in(messages: list[Message]) -> list[str]:
    return [file.name for message in messages for file in message.files]


def sent_by_bot(work: Workplace, person: Person | None = None) -> list[Message]:
    person = person or work.sato
    return [message for message in person.dms.messages if message.user != person.id]


def records(message: Message, encoding: str = "utf-8-sig") -> list[list[str]]:
    """A .csv as cells."""
    return [line.split(",") for line in message.files[0].data.decode(encoding).splitlines()]


@pytest.mark.usefixtures("bot")
async def test_a_dropped_sheet_comes_back_filled_in(work: Workplace) -> None:
    """The bot says what it took for what, answers in the thread, and returns the same workbook with its formats."""
    await work.sato.drop("確認表.xlsx", check_sheet(), "お願いします")
    sent = await work.sato.dms.message(containing="📎 確認表_社内用.xlsx")
    read = await work.sato.dms.message(
        containing="B列「確認事項」を質問、C列「ご回答」を回答欄として、4行を調べました。"
    )
    assert "回答欄に記入のある1行は、書き換えません。" in read.plain
    assert sent.thread_ts == read.thread_ts == work.sato.dms.messages[0].ts
    assert answers(sent.files[0].data) == ["バックアップは日々実施しています。", None, "記入済み", None]
    sheet = load_workbook(BytesIO(sent.files[0].data))["チェック"]
    assert [cell.value for cell in sheet["E"]] == [ITEM_HEADER, "②-40", OPEN, None, OPEN]
    assert (sheet["B2"].font.bold, sheet["A1"].fill.fgColor.rgb) == (True, "00FFFF00")


@pytest.mark.usefixtures("bot")
async def test_an_answer_of_the_office_brings_an_updated_workbook(work: Workplace) -> None:
    """Once the office answers a row, its asker gets the answer and the workbook with it."""
    await work.sato.drop("確認表.xlsx", check_sheet())
    first = await work.sato.dms.message(containing="📎 確認表_社内用.xlsx")
    await work.send_rows(await work.sato.dms.message(containing="確認シート 4行"))
    card = await work.office.message(containing="Q-2　")
    assert done(await work.send(work.tanaka, "回答する", card, answer="提供できます。"))
    await work.sato.dms.message(containing="事務局から1行の回答が届きました。事務局の回答待ちは残り1行です。")
    updated = await work.sato.dms.message(containing="📎 確認表_社内用.xlsx", without=[first])
    assert answers(updated.files[0].data)[1:] == [None, "記入済み", "提供できます。"]
    assert load_workbook(BytesIO(updated.files[0].data))["チェック"]["E3"].value == "未回答（Q-1 事務局に確認中）"


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_text_files_come_back_as_they_are_written(work: Workplace) -> None:
    """Two files in one message are two lists; .csv keeps its encoding and .tsv its tabs, and names stay names."""
    tabbed = SHEET.replace(",", "\t")
    await work.sato.drop_all({"../<!channel>\u202e.csv": SHEET.encode("cp932"), "二.TSV": tabbed.encode()})
    one = await work.sato.dms.message(containing="📎 @channel_社内用.csv")
    two = await work.sato.dms.message(containing="📎 二_社内用.TSV")
    assert records(one, "cp932")[1:] == [
        ["1", ASKED, ANSWERED, "②-40"],
        ["2", "GDPRに対応していますか", "", OPEN],
    ]
    assert f"1\t{ASKED}\t{ANSWERED}\t②-40" in two.files[0].data.decode("utf-8-sig")
    said = await work.sato.dms.message(
        containing="「../@channel.csv」B列「質問」を質問、C列「回答」を回答欄として、2行を"
    )
    assert not said.pings
    assert len({message.thread_ts for message in sent_by_bot(work)}) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_what_is_not_read_is_said_once(work: Workplace, bot: Bot) -> None:
    """A file that is not opened gets the message that said it is being read, changed to why not; nothing else."""
    dde = Workbook()
    dde.active.append(["質問", "回答"])
    dde.active.append(["=cmd|'/C calc'!A0", ""])
    files = {"a.xlsx": ENCRYPTED, "b.xlsm": check_sheet(), "c.xlsx": b"PK" + bytes(5_000_001), "d.xlsx": saved(dde)}
    said = ("パスワードが", "マクロを含むため", "大きすぎるため", "外を呼び出すため")
    await work.sato.drop_all(files, "お願いします")
    for name, sentence in zip(files, said, strict=True):
        await work.sato.dms.message(containing=f"「{name}」：")
        await work.sato.dms.message(containing=sentence)
    await work.sato.drop("e.pdf", b"%PDF-1.7")
    await work.sato.dms.message(containing="「e.pdf」：読めるのはxlsxとcsvのファイルです。")
    assert len(sent_by_bot(work)) == 5
    assert await bot.why_not_ready() is None
    assert not work.office.messages


@pytest.mark.usefixtures("bot")
async def test_a_picture_beside_a_question_is_left_aside(work: Workplace) -> None:
    """The question is answered as ever; a picture alone gets told what can be read."""
    await work.sato.drop("図.png", b"png", ASKED)
    await work.sato.dms.message(containing=ANSWERED)
    await work.sato.drop("図.png", b"png")
    await work.sato.dms.message(containing="「図.png」：読めるのはxlsxとcsvのファイルです。")
    assert len(sent_by_bot(work)) == 2


def two_sheets() -> bytes:
    book = Workbook()
    book.active.title = "A社"
    for row in (["No", "確認事項", "ご回答", "備考"], ["1", ASKED, "", ""], ["2", "GDPRに対応していますか", "", ""]):
        book.active.append(row)
    book.create_sheet("記入要領").append(["この表の書き方"])
    other = book.create_sheet("B社")
    other.append(["設問", "回答"])
    other.append(["バックアップデータは遠隔地に保管されていますか", ""])
    return saved(book)


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_sheet_and_columns_can_be_corrected(work: Workplace) -> None:
    """All sheets are read and filled; one of them or other columns are read in the same thread, and what cannot be read
    leaves all as it was."""
    await work.sato.drop("二枚.xlsx", two_sheets())
    first = await work.sato.dms.message(containing="📎 二枚_社内用.xlsx")
    book = load_workbook(BytesIO(first.files[0].data))
    assert book["A社"]["C2"].value
    assert book["B社"]["C2"].value == "②-41"
    await work.sato.dms.message(containing="「二枚.xlsx」の2か所の表から、合わせて3行を調べました。")
    read = await work.sato.dms.message(
        containing="シート「A社」のB列「確認事項」を質問、C列「ご回答」を回答欄として、2行"
    )
    same = await work.send(work.sato, "読む列を直す", read, answer="B列「確認事項」")
    assert same.errors == {"answer": "質問の列とは別の列にしてください。"}
    await work.sato.fill(same, {"sheet": "B社", "answer": "C列「ご回答」"})
    await work.sato.submit(same)
    second = await work.sato.dms.message(containing="📎 二枚_回答.xlsx")
    # All rows of what is read are decided, so the file is the customer's, without our item numbers.
    question, answer = [cell.value for cell in load_workbook(BytesIO(second.files[0].data))["B社"][2]]
    assert question == "バックアップデータは遠隔地に保管されていますか"
    assert str(answer).endswith("西日本データセンターにも保管されます。")
    await work.sato.dms.message(containing="シート「B社」のA列「設問」を質問、B列「回答」を回答欄として、1行")
    assert done(await work.send(work.sato, "読む列を直す", read, sheet="記入要領"))
    await work.sato.dms.message(
        containing="選ばれた列では読めなかったため、前の列のままです：質問の列を見つけられません"
    )
    assert "シート「B社」のA列「設問」を質問、B列「回答」を回答欄として、1行" in read.plain
    await work.sato.dms.message(containing="確認シート 1行")


@pytest.mark.usefixtures("bot")
async def test_rows_with_the_office_are_not_read_anew(work: Workplace) -> None:
    """Once a row was sent on, its columns stay; the form says what to do instead."""
    await work.sato.drop("a.csv", SHEET.encode())
    await work.send_rows(await work.sato.dms.message(containing="確認シート 2行"))
    view = await work.send(
        work.sato, "読む列を直す", await work.sato.dms.message(containing="a.csv"), answer="A列「番号」"
    )
    assert view.errors == {"answer": "事務局に送った行があるため、読み直せません。ファイルをもう一度送ってください。"}


@pytest.mark.usefixtures("bot")
async def test_what_the_office_decides_is_marked_in_the_file(work: Workplace) -> None:
    """A declined row says so; answers close together make fewer files than answers."""
    more = f"{SHEET}3,SOC 2報告書を提供できますか,\n4,FISC安全対策基準に準拠していますか,\n"
    await work.sato.drop("a.csv", more.encode())
    listed = await work.sato.dms.message(containing="確認シート 4行")
    await work.send_rows(listed)
    cards = [await work.office.message(containing=f"Q-{number}　") for number in (1, 2, 3)]
    assert done(await work.send(work.tanaka, "対象外", cards[0], decline="公開していません。"))
    for card in cards[1:]:
        assert done(await work.answer(card, "提供できます。"))

    def last() -> list[list[str]] | None:
        found = [message for message in sent_by_bot(work) if message.files]
        return cells if found and (cells := records(found[-1]))[4][2] == "提供できます。" else None

    rows = await until(work, last)
    assert rows[2][3].startswith("未回答（Q-1 対象外（")
    assert [row[2] for row in rows[3:]] == ["提供できます。", "提供できます。"]
    assert len(files_in(sent_by_bot(work))) <= 4


@pytest.mark.usefixtures("bot")
async def test_a_row_decided_brings_an_updated_file(work: Workplace) -> None:
    """What the asker decides of a doubtful row goes into the customer's file, which comes once nothing is open."""
    await work.sato.drop("a.csv", "番号,質問,回答\n1,時刻同期とGDPR対応,\n".encode())
    listed = await work.sato.dms.message(containing="要判断 1")
    first = await work.sato.dms.message(containing="📎 a_社内用.csv")
    view = await work.form(work.sato, "要判断の行を決める", listed)
    (field,) = [block for block in view.blocks if block["type"] == "input"]
    chosen = field["element"]["options"][0]["text"]["text"]
    await work.sato.fill(view, {field["block_id"]: chosen})
    await work.sato.submit(view)
    assert chosen.split()[0] in (await work.sato.dms.message(containing="全行そろいました")).plain
    updated = await work.sato.dms.message(containing="📎 a_回答.csv")
    assert len(records(updated)[1]) == 3
    assert records(updated)[1][2]
    assert records(first)[1][3].startswith("未回答（要判断（候補 ")


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_withdrawing_a_list_takes_its_files_back(work: Workplace) -> None:
    """〔投稿を取り消す〕 deletes what was said and sent, and what is on its way comes no more."""
    await work.sato.drop("a.csv", SHEET.encode())
    sent = await work.sato.dms.message(containing="📎 a_社内用.csv")
    listed = await work.sato.dms.message(containing="確認シート 2行")
    work.slack.faults.slow("files.info", seconds=1)
    assert done(
        await work.send(
            work.sato, "読む列を直す", await work.sato.dms.message(containing="a.csv"), answer="A列「番号」"
        )
    )
    await work.send(work.sato, "投稿を取り消す", listed)
    await until(work, lambda: None if sent_by_bot(work) else True)
    await until(work, lambda: work.slack.calls_of("files.info")[-1].outcome)
    await work.sato.dm("②-40")
    await work.sato.dms.message(containing="②-40 組織・運用管理")
    assert sent.deleted
    assert len(sent_by_bot(work)) == 1
    assert len(work.slack.files) == 1


async def test_without_the_scope_the_table_is_there_to_paste(work: Workplace, start: Any) -> None:
    """Where files:write is not granted, nothing offers a file, and whoever drops one is told."""
    work.slack.revoke_scope("files:write")
    async with start() as bot:
        await work.sato.drop("a.csv", SHEET.encode())
        await work.sato.dms.message(containing="ファイルを送る権限がないため、〔表で受け取る〕から貼り付けてください。")
        view = await work.form(work.sato, "表で受け取る", await work.sato.dms.message(containing="確認シート 2行"))
        assert "ファイルを受け取る" not in view.plain
        assert await bot.why_not_ready() is None
    assert not work.slack.calls_of("files.getUploadURLExternal")


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_scopes_taken_back_are_told_and_ring_no_alarm(work: Workplace, bot: Bot) -> None:
    """Revoked while the bot runs, each scope has its sentence, and from then on no button offers a file."""
    work.slack.revoke_scope("files:write")
    await work.sato.drop("a.csv", SHEET.encode())
    await work.sato.dms.message(containing="「a.csv」：ファイルを送る権限（files:write）がありません。一覧の〔表で")
    await work.sato.dms.message(containing="ファイルを送る権限がないため")
    view = await work.form(work.sato, "表で受け取る", await work.sato.dms.message(containing="確認シート 2行"))
    assert "ファイルを受け取る" not in view.plain
    work.slack.revoke_scope("files:read")
    await work.sato.drop("b.csv", SHEET.encode())
    await work.sato.dms.message(containing="「b.csv」：ファイルを読む権限（files:read）がありません。")
    assert await bot.why_not_ready() is None


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_a_file_deleted_meanwhile_is_told_once(work: Workplace) -> None:
    """The office's answer comes all the same; that its file cannot be filled in again is said, once."""
    dropped = await work.sato.drop("a.csv", SHEET.encode(), "お願いします")
    await work.sato.dms.message(containing="📎 a_社内用.csv")
    await work.send_rows(await work.sato.dms.message(containing="確認シート 2行"))
    await work.sato.delete_file(dropped.files[0])
    assert done(await work.answer(await work.office.message(containing="Q-1　"), "対応しています。"))
    await work.sato.dms.message(containing="対応しています。")
    await work.sato.dms.message(containing="「a.csv」：元のファイルをSlackから取り出せないか")


@pytest.mark.slow
@pytest.mark.usefixtures("bot")
async def test_no_fault_of_slack_s_costs_the_file(work: Workplace, bot: Bot) -> None:
    """Each step may fail, be refused for a while, or lose its reply: the file comes, and nobody is alarmed."""
    work.slack.faults.lose_reply("files.info")
    work.slack.faults.rate_limit("url_private_download")
    work.slack.faults.edge_error("upload_url", times=5)
    work.slack.faults.lose_reply("files.completeUploadExternal")
    await work.sato.drop("a.csv", SHEET.encode())
    first = await work.sato.dms.message(containing="📎 a_社内用.csv")
    again = await work.sato.dms.message(containing="📎 a_社内用.csv", without=[first])
    assert again.files[0].data == first.files[0].data
    assert await bot.why_not_ready() is None


async def test_a_file_outlives_restarts(work: Workplace, start: Any) -> None:
    """What was dropped and not read is read by the next bot, and what was read and not sent is sent by it."""
    work.slack.faults.server_error("files.info", times=None)
    async with start():
        await work.sato.drop("a.csv", SHEET.encode())
        await work.sato.dms.message(containing="「a.csv」を読んでいます…")
    work.slack.faults.clear()
    work.slack.faults.server_error("files.getUploadURLExternal", times=None)
    async with start():
        await work.sato.dms.message(containing="2行を調べました")
        await until(work, lambda: work.slack.calls_of("files.getUploadURLExternal"))
    work.slack.faults.clear()
    async with start():
        await work.sato.dms.message(containing="📎 a_社内用.csv")
    assert len(sent_by_bot(work)) == 2


@pytest.mark.usefixtures("bot")
async def test_a_file_delivered_twice_is_one_list(work: Workplace, rows: Rows) -> None:
    """Slack's second delivery of a message changes nothing."""
    work.slack.faults.duplicate("events_api")
    await work.sato.drop("a.csv", SHEET.encode())
    await work.slack.delivery.settled()
    await work.sato.dms.message(containing="📎 a_社内用.csv")
    assert rows("select count(*) from lists") == [(1,)]
    assert len(sent_by_bot(work)) == 2


@pytest.mark.usefixtures("bot")
async def test_somebody_who_uses_slack_in_english_reads_english(work: Workplace) -> None:
    """In one's own direct messages what is said of a file, its marks and its name are in one's language."""
    ann = work.slack.person("Ann", locale="en-US")
    await ann.drop("a.csv", SHEET.encode())
    sent = await ann.dms.message(containing="📎 a_internal.csv")
    assert records(sent)[2][3] == "Not answered yet (not sent to the office)"
    await ann.dms.message(containing="column B (質問) taken for the questions, column C (回答) for the answers; 2 rows")


@pytest.mark.usefixtures("bot")
async def test_a_guest_s_file_is_not_read(work: Workplace, rows: Rows) -> None:
    """Who is no colleague is refused as ever, and the file is not fetched."""
    guest = work.slack.person("ゲスト")
    await guest.drop("a.csv", SHEET.encode())
    await guest.dms.message()
    assert len(sent_by_bot(work, guest)) == 1
    assert not work.slack.calls_of("files.info")
    assert rows("select count(*) from lists") == [(0,)]


async def test_files_count_as_asking(work: Workplace, start: Any, rows: Rows) -> None:
    """Who asks too often is told so of files too, and of those nothing is recorded."""
    async with start(MELCOL_ASKS_PER_MINUTE="1"):
        await work.sato.drop_all({"a.csv": SHEET.encode(), "b.csv": SHEET.encode()})
        await work.sato.dms.message(containing="1分間に")
        await work.sato.dms.message(containing="📎 a_社内用.csv")
    assert rows("select file_name from lists") == [("a.csv",)]


@pytest.mark.usefixtures("bot")
async def test_a_mention_with_a_file_is_told_where_files_are_read(work: Workplace) -> None:
    """The words are answered as ever; of the file it says, once, that it belongs into direct messages."""
    work.slack.faults.duplicate("events_api")
    await work.sato.drop("a.xlsx", check_sheet(), f"@melcol {ASKED}", channel="#sales")
    await work.sales.message(containing=ANSWERED)
    told = await work.sales.message(containing="ファイルはmelcolのDMで受け取ります。")
    await work.slack.delivery.settled()
    assert told.thread_ts == work.sales.timeline[0].ts
    assert len(work.sales.messages) == 3
    assert not work.slack.calls_of("files.info")


@pytest.mark.usefixtures("bot")
async def test_a_pasted_list_can_be_had_as_files(work: Workplace) -> None:
    """〔表で受け取る〕 sends Excel and CSV into the list's thread; labels stay texts; withdrawn, the files go too."""
    asked = await work.sato.mention(PASTED, channel="#sales")
    listed = await work.sales.message(containing="確認シート 3行")
    for label in ("Excelファイルを受け取る", "CSVファイルを受け取る"):
        view = await work.form(work.suzuki, "表で受け取る", listed)
        await work.suzuki.press(label, view)
        assert "ファイルを一覧のスレッドに送ります。" in (await work.suzuki.modal("ファイルを一覧")).plain
    book = await work.sales.message(containing="📎 確認シート_回答.xlsx")
    text = await work.sales.message(containing="📎 確認シート_回答.csv")
    assert (book.thread_ts, text.thread_ts) == (asked.ts, asked.ts)
    sheet = load_workbook(BytesIO(book.files[0].data)).worksheets[0]
    assert [sheet.cell(2, column).value for column in (1, 2, 4)] == ["1-1", ASKED, ANSWERED]
    assert records(text)[1][:2] == ["1-1", ASKED]
    await work.send(work.sato, "投稿を取り消す", listed)
    await until(work, lambda: len(work.sales.messages) == 1 or None)
    assert not work.slack.files


async def test_a_list_asked_in_private_stays_there_as_a_file(work: Workplace, start: Any) -> None:
    """Asked where commands are answered in private, the file comes into the direct messages, as the list does."""
    async with start(MELCOL_REPLY="private"):
        await work.sato.command(f"/melcol {PASTED}", channel="#sales")
        listed = await work.sato.dms.message(containing="確認シート 3行")
        await work.sato.press("CSVファイルを受け取る", await work.form(work.sato, "表で受け取る", listed))
        sent = await work.sato.dms.message(containing="📎 確認シート_回答.csv")
    assert records(sent)[1][:2] == ["1-1", ASKED]
    assert not work.sales.messages


@pytest.mark.usefixtures("bot")
async def test_a_customer_is_given_a_file_without_anything_internal(work: Workplace) -> None:
    """While rows are open their names are told first; made all the same, it holds answers and nothing of ours."""
    await work.sato.drop("確認表.xlsx", check_sheet())
    first = await work.sato.dms.message(containing="📎 確認表_社内用.xlsx")
    view = await work.form(work.sato, "お客様に渡すファイル", await work.sato.dms.message(containing="4行を調べました"))
    assert "回答なし：2行（1-2、1-4）" in view.plain
    await work.sato.submit(view)
    assert "ファイルを一覧のスレッドに送ります。" in view.plain
    sent = await work.sato.dms.message(containing="📎 確認表_回答.xlsx")
    book = load_workbook(BytesIO(sent.files[0].data))["チェック"]
    assert [cell.value for cell in book[1]] == ["No", "確認事項", "ご回答", "備考"]
    assert answers(sent.files[0].data) == ["バックアップは日々実施しています。", None, "記入済み", None]
    # Dropped again, what our own people worked with loses our column too.
    await work.sato.drop("確認表_社内用.xlsx", first.files[0].data)
    again = await work.sato.dms.message(containing="「確認表_社内用.xlsx」B列")
    await work.sato.submit(await work.form(work.sato, "お客様に渡すファイル", again))
    clean = await work.sato.dms.message(containing="📎 確認表_回答.xlsx", without=[sent])
    cells = load_workbook(BytesIO(clean.files[0].data))["チェック"]["E"]
    assert [cell.value for cell in cells if cell.value] == []
