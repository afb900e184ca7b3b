"""The words of the bot's forms: titles and buttons hold 24 characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.answer_set.amendments import Flaw, Unfit
from bot.answer_set.items import Item, ItemNumber


class FormWords:
    """The words of forms, in Japanese."""

    SEND, CLOSE, DONE = "送信", "閉じる", "完了"
    FORM_DID_NOT_OPEN = "入力画面を開けませんでした。もう一度押してください。"
    COPY = "コピー用に表示"
    COPY_LABELS: ClassVar[Mapping[str, str]] = {
        "cell": "セルに貼る文（Ctrl+A → Ctrl+C）",
        "cited": "出典付き",
        "plain": "機種依存文字を使えない欄へ",
    }
    READS_AS_FORMULA = "= + - @ で始まるため、貼り付け先のセルの表示形式を「文字列」にしてから貼ってください。"

    def copy_of(self, item: Item) -> str:
        return f"{item.number} をコピー"

    def rejected_characters(self, characters: Sequence[str]) -> str:
        return f"原文のままのため、この欄でも使えないことがある文字：{' '.join(characters)}"

    def cut_short(self, limit: int) -> str:
        return f"長いため{limit:,}文字までを表示しています。全文は元の回答からコピーしてください。"

    WITHDRAW_LIST = "取り消す"

    def withdrawing(self, rows: int, waiting: int, answered: int) -> str:
        """Tell what goes with a list taken back, and what stays."""
        said = [f"{rows}行の一覧と、その返信・ファイルを削除し、質問の文を記録から消します。元には戻せません。"]
        if waiting:
            said.append(f"・事務局が確認中の{waiting}件は、取り下げます。")
        if answered:
            said.append(f"・事務局が回答した{answered}件は、質問と回答が事務局に残ります。")
        return "\n".join(said)

    FORM_TITLES: ClassVar[Mapping[str, str]] = {
        "withdraw": "投稿を取り消す",
        "copy": "コピー用に表示",
        "answer": "回答する",
        "answer_with_item": "既存の項目で回答",
        "ask_back": "質問者に確認",
        "decline": "対象外にする",
        "reply": "返答する",
        "reopen": "まだ解決しない",
        "add_context": "期限・補足を追加",
        "escalate_wrong": "違う・事務局に聞く",
        "given": "受け取った人",
    }
    LABELS: ClassVar[Mapping[str, str]] = {
        "answer": "回答（お客様へそのまま渡せる文）",
        "evidence": "確認できる根拠（社内のみ）",
        "effect": "回答集への反映",
        "item": "対象の項目",
        "note": "注意書き",
        "section": "追加する章",
        "question": "質問文（お客様名を除いてください）",
        "keywords": "キーワード（読点で区切る）",
        "review_by": "見直し期限",
        "chosen": "項目",
        "ask_back": "質問者に確認したいこと",
        "decline": "対象外とする理由（質問者に届きます）",
        "reply": "返答",
        "reopen": "まだ解決しない理由",
        "deadline": "期限",
        "date": "日付（「日付を指定」のとき）",
        "customer": "お客様",
        "remark": "補足",
        "expected": "本来の項目",
        "missing": "違う点・足りない点",
    }
    ANSWERED_WITH = "*回答に使った項目*"
    JUST_WRONG = "どちらも空のまま送信できます。上の項目を「違う」と記録し、質問をISMS事務局に送ります。"

    def already_given(self, number: ItemNumber) -> str:
        return f"{number} はすでに回答に使った項目です。別の項目を選ぶか、選択を外してください。"

    NOTE_LABELS: ClassVar[Mapping[str, str]] = {
        "caution": "注意書き（質問者に「要確認」と示します。お客様への文には入りません）",
        "hold": "保留の理由（社内のみ）",
    }
    EFFECTS: ClassVar[Mapping[str, str]] = {
        "none": "しない",
        "add": "新しい項目として追加",
        "replace": "既存の項目の回答を、この回答に置き換える",
        "caution": "既存の項目に注意書きを付ける",
        "hold": "既存の項目を保留にする（以後は事務局が個別に回答）",
    }
    ON_DATE, NO_DEADLINE = "日付を指定", "指定しない"
    ITEM_PLACEHOLDER = "番号や言葉で探す"
    FORM_ERRORS: ClassVar[Mapping[str, str]] = {
        "empty": "空白だけでは送れません。入力してください。",
        "item": "対象の項目を選んでください。",
        "note": "空白だけでは登録できません。入力してください。",
        "question": "質問文を入力してください。",
        "date": "日付を選んでください。",
        "past": "過ぎた日付です。今日以降の日付にしてください。",
    }
    NAMES_A_CUSTOMER = (
        "⚠️ 回答集に入る文が、お客様名と思われる「{found}」を含んでいます。"
        "除いてください。このままでよければ、もう一度送信してください。"
    )

    def reaches(self, people: int, places: int) -> str:
        return f"{people}名（{places}か所）に届きます"

    UNFIT_FIELDS: ClassVar[Mapping[str, str]] = {
        "question": "質問文",
        "headings": "見出し",
        "answer": "回答",
        "caution": "注意書き",
        "hold": "保留の理由",
        "phrasing": "尋ね方",
    }

    def unfit(self, unfit: Unfit) -> str:
        """Why what was filled in cannot stand in the set."""
        match unfit.flaw:
            case Flaw.EMPTY:
                return f"{self.UNFIT_FIELDS[unfit.field]}が空です。入力してください。"
            case Flaw.TOO_LONG:
                return (
                    f"{self.UNFIT_FIELDS[unfit.field]}が長すぎます"
                    f"（{unfit.length:,}文字、上限 {unfit.limit:,}文字）。短くしてください。"
                )
            case Flaw.PAST:
                return "見直し期限が回答の日より前です。先の日付にしてください。"
