"""Messages of many kinds, in the shapes that Slack gives them, are read as a careful colleague reads them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.asked import Asked, asked
from bot.slack.first_words import First, first_words
from bot.slack.reading import read

BOT = "UMELCOL"
BACKUP = "データのバックアップを取得していますか"
CRYPT = "通信は暗号化されていますか"
SCAN = "脆弱性診断を実施していますか"
REST = "Do you encrypt data at rest?"
TWO = f"1. {BACKUP}\n2. {CRYPT}"
HEADERS = "From: K &lt;k@example.com&gt;\nSent: Friday\nTo: S\nSubject: RE: x"
MFA = "Is MFA enforced for administrators?"

Row = tuple[str, ...]


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def section(*parts: dict[str, Any] | str) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [text(each) if isinstance(each, str) else each for each in parts]}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def listed(style: str, indent: int, *items: str, offset: int = 0) -> dict[str, Any]:
    elements = [section(item) for item in items]
    return {"type": "rich_text_list", "style": style, "indent": indent, "offset": offset, "elements": elements}


def sent(said: str = "", **more: Any) -> Asked:
    """Return what a message asks whose text is this."""
    return asked(read({"text": said, **more}, BOT))


def table(*rows: Row, said: str = "") -> Asked:
    """Return what cells ask that somebody pasted below a sentence."""
    cells = [[rich(section(cell)) if cell else {"type": "raw_text", "text": ""} for cell in row] for row in rows]
    return sent(said, attachments=[{"id": 1, "blocks": [{"type": "table", "rows": cells}], "fallback": "[no preview]"}])


def rows(message: Asked) -> list[tuple[str, str]]:
    return [(row.label, row.question) for row in message.questions().rows]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([("項番", "確認事項", "貴社回答", "備考"), ("A-1", BACKUP, "", ""), ("A-2", CRYPT, "", "")], ["A-1", "A-2"]),
        ([("Ref", "Control Requirement", "Response"), ("1.1", REST, ""), ("1.2", MFA, "")], ["1.1", "1.2"]),
        ([("#", "要求事項", "必須/任意", "回答"), ("1", "通信を暗号化すること", "必須", "")], ["1"]),
        ([("1", BACKUP), ("2", CRYPT), ("3", SCAN)], ["1", "2", "3"]),
        ([(BACKUP,), (CRYPT,)], ["", ""]),
        ([("回答", "質問"), ("", BACKUP), ("", CRYPT)], ["", ""]),
        (
            [("No.", "質問事項", "はい", "いいえ", "該当なし"), ("1", BACKUP, "", "", ""), ("2", CRYPT, "", "", "")],
            ["1", "2"],
        ),
        (
            [
                ("大項目", "中項目", "質問", "回答"),
                ("運用", "保全", BACKUP, ""),
                ("", "", SCAN, ""),
                ("", "網", CRYPT, ""),
            ],
            [""] * 3,
        ),
        ([("No.", "質問", "", "回答", ""), ("", "分類", "内容", "選択", "詳細"), ("1", "運用", BACKUP, "", "")], ["1"]),
        (
            [("", "確認内容", "ご回答欄", ""), ("No", "", "○/×", "補足"), ("1", BACKUP, "", ""), ("2", CRYPT, "", "")],
            ["1", "2"],
        ),
        ([("チェックシート", "", ""), ("No.", "質問", "回答"), ("1", BACKUP, ""), ("2", CRYPT, "")], ["1", "2"]),
        (
            [
                ("No.", "質問", "回答"),
                ("1", "運用管理", ""),
                ("1-1", BACKUP, ""),
                ("2", "通信", ""),
                ("2-1", CRYPT, ""),
            ],
            ["1-1", "2-1"],
        ),
        (
            [("No.", "質問", "回答"), ("■運用", "", ""), ("1-1", BACKUP, ""), ("■通信", "", ""), ("2-1", CRYPT, "")],
            ["1-1", "2-1"],
        ),
        ([("質問", "回答"), (BACKUP, "はい、毎日"), (CRYPT, "TLS 1.2")], ["", ""]),
        ([("No.", "質問", "回答"), ("1", BACKUP, "")], ["1"]),
    ],
)
def test_tables(cells: list[Row], expected: list[str]) -> None:
    """Header words, no headers, merged cells, headers over headers, headings: the questions under their numbers."""
    found = rows(table(*cells))
    assert [label for label, _ in found] == expected
    assert all(asks in (BACKUP, CRYPT, SCAN, REST, MFA, "通信を暗号化すること") for _, asks in found)


@pytest.mark.parametrize(
    "cells",
    [
        [
            ("担当", "電話", "メール"),
            ("佐藤", "03-1111-2222", "a@example.com"),
            ("鈴木", "03-1111-3333", "b@example.com"),
        ],
        [("項目", "内容"), ("会社名", "あおば商事"), ("担当者", "木村")],
        [("項番", "タスク", "状況"), ("1", "見積書の作成", "完了"), ("2", "契約書の確認", "未")],
        [("日付", "予定"), ("12/1", "キックオフ"), ("12/8", "レビュー会議")],
        [("品目", "数量", "単価"), ("ノートPC", "3", "120000"), ("モニタ", "5", "30000")],
        [("担当", "やること", "期限"), ("森", "資料送付", "12/1"), ("林", "日程調整", "12/2")],
    ],
)
def test_tables_that_ask_nothing(cells: list[Row]) -> None:
    """Names, days and prices are no list of questions."""
    assert rows(table(*cells, said="ご参考までに")) == []


def test_the_sentence_above_a_table_is_its_note() -> None:
    """Whatever it says, or asks."""
    found = table(("No", "設問"), ("Q1", BACKUP), ("Q2", CRYPT), said="この2つに答えられますか？")
    assert (found.note, rows(found)) == ("この2つに答えられますか？", [("Q1", BACKUP), ("Q2", CRYPT)])


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        (f"先方からです。\n&gt; ① {BACKUP}\n&gt; ② {CRYPT}", ["①", "②"]),
        (f"&gt; {BACKUP}？\n&gt; \n&gt; {CRYPT}？", ["", ""]),
        (f"```\nQ1. {BACKUP}\nQ2. {CRYPT}\n```\n対応お願いします", ["Q1.", "Q2."]),
        (f"これに回答ください ```1) {BACKUP}\n2) {CRYPT}```", ["1)", "2)"]),
        (f"☑ {BACKUP}\n□ {CRYPT}\n✓ {SCAN}", ["", "", ""]),
        (f":white_check_mark: {BACKUP}\n:black_square_button: {CRYPT}", ["", ""]),
        (f":one: {BACKUP}\n:two: {CRYPT}", ["1.", "2."]),
        (f"第1章 運用\n1-1 {BACKUP}\n1-2 {SCAN}\n第2章 通信\n2-1 {CRYPT}", ["1-1", "1-2", "2-1"]),
        (f"1.\n{BACKUP}\n2.\n{CRYPT}\n3.\n{SCAN}", ["1.", "2.", "3."]),
        (f"(1)\n{BACKUP}\n\n(2)\n{CRYPT}", ["(1)", "(2)"]),
        (f"Q1\n{BACKUP}\nQ2\n{CRYPT}", ["Q1", "Q2"]),
        (f"Q. {BACKUP}\nA.\nQ. {CRYPT}\nA.", ["", ""]),
        (f"Q1. {BACKUP}\nA1.\n\nQ2. {CRYPT}\nA2.", ["Q1.", "Q2."]),
        (f"問1　{BACKUP}\n回答：\n問2　{CRYPT}\n回答：", ["問1", "問2"]),
        (f"質問① {BACKUP}\n質問② {CRYPT}", ["質問①", "質問②"]),
        (f"*1. {BACKUP}*\n(2) {CRYPT}\nA-3 {SCAN}", ["1.", "(2)", "A-3"]),
        (f"| # | 質問 | 回答 |\n|---|:---:|---|\n| 1 | {BACKUP} | |\n| 2 | {CRYPT} | |", ["1", "2"]),
        (f"No | 質問 | 回答\n---|---|---\n1 | {BACKUP} | \n2 | {CRYPT} | ", ["1", "2"]),
        (f"No.\t質問\t回答\n1\t{BACKUP}\t\n2\t{CRYPT}\t", ["1", "2"]),
        (f"No,質問,回答\n1,{BACKUP},\n2,{CRYPT},", ["1", "2"]),
        (f"{BACKUP}？また、{CRYPT}？", ["", ""]),
        (f"{BACKUP}？それから{SCAN}？{CRYPT}？", ["", "", ""]),
        (f"{BACKUP}？ / {CRYPT}？", ["", ""]),
        (f"{TWO}\n\n＿＿＿＿＿＿＿＿\n株式会社あおば\n営業部 木村\n内線 1234", ["1.", "2."]),
        (f"{TWO}\n\n**********\nあおば株式会社　木村\n**********", ["1.", "2."]),
        (f"{TWO}\n\n=====\n木村 一郎\nAoba Inc.\nMobile: 090-0000-0000\n=====", ["1.", "2."]),
        (f"{TWO}\n\n署名\n木村一郎", ["1.", "2."]),
        (f"{TWO}\n\n木村一郎\nTEL：03-1234-5678　FAX：03-1234-5679\nMail：a@example.co.jp", ["1.", "2."]),
        (f"{TWO}\n\nCONFIDENTIALITY NOTICE: This email is for its recipient. Please delete it.", ["1.", "2."]),
        (f"{TWO}\n\n※本メールは機密情報を含みます。誤って受信された場合は削除してください。", ["1.", "2."]),
        (f"{HEADERS}\n\n佐藤様\n\nお世話になります。\n{TWO}", ["1.", "2."]),
        (
            f"-----Original Message-----\nFrom: k\nSent: x\nTo: y\nSubject: z\n\n(1) {BACKUP}\n(2) {CRYPT}",
            ["(1)", "(2)"],
        ),
        (f"[11/27 10:12] 木村\n{BACKUP}？\n[11/27 10:13] 木村\n{CRYPT}？", ["", ""]),
        (f"{TWO}\n\n期限：12/10（木）\n顧客名：あおば商事株式会社", ["1.", "2."]),
        (f"{BACKUP}？{CRYPT}？ 12/10までにお願いします", ["", ""]),
        (f"2026年11月27日(金) 10:12 木村 &lt;k@example.com&gt;:\n&gt; {BACKUP}？\n&gt; {CRYPT}？", ["", ""]),
        (f"→ {BACKUP}\n→ {CRYPT}", ["", ""]),
        (f"先方から\n⇒{BACKUP}\n⇒{CRYPT}", ["", ""]),
        (f"1. {BACKUP}\n→\n2. {CRYPT}\n→", ["1.", "2."]),
        (f"□{BACKUP}\n■{CRYPT}\n☑{SCAN}", ["", "", ""]),
        (f"■{BACKUP}\n■{CRYPT}", ["", ""]),
        (f"1. {BACKUP}　□はい □いいえ\n2. {CRYPT}　☑有　☐無　☐対象外", ["1.", "2."]),
        (f"・{BACKUP}\n　□はい　□いいえ\n・{CRYPT}\n　□はい　□いいえ", ["", ""]),
        (f"1. {BACKUP} [ ] Yes [ ] No\n2. {CRYPT} [x] Yes [ ] No", ["1.", "2."]),
        (f"木村 一郎  10:15\n{BACKUP}？\n佐藤  [10:16]\n{CRYPT}？", ["", ""]),
        (f"1. {BACKUP}\n2. {CRYPT}\nワークフローより送信", ["1.", "2."]),
        (f"【質問1】\n{BACKUP}\n【質問2】\n{CRYPT}", ["【質問1】", "【質問2】"]),
        (f"保全について\n・{BACKUP}\n通信について\n・{CRYPT}", ["", ""]),
        (f"1. {BACKUP}\n2. {CRYPT}\n\n＊＊＊社外秘＊＊＊", ["1.", "2."]),
    ],
)
def test_lists(said: str, labels: list[str]) -> None:
    """Quoted, fenced, ticked, numbered apart, in Markdown, in a mail: the questions, under the asker's numbers."""
    found = rows(sent(said))
    assert [label for label, _ in found] == labels
    assert {asks.rstrip("？") for _, asks in found} <= {BACKUP, CRYPT, SCAN}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"・{BACKUP}\n→ 頻度を教えてください\n・{CRYPT}", [f"{BACKUP}\n→ 頻度を教えてください", CRYPT]),
        (f"1. {BACKUP}\n→はい\n2. {CRYPT}\n→TLS", [f"{BACKUP}\n→はい", f"{CRYPT}\n→TLS"]),
        ("■頻度はどれですか\n・毎日\n・毎週", ["■頻度はどれですか\n・毎日\n・毎週"]),
        ("頻度はどれですか\n□ 毎日\n□ 毎週", ["頻度はどれですか\n□ 毎日\n□ 毎週"]),
        ("暗号化の有無、ログの保管期間、復元の手順を教えてください",) * 2,
        ("暗号化の有無、ログ取得の有無を教えてください", ["暗号化の有無", "ログ取得の有無を教えてください"]),
    ],
)
def test_signs_that_begin_no_question(said: str, expected: list[str] | str) -> None:
    """An arrow below a question, what is to choose from, and one request for several things are no rows."""
    found = [asks for _, asks in rows(sent(said))]
    assert found == ([expected] if isinstance(expected, str) else expected)


def test_lines_under_lines_are_read_together_with_them() -> None:
    """Letters, Roman numerals, indented bullets, as Slack's composer nests them or as they are pasted."""
    about = "バックアップについて"
    nested = rich(listed("bullet", 0, about), listed("bullet", 1, "頻度は", "場所は"), listed("bullet", 0, CRYPT))
    expected = [("", f"{about} 頻度は"), ("", f"{about} 場所は"), ("", CRYPT)]
    assert rows(sent("-", blocks=[nested])) == expected
    assert rows(sent(f"・{about}\n　a) 頻度は\n　b) 場所は\n・{CRYPT}")) == expected
    assert rows(sent(f"1. {about}\n  i. 頻度は\n  ii. 場所は\n2. {CRYPT}")) == [
        ("1i", f"{about} 頻度は"),
        ("1ii", f"{about} 場所は"),
        ("2.", CRYPT),
    ]
    under = rich(listed("ordered", 0, about), listed("bullet", 1, "頻度は"), listed("ordered", 0, CRYPT, offset=1))
    assert rows(sent("-", blocks=[under])) == [("1.", f"{about} 頻度は"), ("2.", CRYPT)]
    assert rows(sent(f"・{BACKUP}\n    ・全体\n    ・差分\n・{CRYPT}")) == [
        ("", f"{BACKUP}\n・全体\n・差分"),
        ("", CRYPT),
    ]


def test_a_list_copied_without_the_space_before_it_is_flat() -> None:
    """Its first line is not what the others belong to."""
    assert rows(sent(f"• {BACKUP}\n    • {CRYPT}\n    • {SCAN}")) == [("", BACKUP), ("", CRYPT), ("", SCAN)]
    assert rows(sent(f"1. {BACKUP}\n    2. {CRYPT}\n    3. {SCAN}")) == [("1.", BACKUP), ("2.", CRYPT), ("3.", SCAN)]


EVERY = section(
    {"type": "user", "user_id": BOT},
    " ",
    {"type": "user", "user_id": "UX"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "broadcast", "range": "here"},
    {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "12月1日"},
    {"type": "color", "value": "#ff0000"},
    {"type": "link", "url": "https://example.com/a"},
    {"type": "team", "team_id": "T1"},
    {"type": "emoji", "name": "了解"},
    BACKUP,
)


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ({"blocks": [rich(EVERY)], "text": "x"}, f"@UX#C1@S1@here12月1日#ff0000{BACKUP}"),
        ({"text": f":了解: {BACKUP}:thinking_face::skin-tone-5:？"}, f"{BACKUP}？"),
        ({"text": f"<!date^1795830000^{{date}}|12月5日>までに、{BACKUP}"}, f"12月5日までに、{BACKUP}"),
        ({"text": f"<@{BOT}|melcol> <@UX> <#C1|sales> {BACKUP}"}, f"@UX #sales {BACKUP}"),
        ({"text": "対象:本番: のバックアップ"}, "対象:本番: のバックアップ"),
        ({"text": f"{BACKUP}\n\n--\n木村一郎\nあおば商事"}, BACKUP),
        ({"text": f"{BACKUP}\n\niPhoneから送信"}, BACKUP),
        ({"text": f"差出人: 木村\n送信日時: 2026年11月27日 10:12\n宛先: 佐藤\n件名: 質問\n\n{BACKUP}"}, BACKUP),
        ({"text": f"On Fri, Nov 27, 2026 at 10:12 AM K &lt;k@example.com&gt; wrote:\n&gt; {BACKUP}"}, BACKUP),
        ({"text": "件名: バックアップ"}, "件名: バックアップ"),
        ({"text": f"{REST}\n\nThis e-mail may contain confidential information.\nThank you."}, REST),
    ],
)
def test_one_question(message: dict[str, Any], question: str) -> None:
    """Without emoji, addresses, what a mail puts around it; who is named stays."""
    found = sent(**{"said": message["text"]} | {key: each for key, each in message.items() if key != "text"})
    assert [asks.strip() for _, asks in rows(found)] == [question]


@pytest.mark.parametrize(
    "message",
    [
        {
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "お問い合わせ"}},
                {"type": "section", "fields": [{"type": "mrkdwn", "text": f"*内容*\n{BACKUP}"}]},
                {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "対応"}}]},
                {"type": "context", "elements": [{"type": "mrkdwn", "text": "フォームより送信"}]},
            ]
        },
        {"attachments": [{"pretext": "新しい問い合わせ", "title": "確認", "text": BACKUP, "fallback": "x", "ts": 1}]},
        {"attachments": [{"fields": [{"title": "質問", "value": BACKUP, "short": False}], "fallback": "a"}]},
    ],
)
def test_what_a_form_of_an_app_asks(message: dict[str, Any]) -> None:
    """Its fields, buttons and footer are no words of the question."""
    assert rows(sent("", subtype="bot_message", bot_id="B1", **message)) == [("", BACKUP)]


@pytest.mark.parametrize(
    ("said", "is_link"),
    [
        ("<https://example.com/a>", True),
        ("<https://example.com/a> <https://example.com/b|資料>", True),
        ("<mailto:a@example.com|a@example.com>", True),
        (f"<https://example.com/a|{BACKUP}>", False),
        (f"<https://example.com/a>の{BACKUP}", False),
        ("これ見てください <https://example.com/a>", True),
        ("こちらのフォームに回答お願いします\n<https://example.com/a>", True),
        ("以下のURLの質問に回答いただけますか <https://example.com/a>", True),
        ("Please see this: <https://example.com/a>", True),
        ("②-40 <https://example.com/a>", False),
        (f"{BACKUP}？ <https://example.com/a>", False),
    ],
)
def test_links_alone(said: str, is_link: bool) -> None:
    """Addresses and the names of pages ask nothing, unless such a name is a question."""
    assert sent(said).is_link is is_link


@pytest.mark.parametrize(
    ("comment", "asks"),
    [
        ("これは②-40で合ってますか？", False),
        ("以下、お客様からの質問です。回答ありますか？", False),
        ("How should we answer this?", False),
        ("先方からこんなのが来たんですけど、どう返しましょうか？", False),
        ("前にも聞かれた気がしますが、何て答えましたっけ？", False),
        ("Any idea how to respond to this?", False),
        ("Customer is asking this, what do we say?", False),
        ("Can someone help me with this one?", False),
        ("Do we have a certificate for this?", True),
        ("このサーバーは国内にありますか？", True),
        ("バックアップの頻度も教えてください", True),
    ],
)
def test_what_is_said_of_a_forwarded_message(comment: str, asks: bool) -> None:
    """A comment is a question beside the forwarded one where it asks something itself, else a note."""
    share = {"is_share": True, "text": f"{CRYPT}？"}
    found = sent(comment, attachments=[share])
    assert [asked for _, asked in rows(found)] == ([comment] if asks else []) + [f"{CRYPT}？"]
    assert found.note == ("" if asks else comment)
    assert sent("これ", attachments=[{"is_share": True, "text": "<https://example.com/a>"}]).is_link


def test_what_is_asked_of_the_lines_beside_is_their_note() -> None:
    """A line that only asks how to answer the others is no question among them."""
    quoted = sent(f"&gt; {BACKUP}？\nこれってどう答えるのがいいですか")
    assert (rows(quoted), quoted.note) == ([("", f"{BACKUP}？")], "これってどう答えるのがいいですか")


@pytest.mark.parametrize("said", [":+1::skin-tone-2:", ":arigato-gozaimasu::bow:", ":了解:"])
def test_emoji_alone(said: str) -> None:
    """They are a sign, whoever made them."""
    assert sent(said).sign == said


FIRST_WORDS: dict[First | int | None, str] = {
    First.HELP: """
        使い方は？
        使い方を教えてください！:pray:
        使い方がよくわからないです
        ご利用方法
        設定方法
        コマンド一覧
        何を聞けますか
        どんな質問に答えられますか
        質問していいですか
        聞きたいことがあります
        助けて
        おはようございます。佐藤です。
        はじめまして。営業の鈴木です。よろしくお願いします。
        お世話になっております、あおばの佐藤です。使い方を教えてください。
        こんにちは:wave:
        How do I use this bot?
        Help me please
        Can you help me?
        What is this bot for?
        What can I ask you?
        How do I ask a question?
        設定画面
        What kind of questions can I ask?
        使い方を知りたいのですが
        これどうやって使うの？
        このボットは何ができますか？
        使い方マニュアルはありますか
        おつかれさまです！
        hello :wave:
        hi melcol
        Hello, what can you do?
    """,
    First.CONTENTS: """
        一覧を見たい
        項目一覧を教えて
        全部見せて
        どんな項目がありますか
        FAQ
        show all items
        カテゴリ一覧
        一覧表示
        項目を全部見たい
        What topics do you cover?
        list
        browse
    """,
    First.THANKS: """
        ありがとうございました！:bow::bow:
        ありがとうございます、助かります
        早速のご回答ありがとうございます。
        とても助かりました
        了解しました。ありがとうございます:pray:
        ありがとうございます！またお願いします。
        あざっす
        サンクス
        ありがとうございます(^^)
        解決しました
        Thanks a lot!!
        thank you so much for your help
        thanks :)
        great, thanks
        確認しました、ありがとうございます:smile:
        ご対応いただきありがとうございました。
        素早い回答ありがとうございます！
        ありがとうございます！！🙏
        あざます
        ありがとうございます！参考になりました
        お忙しいところありがとうございました
        ほんと助かります
        Thanks, this is perfect.
        Thanks! Will share with the customer.
        なるほど、ありがとうございます！勉強になります
        ありがとうございます、先方に送ります
        おかげさまで無事提出できました。ありがとうございました
        Thank you! That's exactly what I needed :raised_hands::skin-tone-3:
        Perfect :tada:
    """,
    2: """
        ②
        ②の一覧
        ②を見せて
        ②について教えてください。
        2章
        二章
        第2章
        Section 2
        show section 2
        2章の内容
        2章には何がありますか
        show me chapter 2
        ②の項目を一覧で見せて
    """,
    None: f"""
        ありがとうございます。{CRYPT}
        ありがとうございます{CRYPT}
        ありがとう。もう一つ質問です。頻度は？
        こんにちは、{CRYPT}
        〇〇社の件ありがとうございました
        テスト環境はありますか
        アクセス権の設定
        マニュアルはありますか
        バックアップ一覧
        暗号化を教えて
        大丈夫ですか
        ISO27001の更新は完了しましたか
        ありがとうございます。先方にSOC 2を提出しますか
        情報資産の分類
        Which areas are monitored?
        Can you help me with encryption?
        質問：RTOは？
        ①-26
        一部
        セキュリティについて教えてください
    """,
}


@pytest.mark.parametrize(
    ("said", "meant"),
    [(line.strip(), meant) for meant, block in FIRST_WORDS.items() for line in block.strip().split("\n")],
)
def test_first_words(said: str, meant: First | int | None) -> None:
    """In both languages, with punctuation, emoji and names; a question beside thanks or a greeting is a question."""
    assert first_words(sent(said).text) == meant
