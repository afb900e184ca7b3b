"""The outcome of a lookup: what is answered outright, what is only suggested, what is refused, and why."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer_set.items import AnswerSet, Item, ItemNumber, Section
from bot.lookup.glossary import Concept, Glossary, Kind
from bot.lookup.index import Index
from bot.lookup.outcomes import Answered, NoSuchItem, NotAQuestion, Outcome, Suggested, Unanswered
from tests.indexed import index, matches, numbers, verdict

OUTCOMES = Answered | Suggested | Unanswered | NoSuchItem | NotAQuestion


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("backup", "②-40"),
        ("バックアップ", "②-40"),
        ("ﾊﾞｯｸｱｯﾌﾟ", "②-40"),
        ("ばっくあっぷ", "②-40"),
        ("bakcup", "②-40"),
        ("データセンターの所在地", "①-1"),
        ("DCどこ？", "①-1"),
        ("データーセンタの所在池", "①-1"),
        ("UPS", "①-4"),
        ("ファイヤーウォル", "①-18"),
        ("脆弱制診断", "①-25"),
        ("ISO27001", "①-16"),
        ("WiFi", "②-22"),
        ("お世話になっております。山田商事株式会社様より、バックアップは取得しているかとのご質問です。", "②-40"),
        ("【至急】御社のデータセンターの所在地をご教示いただけますでしょうか。よろしくお願いいたします。", "①-1"),
        ("通信の暗号化", "①-26"),
        ("サービス終了の告知", "③-4"),
        ("ログは何年保管されますか", "③-9"),
        ("Is all traffic encrypted in transit using TLS?", "①-26"),
        ("Does the vendor perform backups of customer data on a daily basis?", "②-40"),
    ],
)
def test_every_way_of_writing_finds_the_item(text: str, number: str) -> None:
    """Keywords, abbreviations, kana, typos, greetings and English all lead to the answer."""
    outcome = index().lookup(text)
    assert isinstance(outcome, Answered)
    assert numbers(outcome)[0] == number


@pytest.mark.parametrize("item", index().answer_set.items, ids=lambda item: item.number.plain)
def test_an_items_own_question_is_answered_by_it(item: Item) -> None:
    """The printed question, word for word, is answered by its item, or by all that print the same question."""
    outcome = index().lookup(item.question)
    assert isinstance(outcome, Answered)
    assert str(item.number) in numbers(outcome)
    assert all(match.item.question.split() == item.question.split() for match in outcome.matches)


@pytest.mark.parametrize(
    ("text", "first", "never_first"),
    [
        ("データセンターの入退室記録の保管期間", "①-9", "②-18"),
        ("オペレーションルームの入退室記録の保管期間", "②-18", "①-9"),
        ("データセンターの立ち入り監査", "①-17", "②-29"),
        ("OSのパッチ", "①-21", "①-22"),
        ("ソフトウェアのパッチ", "①-22", "①-21"),
        ("ログの保存期間", "③-9", "②-31"),
        ("利用者の操作ログを記録していますか", "②-31", "③-9"),
        ("Is access to the operations room kept locked?", "②-16", "①-8"),
    ],
)
def test_items_that_look_alike_are_told_apart(text: str, first: str, never_first: str) -> None:
    """One word more in the question decides between twins."""
    shown = numbers(index().lookup(text))
    assert shown[0] == first
    assert never_first != first


@pytest.mark.parametrize(
    "text", ["保存データの暗号化", "メンテナンスの告知", "WAFは入っていますか", "バックアップの暗号化"]
)
def test_neighbours_of_the_set_are_refused(text: str) -> None:
    """Encryption at rest, notice of maintenance and a firewall for applications are not in the set."""
    assert isinstance(index().lookup(text), Unanswered)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("バックアップとMFAは？", "MFA"),
        ("backup and SSO", "SSO"),
        ("時刻同期は？GDPRは？", "GDPR"),
        ("時刻同期：GDPRに沿うこと", "GDPR"),
    ],
)
def test_a_compound_is_suggested_and_names_what_is_missing(text: str, unknown: str) -> None:
    """Asked for a known thing and an unknown one, the bot shows the first and says which one it lacks."""
    outcome = index().lookup(text)
    assert isinstance(outcome, Suggested)
    assert unknown in outcome.uncovered


@pytest.mark.parametrize(
    "text",
    [
        "脆弱性診断を年1回実施していますか",
        "脆弱性診断は誰が実施していますか",
        "脆弱性診断を第三者に依頼していますか",
        "障害を何分間隔で監視していますか",
        "ISO27001:2022を取得していますか",
        "ログを5年間保管していますか",
        "通信は暗号化されていますか（TLS1.2以上）",
        "インシデントの報告体制（何時間以内か）",
        "稼働率99.95%以上であること",
        "障害の通知先を複数登録できますか",
        "消火設備はハロンガスですか",
        "プライバシーポリシーはWebサイトで公開していますか",
        "バックアップは海外に保管されていますか",
        "バックアップは海外のどこの国に保管していますか",
        "Are backups ever stored outside Japan?",
        "Is traffic between servers encrypted?",
    ],
)
def test_a_word_that_changes_the_question_forbids_an_answer(text: str) -> None:
    """Who, how often, how long, where, an edition: what the answer never heard of is not affirmed by it."""
    assert not isinstance(index().lookup(text), Answered)


@pytest.mark.parametrize(
    "text", ["サーバールームの床下はどうなっていますか", "データセンターについて", "operations room"]
)
def test_a_place_says_where_and_not_what(text: str) -> None:
    """Of what stands in a place several items tell; a question that names nothing but the place is answered by none."""
    assert isinstance(index().lookup(text), Suggested)


def test_the_edition_that_the_answer_names_is_answered() -> None:
    """The 2013 item answers for the 2013 edition, and only for that."""
    assert isinstance(index().lookup("ISO27001:2013を取得していますか"), Answered)


@pytest.mark.parametrize("act", ["点検", "分析", "報告", "監視", "責任者", "手順", "計画", "種類"])
@pytest.mark.parametrize(
    "form", ["{}に関する{act}", "{}の{act}の有無", "{}を{act}していること。", "{}の定期的な{act}を実施していますか"]
)
def test_what_closes_a_question_must_be_covered(act: str, form: str) -> None:
    """An act or a person at the end is what is asked for; an item that speaks of the subject alone is a candidate."""
    assert isinstance(index().lookup(form.format("無停電電源装置", act=act)), Suggested)


@pytest.mark.parametrize("text", ["点検の際の無停電電源装置", "責任者から聞かれました。無停電電源はありますか"])
def test_a_closing_word_elsewhere_says_little(text: str) -> None:
    """Before the subject, or in a sentence of its own that asks nothing, such a word forbids nothing."""
    assert numbers(index().lookup(text))[:1] == ["①-4"]


@pytest.mark.parametrize("text", ["脆弱性診断を外注していますか", "Kubernetesの障害を監視していますか"])
def test_a_bare_yes_affirms_no_word_that_it_does_not_hold(text: str) -> None:
    """実施しています。 answers only where every content word of the question is covered."""
    assert not isinstance(index().lookup(text), Answered)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😀",
        "🙏🙏🙏",
        "こんにちは",
        "お疲れ様です。",
        "ありがとうございました！",
        "asdfgh",
        "UFO",
        "\x00",
        "\ud800",
        "。。。",
    ],
)
def test_what_is_no_question_is_not_sent_to_the_office(text: str) -> None:
    """Greetings, thanks, emoji and keyboard noise are answered with help, not with an escalation."""
    assert isinstance(index().lookup(text), NotAQuestion)


@pytest.mark.parametrize(
    "text",
    [
        "宇宙線による誤動作への備えはありますか？",
        "量子コンピュータに耐えられますか",
        "What is your favourite colour palette?",
    ],
)
def test_an_unknown_question_is_escalated(text: str) -> None:
    """Text that reads as a question goes to the office even where no word of it is known."""
    assert isinstance(index().lookup(text), Unanswered)


def test_one_question_with_two_answers_is_a_conflict() -> None:
    """②-33 and ②-39 print one question and contradict each other; ①-17 and ②-29 speak of different premises."""
    outcome = index().lookup("特権アカウントによる操作は後日追跡できますか")
    assert isinstance(outcome, Answered)
    assert outcome.conflict
    assert {"②-33", "②-39"} <= set(numbers(outcome))
    premises = index().lookup("監査の受け入れは可能ですか")
    assert isinstance(premises, Answered)
    assert not premises.conflict


def test_a_conflict_is_among_the_first_items_shown() -> None:
    """However many items answer, those that contradict each other stand where they are read."""
    outcome = index().lookup("特権アカウント")
    assert isinstance(outcome, Answered)
    assert outcome.conflict
    assert {"②-33", "②-39"} <= set(numbers(outcome)[:3])


@pytest.mark.parametrize(("text", "near"), [("RTO", "②-7"), ("目標復旧時間は何時間ですか", "②-7"), ("MFAは？", "③-5")])
def test_what_is_near_to_an_unknown_subject_is_laid_before_the_office(text: str, near: str) -> None:
    """The set has no RTO, but what an RTO is a kind of is a place for the office to start."""
    outcome = index().lookup(text)
    assert isinstance(outcome, Unanswered)
    assert str(outcome.nearest[0].item.number) == near
    assert outcome.uncovered


def test_a_piece_of_a_katakana_word_is_no_hiragana_word() -> None:
    """The クラウドの of 稼働基盤 asks no どの, and モバイル holds no いる."""
    reading = Glossary([Concept("どの", Kind.FILLER), Concept("いる", Kind.FILLER)]).read("クラウドの、モバイル")
    assert not reading.spans


def test_the_means_is_but_an_example() -> None:
    """`IDS等により` says how, and the item about the aim answers; where it is what is asked for, nothing does."""
    assert numbers(index().lookup("IDS等により不正アクセスを監視していますか"))[:1] == ["①-23"]
    outcome = index().lookup("IDSで不正アクセスを監視していますか")
    assert isinstance(outcome, Suggested | Unanswered)
    assert "IDS" in outcome.uncovered


def test_why_names_what_met_in_the_askers_words() -> None:
    """The asker's word stands beside the set's, alone where both are the same; what is missing is named as written."""
    assert matches(index().lookup("backup"))[0].matched == ("backup＝バックアップ",)
    assert matches(index().lookup("バックアップ"))[0].matched == ("バックアップ",)
    assert matches(index().lookup("バックアップとMFA"))[0].uncovered == ("MFA",)


@pytest.mark.parametrize(
    ("text", "missing"),
    [("バックアップは何世代ですか", "世代数"), ("脆弱性診断は何回ですか", "頻度"), ("ログの世代管理", "世代管理")],
)
def test_a_question_word_does_not_name_what_is_missing(text: str, missing: str) -> None:
    """何世代 lacks a 世代数; any other word stands as the asker wrote it."""
    outcome = index().lookup(text)
    assert isinstance(outcome, Suggested | Unanswered)
    assert missing in outcome.uncovered


def test_what_is_near_is_not_said_to_be_what_was_asked() -> None:
    """A RTO is not equal to the 災害復旧 that it is a kind of, so no `RTO＝` stands among what met."""
    outcome = index().lookup("RTO")
    assert isinstance(outcome, Unanswered)
    assert "災害復旧" in outcome.nearest[0].matched
    assert not any("RTO" in word for word in outcome.nearest[0].matched)


def test_what_only_tells_by_the_way_stands_not_beside_what_is_asked_for() -> None:
    """①-1 mentions a backup site in its answer; beside ②-40 and ②-41 it would only distract."""
    outcome = index().lookup("バックアップは何世代保管していますか")
    assert isinstance(outcome, Unanswered)
    assert {str(match.item.number) for match in outcome.nearest} == {"②-40", "②-41"}


def small_set(*items: Item) -> AnswerSet:
    section = Section(1, "試験", items)
    return AnswerSet("題", "社", "2022年3月", "", "", frozenset(), (section,), "").revised()


def item(ordinal: int, question: str, answer: str, **other: object) -> Item:
    return replace(Item(ItemNumber(1, ordinal), "試験", ("見出し",), question, answer), **other)  # type: ignore[arg-type]


GLOSSARY = Glossary(
    [
        Concept("猫", Kind.SUBJECT, ("ねこ", "cat")),
        Concept("犬", Kind.SUBJECT, ("dog",)),
        Concept("鳥", Kind.SUBJECT, ("bird",)),
    ]
)


def test_a_held_item_escalates_and_is_shown() -> None:
    """An item on hold is known and still answered by the office."""
    held = Index(
        small_set(item(1, "猫はいますか？", "います。", hold="確認中"), item(2, "犬はいますか？", "いません。")),
        GLOSSARY,
    )
    outcome = held.lookup("cat")
    assert isinstance(outcome, Unanswered)
    assert outcome.held
    assert numbers(outcome) == ["①-1"]
    assert isinstance(held.lookup("①-1"), Unanswered)
    assert isinstance(held.lookup("dog"), Answered)


def test_curated_keywords_always_work() -> None:
    """A keyword that stands nowhere else, not even in the glossary, finds its item."""
    asked = Index(small_set(item(1, "猫はいますか？", "います。", keywords=("タマ社長", "Zorblax"))), GLOSSARY)
    for text in ("タマ社長", "zorblax", "タマ社長は？"):
        assert numbers(asked.lookup(text)) == ["①-1"]


def test_a_set_without_a_glossary_is_found_by_its_own_words() -> None:
    """The words of the items themselves are enough where nobody has curated any."""
    bare = Index(
        small_set(item(1, "猫の飼育場所はどこですか？", "縁側です。"), item(2, "犬の散歩時間は？", "朝です。"))
    )
    assert numbers(bare.lookup("飼育場所"))[:1] == ["①-1"]


def test_what_only_an_answer_mentions_is_suggested() -> None:
    """An item on keeping cats whose answer mentions dogs is no answer on keeping dogs."""
    glossary = Glossary([*GLOSSARY.concepts.values(), Concept("飼育", Kind.GENERAL)])
    asked = Index(small_set(item(1, "猫の飼育は？", "犬も一緒です。"), item(2, "鳥は？", "います。")), glossary)
    assert isinstance(asked.lookup("犬の飼育"), Suggested)
    assert isinstance(asked.lookup("猫の飼育"), Answered)


def test_a_kind_that_the_answer_names_is_as_good_as_asked() -> None:
    """Asked whether there are animals, an item that answers with a cat answers for cats."""
    wide = Concept("動物", Kind.SUBJECT, ("animal",))
    glossary = Glossary(
        [wide, Concept("猫", Kind.SUBJECT, ("cat",), ("動物",)), Concept("鳥", Kind.SUBJECT, ("bird",))]
    )
    asked = Index(small_set(item(1, "動物はいますか？", "猫が縁側にいます。"), item(2, "鳥は？", "います。")), glossary)
    assert isinstance(asked.lookup("cat"), Answered)
    assert isinstance(asked.lookup("animal"), Answered)


def test_an_empty_set_knows_nothing_and_says_so() -> None:
    """With no items every question is for the office."""
    assert isinstance(Index(small_set(), GLOSSARY).lookup("猫はいますか？"), Unanswered)


@pytest.mark.parametrize(
    "text",
    [
        "あ" * 100_000,
        "バックアップ" * 20_000,
        "\ud800" * 100_000,
        "\u202e" * 100_000 + "backup",
        "\x00" * 100_000,
        "(" * 100_000,
        "や・" * 50_000 + "など",
        "a" * 100_000 + "!",
        "1-" * 50_000,
        "①" * 100_000,
        "様" * 100_000,
        "株式会社" * 25_000,
        "前" * 1_000 + "ため、" * 300,
        "backup and " * 10_000,
        "bakcup " * 10_000,
        "脆弱制診断" * 20_000,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_no_text_costs_more_than_a_bounded_time(text: str) -> None:
    """However long and whatever it repeats, a text is looked up; the suite would hang on an unbounded one."""
    assert isinstance(index().lookup(text), OUTCOMES)
    assert isinstance(by_words().lookup(text), OUTCOMES)


@cache
def by_words() -> Index:
    """The shipped answers as they are looked up where the encoder is not installed."""
    return index().with_vectors(None)


def test_words_alone_find_most_items_and_say_that_they_are_alone() -> None:
    """Without vectors the lookup works by wording and concepts, decides by weights of its own, and says so."""
    assert index().has_vectors
    assert not by_words().has_vectors
    for text, number in (("バックアップは取得していますか", "②-40"), ("Where is your data center?", "①-1")):
        assert numbers(by_words().lookup(text))[:1] == [number]
    assert not isinstance(by_words().lookup("GDPRに対応していますか"), Answered)


def test_what_is_confirmed_is_learnt_at_once() -> None:
    """A question that somebody confirmed for an item is answered by it from then on, and only in the new index."""
    text = "うちのデータって夜のうちに退避されてますかね"
    learnt = index().learnt(ItemNumber(2, 40), text)
    assert numbers(learnt.lookup(text)) == ["②-40"]
    assert isinstance(learnt.lookup(text), Answered)
    assert text not in index().phrasings.asked["2-40"]


def test_an_item_that_nobody_has_asked_for_yet_is_found_by_its_concepts() -> None:
    """An item added today has no phrasings, and the others' do not hide it."""
    answers = index().answer_set
    last = answers.sections[-1]
    new = replace(last.items[-1], number=ItemNumber(3, 99), question="二要素認証はありますか？", answer="あります。")
    sections = (*answers.sections[:-1], replace(last, items=(*last.items, new)))
    over = index().over(replace(answers, sections=sections).revised())
    assert numbers(over.lookup("MFA対応してますか"))[:1] == ["③-99"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
def test_any_text_has_an_outcome(text: str) -> None:
    """No string raises."""
    assert isinstance(index().lookup(text), OUTCOMES)
    assert isinstance(by_words().lookup(text), OUTCOMES)


QUESTIONS = [
    "バックアップは取得していますか？",
    "データセンターの所在地はどこですか？",
    "サーバールームに監視カメラはありますか？",
    "二要素認証はありますか？",
    "Do you encrypt data in transit?",
    "ログの保存期間を教えてください。",
    "バックアップとMFAは？",
    "ファイアウォールはありますか？",
]


def to_hiragana(text: str) -> str:
    return "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in text)


def to_full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.lower,
        to_hiragana,
        to_full_width,
        lambda text: text.rstrip("？?。"),
        lambda text: text + "！！",
        lambda text: f"「{text}」",
        lambda text: f"  {text}\n",
        lambda text: text.replace("ー", ""),
        "\u200b".join,
    ],
)
def test_dress_makes_no_difference(question: str, change: object) -> None:
    """The same question in other width, case, kana or punctuation has the same outcome."""
    assert callable(change)
    expected: Outcome = index().lookup(question)
    assert verdict(index().lookup(change(question))) == verdict(expected)


def test_one_thread_computes() -> None:
    """Threads that wait for each other would make a lookup on a busy machine twenty times as slow."""
    program = """
import psutil
import bot.lookup.index
import numpy
numpy.ones((200, 200)) @ numpy.ones((200, 200))
print(psutil.Process().num_threads())
"""
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ)
    assert run.stdout.strip() == "1"
