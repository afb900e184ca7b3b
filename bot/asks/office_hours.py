"""When the ISMS office works, by when an asker may expect an answer, and when a deadline runs out.

Pure: `now` is passed in, in seconds since the epoch. Days and hours are Japan's. wording puts them in words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache

from holidays import country_holidays

JAPAN_TIME = timezone(timedelta(hours=9))  # Japan has had no daylight saving time since 1952
WEEKDAYS = "月火水木金土日"  # in the order of date.weekday()
MONDAY_TO_FRIDAY = frozenset(range(5))

_DAY = timedelta(days=1)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LONGEST_CLOSED = 366 * _DAY


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Expectation:
    """The day the office next works: today until it closes, else the next open day.

    `closed` is the whole run of closed days before it, where the office chose one of them itself: weekends and public
    holidays everybody knows.
    """

    day: date
    today: bool
    closed: Span | None


class Deadline(StrEnum):
    """What an asker may say for a date; the values are those of the modal's options."""

    TODAY = "today"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this_week"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The office's hours, in minutes after midnight in Japan, on `weekdays` (Monday is 0).

    Public holidays, as the `holidays` package knows them for 1949 to 2099, and `closed` are excepted.
    """

    opening: int
    closing: int
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    closed: tuple[Span, ...] = ()

    def is_open(self, day: date) -> bool:
        """Return True if the office works on that day at all."""
        return day.weekday() in self.weekdays and not self._chose_to_close(day) and day not in _holidays(day.year)

    def expectation(self, now: float) -> Expectation:
        """Return the day by whose closing an ask of `now` is answered; at the moment of closing it is the next one."""
        day = today = day_in_japan(now)
        if self.is_open(today) and now < self.due_moment(today):
            return Expectation(today, True, None)
        day += _DAY
        while not self.is_open(day):
            day += _DAY
        return Expectation(day, False, self._told_closed(day))

    def deadline_day(self, choice: Deadline, now: float) -> date:
        """Return the day meant; this week ends on its last open day still to come, or on Sunday if none is left."""
        today = day_in_japan(now)
        match choice:
            case Deadline.TODAY:
                return today
            case Deadline.TOMORROW:
                return today + _DAY
            case Deadline.THIS_WEEK:
                rest = [today + n * _DAY for n in range(7 - today.weekday())]
                return max(filter(self.is_open, rest), default=rest[-1])

    def due_moment(self, deadline: date) -> float:
        """Return when that day's deadline runs out: at the office's closing time, whether it works that day or not."""
        midnight = (deadline.toordinal() - _EPOCH_DAY) * 86_400 - JAPAN_TIME.utcoffset(None).total_seconds()
        return midnight + self.closing * 60

    def overdue(self, deadline: date, now: float) -> timedelta | None:
        """Return for how long the deadline has run out; None until it has."""
        past = now - self.due_moment(deadline)
        return timedelta(seconds=past) if past > 0 else None

    def falls_while_closed(self, deadline: date, now: float) -> bool:
        """Return True if the office no longer works between `now` and the deadline."""
        return deadline < self.expectation(now).day

    def _chose_to_close(self, day: date) -> bool:
        return any(day in span for span in self.closed)

    def _told_closed(self, opens: date) -> Span | None:
        run = [opens]
        while not self.is_open(run[-1] - _DAY):
            run.append(run[-1] - _DAY)
        return Span(run[-1], run[1]) if any(map(self._chose_to_close, run)) else None


def day_in_japan(now: float) -> date:
    """Return the day it is in Japan."""
    return datetime.fromtimestamp(now, UTC).astimezone(JAPAN_TIME).date()


def parse_hours(text: str) -> OfficeHours:
    """Read `9:00-18:00`, `月-土 9:00-17:30` or `Mon,Wed 10-16`; without weekdays Monday to Friday are meant.

    Raises ValueError with a Japanese sentence that says what to fix.
    """
    plain = re.sub("[~〜–—−‐ー]", "-", unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"\s*(\D*?)\s*([0-9]{1,2}(?::[0-9]{2})?)\s*-\s*([0-9]{1,2}(?::[0-9]{2})?)\s*", plain)
    weekdays = _weekdays(found[1]) if found else None
    if found is None or weekdays is None:
        raise ValueError(
            f"「{_shown(text)}」は読めません。「9:00-18:00」か「月-土 9:00-18:00」の形にしてください"
            "（曜日を省くと月-金。祝日は常に休みです）。"
        )
    opening, closing = _minutes(found[2]), _minutes(found[3])
    if opening >= closing:
        raise ValueError(f"「{found[2]}-{found[3]}」は終わりが始まりより後ではありません。24時間の形で書いてください。")
    return OfficeHours(opening, closing, weekdays)


def parse_closed(text: str) -> tuple[Span, ...]:
    """Read dates and spans such as `2026-12-27..2027-01-04, 2027-08-13`, parted by commas or line ends.

    Raises ValueError with a Japanese sentence that says what to fix.
    """
    pieces = re.split("[,、\n]", unicodedata.normalize("NFKC", text))
    return tuple(_span(piece.strip()) for piece in pieces if piece.strip())


def _weekdays(text: str) -> frozenset[int] | None:
    """Return the days of `月-金`, `月・水`, `平日` or `Mon-Fri`; None if it is none of these."""
    if not text:
        return MONDAY_TO_FRIDAY
    short = text.lower().replace("平日", "月-金")
    for name, weekday in zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS, strict=True):
        short = short.replace(name, weekday)
    if not re.fullmatch(rf"[{WEEKDAYS}](\s*[-,、・]?\s*[{WEEKDAYS}])*", short):
        return None
    days: set[int] = set()
    for first, last in re.findall(rf"([{WEEKDAYS}])(?:\s*-\s*([{WEEKDAYS}]))?", short):
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.update((start + n) % 7 for n in range((end - start) % 7 + 1))
    return frozenset(days)


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > 24 * 60:
        raise ValueError(f"「{clock}」という時刻はありません。0:00から24:00までにしてください。")
    return total


def _span(text: str) -> Span:
    ends = re.fullmatch(r"(.*\S)\s*(?:\.\.|[~〜])\s*(\S.*)", text)
    first, last = ends.groups() if ends else (text, text)
    span = Span(_date(first), _date(last))
    if span.last < span.first:
        raise ValueError(f"「{text}」は終わりが始まりより前です。日付を入れ替えてください。")
    if span.last - span.first > _LONGEST_CLOSED:
        raise ValueError(f"「{text}」は1年を超えます。年を確かめてください。")
    return span


def _date(text: str) -> date:
    # Only this century: the known public holidays end in 2099, and a year of other digits is a slip.
    found = re.fullmatch(r"(20[0-9]{2})([-/])([0-9]{1,2})\2([0-9]{1,2})", text)
    if not found:
        raise ValueError(
            f"「{_shown(text)}」は日付として読めません。「2026-12-27」か「2026-12-27..2027-01-04」の形にし、"
            "複数あればコンマで区切ってください。"
        )
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError as error:
        raise ValueError(f"「{text}」という日はありません。日付を確かめてください。") from error


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("JP", years=year))
