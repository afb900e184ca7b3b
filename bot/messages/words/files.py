"""What the bot says of check sheets that come and go as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from bot.messages.words.lists import ListWords
from bot.sheets.values import MAX_BYTES, MAX_ROWS, OPEN_MARKS

NAMED = 20  # rows


class FileWords(ListWords):
    """What the bot says of files, in Japanese."""

    def reading(self, name: str) -> str:
        return f"「{name}」を読んでいます…"

    def file_read(self, name: str, rows: int, sheet: str, question: str, answer: str) -> str:
        """What was taken for what. question, answer: names of columns."""
        where = (f"「{name}」" if name else "") + (f"シート「{sheet}」の" if sheet else "")
        return f"{where}{question}を質問、{answer}を回答欄として、{rows}行を調べました。"

    def tables_read(self, name: str, rows: int, tables: int) -> str:
        return f"「{name}」の{tables}か所の表から、合わせて{rows}行を調べました。"

    def choices_left(self, columns: str, rows: int) -> str:
        """columns: the names of those that take a value of a list alone."""
        return f"選択欄（{columns}、{rows}行）は空けてあります。お客様の選択肢から選んでください。"

    def choices_suggested(self, columns: str, rows: int) -> str:
        """columns: as in choices_left()."""
        return (
            f"選択欄（{columns}、{rows}行）には、回答集の項目に選択（choice）がある行だけ、お客様の選択肢の言葉で入れます。"
            "ほかの行は空けてあります。"
        )

    NOWHERE = "（書き込める欄なし）"
    LOCKED = "シートが保護されていて書き込める欄がないため、回答は表のファイルでこのスレッドに送ります。"
    NOT_SURE = "⚠️ 列の読み取りが確かではありません。違っていたら〔読む列を直す〕で直してください。"
    ALL_SHEETS = "読んだシートすべて"

    def column(self, letter: str, title: str) -> str:
        return f"{letter}列「{title}」" if title else f"{letter}列"

    def kept_rows(self, count: int) -> str:
        return f"回答欄に記入のある{count}行は、書き換えません。"

    def losses(self, kinds: Sequence[str]) -> str:
        """kinds: names of Loss."""
        named = "、".join(self.LOSSES[kind] for kind in kinds)
        return f"⚠️ お返しするファイルで変わるもの：{named}。"

    LOSSES: ClassVar[Mapping[str, str]] = {"SIGNATURE": "電子署名（無効になります）"}
    FILES_IN_DM = "ファイルはmelcolのDMで受け取ります。確認シート（xlsx・csv）はDMに送ってください。"
    FILE_FOLLOWS = (
        "ファイルはこのスレッドに送ります。決まっていない行があるうちは社内用、全行そろうとお客様に渡すものです。"
        "事務局の回答は数分ごとにまとめて送ります。"
    )
    NO_FILE_BACK = "ファイルを送る権限がないため、〔表で受け取る〕から貼り付けてください。"
    TROUBLES: ClassVar[Mapping[str, str]] = {
        "MACROS": "マクロを含むため開いていません。マクロのないxlsx形式で保存し直して送ってください。",
        "ENCRYPTED": "パスワードがかかっているか、古いxls形式のため開けません。"
        "パスワードのないxlsx形式で保存し直して送ってください。",
        "OLD_FORMAT": "古い形式のため読めません。xlsx形式で保存し直して送ってください。",
        "UNKNOWN_FORMAT": "読めるのはxlsxとcsvのファイルです。質問の行をコピーして、ここに貼り付けても調べられます。",
        "TOO_LARGE": f"大きすぎるため開いていません（{MAX_BYTES // 1_000_000} MBまで）。"
        "質問のシートだけにして送ってください。",
        "BROKEN": "壊れているか、拡張子と中身が合わないため開けません。Excelで開いて保存し直してから送ってください。",
        "UNSAFE": "安全でない作りのファイルのため開いていません。質問の行をコピーして、ここに貼り付けてください。",
        "FORMULAS": "数式が多すぎるか、外を呼び出すため開いていません。値だけのファイルにして送ってください。",
        "NO_QUESTIONS": "質問の列を見つけられませんでした。"
        "〔読む列を直す〕で選ぶか、質問の行をコピーして、ここに貼り付けてください。",
        "TOO_MANY_ROWS": f"質問が{MAX_ROWS}行を超えるため調べていません。ファイルを分けて送ってください。",
        "TOO_SLOW": "時間内に読み終わりませんでした。質問のシートだけにして送ってください。",
        "EXTERNAL": "Googleドライブなど、Slackの外にあるファイルはここから読めません。"
        "Excel形式（.xlsx）でダウンロードして、そのファイルを送ってください。",
        "MAIL": "メールの本文を取り出せませんでした。質問の文をコピーして、ここに貼り付けてください。",
        "CANVAS": "Slackのcanvasは読めません。質問の行をコピーして、ここに貼り付けてください。",
        "HIDDEN": "Slackの保存期間を過ぎたため、ファイルを取り出せません。もう一度アップロードしてください。",
        "OF_OTHERS": "社外と共有のチャンネルのファイルで、Slackから取り出せませんでした。"
        "ダウンロードして、melcolのDMに送ってください。",
        "GONE": "Slackからファイルを取り出せませんでした（削除されたか、権限がありません）。"
        "質問の行をコピーして、ここに貼り付けてください。",
        "UNREACHABLE": "Slackからファイルを取り出せませんでした。しばらくしてもう一度送ってください。",
        "NOT_ALLOWED": "ファイルを読む権限（files:read）がありません。質問の行をコピーして、ここに貼り付けてください。",
    }
    # Why a file is not sent; the list is there all the same.
    NOT_SENT: ClassVar[Mapping[str, str]] = {
        "MAY_NOT_SEND": "ファイルを送る権限（files:write）がありません。",
        "NOT_FILLED": "元のファイルをSlackから取り出せないか、開けないため、回答を入れて送れませんでした。",
        "NOT_TAKEN": "Slackがファイルを受け取りませんでした。",
    }
    TABLE_INSTEAD = "一覧の〔表で受け取る〕から貼り付けてください。"

    def trouble(self, name: str, kind: str) -> str:
        """Why a file was not read, and what to do instead. kind: a key of TROUBLES."""
        return f"「{name}」：{self.TROUBLES[kind]}"

    def not_sent(self, name: str, kind: str) -> str:
        """Why a file is not sent, and what to do instead. kind: also of TROUBLES, or an error of Slack's."""
        why = "NOT_FILLED" if kind in self.TROUBLES else kind if kind in self.NOT_SENT else "NOT_TAKEN"
        return f"「{name}」：{self.sentences(self.NOT_SENT[why], self.TABLE_INSTEAD)}"

    def kept_columns(self, kind: str) -> str:
        """Why the columns that somebody chose are not those it was read with. kind: a key of TROUBLES."""
        return f"⚠️ 選ばれた列では読めなかったため、前の列のままです：{self.TROUBLES[kind]}"

    def filled_name(self, stem: str, ending: str) -> str:
        """What a file is called that a customer is given."""
        return f"{stem.removesuffix('_回答').removesuffix('_社内用')}_回答.{ending}"

    def work_name(self, stem: str, ending: str) -> str:
        """What a file is called that our own people work with."""
        return f"{stem.removesuffix('_回答').removesuffix('_社内用')}_社内用.{ending}"

    TABLE_NAME = "確認シート"
    FILE_COMES = "ファイルを一覧のスレッドに送ります。"
    OPEN_MARK = OPEN_MARKS[0]  # how the mark of an open row begins

    def open_mark(self, state: str) -> str:
        """What is written into the answer's cell of a row that is still open: `未回答（Q-13 事務局に確認中）`."""
        return f"{self.OPEN_MARK}{state}）"

    def confirm_mark(self, numbers: str) -> str:
        """Behind the item numbers of an answer that carries a caution."""
        return f"{numbers}（{self.TO_BE_CONFIRMED}）"

    CUSTOMER_FILE = "お客様に渡すファイル"
    NOT_DECIDED = "まだ決まっていない行があります。"
    MADE_ALL_THE_SAME = (
        "このまま作ると、要確認の行は今の回答のまま、ほかの行の回答欄は空欄になります。社内用の印や列は入りません。"
    )
    MAKE_ALL_THE_SAME = "このまま作る"

    def undecided(self, count: int, names: Sequence[str]) -> str:
        """names: of the rows that keep a customer's file from being whole."""
        rest = f" ほか{count - NAMED}行" if count > NAMED else ""
        return f"{count}行（{'、'.join(names[:NAMED])}{rest}）"

    CHOOSE_COLUMNS, COLUMNS_TITLE = "読む列を直す", "読む列を直す"
    SHEET_LABEL = "シート"
    COLUMN_LABELS: ClassVar[Mapping[str, str]] = {
        "question": "質問の列",
        "answer": "回答を入れる列",
        "choice": "選択欄の列",
        "remark": "備考の列",
    }
    NO_COLUMN = "なし"
    CHOICES_LABEL = "選択欄に入れるもの"
    CHOICES_EMPTY, CHOICES_SUGGESTED = "入れない（空けておく）", "回答集に選択がある行だけ入れる"
    COLUMNS_HINT = "列の下の文は、その列の最初の3行です。シートだけを替えると、そのシートの列を読み直します。"
    ASK_COLUMNS = "⚠️ どの列を読むか決められませんでした。〔読む列を選ぶ〕で確かめていただくまで、回答は入れません。"
    ASK_COLUMNS_BUTTON = "読む列を選ぶ"
    SAME_COLUMN = "質問の列とは別の列にしてください。"
    ROWS_SENT_ALREADY = "事務局に送った行があるため、読み直せません。ファイルをもう一度送ってください。"
