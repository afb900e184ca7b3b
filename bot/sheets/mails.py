"""What a mail puts around somebody's words: headers above, a signature and footers below, none of which asks."""

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
    r"|sent from my\b.*|iPhoneから送信.*|.{0,20}(?:から|より)(?:自動)?(?:送信|投稿)$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"[*_]?(?:From|Sent|To|Cc|Bcc|Subject|Date|Reply-To|Attachments?|Importance|差出人|送信者|送信元|送信日時|日時|日付"
    r"|宛先|件名|返信先|添付(?:ファイル)?|重要度)[*_]?\s*[:：].*",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"[-_]{2,}\s*(?:Original Message|Forwarded message|元のメッセージ|転送(?:された)?メッセージ)\s*[-_]{2,}"
    r"|Begin forwarded message:|On .{6,120} wrote:"
    r"|\[[\d/年月日 ,:]{5,24}(?: ?[AP]M)?\].{0,30}|.{1,30} {1,2}\[?\d{1,2}:\d{2} [AP]M\]?"
    r"|[^\sは、。]{1,12}(?: [^\sは、。]{1,12})?(?: {2}\d{1,2}:\d{2}| {1,2}\[\d{1,2}:\d{2}\])"
    r"|\d{4}[年/.-]\s?\d{1,2}[月/.-]\s?\d{1,2}日?.{0,20}\d{1,2}:\d{2}.{1,100}(?:[>＞:：]|書きました)",
    re.IGNORECASE,
)
_KEPT_CLOSE = r"confidential|社外秘|部外秘|関係者外秘|取扱注意|極秘|機密(?:情報|文書)?"
_FOOTER = re.compile(
    rf"[\[【(（<《*＊※★ ]*(?:strictly |company |private (?:and|&) )*(?:{_KEPT_CLOSE})[^？?]{{0,80}}$"
    r"|.{0,60}(?:copyright|©|\(c\) ?\d|all rights reserved).{0,80}$"
    r"|(?:page\s*)?\d{1,4}\s*/\s*\d{1,4}(?:\s*(?:ページ|頁))?$|-\s*\d{1,4}\s*-$",
    re.IGNORECASE,
)
# A paragraph that says for whom a mail is; nothing below it is of its words.
_NOTICE = re.compile(
    r"[*※＊\s\[【]*(?:(?:the (?:information|contents?) (?:in|contained in|of) )?th(?:is|e) (?:e-?mail|message)\b"
    r"(?=.*(?:confidential|intended|privileged|recipient|virus))"
    r"|(?:confidentiality|legal) (?:notice|disclaimer)\b|disclaimer\s*[:：]"
    r"|if you (?:are not the intended|have received this)|please consider the environment"
    r"|(?:本|この|当)(?:電子)?メール.{0,60}(?:機密|秘密|誤って|受信者|宛先|開示|転送)).*",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\s*(?:(?:回答)?(?:期限|期日|納期|締切)|(?:お客様|顧客|客先|会社)名?\s*[:：]|[(（]?[0-9０-９]{1,3}[.．)）]|[①-⑳]|Q[0-9]|[・•□☑☐■])"
)
_ASKS = re.compile(r"(?:[?？]|か)[。.]?$")
_DASHES = frozenset({"--", "——", "――"})
_PERSON = re.compile(r"[^。？?!、]{1,40}$")


def body_of(text: str) -> str:
    """Return a text without the headers of the mail it is from, the signature and the footers below it. One that is
    nothing else stays."""
    kept = _above_rule(_without_headers(text.split("\n")))
    while kept and (not kept[-1].strip() or _FOOTER.match(kept[-1].strip()) or _RULE.fullmatch(kept[-1].strip())):
        kept = kept[:-1]
    kept = _without_block(kept)
    while kept and (not kept[-1].strip() or _FOOTER.match(kept[-1].strip()) or _is_signed(kept, len(kept) - 1)):
        kept = kept[:-1]
    return "\n".join(kept) if any(line.strip() for line in kept) else text


def _without_headers(lines: list[str]) -> list[str]:
    """Return lines with blank ones in place of a mail's headers, of which one alone is none."""
    said = [line.strip() for line in lines]
    heads = [bool(_HEADER.fullmatch(line)) for line in said]

    def is_header(at: int) -> bool:
        beside = (at > 0 and heads[at - 1]) or heads[at + 1 : at + 2] == [True]
        return bool(_PASSED_ON.fullmatch(said[at])) or (heads[at] and beside)

    return ["" if is_header(at) else line for at, line in enumerate(lines)]


def _above_rule(lines: list[str]) -> list[str]:
    """Return what is above the rule over a signature, `--` or a line of signs, or above a notice for whom the mail
    is, nothing asked below it."""
    said = [line.strip() for line in lines]
    last = max((at for at, line in enumerate(said) if _LISTED.match(line) or _ASKS.search(line)), default=0)
    notice = next((at for at, line in enumerate(said) if at > last and _NOTICE.match(line)), None)
    said = said[:notice]
    asked = max((at for at, line in enumerate(said) if is_question(line) or _LISTED.match(line)), default=0)
    for at in range(asked + 1, len(said)):
        if said[at] in _DASHES or (_RULE.fullmatch(said[at]) and any(map(_is_below, said[at + 1 :]))):
            return lines[:at]
    return lines[:notice]


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
