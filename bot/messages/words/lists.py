"""What the bot says of a list of questions: its reply, the office's card of its rows, its forms and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, assert_never

from bot.answer_set.items import Item, ItemNumber
from bot.asks.ask import Escalation, State
from bot.asks.lists import Standing
from bot.messages.words.escalation import EscalationWords

_RUNS = 8


class ListWords(EscalationWords):
    """What the bot says of a list of questions, in Japanese."""

    def list_head_mrkdwn(self, answered: int, doubtful: int, unanswered: int) -> str:
        """`*確認シート 24行*　回答 15・要判断 6・回答なし 3`."""
        rows = answered + doubtful + unanswered
        return f"*確認シート {rows}行*　回答 {answered}・要判断 {doubtful}・回答なし {unanswered}"

    INTAKE_TITLE = "お客様・期限・送る行"
    ROWS_TO_SEND: ClassVar[Mapping[str, str]] = {
        "all": "回答のない行をすべて送る",
        "chosen": "下で選んだ行だけ送る",
        "none": "まだ送らない",
    }
    CHOSEN_ROWS = "選んだ行だけ送るとき"
    ROWS_LABEL, ROW_ACT_LABEL = "行", "選んだ行をどうしますか"
    ROW_ACTS: ClassVar[Mapping[str, str]] = {
        "send": "事務局に聞く",
        "leave_out": "空欄のまま渡す",
        "take_back": "元に戻す（選択・空欄・事務局への質問を取り消す）",
    }
    ROW_ACTS_HINT = "回答済みの行を「事務局に聞く」と、もう一度確認を依頼します。"

    def rows_left_out(self, count: int) -> str:
        return f"{count}行を空欄のまま渡します。"

    def rows_taken_back(self, count: int) -> str:
        return f"{count}行を元に戻しました。"

    NOT_CHANGED = "この操作はできません"
    ASKED_AGAIN_IN_SHEET = "確認シートから、もう一度確認の依頼がありました。"

    def sheet_state_mrkdwn(self, rows: int, counts: Mapping[Standing, int], settled: int) -> str:
        """`*確認シート 120行*　回答 53・要確認 8・要判断 12・事務局 31（回答済み 9）`. settled: by the office."""
        shown = [standing for standing in Standing if counts.get(standing) or standing is Standing.ANSWERED]
        said = [f"{self.STANDINGS[standing]} {counts.get(standing, 0)}" for standing in shown]
        if settled:
            said[shown.index(Standing.OFFICE)] += f"（回答済み {settled}）"
        return f"*確認シート {rows}行*　{'・'.join(said)}"

    ALL_DECIDED = "全行そろいました"
    EACH_ROW = "行を選んで変更"
    BUTTONS_ABOVE = "操作のボタンは、件数を示すメッセージにあります"
    SHEET_COLUMNS = ("番号", "状態", "質問", "項目", "回答")

    def office_answered(self, answers: int, waiting: int) -> str:
        """Beside a file that holds what the office answered since the last one."""
        rest = f"事務局の回答待ちは残り{waiting}行です。" if waiting else "事務局に送った行の回答はそろいました。"
        return f"事務局から{answers}行の回答が届きました。{rest}"

    ALL_IN_FILE = "全行そろいました。お客様に渡すファイルです（社内用の印や列は入っていません）。"

    def posting(self, part: int, parts: int) -> str:
        return f"投稿中 {part}/{parts}"

    def source_of_rest(self, source: str) -> str:
        return f"断りのない回答の出典：{source}"

    def row(self, position: int) -> str:
        """What a row is called that has no number of the customer's own."""
        return f"行{position}"

    def same_as(self, row: str, *, caution: bool) -> str:
        """Behind a number whose answer is shown with an earlier row."""
        return f"（{row}と同じ{f'・{self.TO_BE_CONFIRMED}' if caution else ''}）"

    def office_source(self, name: str, source: str) -> str:
        return f"{name}　{source}"

    def doubtful_rows_mrkdwn(self, count: int) -> str:
        return f"*要判断 {count}行*　内容を見て決めてください"

    def open_rows_mrkdwn(self, count: int) -> str:
        return f"*回答なし {count}行*"

    CONFLICT_IN_ROW = "同じ質問に異なる回答があります。お客様へ回答する前にISMS事務局へご確認ください"
    UNREADABLE_ROW = "質問を読み取れませんでした"
    HELD_ROW = "ISMS事務局が個別に回答する項目です"
    STANDINGS: ClassVar[Mapping[Standing, str]] = {
        Standing.ANSWERED: "回答",
        Standing.TO_CONFIRM: "要確認",
        Standing.TO_DECIDE: "要判断",
        Standing.UNSENT: "回答なし",
        Standing.OFFICE: "事務局",
        Standing.LEFT_OUT: "空欄",
    }
    LEFT_OUT = "空欄のまま渡す行"
    UNSENT_ROW, WITHDRAWN_ROW = "事務局に未送信", "取り下げ済み"

    def row_state(self, escalation: Escalation, *, taken_back: bool) -> str:
        """The state of a row that went to the office: `Q-13 事務局に確認中`."""
        resolution = escalation.resolution
        match escalation.state:
            case _ if taken_back:
                said = "取り下げ済み"
            case State.ANSWERED | State.DECLINED if resolution:
                done = "回答済み" if escalation.state is State.ANSWERED else "対象外"
                said = f"{done}（{self.moment(resolution.at)} {resolution.by_name}）"
            case State.WAITING:
                said = f"{self._colleague(escalation)}から確認があります"
            case State.MERGED:
                said = f"Q-{escalation.merged_into} にまとめました"
            case State.OPEN | State.CLAIMED | State.ANSWERED | State.DECLINED | State.WITHDRAWN:
                said = f"事務局に確認中{f'（担当：{escalation.owner_name}）' if escalation.owner_name else ''}"
            case _:
                assert_never(escalation.state)
        return f"{escalation.name} {said}"

    def unsent(self, count: int) -> str:
        return f"回答なしのうち{count}行は、まだ事務局に送っていません"

    def left_out(self, count: int, limit: int, *, files: bool) -> str:
        other = "、またはブック（.xlsx）のままmelcolのDMに送ってください" if files else "てください"
        return (
            f"⚠️ 一度に調べられるのは{limit}行までです。残りの{count}行は調べていません。"
            f"続きを別の一覧として貼り付け{other}。"
        )

    CHANGE_CONTEXT = "期限・補足を変更"

    def understood(self, deadline: date | None, customer: str | None) -> str:
        """What is known of a list, so that its sender sees what was taken from their words."""
        known = [f"期限 {self._long_day(deadline)}"] if deadline else []
        known += [f"お客様 {customer}"] if customer else []
        if not known:
            return ""
        return f"{'・'.join(known)} として受け付けました。違うときは〔{self.CHANGE_CONTEXT}〕から直してください。"

    EMPTIED = "ここにあった行は、ほかの部分に移りました"

    def in_thread(self, name: str) -> str:
        return f"長いため、回答の全文は {name} の回答のメッセージをご覧ください"

    def look_up(self, number: ItemNumber) -> str:
        return f"長いため、回答の全文は番号で検索してください：/melcol {number}"

    def rows_elsewhere(self, count: int) -> str:
        return f"⚠️ ここに入りきらない{count}行は〔{self.TAKE_TABLE}〕でご覧ください"

    DECIDE_ROWS, TAKE_TABLE, CLAIM_ROWS = "要判断の行を決める", "表で受け取る", "全行を担当する"

    def gather(self, count: int) -> str:
        return f"{count}行を事務局に聞く"

    def list_name(self, rows: int) -> str:
        """What the question line in the channel shows in place of the questions."""
        return f"確認シート {rows}行"

    def line_listed(self, unsent: int) -> str:
        return f"スレッドに一覧（回答なし {unsent}行）" if unsent else "スレッドに一覧"

    LIST_IN_DM = "melcolのDMに一覧を送ります（あなただけに見えます）"
    ROWS_SENT = "確認シートの行"

    def rows_sent(self, numbers: Sequence[int]) -> str:
        """What the sender of rows to the office is told. numbers: of their escalations."""
        names = "・".join("〜".join(f"Q-{number}" for number in run) for run in runs(numbers))
        return f"{len(numbers)}行をISMS事務局に送りました（受付番号 {names}）。"

    ALL_CLAIMED = "まだ担当のいない行はありません。"
    NOTHING_TO_SEND = "事務局に送る行はもうありません。"
    ROWS_COME_BACK = "回答はこの一覧の各行に入り、スレッドでもお知らせします。"

    # -- the office's card --

    def gathered_mrkdwn(self, states: Sequence[tuple[State, int]]) -> str:
        """`*確認シートの質問 12行*　未対応 3・対応中 2・回答済み 7`."""
        names = {
            State.OPEN: "未対応",
            State.CLAIMED: "対応中",
            State.WAITING: "質問者に確認中",
            State.ANSWERED: "回答済み",
            State.DECLINED: "対象外",
            State.WITHDRAWN: "取り下げ済み",
            State.MERGED: "まとめ済み",
        }
        rows = sum(count for _, count in states)
        return f"*確認シートの質問 {rows}行*　{'・'.join(f'{names[state]} {count}' for state, count in states)}"

    def gathered_state(self, escalation: Escalation, *, taken_back: bool) -> str:
        """The state of a row, as the office says it: `Q-13 未対応`."""
        return f"{escalation.name} {self.WITHDRAWN_ROW if taken_back else self._card_state(escalation)}"

    ROW_CARDS = "各行のカードはこのスレッドにあります（受付番号から開けます）。行ごとに担当・回答できます。"

    SETTLE_ROWS = "まとめて回答・対象外"
    SAME_ANSWER, SAME_REASON = "すべて同じ文で回答する", "すべて同じ理由で対象外にする"
    SAME_TEXT = "回答（お客様へそのまま渡せる文）、または対象外とする理由"
    SAME_HINT = "同じ質問で待っているほかの行・ほかの人にも、同じ文が届きます。"
    NOTHING_AT_OFFICE = "回答を待っている行はもうありません。"

    def rows_settled(self, count: int, *, declined: bool) -> str:
        """What is told where some of the chosen rows were settled before; they are named below it."""
        return f"{count}行を対象外にしました。" if declined else f"{count}行に回答しました。"

    def more_listed(self, count: int) -> str:
        return f"ほか{count}行"

    # -- forms --

    NEAR_ROWS, NEAR_TITLE, WAIT_FOR_OFFICE = "近い項目から選ぶ", "近い項目から選ぶ", "事務局の回答を待つ"
    DECIDE_TITLE, TABLE_TITLE = "要判断の行を決める", "表で受け取る"
    LEAVE_OUT = "空欄のまま渡す"
    DECIDE_LABEL, NOT_YET, CHOOSE_ALL = "この行の回答", "まだ決めない", "すべて使う"

    def more_to_decide(self, count: int) -> str:
        return f"ほかに{count}行あります。送信したあと、もう一度開いてください。"

    NOTHING_TO_DECIDE = "決める行はもうありません。"

    def candidate(self, item: Item) -> str:
        return f"{item.number} {item.question}"

    def table_part(self, part: int, parts: int) -> str:
        shown = f" {part}/{parts}" if parts > 1 else ""
        return f"表{shown}（Ctrl+A → Ctrl+C）"

    TABLE_HINT = (
        "左から、番号・質問・項目番号・回答・出典や状態です。先に貼り付け先のセルの表示形式を「文字列」にしてください"
        "（1-1 などが日付になるのを防ぎます）。= + - @ で始まる文には ' を付けています。"
    )
    TABLE_CUT = "長いため途中までの行があります（…で終わる文）。"

    def table_goes_on(self, first: int, last: int, rows: int) -> str:
        return f"{rows}行のうち{first}〜{last}行目です。"

    TABLE_NEXT, SEND_XLSX, SEND_CSV = "続きの行", "Excelファイルを受け取る", "CSVファイルを受け取る"
    TABLE_COLUMNS = ("番号", "質問", "項目番号", "回答", "出典・状態")
    CUSTOMER_COLUMNS = ("番号", "質問", "回答")

    def table_state(self, group: str, detail: str) -> str:
        """What a table says of a row: group is answered, caution, doubtful or open; detail: its source or its state."""
        said = {"answered": "", "caution": self.TO_BE_CONFIRMED, "doubtful": "要判断", "open": "回答なし"}[group]
        return f"{said}（{detail}）" if said and detail else said or detail

    def candidate_numbers(self, numbers: Sequence[ItemNumber]) -> str:
        return f"候補 {' '.join(map(str, numbers))}" if numbers else ""


def runs(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Return numbers in order, of those that follow each other the first and the last: rows may join older questions.

    Where they are too scattered to read, only the first and the last of all.
    """
    found: list[tuple[int, ...]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][-1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number,))
    return found if len(found) <= _RUNS else [(found[0][0], found[-1][-1])]
