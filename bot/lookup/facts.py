"""Which kinds of facts a question asks for, and whether an item gives them: what its phrasings ask, it answers.

A kind that an item's near misses ask for and its phrasings do not is an objection with a name that a person can check.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.lookup.kept import Parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PRIOR = 4.0  # questions' worth of what holds for all items, before an item's own phrasings are heard
_RARE = 0.003  # share of questions that ask for a kind which none does
_OBJECTS = -1.0  # log of how much rarer a kind is in an item's phrasings than in its near misses, to be named

KINDS = {
    "頻度": (
        r"頻度|何回|回数|年に?\d*回|定期|毎[日週月年]|周期|間隔|ごと|how often|frequen|periodic|annual|"
        r"regular|quarterly|monthly|daily|weekly|interval|schedule"
    ),
    "期間": (
        r"期間|何[年日週]|何[かヶカ]月|[0-9一二三]+[年日]間|世代|年数|日数|how long|retention|retain|duration|"
        r"how many (?:days|months|years)|(?:days|months|years|weeks)\b"
    ),
    "数": (r"何[台名人件箇個本系]|人数|台数|件数|名数|本数|いくつ|how many|number of|count"),
    "時間・期限": (
        r"以内|何[時分秒]|時間|いつ|期限|タイミング|[0-9]+分|まで(?:に|の)|within|\bwhen\b|hours|minutes|"
        r"deadline|how (?:soon|quickly|fast)|timeframe|time frame|prior|advance"
    ),
    "基準・値": (
        r"基準|しきい値|閾値|目標値|数値|[0-9.]+%|率|以上|以下|未満|criteri|threshold|minimum|maximum|"
        r"at least|percent|level"
    ),
    "種類・製品": (
        r"種類|種別|方式|製品|メーカー|品名|型番|バージョン|規格|アルゴリズム|名称|どのような(?!に)|何を|"
        r"which|what (?:type|kind|sort|version|product|tool|vendor|brand|method)|version|vendor|model|brand|"
        r"algorithm|types? of|kinds? of"
    ),
    "場所": (r"どこ|場所|所在|地域|拠点|住所|where|location|located|address|region|country|site\b"),
    "誰": (r"誰|だれ|担当者|責任者|部署|部門|何者|資格|役割|who\b|whom|responsib|owner|role|title|team"),
    "体制・組織": (r"体制|組織|委員会|CSIRT|organi[sz]ation|committee"),
    "手順・方法": (
        r"手順|方法|どのように|どうやって|プロセス|フロー|流れ|手続|運用ルール|"
        r"how (?:do|does|is|are|will|would|can)|procedure|process|step|workflow|mechanism"
    ),
    "文書": (
        r"文書|規程|規定|ルール|マニュアル|ポリシー|方針|明文|書面|document|policy|policies|written|formal|"
        r"manual|standard operating"
    ),
    "試験・訓練": (r"テスト|試験|訓練|検証|演習|リハーサル|点検|\btest|drill|exercis|rehears|inspect|maint"),
    "承認": (r"承認|決裁|許可|経営|役員|approv|sign(?:ed)? off|authori[sz]|management|executive|board"),
    "証跡・提出": (
        r"提出|写し|コピー|提示|添付|開示|証跡|証拠|報告書|公開|閲覧|見せて|(?<!教えて)もらえ|(?<!教示)(?<!教えて)(?<!回答)いただけ|登録番号|証書|"
        r"copy|attach|evidence|report|share|provide|publish|summary|certificate number|available to"
    ),
    "結果・対応": (
        r"結果|指摘|是正|改善|検出|発見|対処|対策後|result|finding|remediat|fix|correct|follow.?up|"
        r"address(?:ed)?\b"
    ),
    "実績・過去": (r"過去|直近|昨年|これまで|実績|履歴|発生した|past|last|previous|ever\b|history|since|recent"),
    "予定": (r"予定|計画|今後|将来|移行時期|plan|roadmap|future|going to|upcoming"),
    "費用・契約": (r"費用|料金|有償|無償|価格|契約|補償|賠償|cost|fee|charge|price|contract|compensat|liab"),
    "理由": (r"理由|なぜ|根拠|why|reason|rationale"),
    "選択・設定": (
        r"選べ|選択|設定でき|変更でき|切り替えられ|指定でき|こちらで|当社側|お客様側|利用者側|自社で|"
        r"can (?:we|i|our|customers?|users?|admin)|could we|configur|customi[sz]|option|choose|opt"
    ),
    "自動": (r"自動|automat"),
    "保存時": (r"保存時|保管時|保存データ|保管データ|at rest|stored data"),
    "暗号": (r"暗号|encrypt|cryptograph|TLS|SSL|ハッシュ|hash"),
    "委託先": (
        r"委託先|再委託|外注|業者|ベンダ|パートナー|subcontract|sub-?processor|third.part|supplier|vendor|"
        r"partner|contractor"
    ),
    "全て": (r"全て|すべて|全員|全社|全数|すべての|必ず|常時|all\b|every|always|entire|any\b|whole"),
    "別扱い・分離": (r"分離|分け|独立|専用|隔離|separat|segregat|isolat|dedicated"),
    "例外・違反": (r"例外|違反|罰則|懲戒|失敗|exception|violat|disciplin|fail|breach"),
    "国外": (r"海外|国外|越境|外国|abroad|overseas|outside|offshore|foreign|cross-border"),
    "開発・検証環境": (
        r"開発(?!標準)|検証環境|ステージング|テスト環境|develop|staging|test(?:ing)? environment|sandbox"
    ),
    "本社・営業拠点": (r"本社|営業所|事務所|オフィス|支社|執務室|headquarter|head office|\boffices?\b|branch"),
    "利用者側": (r"お客様側|利用者側|うちの|当社の|当方|our (?:own|side|staff|users|network|pc|employees)"),
    "見直し": (r"見直し|棚卸|更新|改定|改訂|レビュー|review|updat|revis|recertif"),
    "監視": (r"監視|検知|アラート|monitor|detect|alert"),
    "記録": (r"記録|ログ|\blogs?\b|record|logged"),
}
_ASKED = {kind: re.compile(words, re.IGNORECASE) for kind, words in KINDS.items()}


def facts_asked(text: str) -> list[str]:
    """Return the kinds of facts that a readable text asks for or speaks of."""
    return [kind for kind, words in _ASKED.items() if words.search(text)]


class Facts:
    """What each item of a set gives, read off its phrasings and its near misses."""

    def __init__(self, counts: Parts) -> None:
        """counts: as counted() gives them."""
        sizes, missed = counts["sizes"][:, None], counts["missed"][:, None]
        given, lacking = counts["facts_given"], counts["facts_lacking"]
        gives, lacks = given.sum(axis=0), lacking.sum(axis=0) + counts["facts_elsewhere"]
        weights = np.log(_shares(given, sizes, gives, int(sizes.sum())))
        weights -= np.log(_shares(lacking, missed, lacks, int(missed.sum()) + int(counts["others"])))
        self._weights: list[dict[str, float]] = [dict(zip(KINDS, row, strict=True)) for row in weights.tolist()]

    def given(self, place: int, kinds: Iterable[str]) -> float:
        """Return how much more often these kinds are asked in an item's phrasings than in its near misses, as a log."""
        weights = self._weights[place]
        return sum(weights[kind] for kind in kinds)

    def lacking(self, place: int, kinds: Iterable[str]) -> tuple[str, ...]:
        """Return those of the kinds that an item does not give, the surest first."""
        weights = self._weights[place]
        return tuple(sorted((kind for kind in kinds if weights[kind] < _OBJECTS), key=weights.__getitem__))


def counted(asked: Sequence[Sequence[str]], near: Sequence[Sequence[str]], others: Sequence[str]) -> Parts:
    """Return how many texts ask for each kind. asked, near: by place of an item. others: what no item answers."""
    return {
        "facts_given": np.array([_counts(texts) for texts in asked], dtype=np.int32).reshape(-1, len(KINDS)),
        "facts_lacking": np.array([_counts(texts) for texts in near], dtype=np.int32).reshape(-1, len(KINDS)),
        "facts_elsewhere": np.array(_counts(others), dtype=np.int32),
    }


def _counts(texts: Iterable[str]) -> list[int]:
    found = Counter(kind for text in texts for kind in facts_asked(text))
    return [found[kind] for kind in KINDS]


def _shares(counts: NDArray[Any], totals: NDArray[Any], everywhere: NDArray[Any], of: int) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = (counts + _PRIOR * (everywhere / (of or 1) + _RARE)) / (totals + _PRIOR)
    return shares
