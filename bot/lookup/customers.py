"""Customers' names in a text: what a question is not about, and what no answer for everybody may hold.

Found by what stands beside a name: a company's form, 様 and its like, and how somebody introduces themselves. Texts may
come as typed or as normalize.readable() leaves them, which writes (株) for ㈱.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FORM = r"(?:株式会社|有限会社|合同会社|㈱|[(（]株[)）])"
_POLITE = "(?:様|さま|殿|御中)"
_STOP = r"\s、。,「」（）()"
_PART = f"[^{_STOP}]"
_NO_HIRAGANA = f"[^{_STOP}ぁ-ん]"
# Names are seldom written in hiragana, which the words before a name end in; unless it is the first of a sentence.
_NAME = rf"(?:(?<![^{_STOP}・])[ぁ-ん]{{1,6}}{_NO_HIRAGANA}{{0,15}}|(?!・){_NO_HIRAGANA}{{1,15}})"
_LAST = "(?:(?![のにへがはをで])[ぁ-ん]){1,6}"  # of a name like ヤマダみどり
_END = rf"(?=より|から|[のにへがはをで{_STOP}]|$)"
_CUSTOMER = re.compile(
    rf"{_FORM}\s*(?!です|であ|の|を){_PART}{{1,20}}?{_POLITE}?{_END}"
    rf"|{_NAME}{_FORM}{_POLITE}?"
    rf"|{_NAME}{_LAST}{_FORM}{_POLITE}?{_END}"
    rf"|{_NAME}(?:大学|銀行|病院|役所|県庁|信用金庫|協会|財団|機構|組合)の[一-龠]{{1,4}}です"
    r"|[^\s、。,]{0,15}の[一-龠ァ-ヶ]{1,6}と申します"
    # お客様, 仕様, 取引先様, お世話様, その様な and their like name nobody.
    rf"|{_NAME}(?:(?<![お客皆仕同多異一模有何者先話労の])様(?![々子式な])|御中|殿{_END})"
)
_CONTACT = re.compile(
    # addresses of mail, of pages, of machines
    r"[A-Za-z0-9_.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s、。]+|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"
    # telephones and post codes
    r"|(?<![\d-])(?:\+\d{1,3}[ -]?)?\(?\d{2,5}\)?[ -]\d{1,4}[ -]\d{3,4}(?![\d-])|〒?\s?(?<!\d)\d{3}-\d{4}(?!\d)"
    # customers, contracts, machines; no standard has so many digits
    r"|\d{7,}|[A-Z]{1,4}[- ]?\d{6,}|番号\s*[:は]?\s*[A-Za-z-]{0,5}\d{4,}"
    r"|[都道府県][^\s、。]{1,12}?[市区町村郡][^\s、。]{0,20}?\d"
)
# Plain alternatives, which are searched for fastest.
_MAY_NAME_ONE = re.compile("会社|㈱|株[)）]|様|殿|御中|申します|です")
_BESIDE_A_NAME = re.compile(rf"{_FORM}|{_POLITE}$")


def found_customer(text: str, known: Sequence[str] = ()) -> str | None:
    """Return what in a text looks like a customer's name, or None. known: names that askers gave."""
    bare = [_BESIDE_A_NAME.sub("", name).strip() for name in known]
    named = next((name for name in bare if len(name) > 1 and name in text), None)
    found = _CUSTOMER.search(text)
    return named or (found[0] if found else None)


def found_contact(text: str) -> str | None:
    """Return what in a text is a number or an address that tells whose it is, or None."""
    found = _CONTACT.search(unicodedata.normalize("NFKC", text))
    return found[0] if found else None


def without_customers(text: str, instead: str) -> str:
    """Return a text with something else instead of all that looks like a customer's name."""
    return _CUSTOMER.sub(instead, text) if _MAY_NAME_ONE.search(text) else text
