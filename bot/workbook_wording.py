"""What the bot says of a check sheet that it cannot read, in Japanese and English."""

from __future__ import annotations

from bot.ooxml import Trouble

_SENTENCES = {
    Trouble.MACROS: (
        "マクロを含むファイルは安全のため開きません。「Excel ブック（.xlsx）」として保存し直してからお送りください。",
        "Files with macros are not opened, for safety. Please save it as an Excel workbook (.xlsx) and send that.",
    ),
    Trouble.ENCRYPTED: (
        "パスワードで保護されたファイルは読めません。保護を解除してからお送りください。",
        "The file is protected by a password. Please remove the password and send it again.",
    ),
    Trouble.OLD_FORMAT: (
        "古い形式の Excel ファイルは読めません。「Excel ブック（.xlsx）」として保存し直してからお送りください。",
        "This older Excel format cannot be read. Please save it as an Excel workbook (.xlsx) and send that.",
    ),
    Trouble.UNKNOWN_FORMAT: (
        "読めるのは .xlsx と .csv のファイルです。どちらかの形式で保存し直してからお送りください。",
        "Only .xlsx and .csv files can be read. Please save it as one of these and send that.",
    ),
    Trouble.TOO_LARGE: (
        "ファイルが大きすぎます（上限は10MB、20万セル）。質問のシートだけを別のファイルに保存してお送りください。",
        "The file is too large (at most 10 MB and 200,000 cells). Please send a file with the question sheet alone.",
    ),
    Trouble.BROKEN: (
        "ファイルが壊れているか、途中で切れています。Excel で開いて保存し直してからお送りください。",
        "The file is broken or incomplete. Please open it in Excel, save it again and send that.",
    ),
    Trouble.UNSAFE: (
        "ファイルに Excel では使われない危険な記述があるため開きません。Excel で保存し直してからお送りください。",
        "The file holds unsafe declarations that Excel does not write. Please save it again in Excel and send that.",
    ),
    Trouble.FORMULAS: (
        "外部を呼び出す数式、または極端に多い数式があるため開きません。値だけを貼り付けたファイルをお送りください。",
        "The file holds formulas that call outside, or far too many formulas. Please send a copy with values only.",
    ),
    Trouble.NO_QUESTIONS: (
        "質問の列が見つかりませんでした。質問を1行に1つずつ縦に並べたシートをお送りください。",
        "No column of questions was found. Please send a sheet with one question in each row.",
    ),
    Trouble.TOO_MANY_ROWS: (
        "質問が2,000行を超えています。シートを分けてからお送りください。",
        "The sheet holds more than 2,000 questions. Please split it and send the parts.",
    ),
}


def trouble_text(trouble: Trouble, language: str) -> str:
    """Return why a file is not read and what to do; language: ja or en."""
    return _SENTENCES[trouble][language == "en"]
