"""What the bot says of a question, its answer and its candidates, of the search, and where it cannot do something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import ClassVar

from bot.answer_set.items import Item, ItemNumber
from bot.asks.ask import Ground
from bot.lookup.outcomes import Match, NoSuchItem
from bot.messages.words.times import TimeWords


class LookupWords(TimeWords):
    """What the bot says of a question and its answer, in Japanese."""

    AS_WRITTEN = ""  # in other languages: that answers are given in Japanese
    CHOOSE_BOTH, ESCALATE, ESCALATE_WRONG, ESCALATE_CAUTION, ESCALATE_CONFLICT = (
        "両方使う",
        "事務局に聞く",
        "違う・事務局に聞く",
        "最新を事務局に確認",
        "どちらが正しいか聞く",
    )
    ESCALATE_ANYWAY = "このまま事務局に聞く"
    TO_BE_CONFIRMED = "要確認"
    _WORD_SHOWN, _WORDS_SHOWN = 24, 8
    WITHDRAW_POST, WITHDRAW, PUBLISH = "投稿を取り消す", "取り下げる", "スレッドに投稿"

    HELP_HEAD = "*melcol：お客様のセキュリティ質問を回答集から探します*"
    HELP_LINES = (
        "`/melcol バックアップの保管場所`　言葉で探す",
        "`/melcol ②-40`　番号で探す",
        "`/melcol 状況`　自分の受付を見る",
        "`/melcol 質問：…`　探さずに事務局へ",
        "`@melcol バックアップはどこに保管?`　スレッドの中ではこの形で",
        "質問の一覧を貼り付け　まとめて答える（200行まで）",
        "xlsx・csvを melcol のDMに送る　回答を入れて返す",
        "ショートカット「回答集を検索」　入力しながら探す",
    )
    HELP_PLACES: ClassVar[Mapping[str, str]] = {
        "thread": "答えはこのチャンネルのスレッドに出ます。自分だけで調べるときは melcol のDMへ。",
        "private": "コマンドの答えは自分だけに見えます。〔スレッドに投稿〕で全員に見せられます。",
    }

    NOT_RECORDED = "混み合っていて記録できませんでした。この質問はどこにも送られていません。もう一度お試しください。"
    NOT_DONE = "混み合っていて記録できませんでした。もう一度お試しください。"
    FAILED = (
        "エラーが起きたため、完了できませんでした。もう一度お試しください。"
        "続くときは、このボットの管理者にお知らせください。"
    )
    NOR_UNTIL_THEN = "それまでに届く質問も記録しません。"
    ELSEWHERE = "そのチャンネルでは質問を受け付けていないため、記録していません。melcol のDMでお尋ねください。"
    QUIETER = "続けて調べるときは melcol のDMへ。チャンネルには何も投稿されず、静かに使えます。"
    COLLEAGUES_ONLY = "このボットは社内のメンバー専用です。お手数ですが、担当の営業にお尋ねください。"
    STANDING_UNKNOWN = (
        "社内のメンバーかどうかをSlackで確認できませんでした。何も記録していません。少し待ってもう一度お試しください。"
    )
    READ_LATER = (
        "社内のメンバーかどうかをSlackで確認できないため、まだ読めていません。"
        "確認でき次第お答えします。送り直す必要はありません。"
    )

    def slack_waits(self, seconds: float) -> str:
        """Tell that Slack takes messages again only after so long."""
        return (
            f"Slackの送信制限のため、ここへの返信が約{ceil(seconds / 60)}分遅れます。"
            "質問は記録してあります。送り直す必要はありません。"
        )

    NOTHING_TO_READ = "このメッセージには文字がないため、調べられませんでした。"
    EDITS_NOT_READ = "編集した内容は読みません。変えた質問は、新しいメッセージで送ってください。"
    LINK_ALONE = "リンクの先は読めません。質問の文を貼り付けて送ってください。"
    NO_LIST_IN_TABLE = (
        "この表には質問の列が見つかりませんでした。質問の列（「質問」「確認項目」など）を含めて貼り付けるか、"
        "質問の文だけを送ってください。"
    )
    THANKED = "お役に立ててよかったです。"
    CONTENTS_HEAD = "回答集の章"
    CONTENTS_FOOT = "①のように章の番号を送ると、その章の質問を一覧で示します。言葉や番号（②-40）でも探せます。"
    ITEMS_FOOT = "②-40のように番号を送ると、回答を示します。"

    def section_line(self, mark: str, title: str, items: int) -> str:
        """`① センター・設備（35項目）`."""
        return f"{mark} {title}（{items}項目）"

    ASKER_ONLY = "これは質問した本人だけが操作できます。"
    NO_LONGER = "この質問は取り下げられているか、すでに処理されています。"
    OLD_BUTTON = "このボタンは使えなくなりました。お手数ですが、もう一度質問してください。"
    WITHDRAWN = "取り消しました。投稿したメッセージを削除し、質問の文を記録から消します。"
    OFFICE_CLOSED: ClassVar[Mapping[str, str]] = {
        "shared_with_others": (
            "⚠️ ISMS事務局のチャンネルが社外と共有されたため、質問の投稿を止めています。"
            "共有を解除すると、止まっている質問がまとめて届きます。"
        ),
        "open_to_guests": (
            "⚠️ ISMS事務局のチャンネルにゲストがいるため、質問の投稿を止めています。"
            "ゲストを外すと、止まっている質問がまとめて届きます。"
        ),
    }
    OFFICE_UNREACHABLE = (
        "ISMS事務局のチャンネルに届けられませんでした（受付番号 {name}）。"
        "質問は記録に残っており、直り次第もう一度送ります。お急ぎの場合は事務局に直接ご連絡ください。"
    )
    PRIVATE_BECAUSE: ClassVar[Mapping[str, str]] = {
        "not_in_channel": (
            "melcolがこのチャンネルのメンバーではないため、あなただけに表示しています"
            "（/invite @melcol で追加できます）。"
        ),
        "shared_with_others": "社外と共有のチャンネルのため投稿せず、あなただけに表示しています。",
        "open_to_guests": "ゲストのいるチャンネルのため投稿せず、あなただけに表示しています。",
        "unknown_channel": "社外の人がいるか確認できないチャンネルのため投稿せず、あなただけに表示しています。",
    }
    PRIVATE_ANYWAY = "このチャンネルに投稿できなかったため、あなただけに表示しています。"

    def asked_too_often(self, limit: int) -> str:
        return (
            f"質問が1分間に{limit}件を超えたため、今の質問は記録しておらず、どこにも送っていません。"
            "お手数ですが、1分ほど待ってもう一度お送りください。"
        )

    def elsewhere_mrkdwn(self, channel: str, channels: Sequence[str]) -> str:
        """That no questions are taken in a channel, and in which they are."""
        places = "、".join(f"<#{each}>" for each in channels)
        asked = f"{places} か melcol のDM" if places else "melcol のDM"
        return f"<#{channel}> では質問を受け付けていないため、記録していません。{asked}でお尋ねください。"

    def help_foot(self, as_of: str, items: int) -> str:
        return (
            "先頭の「/melcol」と続く空白は半角で。回答は日本語の原文のみで、翻訳・生成はしません。"
            f"回答集は{as_of}時点、{items}項目。"
        )

    def aside(self, text: str, aside: str) -> str:
        """A text with something less important behind it."""
        return f"{text}（{aside}）"

    def sentences(self, *sentences: str) -> str:
        """Sentences one after the other."""
        return "".join(sentences)

    def labelled(self, label: str, text: str) -> str:
        return f"{label}：{text}"

    def spoken(self, item: Item, as_of: str) -> str:
        """An item as a screen reader reads it: number, question, answer in full, and its section."""
        return f"{item.number} {item.question} — {item.answer}（{item.section} ＞ {item.heading}、{as_of}時点）"

    LINK = "リンク"

    def given_before(self, item: Item) -> str:
        """That a thread holds an item's answer already; a link follows."""
        return f"{item.number} はこのスレッドで回答済みです"

    def spoken_again(self, item: Item, link: str) -> str:
        """spoken() of an item that the thread holds already."""
        return f"{item.number} {item.question}（{item.section} ＞ {item.heading}） — このスレッドで回答済みです：{link}"

    def objection(self, ground: Ground) -> str:
        """What the button to the office says under an answer."""
        return {
            Ground.WRONG: self.ESCALATE_WRONG,
            Ground.CAUTION: self.ESCALATE_CAUTION,
            Ground.CONFLICT: self.ESCALATE_CONFLICT,
            Ground.SEVERAL: self.ESCALATE,
        }[ground]

    QUESTION_OF = "さんの質問："

    def line_answered(self, numbers: Sequence[ItemNumber]) -> str:
        return f"{'・'.join(map(str, numbers))} で回答"

    def line_escalated(self, name: str) -> str:
        return f"ISMS事務局に確認中（{name}）"

    def head_mrkdwn(self, item: Item) -> str:
        return f"*{item.number}* {item.section} ＞ {item.heading}"

    def several(self, count: int) -> str:
        return f"*{count}件が該当します。対象が異なります*"

    CONFLICT = "⚠️ *同じ質問に異なる回答が2つあります。お客様へ回答する前にISMS事務局へご確認ください*"

    def more(self, items: Sequence[Item]) -> str:
        numbers = " ".join(str(item.number) for item in items)
        return f"ほか{len(items)}件：{numbers}（番号で検索できます：/melcol {items[0].number}）"

    def source(self, item: Item, as_of: str, on_platform: bool) -> list[str]:
        """Where an answer is from and how old it is, as separate sentences."""
        if item.amended_by and item.amended_on:
            on = item.amended_on
            return [f"ISMS事務局 {item.amended_by}　{on.year}年{on.month}月{on.day}日時点"]
        parts = [f"セキュリティガイド {as_of}時点"]
        if on_platform:
            parts.append("Microsoft Azure の管理内容に基づく回答")
        if item.caution or item.reviewed:
            reviewed = (
                f"{item.reviewed.year}年{item.reviewed.month}月{item.reviewed.day}日" if item.reviewed else "なし"
            )
            parts.append(f"事務局の最終確認：{reviewed}")
        return parts

    def why(self, match: Match) -> str:
        """What met, words or a phrasing, and what the item does not say; empty where it was asked for by number."""
        met = f"一致：{self._listed(match.matched)}" if match.matched else ""
        phrasing = f"近い質問例：「{self._short(match.phrasing)}」" if match.phrasing else ""
        open_points = self._listed((*match.uncovered, *match.lacking))
        return "　".join(filter(None, [met, phrasing, f"この項目にない点：{open_points}" if open_points else ""]))

    def _short(self, text: str) -> str:
        line = " ".join(text.split())
        return line if len(line) <= 80 else line[:80] + "…"

    def uncovered(self, words: Sequence[str]) -> str:
        return f"回答集にない語：{self._listed(words)}" if words else ""

    def _listed(self, words: Sequence[str]) -> str:
        """An asker's words side by side; one of a thousand characters is cut, as are words past the eighth."""
        shown = [
            word if len(word) <= self._WORD_SHOWN else f"{word[: self._WORD_SHOWN - 1]}…"
            for word in words[: self._WORDS_SHOWN]
        ]
        return "、".join(shown) + ("…" if len(words) > self._WORDS_SHOWN else "")

    def chosen_by(self, name: str) -> str:
        return f"{name}さんが候補から選択"

    def chosen_before(self, name: str, numbers: Sequence[ItemNumber]) -> str:
        return f"{name}さんが先に {'・'.join(map(str, numbers))} を選びました。"

    def taken_back(self, name: str) -> str:
        return f"{name} を取り下げました。"

    def escalated_before(self, name: str) -> str:
        return f"この質問はすでにISMS事務局に送られています（受付番号 {name}）。"

    def candidates(self, count: int) -> str:
        return f"*そのままの回答はありません。近い項目が{count}件あります*"

    def not_in_set(self, words: Sequence[str]) -> str:
        return f"回答集にない点：{self._listed(words)}"

    NOT_SENT_YET = "事務局にはまだ送っていません"

    def escalate_point(self, words: Sequence[str]) -> str:
        """The button that sends what the candidates leave open; phones cut labels past 12 full-width characters."""
        label = f"「{'、'.join(words)}」を事務局に聞く"
        width = sum(0.5 if letter.isascii() else 1 for letter in label)
        return label if words and width <= 12 else self.ESCALATE

    def use(self, item: Item) -> str:
        return f"{item.number} を使う"

    NEAR = "*近い項目* （この質問への回答ではありません）"
    NEAR_HINT = "答えになるものがあれば、押すとその項目を回答とし、事務局への質問を取り下げます"

    def take_near(self, item: Item) -> str:
        return f"{item.number} が答え"

    def taken_near(self, name: str, numbers: Sequence[ItemNumber]) -> str:
        """What a receipt and the office's card say once somebody took near items as the answer."""
        return f"{name}さんが近い項目の {'・'.join(map(str, numbers))} を答えとしました"

    def will_post_mrkdwn(self, channel: str) -> str:
        return f"<#{channel}> のスレッドに投稿します（全員に見えます。社外と共有のチャンネルには投稿しません）"

    ONLY_YOU = "あなただけに表示しています"

    def escalated(self, name: str) -> str:
        return f"回答集に該当がないため、ISMS事務局に送りました（受付番号 {name}）。"

    def escalated_held(self, name: str) -> str:
        return f"この項目は個別に回答するため、ISMS事務局に送りました（受付番号 {name}）。"

    def on_hold(self, reason: str) -> str:
        return f"保留中：{reason}"

    def escalated_by_button(self, name: str) -> str:
        return f"ISMS事務局に送りました（受付番号 {name}）。"

    ANSWER_COMES = "回答は質問のスレッド（スレッドがないときはDM）でお知らせします。"

    def expected(self, text: str) -> str:
        return f"回答の目安：{text}。"

    def place_mrkdwn(self, channel: str, direct: bool) -> str:
        return "DM" if direct else f"<#{channel}>"

    def no_such_item(self, outcome: NoSuchItem) -> str:
        return " ".join(self._no_such(number, last) for number, last in outcome.missing)

    def _no_such(self, number: ItemNumber, last: int | None) -> str:
        section = str(number).split("-", maxsplit=1)[0]
        if last is None:
            return f"{number} はありません。{section}という章はありません。"
        if number.ordinal <= last:
            return f"{number} は欠番です。"
        return f"{number} はありません。{section}は1〜{last}です。"

    def not_a_question(self, text: str) -> str:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        return f"「{shown}」から質問を読み取れませんでした。例：/melcol バックアップの保管場所"


class SearchWords:
    """The words of the search form, in Japanese."""

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
        """Where an item goes. channel: None for the direct messages between the poster and the bot."""
        if channel is None:
            return f"{number} をmelcolからのDMに送ります。"
        return f"{number} を <#{channel}> に投稿します。投稿できないチャンネルのときは、理由を添えてDMに送ります。"
