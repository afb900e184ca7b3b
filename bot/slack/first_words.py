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
    r"お?教えて(?:ください|下さい|ほしい|欲しい|くれますか|もらえますか|いただけますか)?(?:です)?",
    r"ご?説明して(?:ください|下さい)?|(?:知|見)(?:り|)たい(?:の?です(?:が|けど)?|んですが)?|(?:よく)?(?:分|わ)か(?:りません|らない(?:です)?|らん)",
    r"(?:見せて|表示して|出して|送って)(?:ください|下さい|くれますか|もらえますか)?|見られますか|何(?:ですか)?|なんですか|なに",
    r"(?:を?お願いします)|ください|下さい|どこ(?:ですか)?",
    "",
)
_THIS = "(?:(?:これ|この(?:ボット|bot|アプリ|ツール)|melcol|メルコル|ボット)(?:は|って|で|では)?)?"
_HELP = (
    r"/?(?:(?:can|could|would) you )?(?:please )?help(?: me)?(?: please| plz| pls)?",
    r"commands?|usage|instructions|manual|tutorial|start|settings?",
    r"setup|config(?:uration)?|menu|メニュー|melcol|メルコル|助けて(?:ください|下さい)?|困って(?:い)?ます",
    r"(?:(?:いくつか|ちょっと)?(?:質問|聞きたいこと|伺いたいこと|相談)(?:が|は)?(?:あります(?:か)?|あるのですが|あるんですが|です)?)"
    r"|質問(?:して|しても)(?:も)?(?:いい|良い|よい|よろしい|宜しい)(?:です)?か|教えて(?:ください|下さい)?",
    _any(
        "ヘルプ",
        "(?:使|つか)い ?(?:方|かた)",
        "ご?(?:操作|利用|使用|設定)方法",
        "マニュアル",
        "説明書?",
        "(?:でき|出来)ること",
        "機能",
        "コマンド(?:一覧)?",
        "(?:初期)?設定(?:画面)?(?:を?(?:変えたい|変更したい|したい))?",
    )
    + _TELL,
    r"(?:この|melcolの|botの|ボットの)+(?:使い方|ボット|bot)" + _TELL,
    r"(?:使い方|ご?利用方法)の?(?:マニュアル|ガイド|説明書?)" + _any("(?:は|が)?あり?ますか", _TELL),
    rf"{_THIS}どう(?:やって)?(?:使|つか)(?:う|い|えば|います)(?:の|ん)?(?:いい|良い|よい)?(?:ですか|か|の)?",
    rf"{_THIS}(?:何|なに)(?:が|を)(?:でき|出来|聞け|きけ|質問でき|して(?:くれ|もらえ))(?:る|ます)(?:の|ん)?(?:です)?か?",
    r"(?:どんな|どのような|どういう)(?:質問|こと)(?:に|が|を)(?:答え|回答)?(?:られ|でき|出来|聞け|質問でき)(?:る|ます)(?:の|ん)?(?:です)?か?",
    r"(?:あなた|きみ|君|これ|melcol)(?:は|って)?(?:誰|だれ|何|なに|なん)(?:ですか|者ですか|なの)?",
    r"お世話に(?:なって(?:おり|い)ます|なります)|お?(?:疲|つか)れ(?:様|さま)(?:です|でした)?|もしもし",
    r"こんに[ちち][はわ]|おはよう(?:ございます)?|こんばん[はわ]|は[じし]めまして|初めまして",
    r"(?:どうぞ)?(?:よろしく|宜しく)(?:お願い(?:します|いたします|致します))?",
    r"テスト(?:です|中)?|test(?:ing)?|ping|(?:hi|hello|hey)(?: there| all| melcol)?|good (?:morning|afternoon|evening)",
    r"(?:は[じし]めて|初めて)(?:の?利用|使う|使います|使うの)(?:です)?(?:が)?|どうすれば(?:いい|良い|よい)(?:です)?か|やあ|ども",
    r"how (?:do|can|should|to|does)(?: (?:i|we|one|you|it|this|the bot|melcol))* (?:use|work|start)"
    r"(?: (?:this|it|you|melcol|the|bot|app|tool|with))*",
    r"(?:what can|what do) (?:you|it|this|melcol) do(?: for me)?",
    r"(?:who|what) (?:are you|is (?:this|melcol)(?: (?:bot|app|tool))?)(?: for)?",
    r"how (?:do|can|should) (?:i|we) ask(?: (?:a |you )?questions?)?",
    r"what (?:(?:kinds? of )?questions )?(?:can|should|may) (?:i|we) ask(?: (?:you|here|it))?",
)
_THANKS = (
    r"(?:どうも|毎度|お忙しい(?:ところ|中)を?|ほんとう?に?|本当に|素早い|丁寧な?に?|ご丁寧に|詳しい|わかりやすい|誠に|大変|とても|すごい|すごく|いつも|早速|さっそく|迅速な|ご?(?:回答|対応|確認|返信|返事|連絡|教示|協力))*"
    r"(?:の?(?:ほど|程))?(?:を|、|の)?(?:ご?(?:回答|対応|確認|返信|返事|連絡))?(?:を|、)?(?:(?:いただ|頂)(?:き|いて)|くださ(?:り|って)|下さ(?:り|って))?(?:まして)?、?"
    + _any(
        r"(?:有り?難う|ありがと)(?:う|ね|ー|~)*(?:ござ\w{0,6})?",
        r"(?:お礼|御礼)(?:を)?(?:申し上げます)?|感謝(?:し|いたし|致し)?(?:ます|です)?(?:ね)?",
        r"助か(?:り|って|っ)(?:ました|ます|た|います)?(?:です|ー|~)*|あざ(?:っ?す|ます)|サンクス|さんきゅー?|サンキュー?",
    )
    + "(?:ね|よ|笑|w)*",
    r"どうも|(?:了解|承知|理解)(?:です|しました|致しました|いたしました)?|(?:分|わ)か(?:りました|った)|かしこまりました|なるほど(?:です)?",
    r"お手数を?お?かけ(?:し|いたし|致し)ました|失礼(?:し|いたし)ました|(?:ok|okay|オッケー|オーケー)(?:です)?",
    r"(?:おかげ(?:様|さま)で)?(?:無事に?)?(?:解決|確認|提出|回答|完了|理解)(?:し|でき|いたし|致し)ました|(?:勉強|参考)になり(?:ます|ました)",
    r"(?:(?:これで|この内容で|早速|そのまま)*(?:先方|お?客(?:様|さん)?)(?:に|へ))(?:この内容で|これで|そのまま)?"
    r"(?:送|回答|返信|返答|伝え|転送|共有|提出)(?:り|し|いたし)?(?:ます|ました)(?:ね)?",
    r"(?:もう)?大丈夫です|問題(?:ない|ありません)(?:です)?|さすが(?:です)?|すごい(?:です)?|素晴らしい(?:です)?",
    r"また(?:よろしく)?お願いします|引き続きよろしくお願い(?:します|いたします)",
    r"(?:many |no |great |ok |okay )*(?:thanks?|thank you)"
    r"(?: (?:you|a lot|a bunch|so much|very much|again|everyone|all|melcol))*(?: for (?:your|the|all) [a-z ]{1,30})?",
    r"thx|ty|cheers|got it|noted|much appreciated|(?:i )?appreciate (?:it|that)|understood|great|perfect|nice",
    r"(?:that(?:'s| is| was)? )?(?:exactly|just) what (?:i|we) (?:needed|wanted)",
    r"(?:i'll|i will) (?:send|forward|pass) (?:it|this)[a-z ]*",
    r"(?:this|that)(?: is|\'s) (?:great|perfect)|(?:i )?will (?:share|send|forward) [a-z ]{0,40}",
    r"awesome|cool|(?:that(?:'s| is| was)? )?(?:very )?helpful|(?:that )?helps(?: a lot)?",
)
_CONTENTS = (
    r"(?:回答集|全?項目|質問|(?:すべて|全て)の項目|回答|項目|faq)?[のを]?(?:一覧(?:表示)?|リスト|目次|全部|すべて|全て)表?"
    + _TELL,
    r"(?:回答集|全項目|faq)" + _TELL,
    r"(?:カテゴリー?|分類|分野|章|セクション)(?:の?一覧)?" + _TELL,
    r"(?:what|which) (?:topics?|items|sections|categories|areas)"
    r"(?: (?:do (?:you|we)|can you|are|is))?(?: (?:cover(?:ed)?|have|there|answer))?",
    r"(?:(?:どんな|どのような)(?:項目|回答)|一覧|目次)[がは]?(?:ありますか|あるの?)",
    r"(?:show |list |see |browse )?(?:me )?(?:everything|index|contents|browse|(?:the )?list|all|(?:all |the )+items)",
    r"(?:show |list |see |browse )(?:me )?(?:(?:all |the )+answers|items|answers)|全件",
)
_STATUS = (r"status", r"(?:自分の|私の)?(?:質問の?|受付の?)?状況" + _TELL)
_KNOWN = {
    First.HELP: re.compile(_any(*_HELP)),
    First.STATUS: re.compile(_any(*_STATUS)),
    First.THANKS: re.compile(_any(*_THANKS)),
    First.CONTENTS: re.compile(_any(*_CONTENTS)),
}
_SECTION = re.compile(
    rf"(?:show (?:me )?)?(?:(?:項目|第|section )?([{CIRCLED}追])(?:加?(?=の?項目)|章|部|節)?"
    r"|第?([1-9](?=章|部)|[一二三](?=章))(?:章|部)|(?:section|chapter|part|セクション) ?([1-9]))"
    rf"(?: ?の?(?:項目(?:を|の)?)?(?:一覧で?|リスト|質問|内容|中身)?)?{_TELL}"
    r"(?:には(?:何|なに)が(?:あります?か?|ある))?(?: please)?"
)
_SENTENCES = re.compile(r"[、。，．,.!！?？\n]+")
_PIECES = re.compile(r"[、。，．,.!！?？\n\s]+")
_FACE = re.compile(r"m?[(（][^ぁ-んァ-ヶ一-龠a-z0-9()（）]{1,12}[)）]m?|[:;]-?[)d]|[(（]笑[)）]|\bw+$")
_PICTURE = re.compile("[\U0001f000-\U0001faff\ufe0f\u200d]")
_NAME = re.compile(r"(?:[^\s、。]{1,12}の)?[一-龠ァ-ヶa-z]{1,8}(?:です|と申します)")  # who greets
_LONGEST = 80


def first_words(text: str) -> First | int | None:
    """Return what a text says first, a section's number where it names one, or None where it is something else."""
    if len(text) > _LONGEST:
        return None
    marked = _SECTION.fullmatch(text.strip().rstrip("。．.!！?？"))
    if marked:
        return _number(marked)
    said = _FACE.sub("", _PICTURE.sub("", unicodedata.normalize("NFKC", text).casefold())).strip()
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
    number = found[2] or found[3]
    return int(number) if number.isdecimal() else "一二三".index(number) + 1
