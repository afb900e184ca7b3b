"""Forms: what counts as a customer's name, and that every form is one that Slack takes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.answer_set.items import Item, ItemNumber, Section
from bot.asks.ask import Ask, Case, Context, Escalation, Given, Language, Source, State, StoredAsk
from bot.lookup.outcomes import Match
from bot.messages import forms
from bot.messages.values import AnswerDraft, OfAsk, PressedOn
from bot.messages.words import words_in
from bot.trial.blocks import view_faults, view_too_large

WORDS = words_in(Language.JA)
LONG = "あ" * 100_000
HOSTILE = ("", "   ", LONG, "<!channel>&", "👍" * 3000, "\u202e", "改\n行" * 900)
ITEM = Item(ItemNumber(2, 7), "組織", ("体制",), LONG, LONG)
SECTIONS = [Section(2, "組織・運用管理", (ITEM,)), Section(3, "サービス", ())]


def asked(text: str | None) -> StoredAsk:
    ask = Ask("k", "T", "U1", text or "", Source.MENTION, "C1", text or "", "1.1", "1.1")
    context = Context(date(2026, 12, 31), text, text)
    return StoredAsk(1, 0.0, ask, text, "unanswered", (), None, 12, False, True, context)


def views_about(text: str) -> list[dict[str, Any]]:
    case = Case(Escalation(12, State.OPEN, text or None, 0.0), (asked(text),))
    answer = forms.AnswerForm(WORDS, case, [Match(ITEM, 1.0)] * 3, SECTIONS, date(2027, 6, 10), text)
    views = [answer.view(effect) for effect in ("none", "add", "replace", "caution", "hold")]
    views.append(forms.answer_with_item(WORDS, case, ITEM))
    names = ("ask_back", "decline", "reply", "reopen")
    views += [forms.one_text(WORDS, name, OfAsk(1), "Q-12", text, text) for name in names]
    # Nothing that Slack hands over with a press is longer than this.
    press = PressedOn(1, "C1", "1.1", ephemeral=True, url="https://hooks.slack.com/" + "a" * 2000)
    views.append(forms.objecting(WORDS, asked(text or None), [Match(ITEM, 1.0)] * 30, press))
    views.append(forms.objecting(WORDS, asked(text or None), [], press))
    views.append(forms.given(WORDS, [Given(asked(text), 0.0, None)] * 300))
    views.append(forms.warned(WORDS, views[0], AnswerDraft(12, "none", warned=True), text))
    return views


@pytest.mark.parametrize("text", HOSTILE)
def test_every_form_is_one_that_slack_takes(text: str) -> None:
    """Whatever the question, the items and the names hold."""
    for view in views_about(text):
        assert view_faults(json.loads(json.dumps(view))) == []
        assert not view_too_large(view)


def test_the_asker_s_form_opens_with_what_is_known() -> None:
    """Deadline, customer and remark given before stand in it."""
    view = forms.add_context(WORDS, asked("山田商事"))
    said = json.dumps(view, ensure_ascii=False)
    assert '"initial_date": "2026-12-31"' in said
    assert said.count('"initial_value": "山田商事"') == 2
    assert view_faults(view) == []
