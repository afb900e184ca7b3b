"""First words: what people type to see what the bot can do, to look around, or to say thanks. None is a question."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum, auto

from bot.answer_set.items import ADDED, CIRCLED


class First(Enum):
    """HELP: also a greeting. CONTENTS: what there is to look at."""

    HELP = auto()
    STATUS = auto()
    THANKS = auto()
    CONTENTS = auto()


def _any(*forms: str) -> str:
    return "(?:" + "|".join(forms) + ")"


_TELL = "(?:を|は|が|って|について)?" + _any(
    r"お?教えて(?:ください|下さい|ほしい|欲しい|くれますか|もらえますか)?(?:です)?",
    r"ご?説明して(?:ください|下さい)?|知りたい(?:です)?|(?:分|わ)か(?:りません|らない(?:です)?)",
    r"(?:見せて|表示して|出して|送って)(?:ください|下さい)?|何(?:ですか)?|なんですか|なに|ください|下さい",
    "",
)
_HELP = (
    r"help(?: me)?|commands?|usage|instructions|manual|tutorial|start|settings?|config(?:uration)?|setup|menu|メニュー",
    _any(
        "ヘルプ",
        "使い ?方",
        "つかいかた",
        "(?:操作|利用)方法",
        "マニュアル",
        "説明書?",
        "(?:でき|出来)ること",
        "機能",
        "コマンド",
        "(?:初期)?設定",
    )
    + _TELL,
    r"(?:この|melcolの|botの|ボットの)+(?:使い方|ボット|bot)" + _TELL,
    r"どう(?:やって)?(?:使|つか)(?:う|い|えば|います)(?:の|ん)?(?:いい|良い|よい)?(?:ですか|か|の)?",
    r"(?:何|なに)(?:が|を)(?:でき|出来|して(?:くれ|もらえ))\w*か?",
    r"(?:あなた|きみ|君|これ|melcol)(?:は|って)?(?:誰|だれ|何|なに|なん)(?:ですか|者ですか|なの)?",
    r"お世話に(?:なって(?:おり|い)ます|なります)|お?疲れ(?:様|さま)(?:です|でした)?|もしもし",
    r"こんに[ちち][はわ]|おはよう(?:ございます)?|こんばん[はわ]|は[じし]めまして|初めまして",
    r"(?:どうぞ)?(?:よろしく|宜しく)(?:お願い(?:します|いたします|致します))?",
    r"テスト(?:です|中)?|test(?:ing)?|ping|hi(?: there| all)?|hello(?: there)?|hey|good (?:morning|afternoon|evening)",
    r"how (?:do|can|should|to|does)(?: (?:i|we|one|you|it|this|the bot|melcol))* (?:use|work|start)"
    r"(?: (?:this|it|you|melcol|the bot|the app|with this))*",
    r"(?:what can|what do) (?:you|it|this|melcol) do(?: for me)?|(?:who|what) (?:are you|is (?:this|melcol))",
)
_THANKS = (
    r"(?:どうも|本当に|大変|いつも|早速|迅速な|ご?(?:回答|対応|確認|返信|連絡))*(?:の?(?:ほど|程))?(?:を|、)?"
    + _any(
        r"ありがと\w*",
        r"有り?難う\w*",
        r"感謝(?:します|いたします|致します|です)?",
        r"助か(?:りました|ります|った)(?:です)?",
    ),
    r"どうも|(?:了解|承知)(?:です|しました|致しました|いたしました)?|(?:分|わ)かりました|かしこまりました",
    r"お手数を?お?かけ(?:し|いたし|致し)ました|失礼(?:し|いたし)ました|(?:ok|okay|オッケー|オーケー)(?:です)?",
    r"(?:many |no )?thanks?(?: you)?(?: (?:a lot|so much|very much|again|everyone|all))*|thx|ty|cheers|got it|noted",
    r"understood|great|perfect|nice",
)
_CONTENTS = (
    r"(?:回答集|全?項目|質問|(?:すべて|全て)の項目|回答)?の?(?:一覧|リスト|目次|全部|すべて|全て)表?" + _TELL,
    "回答集" + _TELL,
    r"(?:どんな|どのような)項目が?(?:ありますか|あるの?)",
    r"(?:show |list )?(?:me )?(?:all|everything|index|contents|(?:the )?list|browse|(?:all|the )?items)",
)
_STATUS = (r"status", r"(?:自分の|私の)?(?:質問の?|受付の?)?状況" + _TELL)
_KNOWN = {
    First.HELP: re.compile(_any(*_HELP)),
    First.STATUS: re.compile(_any(*_STATUS)),
    First.THANKS: re.compile(_any(*_THANKS)),
    First.CONTENTS: re.compile(_any(*_CONTENTS)),
}
_SECTION = re.compile(
    rf"(?:(?:項目|第)?([{CIRCLED}追])(?:章|部|節)?|第?([1-9])(?:章|部)|(?:section|chapter|part) ?([1-9]))"
    rf"(?:の)?(?:一覧|項目|項目一覧|リスト|質問)?{_TELL}"
)
_SENTENCES = re.compile(r"[、。，．,.!！?？\n]+")
_PIECES = re.compile(r"[、。，．,.!！?？\n\s]+")
_NAME = re.compile(r"[一-龠ァ-ヶa-z]{1,8}(?:です|と申します)")  # who greets
_LONGEST = 80


def first_words(text: str) -> First | int | None:
    """Return what a text says first, a section's number where it names one, or None where it is something else."""
    if len(text) > _LONGEST:
        return None
    marked = _SECTION.fullmatch(text.strip().rstrip("。．.!！?？"))
    if marked:
        return _number(marked)
    said = unicodedata.normalize("NFKC", text).casefold().strip()
    if section := _SECTION.fullmatch(said.rstrip("。.!?")):
        return _number(section)
    for pieces in ([said], _SENTENCES.split(said), _PIECES.split(said)):
        named = [piece for piece in map(_trimmed, pieces) if piece and (len(pieces) == 1 or not _NAME.fullmatch(piece))]
        found = [_one(piece) for piece in named]
        if found and None not in found:
            # こんにちは、一覧を見せて: a greeting says the least.
            return next((each for each in found if each is not First.HELP), First.HELP)
    return None


def _trimmed(piece: str) -> str:
    return _SENTENCES.sub("", piece).strip(" ~〜…♪-")


def _one(said: str) -> First | None:
    """Return what a piece says, with or without the spaces in it."""
    said = said if said.isascii() else said.replace(" ", "")
    return next((first for first, pattern in _KNOWN.items() if pattern.fullmatch(said)), None)


def _number(found: re.Match[str]) -> int:
    mark = found[1]
    if mark:
        return ADDED if mark == "追" else CIRCLED.index(mark) + 1
    return int(found[2] or found[3])
