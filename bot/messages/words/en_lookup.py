"""English of lookup.py."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import ClassVar

from bot.answer_set.items import Item, ItemNumber
from bot.lookup.outcomes import Match, NoSuchItem
from bot.messages.words.lookup import LookupWords, SearchWords

_BUTTON_WIDTH = 24
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

# The kinds of facts that an item may lack, which lookup/facts.py names in Japanese.
_FACTS = {
    "頻度": "how often",
    "期間": "for how long",
    "数": "how many",
    "時間・期限": "by when",
    "基準・値": "which value",
    "種類・製品": "which kind or product",
    "場所": "where",
    "誰": "who",
    "体制・組織": "which body",
    "手順・方法": "how",
    "文書": "a document",
    "試験・訓練": "a test or drill",
    "承認": "approval",
    "証跡・提出": "evidence to hand over",
    "結果・対応": "results and follow-up",
    "実績・過去": "what happened so far",
    "予定": "plans",
    "費用・契約": "cost or contract",
    "理由": "why",
    "選択・設定": "a choice or setting",
    "自動": "automatic",
    "保存時": "at rest",
    "暗号": "encryption",
    "委託先": "contractors",
    "全て": "all of them",
    "別扱い・分離": "separation",
    "例外・違反": "exceptions",
    "国外": "abroad",
    "開発・検証環境": "development and test environments",
    "本社・営業拠点": "offices",
    "利用者側": "the customer's own side",
    "見直し": "reviews",
    "監視": "monitoring",
    "記録": "records",
}


class EnglishLookupWords(LookupWords):
    """What the bot says of a question and its answer, in English."""

    AS_WRITTEN = "Answers are given in Japanese, exactly as they stand in the answer set."
    CHOOSE_BOTH, ESCALATE, ESCALATE_WRONG, ESCALATE_CAUTION, ESCALATE_CONFLICT = (
        "Use both",
        "Ask the office",
        "Wrong: ask the office",
        "Check with the office",
        "Ask which one is right",
    )
    ESCALATE_ANYWAY = "Ask the office anyway"
    TO_BE_CONFIRMED = "To be confirmed"
    WITHDRAW_POST, WITHDRAW, PUBLISH = "Withdraw my post", "Withdraw", "Post to the thread"

    HELP_HEAD = "*melcol: finds customers' security questions in the answer set*"
    HELP_LINES = (
        "`/melcol backup storage location`　look up by words",
        "`/melcol 2-40`　look up by number (②-40)",
        "`/melcol status`　see where my questions stand",
        "`/melcol ask …`　go to the office without a lookup",
        "`@melcol backup storage location?`　in a thread, ask like this",
        "Paste a list of questions　all answered together (up to 200 rows)",
        "Send melcol an xlsx or csv file directly　returned with its answers",
        "The app's shortcut　searches as you type",
    )
    HELP_PLACES: ClassVar[Mapping[str, str]] = {
        "thread": "Answers appear in a thread of this channel. To look something up alone, write to melcol directly.",
        "private": "Only you see the answer to a command. “Post to the thread” shows it to everybody.",
    }

    NOT_RECORDED = "The bot is busy and could not record this. The question was not sent anywhere. Please try again."
    NOT_DONE = "The bot is busy and could not record this. Please try again."
    FAILED = (
        "An error occurred and this was not completed. Please try again. "
        "If it happens again, please tell the administrator of this bot."
    )
    NOR_UNTIL_THEN = "Until then no other question is recorded either."
    ELSEWHERE = "No questions are taken in that channel, so nothing was recorded. Please ask melcol by direct message."
    QUIETER = "To look up more, use melcol's direct messages: nothing is posted to the channel there."
    COLLEAGUES_ONLY = "This bot is for members of the company only. Please ask your contact in sales."
    STANDING_UNKNOWN = (
        "Slack could not tell whether you are a member. Nothing was recorded. Please wait a moment and try again."
    )
    READ_LATER = (
        "Slack cannot tell yet whether you are a member, so your message has not been read. "
        "It will be answered as soon as Slack does. You need not send it again."
    )

    def slack_waits(self, seconds: float) -> str:
        return (
            f"Slack limits how much I may send, so the reply here comes about {ceil(seconds / 60)} minutes late. "
            "Your question is recorded. You need not send it again."
        )

    NOTHING_TO_READ = "This message has no text, so there is nothing to look up."
    EDITS_NOT_READ = "Edits are not read. Please send the changed question as a new message."
    LINK_ALONE = "I cannot open links. Please paste the question itself."
    NO_LIST_IN_TABLE = (
        "I found no column of questions in this table. Please paste it with its question column, or send the questions "
        "alone."
    )
    THANKED = "Glad that helped."
    CONTENTS_HEAD = "Sections of the answer set"
    CONTENTS_FOOT = "Send a section's number, such as ①, to list its questions, or search by words or number (②-40)."
    ITEMS_FOOT = "Send a number such as ②-40 to see its answer."

    def section_line(self, mark: str, title: str, items: int) -> str:
        return f"{mark} {title} ({items} items)"

    ASKER_ONLY = "Only the person who asked can do this."
    NO_LONGER = "This question has been withdrawn or has already been dealt with."
    OLD_BUTTON = "This button no longer works. Please ask the question again."
    WITHDRAWN = "Withdrawn. The posted messages are deleted, and the question's text is removed from the records."
    OFFICE_CLOSED: ClassVar[Mapping[str, str]] = {
        "shared_with_others": (
            "⚠️ The ISMS office's channel was shared with another company, so no questions are posted there. "
            "Once it is no longer shared, those that wait arrive."
        ),
        "open_to_guests": (
            "⚠️ The ISMS office's channel has a guest, so no questions are posted there. "
            "Once the guest is out, those that wait arrive."
        ),
    }
    OFFICE_UNREACHABLE = (
        "The ISMS office's channel could not be reached (reference {name}). The question is on record and will be sent "
        "as soon as possible. If it is urgent, please contact the office directly."
    )
    PRIVATE_BECAUSE: ClassVar[Mapping[str, str]] = {
        "not_in_channel": "Only you can see this: melcol is not a member of this channel (/invite @melcol adds it).",
        "shared_with_others": "Only you can see this: the channel is shared with other companies.",
        "open_to_guests": "Only you can see this: the channel has guests.",
        "unknown_channel": "Only you can see this: it is not certain that nobody from outside is in the channel.",
    }
    PRIVATE_ANYWAY = "Only you can see this: it could not be posted to the channel."

    def asked_too_often(self, limit: int) -> str:
        questions = "1 question" if limit == 1 else f"{limit} questions"
        return (
            f"You asked more than {questions} in a minute, so this one was not recorded and has gone nowhere. "
            "Please send it again in about a minute."
        )

    def elsewhere_mrkdwn(self, channel: str, channels: Sequence[str]) -> str:
        places = ", ".join(f"<#{each}>" for each in channels)
        asked = f"{places} or melcol's direct messages" if places else "melcol's direct messages"
        return f"No questions are taken in <#{channel}>, so nothing was recorded. Please ask in {asked}."

    def help_foot(self, as_of: str, items: int) -> str:
        entries = f"{items} item" if items == 1 else f"{items} items"
        return (
            "Type /melcol and the space after it in half-width characters. Answers are given in Japanese exactly as in "
            f"the guide; nothing is translated or generated. Answer set as of {self._month(as_of)}, {entries}."
        )

    def aside(self, text: str, aside: str) -> str:
        return f"{text} ({aside})"

    def sentences(self, *sentences: str) -> str:
        return " ".join(sentences)

    def labelled(self, label: str, text: str) -> str:
        return f"{label}: {text}"

    def spoken(self, item: Item, as_of: str) -> str:
        where = f"{item.section} ＞ {item.heading}, as of {self._month(as_of)}"
        return f"{item.number} {item.question} — {item.answer} ({where})"

    LINK = "link"

    def given_before(self, item: Item) -> str:
        return f"{item.number} has been answered in this thread"

    def spoken_again(self, item: Item, link: str) -> str:
        where = f"{item.section} ＞ {item.heading}"
        return f"{item.number} {item.question} ({where}) — has been answered in this thread: {link}"

    QUESTION_OF = "asks: "

    def line_answered(self, numbers: Sequence[ItemNumber]) -> str:
        return f"Answered with {self._numbers(numbers)}"

    def line_escalated(self, name: str) -> str:
        return f"With the ISMS office ({name})"

    def several(self, count: int) -> str:
        return f"*{count} items apply, each to something different*"

    CONFLICT = (
        "⚠️ *The same question has two different answers. Please check with the ISMS office before you answer the "
        "customer*"
    )

    def more(self, items: Sequence[Item]) -> str:
        numbers = " ".join(str(item.number) for item in items)
        return f"{len(items)} more: {numbers} (look them up by number: /melcol {items[0].number.plain})"

    def source(self, item: Item, as_of: str, on_platform: bool) -> list[str]:
        if item.amended_by and item.amended_on:
            return [f"ISMS office, {item.amended_by}, as of {self._date(item.amended_on)}"]
        parts = [f"Security guide as of {self._month(as_of)}"]
        if on_platform:
            parts.append("Answer based on what Microsoft Azure manages")
        if item.caution or item.reviewed:
            parts.append(f"Last confirmed by the office: {self._date(item.reviewed) if item.reviewed else 'never'}")
        return parts

    def why(self, match: Match) -> str:
        met = f"Matched: {self._listed(match.matched)}" if match.matched else ""
        phrasing = f"Similar question: “{self._short(match.phrasing)}”" if match.phrasing else ""
        open_points = self._listed((*match.uncovered, *match.lacking))
        return "　".join(filter(None, [met, phrasing, f"Not said by this item: {open_points}" if open_points else ""]))

    def uncovered(self, words: Sequence[str]) -> str:
        return f"Not found in the answer set: {self._listed(words)}" if words else ""

    def _listed(self, words: Sequence[str]) -> str:
        named = {name.casefold(): name for word in reversed(words) for name in (_FACTS.get(word, word),)}
        return super()._listed([*reversed(named.values())]).replace("、", ", ")

    def chosen_by(self, name: str) -> str:
        return f"{name} chose this from the candidates"

    def chosen_before(self, name: str, numbers: Sequence[ItemNumber]) -> str:
        return f"{name} has already chosen {self._numbers(numbers)}."

    def taken_back(self, name: str) -> str:
        return f"{name} is withdrawn."

    def escalated_before(self, name: str) -> str:
        return f"This question has already gone to the ISMS office (reference {name})."

    def candidates(self, count: int) -> str:
        items = "1 item comes" if count == 1 else f"{count} items come"
        return f"*No item answers exactly this. {items} close*"

    def not_in_set(self, words: Sequence[str]) -> str:
        return f"Not covered by the answer set: {self._listed(words)}"

    NOT_SENT_YET = "Nothing has been sent to the office yet"

    def escalate_point(self, words: Sequence[str]) -> str:
        label = f"{self.ESCALATE}: {', '.join(words)}"
        width = sum(1 if letter.isascii() else 2 for letter in label)
        return label if words and width <= _BUTTON_WIDTH else self.ESCALATE

    def use(self, item: Item) -> str:
        return f"Use {item.number}"

    NEAR = "*Close, but these do not answer the question*"
    NEAR_HINT = (
        "If one does answer it, press its button: it becomes the answer, and the question is withdrawn from the office."
    )

    def take_near(self, item: Item) -> str:
        return f"{item.number} answers it"

    def taken_near(self, name: str, numbers: Sequence[ItemNumber]) -> str:
        return f"{name} took {self._numbers(numbers)}, a close item, as the answer"

    def will_post_mrkdwn(self, channel: str) -> str:
        return (
            f"This will be posted to a thread in <#{channel}> (everybody there sees it; nothing is posted to channels "
            "shared with other companies)"
        )

    ONLY_YOU = "Only you can see this"

    def escalated(self, name: str) -> str:
        return f"The answer set has no answer to this, so it has gone to the ISMS office (reference {name})."

    def escalated_held(self, name: str) -> str:
        return f"The ISMS office answers this item itself, so the question has gone there (reference {name})."

    def on_hold(self, reason: str) -> str:
        return f"On hold: {reason}"

    def escalated_by_button(self, name: str) -> str:
        return f"This has gone to the ISMS office (reference {name})."

    ANSWER_COMES = "The answer will come in the question's thread, or in a direct message where there is no thread."

    def expected(self, text: str) -> str:
        return f"You can expect an answer {text}."

    def no_such_item(self, outcome: NoSuchItem) -> str:
        return " ".join(self._no_such(number, last) for number, last in outcome.missing)

    def _no_such(self, number: ItemNumber, last: int | None) -> str:
        section = str(number).split("-", maxsplit=1)[0]
        if last is None:
            return f"There is no {number}: the answer set has no section {section}."
        if number.ordinal <= last:
            return f"{number} is not in use."
        return f"There is no {number}: section {section} has 1 to {last}."

    def not_a_question(self, text: str) -> str:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        return f"No question could be read from “{shown}”. Example: /melcol backup storage location"

    def _numbers(self, numbers: Sequence[ItemNumber]) -> str:
        return ", ".join(map(str, numbers))

    def _date(self, day: date) -> str:
        return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"

    def _month(self, as_of: str) -> str:
        """`March 2022` for the answer set's `2022年3月`; anything else as it is."""
        found = re.fullmatch("([0-9]{4})年(1[0-2]|[1-9])月", as_of)
        return f"{_MONTHS[int(found[2]) - 1]} {found[1]}" if found else as_of


class EnglishSearchWords(SearchWords):
    """The words of the search form, in English."""

    SEARCH_TITLE, SEARCH_LABEL = "Search the answers", "Find an item"
    SEARCH_HINT = "By number (②-40, 2-40, 40), heading or words."
    SHOW_ITEM, POST = "Show the item", "Post"
    POST_TO, POST_TO_PLACEHOLDER = "Post to", "Choose a channel"
    POST_TO_HINT = "Only copying? Close this form without posting. A direct message always comes from melcol to you."
    NO_PLACE = "Choose where to post. If you only copy, close this form."
    ITEM_GONE = "This item is no longer among the answers. Please search again."
    HELD = "The ISMS office answers this item case by case. Ask the office, and its answer comes to you directly."
    SHARED = "shared: "

    def posted_mrkdwn(self, number: ItemNumber, channel: str | None) -> str:
        if channel is None:
            return f"{number} is on its way to you as a direct message from melcol."
        return f"{number} will be posted in <#{channel}>. If it cannot, you get it directly, with the reason."
