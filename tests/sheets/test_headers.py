"""What the words over a column say of it."""

from __future__ import annotations

import pytest

from bot.sheets.headers import Role, role_of

WORDS = {
    Role.ANSWER: (
        "回答|ご回答|貴社回答|貴社ご回答|御社回答|ベンダー回答|委託先回答|受託者回答|事業者回答|"
        "サービス提供者回答|回答欄|ご回答内容|回答（記入）|記入欄|記載欄|お客様記入欄|貴社記入欄|ご返答|今回回答|"
        "今年度の回答|貴社サービスの状況|貴社の状況|設定値|水準値|保証値|"
        "Response|Answer|Vendor Response|Provider Answer|Supplier response|Your answer|Implementation Description|Reply"
    ),
    Role.EITHER: ("対応|対応内容|実施内容|対策内容|現状|対応状況|実施状況|取組状況|内容|実施方法|状況"),
    Role.REMARK: (
        "備考|備考欄|補足|補足説明|コメント|自由記述|理由|具体的な内容|詳細|特記事項|回答の補足|対応内容の詳細|自己評価の根拠|判定理由|"
        "Comments|Comment|Remarks|Notes|Explanation|Additional information"
    ),
    Role.CHOICE: (
        "対応可否|実施有無|対応有無|判定|評価|自己評価|達成状況|回答（○×）|回答（はい／いいえ）|回答(Yes/No)|"
        "選択|適合状況|対応の有無|達成状況(0/1/2)|Yes/No|Y/N|Score|Valid|Compliance Status|Status|In place?"
    ),
    Role.QUESTION: (
        "質問|質問内容|ご質問|設問|設問文|確認項目|確認事項|要求事項|要求項目|評価項目|チェック項目|"
        "チェックリスト|点検項目|管理策|対策基準|要件|セキュリティ要件|サービスレベル項目|Question|Questions|"
        "Requirement|Requirement text|Verification Requirement|Control|Control Statement"
    ),
    Role.NUMBER: ("No|No.|№|#|ID|項番|番号|管理番号|管理ID|通番|質問番号|Control ID|Question ID|Ref|Ref.|Number"),
    Role.HEADING: ("分類|大項目|中項目|小項目|大分類|カテゴリ|区分|領域|分野|種別|Category|Domain|Area|Section"),
    Role.LEVEL: ("レベル|求める水準|重要度|必須/任意|測定単位|Level|Priority|Weight"),
    Role.CUSTOMERS: (
        "弊社記入欄|当社評価|弊社確認欄|当社コメント|弊社使用欄|審査結果|確認結果|Reviewer Comments|"
        "For internal use|Assessor notes"
    ),
    Role.LAST: ("前回回答|昨年度の回答|前年度回答|前回の状況|過去の回答|Previous answer|Last year's response"),
    Role.OTHER: (
        "確認日|回答日|記入日|回答者|記入者|担当部署|完了予定日|対応期限|根拠資料|エビデンス|添付資料|設定例|"
        "回答例|記入例|Date|Due date|Respondent|Owner|Evidence|Example|Guidance"
    ),
}
EVERY = [(word.strip(), role) for role, words in WORDS.items() for word in words.split("|")]


@pytest.mark.parametrize(("word", "role"), EVERY)
def test_words_of_headers(word: str, role: Role) -> None:
    """Everyday words over a column say what it is for, what may never be written among them."""
    assert role_of(word) is role


@pytest.mark.parametrize("text", ["", "バックアップは毎日取得していますか。", "3", "東京", "通信", "2024/4/1"])
def test_words_that_say_nothing(text: str) -> None:
    """A cell of a table's body is no header."""
    assert role_of(text) is None
