"""The office's hours, what an asker may expect, and deadlines, on real days in Japan."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.asks.ask import Language
from bot.asks.office_hours import JAPAN_TIME, Deadline, OfficeHours, Span, parse_closed, parse_hours
from bot.messages.words import words_in
from bot.settings import SettingsError, read_settings

WORDS = words_in(Language.JA)
WEEKDAYS_9_TO_18 = parse_hours("9:00-18:00")
YEAR_END = OfficeHours(
    9 * 60, 18 * 60, closed=parse_closed("2025-12-27..2026-01-04, 2026-08-13, 2026-12-29..2026-12-31")
)
HALF_HOURS = parse_hours("9:30-17:45")


def at(text: str) -> float:
    """Seconds since the epoch of a time in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN_TIME).timestamp()


@pytest.mark.parametrize(
    ("hours", "now", "said", "short"),
    [
        (WEEKDAYS_9_TO_18, "2026-06-10 16:32", "本日18時まで（受付 平日9–18時）", "本日18時"),
        (WEEKDAYS_9_TO_18, "2026-06-10 00:00", "本日18時まで（受付 平日9–18時）", "本日18時"),
        (WEEKDAYS_9_TO_18, "2026-06-10 17:59:59", "本日18時まで（受付 平日9–18時）", "本日18時"),
        (WEEKDAYS_9_TO_18, "2026-06-10 18:00", "6月11日（木）18時まで", "6月11日（木）18時"),
        (WEEKDAYS_9_TO_18, "2026-06-10 23:59:59", "6月11日（木）18時まで", "6月11日（木）18時"),
        (WEEKDAYS_9_TO_18, "2026-06-12 19:00", "6月15日（月）18時まで", "6月15日（月）18時"),
        (WEEKDAYS_9_TO_18, "2026-06-13 10:00", "6月15日（月）18時まで", "6月15日（月）18時"),
        # Monday, 23 November: Labour Thanksgiving Day.
        (WEEKDAYS_9_TO_18, "2026-11-20 18:00", "11月24日（火）18時まで", "11月24日（火）18時"),
        (WEEKDAYS_9_TO_18, "2026-11-23 10:00", "11月24日（火）18時まで", "11月24日（火）18時"),
        # Golden Week: Wednesday, 6 May stands in for Constitution Day, a Sunday.
        (WEEKDAYS_9_TO_18, "2026-05-01 20:00", "5月7日（木）18時まで", "5月7日（木）18時"),
        (WEEKDAYS_9_TO_18, "2026-05-06 09:00", "5月7日（木）18時まで", "5月7日（木）18時"),
        # 22 September 2026 is a holiday only because it lies between two.
        (WEEKDAYS_9_TO_18, "2026-09-22 09:00", "9月24日（木）18時まで", "9月24日（木）18時"),
        # Without the office's word, only 1 January is a holiday.
        (WEEKDAYS_9_TO_18, "2026-12-31 18:00", "1月4日（月）18時まで", "1月4日（月）18時"),
        (YEAR_END, "2025-12-26 17:00", "本日18時まで（受付 平日9–18時）", "本日18時"),
        (YEAR_END, "2025-12-26 18:00", "1月5日（月）以降。事務局は12月27日〜1月4日休業です", "1月5日（月）以降"),
        (YEAR_END, "2026-01-02 12:00", "1月5日（月）以降。事務局は12月27日〜1月4日休業です", "1月5日（月）以降"),
        (YEAR_END, "2026-01-05 08:00", "本日18時まで（受付 平日9–18時）", "本日18時"),
        # New Year and the weekend after it belong to the run of the closed days before them.
        (YEAR_END, "2026-12-28 19:00", "1月4日（月）以降。事務局は12月29日〜1月3日休業です", "1月4日（月）以降"),
        (YEAR_END, "2026-12-27 19:00", "12月28日（月）18時まで", "12月28日（月）18時"),
        (YEAR_END, "2026-08-13 10:00", "8月14日（金）以降。事務局は8月13日休業です", "8月14日（金）以降"),
        (HALF_HOURS, "2026-06-10 17:44", "本日17時45分まで（受付 平日9時30分–17時45分）", "本日17時45分"),
        (HALF_HOURS, "2026-06-12 17:45", "6月15日（月）17時45分まで", "6月15日（月）17時45分"),
        (
            parse_hours("月・水・土 10-16:30"),
            "2026-06-10 10:00",
            "本日16時30分まで（受付 月・水・土 10時–16時30分、祝日を除く）",
            "本日16時30分",
        ),
        (parse_hours("月-日 0:00-24:00"), "2026-06-13 23:59", None, "本日24時"),
    ],
)
def test_an_asker_hears_when_the_office_next_works(hours: OfficeHours, now: str, said: str | None, short: str) -> None:
    """Until closing it is today; then the next open day, and a closing the office chose is named whole."""
    assert WORDS.expectation_short(hours, at(now)) == short
    if said:
        assert WORDS.expectation(hours, at(now)) == said


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)))  # noqa: DTZ001 - Japan's time is set below
def test_the_day_expected_is_the_first_open_one(moment: datetime) -> None:
    """No open day lies between now and the day expected, and the day itself is open."""
    now = moment.replace(tzinfo=JAPAN_TIME).timestamp()
    expected = YEAR_END.expectation(now)
    assert YEAR_END.is_open(expected.day)
    assert expected.today == (expected.day == moment.date())
    assert now < YEAR_END.due_moment(expected.day)
    between = [moment.date() + timedelta(days=n) for n in range(1, (expected.day - moment.date()).days)]
    assert not any(map(YEAR_END.is_open, between))
    if expected.closed:
        assert expected.closed.last == expected.day - timedelta(days=1)
        assert YEAR_END.is_open(expected.closed.first - timedelta(days=1))
        assert not YEAR_END.is_open(expected.closed.first)


@pytest.mark.parametrize(
    ("choice", "now", "day"),
    [
        (Deadline.TODAY, "2026-06-10 23:59:59", "2026-06-10"),
        (Deadline.TODAY, "2026-06-11 00:00", "2026-06-11"),
        (Deadline.TOMORROW, "2026-12-31 10:00", "2027-01-01"),
        (Deadline.THIS_WEEK, "2026-06-10 10:00", "2026-06-12"),
        (Deadline.THIS_WEEK, "2026-06-12 10:00", "2026-06-12"),
        (Deadline.THIS_WEEK, "2026-06-13 10:00", "2026-06-14"),
        (Deadline.THIS_WEEK, "2026-06-14 10:00", "2026-06-14"),
        # Friday, 20 March 2026 is the vernal equinox; the whole of 4 to 6 May is holidays.
        (Deadline.THIS_WEEK, "2026-03-16 10:00", "2026-03-19"),
        (Deadline.THIS_WEEK, "2026-05-04 10:00", "2026-05-08"),
    ],
)
def test_a_choice_of_deadline_is_a_day_in_japan(choice: Deadline, now: str, day: str) -> None:
    """This week ends with its last open day still to come; with none left, on Sunday."""
    assert WEEKDAYS_9_TO_18.deadline_day(choice, at(now)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("hours", "deadline", "now", "said"),
    [
        (WEEKDAYS_9_TO_18, "2026-06-10", "2026-06-10 00:00", "本日 18:00"),
        (WEEKDAYS_9_TO_18, "2026-06-11", "2026-06-10 23:59", "明日 18:00"),
        (WEEKDAYS_9_TO_18, "2026-12-30", "2026-12-28 10:00", "12/30（水） 18:00"),
        (WEEKDAYS_9_TO_18, "2026-12-30", "2026-12-31 10:00", "12/30（水） 18:00"),
        (WEEKDAYS_9_TO_18, "2027-01-01", "2026-12-31 10:00", "明日 18:00"),
        (WEEKDAYS_9_TO_18, "2027-01-05", "2026-12-28 10:00", "2027/1/5（火） 18:00"),
        (WEEKDAYS_9_TO_18, "9999-12-31", "2026-12-28 10:00", "9999/12/31（金） 18:00"),
        (HALF_HOURS, "2026-06-10", "2026-06-10 09:00", "本日 17:45"),
        (parse_hours("8:00-17:05"), "2026-06-10", "2026-06-10 09:00", "本日 17:05"),
    ],
)
def test_a_deadline_is_named_as_near_as_it_is(hours: OfficeHours, deadline: str, now: str, said: str) -> None:
    """Today and tomorrow by name, other days by date and weekday, other years with the year."""
    assert WORDS.describe_deadline(hours, date.fromisoformat(deadline), at(now)) == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-06-10 09:00", None),
        ("2026-06-10 18:00", None),
        ("2026-06-10 18:00:01", "期限超過 1時間未満"),
        ("2026-06-10 18:59:59", "期限超過 1時間未満"),
        ("2026-06-10 19:00", "期限超過 1時間"),
        ("2026-06-10 20:30", "期限超過 2時間"),
        ("2026-06-11 17:59:59", "期限超過 23時間"),
        ("2026-06-11 18:00", "期限超過 1日"),
        ("2026-06-14 10:00", "期限超過 3日"),
        ("2027-06-10 18:00", "期限超過 365日"),
    ],
)
def test_a_deadline_runs_out_at_closing_time(now: str, said: str | None) -> None:
    """Past closing it counts hours, from a day on days."""
    assert WORDS.overdue(WEEKDAYS_9_TO_18, date(2026, 6, 10), at(now)) == said


def test_every_date_has_a_closing_time() -> None:
    """The last day a date picker knows, with an office open until midnight, is no overflow."""
    until_midnight = parse_hours("9:00-24:00")
    assert until_midnight.due_moment(date(2026, 6, 10)) == at("2026-06-11 00:00")
    assert until_midnight.due_moment(date.max) - until_midnight.due_moment(date.max - timedelta(days=1)) == 86_400


@pytest.mark.parametrize(
    ("deadline", "now", "closed"),
    [
        ("2025-12-30", "2025-12-26 17:59", False),
        ("2025-12-30", "2025-12-26 18:00", True),
        ("2026-01-04", "2025-12-29 10:00", True),
        ("2026-01-05", "2025-12-29 10:00", False),
        ("2026-06-10", "2026-06-10 08:00", False),
        ("2026-06-10", "2026-06-10 18:00", True),
        ("2026-06-14", "2026-06-13 10:00", True),
        ("2026-06-15", "2026-06-13 10:00", False),
    ],
)
def test_a_deadline_that_the_office_cannot_meet_is_told(deadline: str, now: str, closed: bool) -> None:
    """Only where the office does not work at all between now and the deadline."""
    assert YEAR_END.falls_while_closed(date.fromisoformat(deadline), at(now)) is closed


def test_the_warning_names_the_way_for_urgent_cases() -> None:
    """It ends where the admin gave no such way."""
    day = date(2026, 12, 30)
    assert WORDS.closed_until_deadline(day, "090-0000-0000 へお電話ください。") == (
        "⚠️ 期限（12/30）までに事務局は営業しません。急ぎの場合：090-0000-0000 へお電話ください。"
    )
    assert WORDS.closed_until_deadline(day, None) == "⚠️ 期限（12/30）までに事務局は営業しません。"


@pytest.mark.parametrize(
    ("text", "opening", "closing", "weekdays"),
    [
        ("9:00-18:00", 540, 1080, "01234"),
        ("9-18", 540, 1080, "01234"),
        ("０９：００〜１８：００", 540, 1080, "01234"),
        (" 09:30 – 17:45 ", 570, 1065, "01234"),
        ("0:00-24:00", 0, 1440, "01234"),
        ("平日 9:00-18:00", 540, 1080, "01234"),
        ("月-土 9:00-18:00", 540, 1080, "012345"),
        ("月〜木 9:00-18:00", 540, 1080, "0123"),
        ("月ー金9:00-18:00", 540, 1080, "01234"),
        ("月水金 9:00-18:00", 540, 1080, "024"),
        ("月、水・金, 日 9:00-18:00", 540, 1080, "0246"),
        ("土-月 9:00-18:00", 540, 1080, "056"),
        ("Mon-Fri 9:00-18:00", 540, 1080, "01234"),
        ("MON, wed 9:00-18:00", 540, 1080, "02"),
    ],
)
def test_hours_are_read_as_an_admin_writes_them(text: str, opening: int, closing: int, weekdays: str) -> None:
    """Width, dashes and the names of days are free; without days Monday to Friday are meant."""
    assert parse_hours(text) == OfficeHours(opening, closing, frozenset(map(int, weekdays)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9:00", "「9:00」は読めません。「9:00-18:00」か「月-土 9:00-18:00」の形にしてください"),
        ("営業日 9:00-18:00", "「営業日 9:00-18:00」は読めません。"),
        ("月- 9:00-18:00", "「月- 9:00-18:00」は読めません。"),
        ("9:00-12:00,13:00-18:00", "「9:00-12:00,13:00-18:00」は読めません。"),
        ("18:00-9:00", "「18:00-9:00」は終わりが始まりより後ではありません。"),
        ("9:00-9:00", "「9:00-9:00」は終わりが始まりより後ではありません。"),
        ("9:60-18:00", "「9:60」という時刻はありません。0:00から24:00までにしてください。"),
        ("9:00-24:01", "「24:01」という時刻はありません。"),
        ("月" * 1000, f"「{'月' * 40}…」は読めません。"),
        ("\0 \ud800", "「\0 \ud800」は読めません。"),
    ],
)
def test_unreadable_hours_are_told_with_their_mend(text: str, said: str) -> None:
    """Each message repeats what was written and says what would do."""
    with pytest.raises(ValueError, match="。") as raised:
        parse_hours(text)
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("2026-12-27..2027-01-04, 2027-08-13", [("2026-12-27", "2027-01-04"), ("2027-08-13", "2027-08-13")]),
        ("2026/12/27〜2027/1/4、2027/8/13", [("2026-12-27", "2027-01-04"), ("2027-08-13", "2027-08-13")]),
        ("2026-12-27 .. 2027-01-04\n2027-08-13\n", [("2026-12-27", "2027-01-04"), ("2027-08-13", "2027-08-13")]),
        ("２０２６－０２－２８，", [("2026-02-28", "2026-02-28")]),
        ("2028-02-29..2028-02-29", [("2028-02-29", "2028-02-29")]),
    ],
)
def test_closed_days_are_read_as_an_admin_writes_them(text: str, spans: list[tuple[str, str]]) -> None:
    """Commas or line ends part them, dots or a wave make a span."""
    wanted = tuple(Span(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans)
    assert parse_closed(text) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12/27", "「12/27」は日付として読めません。「2026-12-27」か「2026-12-27..2027-01-04」の形にし"),
        ("2027-01-01, お盆", "「お盆」は日付として読めません。"),
        ("2026-12-27..", "「2026-12-27..」は日付として読めません。"),
        ("2026-12-27...2027-01-04", "「2026-12-27.」は日付として読めません。"),
        ("0026-12-27", "「0026-12-27」は日付として読めません。"),
        ("2026-02-29", "「2026-02-29」という日はありません。"),
        ("2027-01-04..2026-12-27", "「2027-01-04..2026-12-27」は終わりが始まりより前です。"),
        ("2026-12-27..2028-01-04", "「2026-12-27..2028-01-04」は1年を超えます。年を確かめてください。"),
        ("2026-12-27" * 1000, f"「{('2026-12-27' * 4)}…」は日付として読めません。"),
    ],
)
def test_unreadable_closed_days_are_told_with_their_mend(text: str, said: str) -> None:
    """The message repeats the one date or span that is wrong."""
    with pytest.raises(ValueError, match="。") as raised:
        parse_closed(text)
    assert str(raised.value).startswith(said)


REQUIRED = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "MELCOL_OFFICE_CHANNEL": "C01"}


def test_the_settings_join_hours_and_closed_days() -> None:
    """One value holds both; the sentence for urgent cases is one line."""
    settings = read_settings(
        REQUIRED
        | {
            "MELCOL_OFFICE_HOURS": "月-土 10:00-17:00",
            "MELCOL_OFFICE_CLOSED": "2027-08-13",
            "MELCOL_OFFICE_URGENT": "当番の\n 携帯へ。",
        }
    )
    day = date(2027, 8, 13)
    assert settings.office_hours == OfficeHours(600, 1020, frozenset(range(6)), (Span(day, day),))
    assert settings.office_urgent == "当番の 携帯へ。"


def test_without_settings_the_office_works_on_weekdays() -> None:
    """Nine to eighteen, Monday to Friday, no closed days, no way for urgent cases."""
    settings = read_settings(REQUIRED)
    assert (settings.office_hours, settings.office_urgent) == (OfficeHours(540, 1080), None)


def test_all_unreadable_hours_are_told_at_once() -> None:
    """Each with the variable it stands in."""
    wrong = {"MELCOL_OFFICE_HOURS": "朝から", "MELCOL_OFFICE_CLOSED": "お盆", "MELCOL_OFFICE_URGENT": "長" * 301}
    with pytest.raises(SettingsError) as raised:
        read_settings(REQUIRED | wrong)
    assert [problem.split(": ")[0] for problem in raised.value.problems] == list(wrong)
    assert raised.value.problems[2] == "MELCOL_OFFICE_URGENT: 301文字あります。300文字以内の一文にしてください。"
