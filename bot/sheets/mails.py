"""What stands below somebody's words in a mail: signatures and footers, which ask nothing."""

from __future__ import annotations

import re

from bot.sheets.table import is_question

_RULE = re.compile(r"[-‐―─━=＝_＿*＊~～◇◆■□・.☆★+＋/\s]{4,}|--|——|――")
_FORM = r"(?:株式会社|有限会社|合同会社|一般社団法人|（株）|\(株\)|㈱)"
_SIGNED = re.compile(
    rf"{_FORM}[^。？?]{{0,60}}$|[^。？?\s]{{1,40}}{_FORM}(?:[\s\u3000][^。？?]{{0,40}})?$"
    r"|(?:〒|TEL|FAX|Phone|Mobile|Cell|Direct|電話|携帯|内線|住所|所在地|E-?mail|Mail|メール|URL|HP|Web)"
    r"\s*[:：./]?\s*[\d〒+(（a-z0-9@].*"
    r"|[^\s@]+@[^\s@]+\.[^\s@]+$|https?://\S+$|\+?[\d()（）-]{9,}$"
    r"|.{0,40}\b(?:Inc|Ltd|LLC|Corp|Corporation|GmbH)\b\.?$"
    r"|sent from my\b.*|iPhoneから送信.*|.{0,20}から送信$",
    re.IGNORECASE,
)
_KEPT_CLOSE = r"confidential|社外秘|部外秘|関係者外秘|取扱注意|極秘|機密(?:情報|文書)?"
_FOOTER = re.compile(
    rf"[\[【(（<《*※ ]*(?:strictly |company |private (?:and|&) )*(?:{_KEPT_CLOSE})[^？?]{{0,80}}$"
    r"|.{0,60}(?:copyright|©|\(c\) ?\d|all rights reserved).{0,80}$"
    r"|(?:page\s*)?\d{1,4}\s*/\s*\d{1,4}(?:\s*(?:ページ|頁))?$|-\s*\d{1,4}\s*-$"
    r"|this (?:e-?mail|message)\b.{0,200}|(?:本|この)(?:電子)?メール(?:は|には|に).{0,200}",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*(?:[(（]?[0-9０-９]{1,3}[.．)）]|[①-⑳]|Q[0-9]|[・•□☑☐■])")
_DASHES = frozenset({"--", "——", "――"})
_PERSON = re.compile(r"[^。？?!、]{1,40}$")


def without_signature(text: str) -> str:
    """Return a text without the signature and the footers below it. One that is nothing else stays."""
    lines = text.split("\n")
    kept = _above_rule(lines)
    while kept and (not kept[-1].strip() or _FOOTER.match(kept[-1].strip()) or _RULE.fullmatch(kept[-1].strip())):
        kept = kept[:-1]
    kept = _without_block(kept)
    while kept and (not kept[-1].strip() or _FOOTER.match(kept[-1].strip()) or _is_signed(kept, len(kept) - 1)):
        kept = kept[:-1]
    return "\n".join(kept) if any(line.strip() for line in kept) else text


def _above_rule(lines: list[str]) -> list[str]:
    """Return what stands above the rule over a signature: `--` or a line of signs, nothing asked below it."""
    said = [line.strip() for line in lines]
    asked = max((at for at, line in enumerate(said) if is_question(line) or _LISTED.match(line)), default=0)
    for at in range(asked + 1, len(said)):
        if said[at] in _DASHES or (_RULE.fullmatch(said[at]) and any(map(_is_below, said[at + 1 :]))):
            return lines[:at]
    return lines


def _is_below(line: str) -> bool:
    return bool(_SIGNED.match(line) or _FOOTER.match(line))


def _without_block(lines: list[str]) -> list[str]:
    """Return lines without the last paragraph if it is a signature: a company, an address, a number, names."""
    start = max((at for at, line in enumerate(lines) if not line.strip()), default=0)
    block = [line.strip() for line in lines[start:] if line.strip()]
    asks = any(is_question(each) or _LISTED.match(each) or not _PERSON.match(each) for each in block)
    return lines[:start] if start and not asks and any(_SIGNED.match(each) for each in block) else lines


def _is_signed(lines: list[str], at: int) -> bool:
    line = lines[at].strip()
    return bool(at and _SIGNED.match(line) and not is_question(line) and not _LISTED.match(line))
