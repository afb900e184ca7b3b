"""What the bot says of office hours, deadlines and days; the values come from office_hours.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from bot.asks.office_hours import JAPAN_TIME, MONDAY_TO_FRIDAY, WEEKDAYS, Deadline, OfficeHours, Span, day_in_japan


class TimeWords:
    """What the bot says of hours and days, in Japanese."""

    DEADLINES: ClassVar[Mapping[Deadline, str]] = {
        Deadline.TODAY: "本日中",
        Deadline.TOMORROW: "明日",
        Deadline.THIS_WEEK: "今週",
    }

    def expectation(self, hours: OfficeHours, now: float) -> str:
        """By when the office answers, and why not sooner, without a closing 。: `本日18時まで（受付 平日9–18時）`."""
        expected = hours.expectation(now)
        if expected.today:
            return f"本日{self._clock(hours.closing)}まで（受付 {self._office_hours(hours)}）"
        if expected.closed:
            return f"{self._long_day(expected.day)}以降。事務局は{self._span(expected.closed)}休業です"
        return f"{self._long_day(expected.day)}{self._clock(hours.closing)}まで"

    def expectation_short(self, hours: OfficeHours, now: float) -> str:
        """The same for a line of facts: `本日18時`, `11月24日（火）18時`, `1月5日（月）以降`."""
        expected = hours.expectation(now)
        day = "本日" if expected.today else self._long_day(expected.day)
        return f"{day}以降" if expected.closed else f"{day}{self._clock(hours.closing)}"

    def describe_deadline(self, hours: OfficeHours, deadline: date, now: float) -> str:
        """`本日 18:00`, `明日 18:00`, `12/30（水） 18:00`; with the year only where it is another one."""
        today = day_in_japan(now)
        closing = f"{hours.closing // 60}:{hours.closing % 60:02}"
        match (deadline - today).days:
            case 0:
                return f"本日 {closing}"
            case 1:
                return f"明日 {closing}"
            case _:
                year = "" if deadline.year == today.year else f"{deadline.year}/"
                return f"{year}{self._short_day(deadline)}（{WEEKDAYS[deadline.weekday()]}） {closing}"

    def overdue(self, hours: OfficeHours, deadline: date, now: float) -> str | None:
        """`期限超過 2時間`, from a day on `期限超過 3日`; None until the deadline has run out."""
        past = hours.overdue(deadline, now)
        if past is None:
            return None
        if past >= timedelta(days=1):
            return f"期限超過 {past.days}日"
        return f"期限超過 {past.seconds // 3600}時間" if past >= timedelta(hours=1) else "期限超過 1時間未満"

    def closed_until_deadline(self, deadline: date, urgent: str | None) -> str:
        """What an asker is told whose deadline falls while the office is closed; `urgent`: the admin's own sentence."""
        warning = f"⚠️ 期限（{self._short_day(deadline)}）までに事務局は営業しません。"
        return f"{warning}急ぎの場合：{urgent}" if urgent else warning

    def _office_hours(self, hours: OfficeHours) -> str:
        opening, closing = self._clock(hours.opening), self._clock(hours.closing)
        if not (hours.opening % 60 or hours.closing % 60):
            opening = opening.removesuffix("時")
        if hours.weekdays == MONDAY_TO_FRIDAY:
            return f"平日{opening}–{closing}"
        days = "・".join(WEEKDAYS[day] for day in sorted(hours.weekdays))
        return f"{days} {opening}–{closing}、祝日を除く"

    def _clock(self, minutes: int) -> str:
        return f"{minutes // 60}時{minutes % 60}分" if minutes % 60 else f"{minutes // 60}時"

    def _short_day(self, day: date) -> str:
        return f"{day.month}/{day.day}"

    def _long_day(self, day: date) -> str:
        return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"

    def _span(self, span: Span) -> str:
        first, last = (f"{day.month}月{day.day}日" for day in (span.first, span.last))
        return first if first == last else f"{first}〜{last}"

    def day(self, at: float) -> str:
        """A day as people in Japan write it: `2026年6月10日`."""
        local = datetime.fromtimestamp(at, UTC).astimezone(JAPAN_TIME)
        return f"{local.year}年{local.month}月{local.day}日"

    def moment(self, at: float) -> str:
        """A time as people in Japan read it: `6/10 16:32`."""
        local = datetime.fromtimestamp(at, UTC).astimezone(JAPAN_TIME)
        return f"{local.month}/{local.day} {local:%H:%M}"
