"""The office settles several rows of a check sheet at once, from the card over them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook

from bot.messages.words import words_in
from bot.trial import Message
from tests.conftest import Rows
from tests.dialogues.test_files import files_in, saved, sent_by_bot, until
from tests.dialogues.workplace import Workplace, done

JA = words_in("ja")
ASKED = [*(f"GDPRの第{number}条に対応していますか" for number in range(1, 8)), "GDPRの第1条に対応していますか"]


def sheet_of(questions: list[str]) -> bytes:
    book = Workbook()
    book.active.append(["No", "確認事項", "ご回答"])
    for number, question in enumerate(questions, 1):
        book.active.append([f"1-{number}", question, ""])
    return saved(book)


def addresses(message: Message) -> list[str]:
    lines = [line for block in message.blocks if block["type"] == "rich_text" for line in block["elements"]]
    return [word["url"] for line in lines for word in line["elements"] if word["type"] == "link"]


async def test_rows_are_settled_together_and_those_settled_meanwhile_are_named(
    work: Workplace, start: Any, rows: Rows
) -> None:
    """Of two officers the first one's rows stay; each other person who waits is told, and the sheet comes back once."""
    async with start(MELCOL_OFFICE_TOGETHER="99"):
        await work.sato.drop("確認表.xlsx", sheet_of(ASKED))
        sheet = await work.sato.dms.message(containing="確認シート 8行　回答 0・回答なし 8")
        await work.sato.dms.message(containing="📎 確認表_社内用.xlsx")
        await work.send_rows(sheet)
        over = await work.office.message(containing="確認シートの質問 8行　未対応 8")
        cards = {n: await work.office.message(containing=f"Q-{n}　") for n in range(1, 8)}
        posted = [cards[n].ts.replace(".", "") for n in (*range(1, 8), 1)]  # the last row asks what the first one does
        await until(work, lambda: len(addresses(over)) == 8 or None)
        assert all(f"/p{ts}?" in url for ts, url in zip(posted, addresses(over), strict=True))

        await work.suzuki.dm(f"質問：{ASKED[0]}")
        await work.suzuki.dms.message(containing="Q-1")
        first, second = [await work.form(who, JA.SETTLE_ROWS, over) for who in (work.yamada, work.tanaka)]
        same = {"rows": ["1-1", "1-2", "1-3"], "act": JA.SAME_ANSWER, "evidence": "規程集"}
        await work.yamada.fill(first, same)
        await work.yamada.submit(first)
        assert "text" in first.errors, "no answer is given beforehand"
        await work.yamada.fill(first, {"text": "対応しています。"})
        await work.yamada.submit(first)
        assert done(first)
        told = await work.suzuki.dms.message(containing="Q-1 の回答です")
        assert "対応しています。" in told.plain
        await until(work, lambda: "未対応 4・回答済み 4" in over.plain or None)

        await work.send(work.sato, JA.EACH_ROW, sheet, rows=["1-4"], act="take_back")
        declined = {"rows": ["1-3", "1-4", "1-5", "1-6"], "act": JA.SAME_REASON, "text": "個別の契約によります。"}
        await work.tanaka.fill(second, declined)
        await work.tanaka.submit(second)
        assert "2行を対象外にしました。\n1-3：山田さんが先に回答しました（Q-3、" in second.plain
        assert "\n1-4：取り下げ済み" in second.plain
        await until(work, lambda: "未対応 1・回答済み 4・対象外 2" in over.plain or None)
        await until(work, lambda: ("対象外" in cards[5].plain and "対応しています。" in cards[2].plain) or None)
        # A change of rows brings what is answered so far; what the office settles later waits for the rest again.
        await work.sato.dms.message(containing="事務局から4行の回答が届きました。")
        assert len(files_in(sent_by_bot(work))) == 2

        last = await work.send(work.tanaka, JA.SETTLE_ROWS, over, rows=["1-7"], act=JA.SAME_ANSWER, text="確認中です。")
        assert done(last)
        brought = await work.sato.dms.message(containing="事務局から3行の回答が届きました。")
        assert len(files_in(sent_by_bot(work))) == 3
        await until(work, lambda: JA.SETTLE_ROWS not in over.plain or None)
    book = load_workbook(BytesIO(brought.files[0].data)).active
    answers = [row[2] for row in book.iter_rows(min_row=2, values_only=True)]
    assert [bool(text) and "対応しています。" in text for text in answers] == [True] * 3 + [False] * 4 + [True]
    kinds = "select kind, count(*) from events where kind in ('answered', 'declined') group by kind order by kind"
    assert rows(kinds) == [("answered", 4), ("declined", 2)]
    assert rows("select number, evidence from escalations where state = 'answered' order by number") == [
        (1, "規程集"),
        (2, "規程集"),
        (3, "規程集"),
        (7, None),
    ]


async def test_rows_of_a_pasted_list_are_told_each_in_the_thread(work: Workplace, start: Any) -> None:
    """As for single answers, each row's message can be opened again; only the office settles rows."""
    async with start():
        await work.sato.mention("1. GDPRの第1条に対応していますか\n2. GDPRの第2条に対応していますか", channel="#sales")
        reply = await work.sales.message(containing="2行を事務局に聞く")
        await work.sato.press("2行を事務局に聞く", reply)
        over = await work.office.message(containing="確認シートの質問 2行　未対応 2")
        assert done(
            await work.send(work.tanaka, JA.SETTLE_ROWS, over, rows=["1.", "2."], act=JA.SAME_ANSWER, text="はい。")
        )
        for number in (1, 2):
            told = await work.sales.message(containing=f"Q-{number} の回答です")
            assert f"Q. GDPRの第{number}条に対応していますか\nはい。" in told.plain
            assert told.thread_ts == reply.thread_ts
        await work.sales.message(containing="確認シート 2行　回答 2・要判断 0・回答なし 0")
