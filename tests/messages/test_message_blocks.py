"""Values -> Block Kit: whatever stands in them, Slack takes the message."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.answer_set.items import AnswerSet, Item, ItemNumber, Section
from bot.asks.ask import Language
from bot.lookup.outcomes import Answered, Match, NoSuchItem, Suggested
from bot.messages import blocks
from bot.messages.blocks import Message
from bot.messages.values import OfAsk
from bot.messages.words import words_in
from bot.trial.blocks import block_faults
from bot.trial.content import written
from bot.trial.rendering import notified

WORDS = words_in(Language.JA)
# What people type: no lone surrogates, which inbound text has lost already.
SAID = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200) | st.sampled_from(
    [
        "<!channel>",
        "&" * 3000,
        "🙂" * 6000,
        "<@U1>" * 900,
        "https://[ http://x",
        "a" * 12_000,
        " ",
        "\u200f",
        "&amp" * 900,
    ]
)
# What stands in the set: its loader refuses empty texts.
WRITTEN = SAID.filter(lambda text: bool(text.strip())).map(lambda text: text[:1500])
UNCOVERED = st.lists(SAID, max_size=4).map(tuple)


@st.composite
def items(draw: st.DrawFn) -> Item:
    return Item(
        number=ItemNumber(draw(st.integers(1, 9)), draw(st.integers(1, 9999))),
        section=draw(WRITTEN)[:100],
        headings=(draw(WRITTEN)[:100],),
        question=draw(WRITTEN)[:400],
        answer=draw(WRITTEN),
        reviewed=draw(st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))),
        caution=draw(st.none() | WRITTEN),
    )


MATCHES = st.lists(
    st.builds(Match, items(), st.just(0.5), UNCOVERED, UNCOVERED, SAID, UNCOVERED), min_size=1, max_size=5
).map(tuple)


def answer_set(matches: tuple[Match, ...]) -> AnswerSet:
    section = Section(1, "区分", tuple(match.item for match in matches))
    return AnswerSet("題", "社", "2022年3月", "", "", frozenset(), (section,), "0")


def accepted(message: Message, pings: tuple[str, ...] = ()) -> None:
    """Slack takes it, even to change a message with it, and it notifies nobody but `pings`."""
    payload = message.payload
    assert block_faults(payload["blocks"]) == []
    assert 0 < len(payload["text"].encode("utf-16-le")) / 2 <= 4000
    assert notified(payload["text"]) == []
    texts = [str(block) for block in payload["blocks"] if block["type"] != "rich_text"]
    assert [ping for text in texts for ping in notified(text) if ping not in pings] == []


@given(MATCHES, st.booleans(), st.none() | SAID)
def test_any_answer_makes_a_message_that_slack_takes(
    matches: tuple[Match, ...], conflict: bool, chooser: str | None
) -> None:
    """Whatever stands in the set and in the asker's words, the thread's message and the private one are valid."""
    outcome, known = Answered(matches, conflict), answer_set(matches)
    button = blocks.button(WORDS.objection(blocks.objection(outcome)), "escalate_wrong", OfAsk(1))
    accepted(blocks.answer(WORDS, outcome, known, [button], chooser))
    accepted(blocks.private_answer(WORDS, outcome, known, "foot", [button]))


@given(MATCHES, UNCOVERED)
def test_any_candidates_make_a_message_that_slack_takes(matches: tuple[Match, ...], uncovered: tuple[str, ...]) -> None:
    """Up to three candidates with their buttons are valid, whatever the words left open."""
    shown = tuple({match.item.number: match for match in matches[:3]}.values())
    accepted(
        blocks.candidates(
            WORDS, Suggested(shown, uncovered), answer_set(shown), blocks.choices(WORDS, 1, shown, uncovered)
        )
    )


@given(SAID, SAID)
def test_any_words_make_a_line_and_a_notice_that_slack_takes(name: str, text: str) -> None:
    """The question line and what is said of unreadable text hold other people's words as plain text."""
    accepted(blocks.line(WORDS, "USATO", name, text, "②-40 で回答"))
    accepted(blocks.not_a_question(WORDS, text, []))
    if text.strip():
        accepted(blocks.notice(text))


def test_hundreds_of_missing_numbers_make_one_message() -> None:
    """What is said of numbers that do not exist ends where a section's text ends."""
    missing = tuple((ItemNumber(2, number), 41) for number in range(42, 900))
    accepted(blocks.no_such_item(WORDS, NoSuchItem(missing)))


@given(SAID, st.integers(2, 50))
def test_shortened_text_is_no_longer_than_its_limit(text: str, limit: int) -> None:
    """Length is counted as Slack may count it, in UTF-16 units; a text that fits is not touched."""
    shown = blocks.shorten(text, limit)
    assert len(shown.encode("utf-16-le")) <= 2 * limit
    if len(text.encode("utf-16-le")) <= 2 * limit:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])


@given(st.text("&<>ab🙂", min_size=1, max_size=9))
def test_no_entity_is_cut_in_two(part_of_it: str) -> None:
    """Where a text is cut, what is left still reads: every ampersand begins a whole entity."""
    shown = Message(part_of_it * 4000, []).payload["text"]
    for part in shown.split("&")[1:]:
        assert part.startswith(("amp;", "lt;", "gt;"))


def test_an_address_in_an_answer_is_a_link() -> None:
    """Addresses in the set's own texts can be clicked; the text around them stays as it is."""
    block = blocks.linked("詳細は https://example.com/a?b=1 をご覧ください。")
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "詳細は "},
        {"type": "link", "url": "https://example.com/a?b=1"},
        {"type": "text", "text": " をご覧ください。"},
    ]


def test_other_people_s_addresses_are_plain_text() -> None:
    """Slack refuses a message for one odd link, so strangers' addresses are no links."""
    assert "link" not in str(blocks.rich("https://[ と https://example.com"))


def test_the_office_s_button_names_what_is_open_where_that_fits() -> None:
    """Phones cut labels past twelve full-width characters; a longer point gets the plain label."""
    labels = [blocks.choices(WORDS, 1, (), words)[-1]["text"]["text"] for words in (("GDPR",), ("とても長い観点",), ())]
    assert labels == ["「GDPR」を事務局に聞く", "事務局に聞く", "事務局に聞く"]


def test_a_full_set_of_answers_stays_below_slack_s_sum() -> None:
    """Three of the longest answers with cautions stay below what one message may hold."""
    item = Item(ItemNumber(1, 1), "区分", ("見出し",), "問" * 300, "答" * 1500, caution="注" * 500)
    matches = (Match(item, 1.0, ("x" * 500,) * 20, ("y" * 500,) * 20),) * 3
    assert written(blocks.answer(WORDS, Answered(matches), answer_set(matches), []).blocks) <= 11_000
