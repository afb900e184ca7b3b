"""What the bot says of an escalation: on its card, its receipt and its resolution, and of a set that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, assert_never

from bot.answer_set.amendments import Amendment, Change, Kind
from bot.answer_set.items import ItemNumber
from bot.asks.ask import Escalation, Resolution, State
from bot.messages.words.lookup import LookupWords


class EscalationWords(LookupWords):
    """What the bot says of an escalation, in Japanese."""

    def receipt_head(self, escalation: Escalation, *, taken_back: bool) -> str:
        """What a receipt says first: `ISMS事務局に確認中です　*Q-12*`. taken_back: by this asker of several."""
        return f"{'取り下げ済み' if taken_back else self._receipt_state(escalation)}　*{escalation.name}*"

    def _receipt_state(self, escalation: Escalation) -> str:
        resolution = escalation.resolution
        match escalation.state:
            case State.ANSWERED if resolution:
                return f"回答済み（{self.moment(resolution.at)} {resolution.by_name}）"
            case State.DECLINED if resolution:
                return f"対象外（{self.moment(resolution.at)} {resolution.by_name}）"
            case State.WITHDRAWN:
                return "取り下げ済み"
            case State.WAITING:
                return f"{self._colleague(escalation)}から確認があります"
            case State.OPEN | State.CLAIMED | State.ANSWERED | State.DECLINED | State.MERGED:
                return "ISMS事務局に確認中です"
            case _:
                assert_never(escalation.state)

    def _colleague(self, escalation: Escalation) -> str:
        return f"{escalation.owner_name}さん" if escalation.owner_name else self.THE_OFFICE

    def received(self, at: float) -> str:
        return f"{self.moment(at)} 受付"

    def owner(self, escalation: Escalation) -> str:
        return f"担当：{escalation.owner_name or '未定'}"

    def deadline(self, text: str) -> str:
        return f"期限 {text}"

    def guide_time(self, text: str) -> str:
        return f"目安：{text}"

    def customer(self, name: str | None) -> str:
        return f"お客様：{name or '未入力'}"

    def remark(self, text: str) -> str:
        return f"補足：{text}"

    def asked_back_head(self, name: str, person: str) -> str:
        return f"*{name}* について{person}さんから確認があります"

    ASKED_BACK_DONE = "返答済みです"
    ASKED_BACK_AGAIN = "このあとの確認にご返答ください"
    ASKED_BACK_OVER = "返答は不要になりました"

    def objected(self, name: str, person: str | None, *, wrong: bool) -> str:
        """What an answer's head says once it went to the office; wrong: by the button that calls it so."""
        who = f"{person}さん" if person else "質問者"
        if wrong:
            return f"⚠️ {who}が「違う」としました。ISMS事務局に確認中です（{name}）"
        return f"{who}が確認を依頼しました。ISMS事務局に確認中です（{name}）"

    def card_head(self, escalation: Escalation, due: str | None) -> str:
        """The card's first line: `*Q-12*　期限 本日 18:00　未対応`."""
        return "　".join(filter(None, [f"*{escalation.name}*", due, self._card_state(escalation)]))

    def _card_state(self, escalation: Escalation) -> str:
        resolution = escalation.resolution
        by = f"担当：{escalation.owner_name}（{self.moment(escalation.owned_at)}）" if escalation.owned_at else "未対応"
        match escalation.state:
            case State.OPEN:
                return "再依頼　未対応" if resolution else "未対応"
            case State.CLAIMED:
                return by
            case State.WAITING:
                return f"質問者に確認中　{by}"
            case State.ANSWERED | State.DECLINED if resolution:
                done = "回答済み" if escalation.state is State.ANSWERED else "対象外"
                return f"{done}（{self.moment(resolution.at)} {resolution.by_name}）"
            case State.MERGED:
                return f"Q-{escalation.merged_into} にまとめました"
            case State.WITHDRAWN | State.ANSWERED | State.DECLINED:
                return "取り下げ済み"
            case _:
                assert_never(escalation.state)

    QUESTION_BLANKED = "（質問の文は取り消されました）"
    NEAREST = "*近い項目*"
    SHOWN = "*質問者に示した項目*"
    REJECTED = "*質問者が「違う」とした項目*"
    EXPECTED_ITEM, MISSING = "本来の項目：", "違う点・足りない点："

    def rejected_lately(self, times: int) -> str:
        return f"この項目は過去90日に{times}回「違う」とされました"

    SHORTENED = "長いためここまでです。全文は質問者に確認してください"

    def card_source_mrkdwn(self, name: str, place: str, link: str | None, at: float) -> str:
        where = f"{place}（<{link}|リンク>）" if link else place
        return "　".join([name, where, self.moment(at)])

    def asked_before(self, times: int, answered: int | None) -> str:
        settled = f"（Q-{answered} 回答済み）" if answered else ""
        return f"同じ質問：過去90日に{times}件{settled}" if times > 1 else ""

    def more_askers(self, count: int) -> str:
        return f"ほか{count}件の質問"

    def more_rows(self, count: int) -> str:
        return f"ほか{count}件"

    def answered_earlier(self, resolution: Resolution) -> str:
        return f"*前回の回答* （{self.moment(resolution.at)} {resolution.by_name}）"

    SIMILAR = "*似た受付中*"

    def similar(self, escalation: Escalation, asker: str) -> str:
        question = " ".join((escalation.question or "").split())
        return f"{escalation.name}「{question if len(question) <= 60 else question[:60] + '…'}」（{asker}）"

    CLAIM, TAKE_OVER, ANSWER, ANSWER_WITH_ITEM, ASK_BACK, DECLINE = (
        "担当する",
        "担当を引き継ぐ",
        "回答する",
        "既存の項目で回答",
        "質問者に確認",
        "対象外",
    )
    ADD_CONTEXT, REPLY, REOPEN, ASK_AGAIN, REPLACED = (
        "期限・補足を追加",
        "返答する",
        "まだ解決しない",
        "理由を添えて再依頼",
        "以前の回答を見る",
    )

    def merge(self, name: str) -> str:
        return f"{name} にまとめる"

    CONFIRM_TAKE_OVER = "いまの担当者に代わって担当します。よろしいですか。"
    CONFIRM_MERGE = "質問者には、まとめた先の回答が届きます。元に戻すことはできません。"
    CONFIRM_TITLE, CONFIRM, CANCEL = "確認", "はい", "やめる"
    THE_OFFICE = "事務局"
    OFFICE_ONLY = "この操作はISMS事務局のチャンネルのメンバーだけができます。"
    OFFICE_UNKNOWN = "ISMS事務局のメンバーかどうかを確認できませんでした。少し待ってもう一度お試しください。"
    ALREADY_YOURS = "すでにあなたが担当しています。"
    NOT_A_CARD_REPLY = "この操作は、ISMS事務局のカードへの返信で使えます。"
    AWAITED_ALREADY = "この質問はISMS事務局で受付中です。回答をお待ちください。"
    NOT_WAITING = "この確認はすでに返答されているか、受付が終わっています。"

    def lost(self, escalation: Escalation) -> str:
        """What somebody who came second is told: who was first, and with what."""
        resolution = escalation.resolution
        match escalation.state:
            case State.ANSWERED | State.DECLINED if resolution:
                done = "回答しました" if escalation.state is State.ANSWERED else "対象外としました"
                return f"{resolution.by_name}さんが先に{done}（{escalation.name}、{self.moment(resolution.at)}）。"
            case State.CLAIMED | State.WAITING if escalation.owner_name:
                return f"{escalation.owner_name}さんが先に担当しました（{escalation.name}）。"
            case State.MERGED:
                return f"{escalation.name} は Q-{escalation.merged_into} にまとめられています。"
            case State.WITHDRAWN:
                return f"{escalation.name} は質問者が取り下げました。"
            case State.OPEN | State.CLAIMED | State.WAITING | State.ANSWERED | State.DECLINED:
                return f"{escalation.name} の状態が変わりました。カードをご確認ください。"
            case _:
                assert_never(escalation.state)

    def resolution_mrkdwn(self, name: str) -> str:
        return f" *{name}* の回答です"

    def declined_mrkdwn(self, name: str, person: str) -> str:
        return f" *{name}* は回答集の対象外です（{person}）"

    def declined_reason(self, text: str) -> str:
        return f"理由：{text}"

    def resolution_source(self, resolution: Resolution) -> str:
        return f"ISMS事務局 {resolution.by_name}　{self.day(resolution.at)}時点"

    def resolution_effect(self, added: str) -> str:
        return f"回答集に追加：{added}" if added.startswith("追") else f"回答集に反映：{added}"

    def amended(self, amendment: Amendment, retired: str | None) -> str:
        """What the office's card says of a change of the set."""
        number = amendment.number
        match amendment.kind:
            case Kind.ADD:
                said = f"回答集に追加：{number}"
            case Kind.REPLACE:
                said = f"{number} の回答を置き換え"
            case Kind.CAUTION:
                said = f"{number} に注意書き：{self._short(amendment.note or '')}"
            case Kind.HOLD:
                said = f"{number} を保留：{self._short(amendment.note or '')}"
            case Kind.PHRASING:
                said = f"{number} の尋ね方に追加：{self._short(amendment.question or '')}"
            case _:
                assert_never(amendment.kind)
        return said + {
            None: "",
            "taken_back": "（取り消し済み）",
            "exported": "（回答集のファイルに取り込み済み）",
        }.get(retired, "（その後の変更あり）")

    def reached_nobody(self, name: str) -> str:
        """Tell the office that what it wrote did not arrive."""
        return f"⚠️ {name}さんに届けられませんでした（アカウントが停止されているなど）。ほかの方法でお知らせください。"

    def evidence(self, text: str) -> str:
        return f"根拠（社内のみ）：{text}"

    def reopened(self, person: str, reason: str) -> str:
        return f"{person}さんが「まだ解決しない」としました：{reason}"

    def replied(self, person: str, text: str) -> str:
        return f"{person}さんの返答：{text}"

    TYPED_BY_OTHERS = "ほかの人のメッセージから届いた質問は、社外の人が書いたかもしれないため、尋ね方として残せません。"
    PHRASED_OTHERWISE = (
        "この文は回答集で別の項目の尋ね方か、答えられない質問として登録されています。回答集のファイルで直してください。"
    )

    def tells_customer(self, found: str) -> str:
        """Why a question cannot be kept as a phrasing. found: what in it tells whose it is."""
        return f"「{self._short(found)}」からお客様が分かるため、尋ね方として残せません。除いてお試しください。"

    TAKE_BACK, CONFIRM_TAKE_BACK = "反映を取り消す", "回答集への反映だけを取り消します。質問者への回答はそのままです。"
    NO_LONGER_IN_SET = "この項目は回答集にありません。"

    def replaced(self, number: str, text: str) -> str:
        return f"{number} の置き換え前の回答：\n{text}"

    AMENDED_SINCE = "この項目はその後も変更されています。新しい変更から順に取り消してください。"
    AMENDMENT_GONE = "この反映はすでに取り消されているか、回答集のファイルに取り込まれています。"
    SET_CHANGED = "*回答集が変わりました*"
    SHOW_LIST, SHOW_NEW = "一覧を見る", "新しい回答を見る"

    def changed(self, change: Change) -> str:
        return f"{change.number}　{self._short(change.old or '')} → {self._short(change.new or '（なくなりました）')}"

    def given(self, people: int, times: int) -> str:
        return (
            f"変更前の回答を過去90日に受け取った人：{people}名・{times}件"
            if people
            else "変更前の回答を過去90日に受け取った人はいません"
        )

    def more_changed(self, numbers: Sequence[ItemNumber]) -> str:
        return f"ほか{len(numbers)}件：{' '.join(map(str, numbers))}"

    def tell(self, people: int) -> str:
        return f"{people}名に知らせる"

    def confirm_tell(self, people: int) -> str:
        return f"{people}名に、回答が変わったことをそれぞれのスレッドかDMで知らせます。"

    def told(self, people: int) -> str:
        return f"{people}名に知らせました。" if people else "すでに全員に知らせてあります。"

    def item_changed(self, asked_at: float, number: str) -> str:
        on = self.moment(asked_at).split(" ", maxsplit=1)[0]
        return f"{on}に回答した {number} が変わりました。お客様へ送付済みの場合はご確認ください。"

    def given_line(self, name: str, asked_at: float) -> str:
        return f"{name}　{self.moment(asked_at)}"

    def status_head(self, office: bool) -> str:
        return "*受付中の質問（期限順）*" if office else "*あなたの受付*"

    STATUS_EMPTY: ClassVar[Mapping[bool, str]] = {
        True: "受付中の質問はありません。",
        False: "ISMS事務局に送った質問はまだありません。",
    }

    def status_line(self, escalation: Escalation, due: str | None, *, office: bool) -> str:
        question = " ".join((escalation.question or self.QUESTION_BLANKED).split())
        shown = question if len(question) <= 60 else question[:60] + "…"
        awaited = not office and escalation.state is State.WAITING  # by the office, from the reader
        state = self._receipt_state(escalation) if awaited else self._card_state(escalation)
        return f"{escalation.name}　{state}{f'　{due}' if due else ''}　{shown}"
