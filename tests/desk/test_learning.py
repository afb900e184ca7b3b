"""A confirmed question as another way to ask: in effect at once, in every bot, exported, and let go by the store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.answer_set.export import export, write
from bot.answer_set.files import default_directory
from bot.answer_set.items import ItemNumber
from bot.asks.ask import Ask, Context, Language, Source
from bot.asks.office_hours import parse_hours
from bot.desk.library import Library
from bot.desk.office import OfficeDesk
from bot.desk.people import Office, Person
from bot.desk.posting import Posting
from bot.lookup.index import Index
from bot.lookup.loading import load_index
from bot.lookup.outcomes import Answered, OutcomeName
from bot.lookup.phrasing_files import export_phrasings, proved_phrasings
from bot.messages.words import words_in
from bot.store.store import Store
from tests.indexed import numbers
from tests.store.test_store_contract import ADDITION, escalated

JA = words_in(Language.JA)
TANAKA = Person("UTANAKA", "田中", colleague=True)
ITEM = ItemNumber(2, 40)
TEXT = "夜間にデータの退避をしていますか"
FEW = "＝ ②-40\nバックアップの取得\n毎日取っていますか\n＝ ②-41\n遠隔地への保管\n＝ ②-40 では答えられない\n世代数は\n"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """The shipped answers with few phrasings, since all of them take long to index."""
    folder = shutil.copytree(default_directory(), tmp_path / "answers", ignore=shutil.ignore_patterns("phrasings"))
    (folder / "phrasings").mkdir()
    (folder / "phrasings" / "a.txt").write_text(FEW, encoding="utf-8")
    return Path(folder)


def bot(store: Store, answers: Path) -> tuple[Library, OfficeDesk]:
    loaded = load_index(answers)
    assert isinstance(loaded, Index)
    library, office = Library(answers, loaded), Office("COFFICE", None, parse_hours("9:00-18:00"), None)
    return library, OfficeDesk(store, Posting(library, office, "https://tower.example/", JA, sends=False))


async def asked(store: Store, text: str, source: Source = Source.MENTION, customer: str | None = None) -> int:
    ask = Ask(f"{text} {source}", "T", "USATO", "佐藤", source, "C1", text)
    ask_id = await store.write(lambda tx: tx.asks.add(ask, OutcomeName.UNANSWERED, [], "0"))
    assert ask_id is not None
    await store.write(lambda tx: tx.asks.set_context(ask_id, Context(customer=customer)))
    return ask_id


async def test_what_is_confirmed_is_answered_at_once_and_by_every_bot(
    store: Store, answers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Word for word at once, by its meaning soon after, undone by itself; no log holds a word of it."""
    (library, desk), (other, others) = bot(store, answers), bot(store, answers)
    await desk.refresh()
    await others.refresh()
    before = library.answers.revision
    assert not isinstance(library.lookup(TEXT), Answered)
    assert await desk.learn(ITEM, f"＝ {TEXT[:4]}\n{TEXT[4:]}", TANAKA) is None
    text = f"{TEXT[:4]} {TEXT[4:]}"
    assert await desk.learn(ITEM, "毎週取っていますか？", TANAKA) is None
    assert await desk.learn(ITEM, text, TANAKA) is None  # the same press, delivered twice
    assert numbers(library.lookup(text)) == ["②-40"]
    await others.refresh()
    assert numbers(other.lookup(text)) == ["②-40"]
    heard = library.index
    await library.learn()
    assert library.index.evidence is not heard.evidence
    learnt = library.index
    await library.learn()
    await desk.refresh()
    assert library.index is learnt
    assert library.answers.revision == before
    first, second = await store.read(lambda tx: tx.amendments.live())
    assert await desk.take_back(first.id, TANAKA) is None
    assert not isinstance(library.lookup(text), Answered)
    assert second.question == "毎週取っていますか？"
    assert numbers(library.lookup(second.question)) == ["②-40"]
    assert TEXT[4:] not in caplog.text


async def test_confirmed_questions_are_exported_and_retired_while_the_files_hold_them(
    store: Store, answers: Path
) -> None:
    """They come under the number that their item has in the files; an older folder brings them into effect again."""
    library, desk = bot(store, answers)
    await store.write(lambda tx: tx.amendments.add(ADDITION, "UTANAKA", escalated("k")(tx)[0]))
    await desk.refresh()
    await desk.learn(ITEM, TEXT, TANAKA)
    await desk.learn(ItemNumber(0, 1), "RTOの目標値は", TANAKA)
    assert numbers(library.lookup("RTOの目標値は")) == ["追-1"]
    amendments = await store.read(lambda tx: tx.amendments.not_taken_back())
    items, phrasings = export(answers, amendments), export_phrasings(answers, amendments)
    assert isinstance(items, dict)
    assert isinstance(phrasings, dict)
    assert (write(items), write(phrasings, proved_phrasings)) == ((), ())
    file = answers / "phrasings" / "confirmed.txt"
    assert file.read_text(encoding="utf-8").endswith(f"＝ ②-40\n{TEXT}\n\n＝ ②-42\nRTOの目標値は\n")
    assert export_phrasings(answers, amendments) == {}
    await desk.refresh()
    kept = await store.read(lambda tx: tx.amendments.not_taken_back())
    assert [each.retired for each in kept] == ["exported"] * 3
    assert numbers(library.lookup(TEXT)) == ["②-40"]
    file.unlink()
    await desk.refresh()
    assert numbers(library.lookup(TEXT)) == ["②-40"]
    (answers / "phrasings" / "a.txt").write_text(f"{FEW}{TEXT}\n", encoding="utf-8")
    await desk.refresh()
    kept = await store.read(lambda tx: tx.amendments.not_taken_back())
    assert [each.retired for each in kept] == ["exported", "superseded", None]
    assert not isinstance(library.lookup(TEXT), Answered)


async def test_what_tells_a_customer_or_came_from_others_is_not_kept(store: Store, answers: Path) -> None:
    """Each refusal names what to take out; nothing of the text is stored."""
    library, desk = bot(store, answers)
    await desk.refresh()
    own = await asked(store, "ヤマダ様式のバックアップは", customer="ヤマダ様")
    forwarded = await asked(store, TEXT, Source.SHORTCUT)
    withdrawn = await asked(store, "取り下げた質問")
    await store.write(lambda tx: tx.asks.withdraw(withdrawn))
    for text, ask_id, said in (
        ("株式会社ヤマダ商事のバックアップは", None, JA.tells_customer("株式会社ヤマダ商事")),
        ("ヤマダのバックアップは", own, JA.tells_customer("ヤマダ")),
        ("連絡先は a.b@example.co.jp ですか", None, JA.tells_customer("a.b@example.co.jp")),
        (TEXT, forwarded, JA.TYPED_BY_OTHERS),
        (TEXT, withdrawn, JA.NO_LONGER),
        ("遠隔地への保管", None, JA.PHRASED_OTHERWISE),
        ("世代数は", None, JA.PHRASED_OTHERWISE),
        ("＝ #\n", None, "尋ね方が空です。入力してください。"),
        ("あ" * 501, None, "尋ね方が長すぎます（501文字、上限 500文字）。短くしてください。"),
    ):
        assert await desk.learn(ITEM, text, TANAKA, ask_id) == said
    assert await desk.learn(ItemNumber(2, 99), TEXT, TANAKA) == JA.NO_LONGER_IN_SET
    assert await desk.learn(ITEM, "毎日取っていますか", TANAKA) is None  # the files have it
    assert await store.read(lambda tx: tx.amendments.live()) == ()
    assert library.index.phrasings.asked["2-40"] == ("バックアップの取得", "毎日取っていますか")
