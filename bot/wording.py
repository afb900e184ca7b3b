"""Every sentence the bot says in Slack, in plain text; blocks.py gives them their shape.

Functions that end in `_mrkdwn` return Slack markup, in which only ids, numbers and dates of ours may stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.amendments import Amendment, Change, Kind
from bot.answer_set import Item, ItemNumber
from bot.escalation import Escalation, Resolution, State
from bot.matching import Match, NoSuchItem
from bot.office_hours import JAPAN_TIME

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
)
HELP_PLACES = {
    "thread": "答えはこのチャンネルのスレッドに出ます。自分だけで調べるときは melcol のDMへ。",
    "private": "コマンドの答えは自分だけに見えます。〔スレッドに投稿〕で全員に見せられます。",
}

NOT_RECORDED = "混み合っていて記録できませんでした。この質問はどこにも送られていません。もう一度お試しください。"
COLLEAGUES_ONLY = "このボットは社内のメンバー専用です。お手数ですが、担当の営業にお尋ねください。"
STANDING_UNKNOWN = "Slackにメンバーの確認ができませんでした。何も記録していません。少し待ってもう一度お試しください。"
NOTHING_TO_READ = "このメッセージには文字がないため、調べられませんでした。"
ASKER_ONLY = "これは質問した本人だけが操作できます。"
NO_LONGER = "この質問は取り下げられているか、すでに処理されています。"
OLD_BUTTON = "このボタンは使えなくなりました。お手数ですが、もう一度質問してください。"
WITHDRAWN = "取り消しました。投稿したメッセージを削除し、質問の文を記録から消します。"
OFFICE_UNREACHABLE = (
    "ISMS事務局のチャンネルに届けられませんでした（受付番号 {name}）。"
    "質問は記録に残っており、直り次第もう一度送ります。お急ぎの場合は事務局に直接ご連絡ください。"
)
PRIVATE_BECAUSE = {
    "not_in_channel": (
        "melcolがこのチャンネルのメンバーではないため、あなただけに表示しています（/invite @melcol で追加できます）。"
    ),
    "shared_with_others": "社外と共有のチャンネルのため投稿せず、あなただけに表示しています。",
    "open_to_guests": "ゲストのいるチャンネルのため投稿せず、あなただけに表示しています。",
    "unknown_channel": "社外の人がいるか確認できないチャンネルのため投稿せず、あなただけに表示しています。",
}
PRIVATE_ANYWAY = "このチャンネルに投稿できなかったため、あなただけに表示しています。"


def help_foot(as_of: str, items: int) -> str:
    return (
        "先頭の「/melcol」と続く空白は半角で。回答は日本語の原文のみで、翻訳・生成はしません。"
        f"回答集は{as_of}時点、{items}項目。"
    )


QUESTION_OF = "さんの質問："


def line_answered(numbers: Sequence[ItemNumber]) -> str:
    return f"{'・'.join(map(str, numbers))} で回答"


def line_escalated(name: str) -> str:
    return f"ISMS事務局に確認中（{name}）"


def head_mrkdwn(item: Item) -> str:
    return f"*{item.number}* {item.section} ＞ {item.heading}"


def several(count: int) -> str:
    return f"*{count}件が該当します。対象が異なります*"


CONFLICT = "⚠️ *同じ質問に異なる回答が2つあります。お客様へ回答する前にISMS事務局へご確認ください*"


def more(items: Sequence[Item]) -> str:
    numbers = " ".join(str(item.number) for item in items)
    return f"ほか{len(items)}件：{numbers}（番号で検索できます：/melcol {items[0].number}）"


def source(item: Item, as_of: str, on_platform: bool) -> list[str]:
    """Where an answer stands and how old it is, as separate sentences."""
    if item.amended_by and item.amended_on:
        on = item.amended_on
        return [f"ISMS事務局 {item.amended_by}　{on.year}年{on.month}月{on.day}日時点"]
    parts = [f"セキュリティガイド {as_of}時点"]
    if on_platform:
        parts.append("Microsoft Azure の管理内容に基づく回答")
    if item.caution or item.reviewed:
        reviewed = f"{item.reviewed.year}年{item.reviewed.month}月{item.reviewed.day}日" if item.reviewed else "なし"
        parts.append(f"事務局の最終確認：{reviewed}")
    return parts


def why(match: Match) -> str:
    """What met and what did not, in the asker's words; empty where the item was asked for by number."""
    met = f"一致：{_listed(match.matched)}" if match.matched else ""
    return "　".join(filter(None, [met, uncovered(match.uncovered)]))


def uncovered(words: Sequence[str]) -> str:
    return f"回答集にない語：{_listed(words)}" if words else ""


def _listed(words: Sequence[str]) -> str:
    """An asker's words side by side; a hostile one of a thousand letters is cut, and so are words past the eighth."""
    shown = [word if len(word) <= _WORD_SHOWN else f"{word[: _WORD_SHOWN - 1]}…" for word in words[:_WORDS_SHOWN]]
    return "、".join(shown) + ("…" if len(words) > _WORDS_SHOWN else "")


def chosen_by(name: str) -> str:
    return f"{name}さんが候補から選択"


def chosen_before(name: str, numbers: str) -> str:
    return f"{name}さんが先に {numbers} を選びました。"


def taken_back(name: str) -> str:
    return f"{name} を取り下げました。"


def escalated_before(name: str) -> str:
    return f"この質問はすでにISMS事務局に送られています（受付番号 {name}）。"


def candidates(count: int) -> str:
    return f"*そのままの回答はありません。近い項目が{count}件あります*"


def not_in_set(words: Sequence[str]) -> str:
    return f"回答集にない点：{_listed(words)}"


NOT_SENT_YET = "事務局にはまだ送っていません"


def escalate_point(words: Sequence[str]) -> str:
    """The button that sends what the candidates leave open; phones cut labels past 12 full-width characters."""
    label = f"「{'、'.join(words)}」を事務局に聞く"
    width = sum(0.5 if letter.isascii() else 1 for letter in label)
    return label if words and width <= 12 else ESCALATE


def use(item: Item) -> str:
    return f"{item.number} を使う"


def will_post_mrkdwn(channel: str) -> str:
    return f"<#{channel}> のスレッドに投稿します（全員に見えます。社外と共有のチャンネルには投稿しません）"


ONLY_YOU = "あなただけに表示しています"


def escalated(name: str) -> str:
    return f"回答集に該当がないため、ISMS事務局に送りました（受付番号 {name}）。"


def escalated_held(name: str) -> str:
    return f"この項目はISMS事務局が個別に回答します。ISMS事務局に送りました（受付番号 {name}）。"


def on_hold(reason: str) -> str:
    return f"保留中：{reason}"


def escalated_by_button(name: str) -> str:
    return f"ISMS事務局に送りました（受付番号 {name}）。"


ANSWER_COMES = "回答は質問のスレッド（スレッドがないときはDM）でお知らせします。"


def expected(text: str) -> str:
    return f"回答の目安：{text}。"


def receipt_head(escalation: Escalation, *, taken_back: bool) -> str:
    """What the asker's receipt says first: `ISMS事務局に確認中です　*Q-12*`. taken_back: by this asker of several."""
    return f"{'取り下げ済み' if taken_back else _receipt_state(escalation)}　*{escalation.name}*"


def _receipt_state(escalation: Escalation) -> str:
    resolution = escalation.resolution
    match escalation.state:
        case State.ANSWERED if resolution:
            return f"回答済み（{moment(resolution.at)} {resolution.by_name}）"
        case State.DECLINED if resolution:
            return f"対象外（{moment(resolution.at)} {resolution.by_name}）"
        case State.WITHDRAWN:
            return "取り下げ済み"
        case State.WAITING:
            return f"{escalation.owner_name or '事務局'}さんから確認があります"
        case _:
            return "ISMS事務局に確認中です"


def received(at: float) -> str:
    return f"{moment(at)} 受付"


def owner(escalation: Escalation) -> str:
    return f"担当：{escalation.owner_name or '未定'}"


def deadline(text: str) -> str:
    return f"期限 {text}"


def guide_time(text: str) -> str:
    return f"目安：{text}"


def customer(name: str | None) -> str:
    return f"お客様：{name or '未入力'}"


def remark(text: str) -> str:
    return f"補足：{text}"


def asked_back_head(name: str, person: str) -> str:
    return f"*{name}* について{person}さんから確認があります"


ASKED_BACK_DONE = "返答済みです"
ASKED_BACK_AGAIN = "このあとの確認にご返答ください"
ASKED_BACK_OVER = "返答は不要になりました"


def objected(name: str, person: str | None, objection: str) -> str:
    """What an answer's head says once it went to the office; objection: the button that sent it."""
    who = f"{person}さん" if person else "質問者"
    if objection == ESCALATE_WRONG:
        return f"⚠️ {who}が「違う」としました。ISMS事務局に確認中です（{name}）"
    return f"{who}が確認を依頼しました。ISMS事務局に確認中です（{name}）"


def card_head(escalation: Escalation, due: str | None) -> str:
    """The card's first line: `*Q-12*　期限 本日 18:00　未対応`."""
    return "　".join(filter(None, [f"*{escalation.name}*", due, _card_state(escalation)]))


def _card_state(escalation: Escalation) -> str:
    resolution = escalation.resolution
    by = f"担当：{escalation.owner_name}（{moment(escalation.owned_at)}）" if escalation.owned_at else "未対応"
    match escalation.state:
        case State.OPEN:
            return "再依頼　未対応" if resolution else "未対応"
        case State.CLAIMED:
            return by
        case State.WAITING:
            return f"質問者に確認中　{by}"
        case State.ANSWERED | State.DECLINED if resolution:
            done = "回答済み" if escalation.state is State.ANSWERED else "対象外"
            return f"{done}（{moment(resolution.at)} {resolution.by_name}）"
        case State.MERGED:
            return f"Q-{escalation.merged_into} にまとめました"
        case _:
            return "取り下げ済み"


QUESTION_BLANKED = "（質問の文は取り消されました）"
NEAREST = "*近い項目*"
SHOWN = "*質問者に示した項目*"
REJECTED = "*質問者が「違う」とした項目*"
SHORTENED = "長いためここまでです。全文は質問者に確認してください"


def card_source_mrkdwn(name: str, place: str, link: str | None, at: float) -> str:
    where = f"{place}（<{link}|リンク>）" if link else place
    return "　".join([name, where, moment(at)])


def asked_before(times: int, answered: int | None) -> str:
    settled = f"（Q-{answered} 回答済み）" if answered else ""
    return f"同じ質問：過去90日に{times}件{settled}" if times > 1 else ""


def more_askers(count: int) -> str:
    return f"ほか{count}件の質問"


def more_rows(count: int) -> str:
    return f"ほか{count}件"


def answered_earlier(resolution: Resolution) -> str:
    return f"*前回の回答*（{moment(resolution.at)} {resolution.by_name}）"


SIMILAR = "*似た受付中*"


def similar(escalation: Escalation, asker: str) -> str:
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


def merge(name: str) -> str:
    return f"{name} にまとめる"


CONFIRM_TAKE_OVER = "いまの担当者に代わって担当します。よろしいですか。"
CONFIRM_MERGE = "質問者には、まとめた先の回答が届きます。元に戻すことはできません。"
CONFIRM, CANCEL = "はい", "やめる"
OFFICE_ONLY = "この操作はISMS事務局のチャンネルのメンバーだけができます。"
OFFICE_UNKNOWN = "ISMS事務局のメンバーかどうかを確認できませんでした。少し待ってもう一度お試しください。"
ALREADY_YOURS = "すでにあなたが担当しています。"
NOT_A_CARD_REPLY = "この操作は、ISMS事務局のカードへの返信で使えます。"
AWAITED_ALREADY = "この質問はISMS事務局で受付中です。回答をお待ちください。"
NOT_WAITING = "この確認はすでに返答されているか、受付が終わっています。"


def lost(escalation: Escalation) -> str:
    """Tell somebody who came second who was first, and with what."""
    resolution = escalation.resolution
    match escalation.state:
        case State.ANSWERED | State.DECLINED if resolution:
            done = "回答しました" if escalation.state is State.ANSWERED else "対象外としました"
            return f"{resolution.by_name}さんが先に{done}（{escalation.name}、{moment(resolution.at)}）。"
        case State.CLAIMED | State.WAITING if escalation.owner_name:
            return f"{escalation.owner_name}さんが先に担当しました（{escalation.name}）。"
        case State.MERGED:
            return f"{escalation.name} は Q-{escalation.merged_into} にまとめられています。"
        case State.WITHDRAWN:
            return f"{escalation.name} は質問者が取り下げました。"
        case _:
            return f"{escalation.name} の状態が変わりました。カードをご確認ください。"


# -- forms: titles and buttons hold 24 letters --

SEND, CLOSE = "送信", "閉じる"
FORM_DID_NOT_OPEN = "入力画面を開けませんでした。もう一度押してください。"
COPY = "コピー用に表示"
COPY_LABELS = {
    "cell": "セルに貼る文（Ctrl+A → Ctrl+C）",
    "cited": "出典付き",
    "plain": "機種依存文字を使えない欄へ",
}
READS_AS_FORMULA = "= + - @ で始まるため、貼り付け先のセルの表示形式を「文字列」にしてから貼ってください。"


def copy_of(item: Item) -> str:
    return f"{item.number} をコピー"


def rejected_characters(characters: Sequence[str]) -> str:
    return f"原文のままのため、この欄でも使えないことがある文字：{' '.join(characters)}"


def cut_short(limit: int) -> str:
    return f"長いため{limit:,}文字までを表示しています。全文は上のメッセージからコピーしてください。"


FORM_TITLES = {
    "copy": "コピー用に表示",
    "answer": "回答する",
    "answer_with_item": "既存の項目で回答",
    "ask_back": "質問者に確認",
    "decline": "対象外にする",
    "reply": "返答する",
    "reopen": "まだ解決しない",
    "add_context": "期限・補足を追加",
    "given": "受け取った人",
}
LABELS = {
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
}
NOTE_LABELS = {
    "caution": "注意書き（質問者に「要確認」と示します。お客様への文には入りません）",
    "hold": "保留の理由（社内のみ）",
}
EFFECTS = {
    "none": "しない",
    "add": "新しい項目として追加",
    "replace": "既存の項目の回答を、この回答に置き換える",
    "caution": "既存の項目に注意書きを付ける",
    "hold": "既存の項目を保留にする（以後は事務局が個別に回答）",
}
ON_DATE, NO_DEADLINE = "日付を指定", "指定しない"
ITEM_PLACEHOLDER = "番号や言葉で探す"
FORM_ERRORS = {
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


def reaches(people: int, places: int) -> str:
    return f"{people}名（{places}か所）に届きます"


# -- the resolution --


def resolution_mrkdwn(name: str) -> str:
    return f" *{name}* の回答です"


def declined_mrkdwn(name: str, person: str) -> str:
    return f" *{name}* は回答集の対象外です（{person}）"


def declined_reason(text: str) -> str:
    return f"理由：{text}"


def resolution_source(resolution: Resolution) -> str:
    return f"ISMS事務局 {resolution.by_name}　{day(resolution.at)}時点"


def resolution_effect(added: str) -> str:
    return f"回答集に追加：{added}" if added.startswith("追") else f"回答集に反映：{added}"


def amended(amendment: Amendment, retired: str | None) -> str:
    """What the office's card says of a change of the set."""
    number = amendment.number
    match amendment.kind:
        case Kind.ADD:
            said = f"回答集に追加：{number}"
        case Kind.REPLACE:
            said = f"{number} の回答を置き換え"
        case Kind.CAUTION:
            said = f"{number} に注意書き：{_short(amendment.note or '')}"
        case Kind.HOLD:
            said = f"{number} を保留：{_short(amendment.note or '')}"
    return said + {None: "", "taken_back": "（取り消し済み）", "exported": "（回答集のファイルに取り込み済み）"}.get(
        retired, "（その後の変更あり）"
    )


def evidence(text: str) -> str:
    return f"根拠（社内のみ）：{text}"


def reopened(person: str, reason: str) -> str:
    return f"{person}さんが「まだ解決しない」としました：{reason}"


def replied(person: str, text: str) -> str:
    return f"{person}さんの返答：{text}"


def merged_from(name: str) -> str:
    return f"{name} をこの受付にまとめました"


TAKE_BACK, CONFIRM_TAKE_BACK = "反映を取り消す", "回答集への反映だけを取り消します。質問者への回答はそのままです。"
NO_LONGER_IN_SET = "この項目は回答集にありません。"


def replaced(number: str, text: str) -> str:
    return f"{number} の置き換え前の回答：\n{text}"


AMENDED_SINCE = "この項目はその後も変更されています。新しい変更から順に取り消してください。"
AMENDMENT_GONE = "この反映はすでに取り消されているか、回答集のファイルに取り込まれています。"
SET_CHANGED = "*回答集が変わりました*"
SHOW_LIST, SHOW_NEW = "一覧を見る", "新しい回答を見る"


def changed(change: Change) -> str:
    return f"{change.number}　{_short(change.old or '')} → {_short(change.new or '（なくなりました）')}"


def given(people: int, times: int) -> str:
    return (
        f"変更前の回答を過去90日に受け取った人：{people}名・{times}件"
        if people
        else "変更前の回答を過去90日に受け取った人はいません"
    )


def more_changed(numbers: Sequence[ItemNumber]) -> str:
    return f"ほか{len(numbers)}件：{' '.join(map(str, numbers))}"


def tell(people: int) -> str:
    return f"{people}名に知らせる"


def confirm_tell(people: int) -> str:
    return f"{people}名に、回答が変わったことをそれぞれのスレッドかDMで知らせます。"


def told(people: int) -> str:
    return f"{people}名に知らせました。" if people else "すでに全員に知らせてあります。"


def item_changed(asked_at: float, number: str) -> str:
    on = moment(asked_at).split(" ", maxsplit=1)[0]
    return f"{on}に回答した {number} が変わりました。お客様へ送付済みの場合はご確認ください。"


def given_line(name: str, asked_at: float) -> str:
    return f"{name}　{moment(asked_at)}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:80] + "…"


REOPENED = "ISMS事務局にもう一度送りました。"
REPLIED = "ISMS事務局に返答を送りました。"
CONTEXT_ADDED = "ISMS事務局に伝えました。"


def status_head(office: bool) -> str:
    return "*受付中の質問（期限順）*" if office else "*あなたの受付*"


STATUS_EMPTY = {True: "受付中の質問はありません。", False: "あなたの受付はまだありません。"}


def status_line(escalation: Escalation, due: str | None) -> str:
    question = " ".join((escalation.question or QUESTION_BLANKED).split())
    shown = question if len(question) <= 60 else question[:60] + "…"
    return f"{escalation.name}　{_card_state(escalation)}{f'　{due}' if due else ''}　{shown}"


def place_mrkdwn(channel: str, direct: bool) -> str:
    return "DM" if direct else f"<#{channel}>"


def no_such_item(outcome: NoSuchItem) -> str:
    return " ".join(_no_such(number, last) for number, last in outcome.missing)


def _no_such(number: ItemNumber, last: int | None) -> str:
    section = str(number).split("-", maxsplit=1)[0]
    if last is None:
        return f"{number} はありません。{section}という区分がありません。"
    if number.ordinal <= last:
        return f"{number} は欠番です。"
    return f"{number} はありません。{section}は1〜{last}です。"


def not_a_question(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return f"「{shown}」から質問を読み取れませんでした。例：/melcol バックアップの保管場所"


def day(at: float) -> str:
    """A day as people in Japan write it: `2026年6月10日`."""
    local = datetime.fromtimestamp(at, UTC).astimezone(JAPAN_TIME)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: float) -> str:
    """A time as people in Japan read it: `6/10 16:32`."""
    local = datetime.fromtimestamp(at, UTC).astimezone(JAPAN_TIME)
    return f"{local.month}/{local.day} {local:%H:%M}"
