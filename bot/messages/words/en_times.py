"""English of times.py. Times are Japan's, as in the Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from bot.asks.office_hours import JAPAN_TIME, MONDAY_TO_FRIDAY, Deadline, OfficeHours, Span, day_in_japan
from bot.messages.words.times import TimeWords

# Not strftime's, which follow the locale of the machine.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class EnglishTimeWords(TimeWords):
    """What the bot says of hours and days, in English."""

    DEADLINES: ClassVar[Mapping[Deadline, str]] = {
        Deadline.TODAY: "Today",
        Deadline.TOMORROW: "Tomorrow",
        Deadline.THIS_WEEK: "This week",
    }

    def expectation(self, hours: OfficeHours, now: float) -> str:
        """`by 18:00 today (office hours Mon–Fri 9:00–18:00, Japan time)`; it ends a sentence."""
        expected = hours.expectation(now)
        if expected.today:
            return f"by {self._clock(hours.closing)} today (office hours {self._office_hours(hours)}, Japan time)"
        if expected.closed:
            day, span = self._long_day(expected.day), self._span(expected.closed)
            return f"on {day} or later. The office is closed {span}"
        return f"by {self._clock(hours.closing)} on {self._long_day(expected.day)}"

    def expectation_short(self, hours: OfficeHours, now: float) -> str:
        expected = hours.expectation(now)
        day = "today" if expected.today else self._long_day(expected.day)
        return f"{day} or later" if expected.closed else f"{day} {self._clock(hours.closing)}"

    def describe_deadline(self, hours: OfficeHours, deadline: date, now: float) -> str:
        today = day_in_japan(now)
        closing = self._clock(hours.closing)
        match (deadline - today).days:
            case 0:
                return f"today {closing}"
            case 1:
                return f"tomorrow {closing}"
            case _:
                year = "" if deadline.year == today.year else f" {deadline.year}"
                return f"{self._long_day(deadline)}{year} {closing}"

    def overdue(self, hours: OfficeHours, deadline: date, now: float) -> str | None:
        past = hours.overdue(deadline, now)
        if past is None:
            return None
        if past < timedelta(hours=1):
            return "Overdue by less than 1 hour"
        count, unit = (past.days, "day") if past.days else (past.seconds // 3600, "hour")
        return f"Overdue by {count} {unit}{'' if count == 1 else 's'}"

    def closed_until_deadline(self, deadline: date, urgent: str | None) -> str:
        warning = f"⚠️ The office does not work again until after the deadline ({self._short_day(deadline)})."
        return f"{warning} If it is urgent: {urgent}" if urgent else warning

    def _office_hours(self, hours: OfficeHours) -> str:
        span = f"{self._clock(hours.opening)}–{self._clock(hours.closing)}"
        if hours.weekdays == MONDAY_TO_FRIDAY:
            return f"Mon–Fri {span}"
        return f"{', '.join(_DAYS[day] for day in sorted(hours.weekdays))} {span} except public holidays"

    def _clock(self, minutes: int) -> str:
        return f"{minutes // 60}:{minutes % 60:02}"

    def _short_day(self, day: date) -> str:
        return f"{day.day} {_MONTHS[day.month - 1]}"

    def _long_day(self, day: date) -> str:
        return f"{_DAYS[day.weekday()]} {self._short_day(day)}"

    def _span(self, span: Span) -> str:
        first, last = self._short_day(span.first), self._short_day(span.last)
        return f"on {first}" if first == last else f"from {first} to {last}"

    def day(self, at: float) -> str:
        """`10 Jun 2026`."""
        local = datetime.fromtimestamp(at, UTC).astimezone(JAPAN_TIME)
        return f"{self._short_day(local)} {local.year}"

    def moment(self, at: float) -> str:
        """`10 Jun 16:32`."""
        local = datetime.fromtimestamp(at, UTC).astimezone(JAPAN_TIME)
        return f"{self._short_day(local)} {local:%H:%M}"
