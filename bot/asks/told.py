"""Until when and for whom the answers are wanted, as far as an asker's own words say so plainly.

Wrongly understood is worse than not: only a day with what makes it a deadline, only one of them, and only a name with
様, 御中, 社 or a company's form, and only one of those.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from bot.asks.ask import Context
from bot.lookup.customers import found_customer

_REMARK = 1_000
_AHEAD = timedelta(days=300)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY_EN = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAYS = (
    r"(?P<today>本日|今日|today)",
    r"(?P<tomorrow>明日|あす|あした|tomorrow)",
    r"(?P<after>明後日|あさって|day after tomorrow)",
    r"(?:(?P<year>\d{4})\s*[年/.-]\s*)?(?<!\d)(?P<m>\d{1,2})\s*[月/](?:(?<=/)|\s*)(?P<d>\d{1,2})(?!\d)\s*日?",
    r"(?P<year>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
    rf"{_MONTH}\s+{_DAY_EN}(?:,?\s+(?P<year>\d{{4}}))?",
    rf"{_DAY_EN}\s+{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?",
)
_WITH_TIME = (
    r"(?:\s*[(（][月火水木金土日](?:曜日?)?[)）])?"
    r"(?:\s*(?:の?(?:午前|午後|朝|昼|夕方)?\s*(?:\d{1,2}(?:時|:\d{2})(?:半|\d{1,2}分)?)?|中|いっぱい|正午))?"
)
_UNTIL = (
    r"\s*(?:まで(?!\s*(?:の(?!回答|ご?返|提出|対応|期限)|有効|休|不在|契約|利用|保管|保持|使))"
    r"|〆切?|締め?切|必着|期限|厳守|中に|期日)"
)
_BEFORE = (
    r"(?:期限|〆切り?|締め?切り?|納期|期日|提出日|回答日|due(?: date)?|deadline|by|until|before)"
    r"\s*(?:は|が|:|is|on|by)?\s*(?:the )?"
)
_DEADLINES = tuple(
    re.compile(form, re.IGNORECASE)
    for day in _DAYS
    for form in (rf"(?<![\d/]){day}{_WITH_TIME}{_UNTIL}", rf"(?<![A-Za-z]){_BEFORE}{day}(?![\d/])")
)
# What ends on a day, or lasts until one, and is no deadline for answers: the contract, the certificate, 12/1 から.
_LASTS = re.compile(
    r"(?:契約|有効|保守|証明書?|ライセンス|利用|サポート|保[存管持]|休[業暇み]?|不在|出張|工事|メンテ\w*)[^。\n、,]{0,12}$"
    r"|[\d日時](?:\([月火水木金土日]\))?\s*(?:から|より|[~〜])\s*$"
)
_COMPANY = re.compile(
    r"(?<![A-Za-z一-龠ァ-ヶー々])"
    r"([A-Z]{1,5}|[一-龠ァ-ヶー々][一-龠ァ-ヶー々A-Za-z0-9]{0,14}|[A-Z][A-Za-z0-9]{1,19})"
    r"社(?![会員内外長名団宅屋用風是歴])"
)
_NO_COMPANY = re.compile(
    r"^(?:弊|御|貴|当|他|自|各|同|本|某|支|商|会|子会|親会|小|全|両|我が|数|何|[一二三四五六七八九十]+)$"
)
_NOBODY = re.compile(
    r"^(?:お?客|皆|各|弊|御社|貴|当社|他社|自社|ご?担当者?|金融機関|官公庁|自治体|関係者|事務局|ISMS事務局|営業|お取引先|取引先|先方|みな|利用者|メルコル|melcol).{0,3}(?:様|さま|殿|御中)?$",
    re.IGNORECASE,
)


_FORMAL = re.compile(r"^[^\[\]【】<>]*(?:会社|㈱|\(株\)|様$|さま$|殿$|御中$)")
_NAMED = re.compile(
    r"^[\s・■●○]*(?:お客様|お客さま|顧客|客先|得意先|取引先|会社|customer|client|company)(?:の?名前?)?\s*:\s*"
    r"(?P<name>[^\s:、。,/](?:(?!\. )[^\n:、。,/]){0,40})",
    re.IGNORECASE | re.MULTILINE,
)
# Whom a mail is to: the first line above its greeting.
_ADDRESSEE = re.compile(
    r"^[^\n]{1,40}(?:様|さま|殿|御中|各位|さん)[、,]?[ \t]*\n\s*(?=いつも|お世話|平素|拝啓|お疲れ|はじめ|初めて|突然)",
    re.MULTILINE,
)
# What is left of a name whose beginning is written in hiragana.
_CUT = re.compile(
    r"(?:工業|商事|商店|商会|建設|電機|電気|製作所|産業|物産|不動産|運輸|証券|生命|保険|銀行|システムズ?|サービス|ホールディングス|グループ)?"
    r"(?:株式会社|有限会社|合同会社|㈱|\(株\))?(?:様|さま|殿|御中)?"
)


def context_in(text: str, today: date, *, remark: bool = False) -> Context:
    """Return what a text says of deadline and customer; None for what it does not say plainly. remark: keep it."""
    said = unicodedata.normalize("NFKC", text)
    kept = text.strip()[:_REMARK] or None if remark else None
    return Context(_deadline(said, today), _customer(said), kept)


def _deadline(text: str, today: date) -> date | None:
    matches = (match for form in _DEADLINES for match in form.finditer(text))
    ours = (match for match in matches if not _LASTS.search(text[max(match.start() - 40, 0) : match.start()]))
    found = {day for match in ours if (day := _day(match, today))}
    return found.pop() if len(found) == 1 else None


def _day(match: re.Match[str], today: date) -> date | None:
    """Return the day that a match names, the next one of that name; None for a day that is over or far away."""
    said = {name: value for name, value in match.groupdict().items() if value}
    for name, days in (("today", 0), ("tomorrow", 1), ("after", 2)):
        if name in said:
            return today + timedelta(days=days)
    month = _MONTHS.index(said["month"].lower()) + 1 if "month" in said else int(said["m"])
    years = [int(said["year"])] if "year" in said else [today.year, today.year + 1]
    for year in years:
        try:
            day = date(year, month, int(said.get("day") or said["d"]))
        except ValueError:
            return None
        if today <= day <= today + _AHEAD:
            return day
    return None


def _customer(text: str) -> str | None:
    if len(said := {_bare(match["name"]) for match in _NAMED.finditer(text)} - {""}) == 1:
        return said.pop()
    text = _ADDRESSEE.sub("", text)
    names = {match[0] for match in _COMPANY.finditer(text) if not _NO_COMPANY.match(match[1])}
    names = {name for name in names if not _CUT.fullmatch(name)}
    for line in re.split(r"[\n:!?。]", text):
        named = found_customer(line)
        if named and _FORMAL.search(named) and not (_NOBODY.match(named) or _CUT.fullmatch(named)):
            names.add(named.strip())
    whole = {name for name in names if not any(name != other and name in other for other in names)}
    return whole.pop() if len(whole) == 1 else None


def _bare(name: str) -> str:
    """Return a name that somebody gave as one, without the end of its sentence; "" for none."""
    name = re.sub(r"(?:の(?:件|分).*|(?:さん)?(?:です|でお願いします).*)$", "", name.strip()).strip()
    return "" if _NOBODY.match(name) or not re.search(r"\w", name) or len(name) < 2 else name
