"""The words of a sheet, in Japanese and English: what a column is for, and which texts only hold an answer's place.

The first pattern that fits decides, so what must never be written (the customer's own columns, last year's, dates and
names) comes before what asks and what answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum, auto

from bot.sheets.values import ITEM_HEADER, ITEM_HEADER_EN


class Role(StrEnum):
    """What a column is for. EITHER: its words may name what is asked or the answer, as 対策内容 does; its cells decide.
    OTHER: dates, names, examples and whatever else is neither read nor written."""

    NUMBER = auto()
    HEADING = auto()
    QUESTION = auto()
    LEVEL = auto()
    CHOICE = auto()
    ANSWER = auto()
    EITHER = auto()
    REMARK = auto()
    CUSTOMERS = auto()
    LAST = auto()
    ITEM = auto()
    OTHER = auto()


_MAX_TITLE = 40
_CHOICES = (
    r"[○〇◯×✕✖△◎✓☑]|はい|いいえ|\byes\b|y/n|有[/・、]?無|可[/・、]?否|[0-9a-d][/・,、~〜-][0-9a-d]\b|選択|プルダウン|"
    r"ドロップダウン|select|drop"
)
_ASKS = (
    "質問|設問|問|確認|要求|要件|チェック|評価|点検|調査|審査|監査|管理|セキュリティ|対策|統制|遵守|検証|サービスレベル"
)
_ANSWERS = (
    r"回答|返答|応答|記入欄|記載欄|入力欄|記述欄|記入箇所|お客様記入|貴社|御社|ベンダー|委託先|受託者|受注者|事業者|提供者|提供元|"
    r"サプライヤー?|(?:設定|保証|提案|水準|合意)値|answers?|response|repl(?:y|ies)|vendor|supplier|provider|"
    r"implementation (?:description|details?|statement)|\byour\b"
)
_REMARKS = (
    r"備考|補足|コメント|特記|理由|詳細|自由記述|自由記入|具体的|注記|摘要|"
    r"comments?|remarks?|notes?\b|details?\b|explanation|explain|justification|clarification|additional info"
)
_EITHER = (
    r"(?:対応|実施|対策|取り?組み?|運用|実装|整備|遵守)(?:済み)?(?:の?(?:内容|状況|方法|策|概要|方針))?|"
    r".{0,8}(?:内容|状況|現状|方法)|現状|記述|説明|概要|implementation|description|how"
)
# Tried in this order on the title without its brackets.
_ROLES: tuple[tuple[Role, re.Pattern[str]], ...] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (
            Role.LAST,
            r"前回|前年|昨年|一昨年|過去|以前の|旧(?:回答|版)|前期|\b(?:last|previous|prior|past)\b",
        ),
        (
            Role.CUSTOMERS,
            r"(?:弊社|当社)(?!への|宛|から)|当行|当方|当庁|当組合|弊行|自社(?:記入|使用|確認|評価)|発注者|発注元|委託元|依頼元|依頼者|"
            r"審査(?:結果|者|欄)|"
            r"(?:記入|入力)(?:不要|しないで)|使用欄|社内|確認(?:結果|欄)|"
            r"internal use|office use|for .{2,20} use|reviewer|assessor|auditor|analyst|"
            r"customer (?:use|comment|review)|"
            r"\bour (?:assessment|review|evaluation|comments?)",
        ),
        (
            Role.OTHER,
            r"(?:^|[^・/])(?:確認|回答|記入|更新|実施|完了|対応|予定|作成|提出|評価|判定)(?:予定)?(?:日付?|期日|年月日|時期)$|日付|"
            r"期限|予定日|"
            r"(?:回答|記入|担当|責任|作成|承認|対応|確認|評価)(?:者|部署|部門)名?$|部署|部門名|氏名|連絡先|担当$|"
            r"^url$|^(?!.*(?:および|及び|と|評価の|判定の|回答の))[^・/、]{0,6}"
            r"(?:根拠(?:資料)?|証跡|エビデンス|資料(?:名)?|添付(?:資料)?|リンク|参照(?:先|資料)?|文書名)$|"
            r"(?:回答|記入|入力)(?:形式|方法|要領)$|例$|^例|サンプル|ガイド|解説|手引|留意|ヒント|選択肢|"
            r"\bdate\b|\bdue\b|respond(?:ent|er)(?!.? (?:answer|response|comment))|"
            r"answered by|owner|contact|^evidence$|attach|"
            r"example|sample|guid(?:e|ance)|"
            r"^references?$|\bhelp\b|\btips?\b|^link",
        ),
        (
            Role.NUMBER,
            r"^(?:no\.?|№|#|q#|id|項番|項|番号|通番|連番|枝番|seq\.?|ref\.?|number|index|条項?|条番号)$|"
            r"(?:番号|項番)$|(?:^|(?<!or)[-_ ]|[^\x00-\x7f])(?:id|no\.?|#|number|ref\.?)$|"
            r"^(?:管理|整理|質問|設問|要求|要件)(?:no\.?|id)$",
        ),
        (Role.HEADING, r"^[大中小][・]?(?:項目|分類|区分|カテゴリー?)"),
        (
            Role.REMARK,
            rf"(?:{_REMARKS})(?:欄|等|など|記入欄|事項|説明|内容)?$|(?:評価|判定|回答)(?:の|した)?(?:根拠|理由)$",
        ),
        (
            Role.QUESTION,
            rf"^(?:q|.{{0,12}}(?:{_ASKS})(?:項目|事項|文|内容文|リスト|ポイント|観点|基準)|.{{0,14}}(?:質問|設問|要求|要件))"
            rf"(?:事項|内容|文|名)?$|questions?(?: text)?$|requirements?(?: text| description)?$|"
            rf"^.{{0,20}}(?:への|する)質問",
        ),
        (Role.REMARK, rf"{_REMARKS}"),
        (Role.ANSWER, r"(?:可否|有無).{0,3}(?:および|及び|と|・|/).{0,4}(?:内容|状況|方法|説明|詳細)"),
        (
            Role.CHOICE,
            r"可否|[適良合]否|有無|済み?[/・、]未|[^非]*準拠[/・、]|判[定断]|評価点|適用$|ステータス|レ点|[○〇◯]△|"
            r"^(?:はい|有り?|可)[/・、](?:いいえ|無し?|不可)|(?<!内容)評価$|達成(?:状況|度)|(?:回答|対応|実施)区分|適合|準拠|充足|該当|遵守状況|選択|○×|はい/いいえ|チェック欄?$|"
            r"成熟度|対応レベル|yes ?(?:/|or) ?no|y ?/ ?n|\bscore\b|\bvalid\b|\brating\b|"
            r"complian(?:t|ce)|^conform|^comply|"
            r"status$|self-?assess|^(?:select|choose)\b|^implemented$|\bpass ?/|"
            r"maturity|in place|applicab|"
            r"met\?|\bmet ?/|^result$|(?<!回答)結果$|^[○〇◯△×✕]$|"
            r"^(?:はい|いいえ|yes|有|無|あり|なし|可|不可)$|^\w+(?: \w+)?\?$",
        ),
        (Role.ANSWER, rf"^a$|{_ANSWERS}"),
        (Role.EITHER, rf"^(?:{_EITHER})(?:欄|等)?$"),
        (
            Role.LEVEL,
            r"レベル$|水準(?!値)|重要度|必須|優先|単位|配点|任意|頻度|重み|\blevel\b|priority|weight|severity|\bunit\b|"
            r"mandatory|^required$|criticality",
        ),
        (
            Role.HEADING,
            r"分類|カテゴリ|区分|領域|分野|種別|種類|ドメイン|テーマ|^[章節]|観点|"
            r"domain|\barea\b|category|section|topic|family|group|function",
        ),
        (
            Role.QUESTION,
            r"(?:項目|事項|管理策|対策|基準|統制|規定|条文|標準|指標|リスト|ポイント|チェック)名?$|"
            r"controls?\b|criteri|statement|standard|\bitems?\b|measure|clause|questionnaire|specification",
        ),
    )
)
_SENTENCES = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (Role.CUSTOMERS, "弊社|当社|記入しないで|記入不要|do not (?:write|fill)"),
        (
            Role.CHOICE,
            r"(?:[○〇◯×]|はい|yes|プルダウン|リスト).{0,30}(?:選|いずれか|select|choose)|(?:select|choose) .{0,20}yes",
        ),
        (Role.ANSWER, "貴社|御社|記入|回答|記載|入力|describe|provide|explain|enter|your "),
        (Role.QUESTION, "質問|確認|要求|要件|項目|question|requirement"),
    )
)
_BRACKETS = re.compile(r"[(（\[［【〔<＜][^()（）\[\]［］【】〔〕<>＜＞]*[)）\]］】〕>＞]")
_NEW = re.compile(r"今回|今年|本年|今期|当年|current|this year")
_MEANING = re.compile(r"内容|定義|説明|意味|概要|規定|description|definition|detail|meaning")
_VALUE = re.compile(r"(?:設定|保証|提案|実績|水準|基準|合意)値|サービスレベル|sla|目標値|\bvalue\b|^値$")
_ASIDE_SHEET = re.compile(
    r"集計|マスタ|(?:評価|判定|採点|配点|回答)(?:の)?基準|配点|採点|リスト$|凡例|記入例|記載例|回答例|サンプル|用語|改[訂版]|履歴|表紙|目次|記入要領|記入方法|使い方|はじめに|"
    r"選択肢|instructions?|reference|summary|scor(?:e|ing)|analyst|report|crosswalk|lookup|values|glossary|change ?log|"
    r"cover|example|read ?me",
    re.IGNORECASE,
)


def plain(title: str) -> str:
    """Return a title as it is compared: one width, no line breaks, lower case."""
    text = unicodedata.normalize("NFKC", title).lower()
    text = re.sub(r"[※*＊:：]|必須$", "", text.strip())
    return " ".join(text.split()) if text.isascii() else re.sub(r"\s+", "", text)


def role_of(title: str) -> Role | None:
    """Return what the words over a column say that it is for; None where they say nothing."""
    if title.strip() in (ITEM_HEADER, ITEM_HEADER_EN):
        return Role.ITEM
    whole = plain(title)
    bare = _BRACKETS.sub("", whole).strip() or whole.strip("()[]【】〔〕<>")
    if not bare or len(bare) > _MAX_TITLE or "。" in bare:
        return None
    role = _said_by(bare)
    inside = "".join(_BRACKETS.findall(whole))
    if role in (Role.ANSWER, Role.EITHER, None) and re.search(_CHOICES, inside):
        return Role.CHOICE
    if role in (Role.CHOICE, Role.REMARK, Role.ANSWER) and _said_by(inside) is Role.CUSTOMERS:
        return Role.CUSTOMERS
    return role


def _said_by(words: str) -> Role | None:
    return next((role for role, pattern in _ROLES if pattern.search(words)), None)


def role_of_sentence(title: str) -> Role | None:
    """Return what a whole sentence over a column says that it is for: 貴社の状況を具体的にご記入ください."""
    whole = plain(title)
    return next((role for role, pattern in _SENTENCES if pattern.search(whole)), None)


def is_of_now(title: str) -> bool:
    """Return True if a title tells this year's column from last year's."""
    return bool(_NEW.search(plain(title)))


def names_meaning(title: str) -> bool:
    """Return True if a column may hold what the item beside it means."""
    return bool(_MEANING.search(plain(title)))


def names_value(title: str) -> bool:
    """Return True if a column takes the value of a level: 設定値, Value."""
    return bool(_VALUE.search(plain(title)))


def is_aside(sheet: str) -> bool:
    """Return True if a sheet's name says that it is not the one to fill in."""
    return bool(_ASIDE_SHEET.search(unicodedata.normalize("NFKC", sheet)))


# ---- texts that only hold the place of an answer: 選択してください, □はい □いいえ

_SAYS_SO = re.compile(
    r"(?:選択|選ん|記入|入力|記載|回答|記述|プルダウン).{0,12}(?:ください|下さい|願います|お願いします|こと)|未(?:選択|記入|入力|回答)|"
    r"^[(<\[【]?(?:ここに|こちらに).{0,12}|^(?:please )?(?:select|choose|enter|type|fill|describe|insert)\b.{0,40}|"
    r"^(?:□|☐|○|◯|〇)?\s*(?:はい|有り?|あり|可|yes|実施|対応済み?)\s*[・/／、,|　 ]\s*(?:□|☐)?\s*"
    r"(?:いいえ|無し?|なし|否|no|未実施|未対応).{0,20}$|^(?:[□☐].{1,12}){2,}$|^[○〇◯][\s・/／、,]*[△×✕].{0,6}$|^\.{3,}$|^…+$|^[-_＿ー―]{1,9}$|^(?:tbd|xxx+)$",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?:[(【\[]?(?:a[0-9]{0,3}|answer|response|ご?回答(?:欄)?)[)】\]]?\s*[.:→]?|[→⇒➡])[\s_]*", re.IGNORECASE
)
_LONGEST_HELD = 60
_GIVEN = re.compile(
    r"(?:はい|いいえ|有|無|あり|なし|可|不可|○|◯|〇|×|△|"
    r"yes|no|n/?a|実施|未実施|対応済み?|該当なし|対象外|[0-9]+)。?"
)


def is_placeholder(text: str) -> bool:
    """Return True if a text says itself that an answer is to be put in its place."""
    text = unicodedata.normalize("NFKC", text).strip()
    return marks_answer(text) or (len(text) <= _LONGEST_HELD and bool(_SAYS_SO.search(text)))


def marks_answer(text: str) -> bool:
    """Return True if a text only says that an answer is to follow: `A.`, `回答：`."""
    return bool(_MARK.fullmatch(unicodedata.normalize("NFKC", text).strip()))


def placeholder_of(texts: Sequence[str]) -> str:
    """Return the text that holds the place of answers in a column's cells, or "": one that says so, or the same in all
    of at least three cells that is no answer."""
    written = [text.strip() for text in texts if text.strip()]
    if not written:
        return ""
    text, count = Counter(written).most_common(1)[0]
    if is_placeholder(text):
        return text
    same = count == len(written) == len(texts) >= 3 and len(text) <= _LONGEST_HELD and not text.endswith("。")
    return text if same and not _GIVEN.fullmatch(text.lower()) else ""
