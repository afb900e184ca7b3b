"""What stands in the form that searches the set, and what is said of an item posted from there."""

from __future__ import annotations

from bot.answer_set.items import ItemNumber


class SearchWords:
    """What stands in the search form, in Japanese."""

    SEARCH_TITLE, SEARCH_LABEL = "回答集を検索", "項目を探す"
    SEARCH_HINT = "番号（②-40、2-40、40）・見出し・言葉で探せます。"
    SHOW_ITEM, POST = "項目を表示", "投稿する"
    POST_TO, POST_TO_PLACEHOLDER = "投稿先", "チャンネルを選ぶ"
    POST_TO_HINT = "コピーだけのときは、投稿せずに閉じてください。DMを選ぶと、melcolからあなたへのDMになります。"
    NO_PLACE = "投稿先を選んでください。コピーだけのときは〔閉じる〕で終わります。"
    ITEM_GONE = "この項目は回答集にもうありません。もう一度探してください。"
    HELD = "この項目はISMS事務局が個別に回答します。〔事務局に聞く〕を押すと、回答がDMで届きます。"
    SHARED = "さんが共有しました："

    def posted_mrkdwn(self, number: ItemNumber, channel: str | None) -> str:
        """Where an item goes. channel: None for the direct messages between whoever posts and the bot."""
        if channel is None:
            return f"{number} をmelcolからのDMに送ります。"
        return f"{number} を <#{channel}> に投稿します。投稿できないチャンネルのときは、理由を添えてDMに送ります。"
