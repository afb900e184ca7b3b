"""A message is read wherever Slack put its words, and nothing a person typed is lost but what the rules name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.reading import Said, read

BOT = "UMELCOL"
ASKED = "通信は暗号化されていますか"
# The names that people use most, as Slack stores them.
EMOJI = [
    "pray",
    "man-bowing",
    "woman-bowing",
    "bow",
    "person_bowing",
    "+1",
    "-1",
    "thumbsup",
    "ok_hand",
    "clap",
    "raised_hands",
    "tada",
    "sparkles",
    "star",
    "fire",
    "eyes",
    "heart",
    "smile",
    "smiley",
    "grin",
    "laughing",
    "joy",
    "rolling_on_the_floor_laughing",
    "sweat_smile",
    "blush",
    "wink",
    "heart_eyes",
    "thinking_face",
    "sob",
    "cry",
    "scream",
    "rage",
    "weary",
    "tired_face",
    "sleeping",
    "zzz",
    "muscle",
    "wave",
    "raising_hand",
    "woman-raising-hand",
    "man-raising-hand",
    "man-gesturing-ok",
    "woman-gesturing-ok",
    "man-shrugging",
    "woman-shrugging",
    "face_with_monocle",
    "hugging_face",
    "nerd_face",
    "sunglasses",
    "rocket",
    "100",
    "white_check_mark",
    "heavy_check_mark",
    "x",
    "warning",
    "exclamation",
    "question",
    "bulb",
    "memo",
    "pushpin",
    "calendar",
    "clock3",
    "lock",
    "unlock",
    "key",
    "bell",
    "email",
    "telephone_receiver",
    "computer",
    "floppy_disk",
    "cloud",
    "shield",
    "bar_chart",
    "jp",
    "us",
    "question_block",
    "hourglass",
]


def sentences(path: Path) -> list[str]:
    """Return the questions of a file of the lookups: under their items or subjects, or each with what is to come."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    cases = content if isinstance(content, list) else [each for asked in content.values() for each in asked]
    return [str(case["question"]) if isinstance(case, dict) else str(case) for case in cases]


LOOKUPS = [each for path in sorted((Path(__file__).parents[1] / "lookups").glob("*.yaml")) for each in sentences(path)]


def words(text: str) -> str:
    return read({"text": text}, BOT).words


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def table(*rows: tuple[str, ...]) -> dict[str, Any]:
    cells = [[rich(section(text(cell))) if cell else {"type": "raw_text", "text": ""} for cell in row] for row in rows]
    return {"type": "table", "rows": cells}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (f"{ASKED}:woman-bowing::skin-tone-2:", ASKED),
        (f":pray: {ASKED}:pray::+1:", ASKED),
        ("ok:+1:", "ok"),
        ("10:30:00 から 10:45:00 まで", "10:30:00 から 10:45:00 まで"),
        ("host:port:name", "host:port:name"),
        ("std::vector::size", "std::vector::size"),
        (f":one: {ASKED}\n:keycap_ten: {ASKED}", f"1. {ASKED}\n10. {ASKED}"),
        ("<https://example.com/a_b_c|チェックシート>の件", "チェックシートの件"),
        ("<https://example.com/a>", ""),
        ("<https://example.com/a|https://example.com/a> です", "です"),
        ("<http://ASP.NET|ASP.NET>を使っていますか", "ASP.NETを使っていますか"),
        ("<mailto:a@example.com|a@example.com> と <mailto:a@example.com|担当>", "と 担当"),
        ("<tel:0312345678|03-1234-5678>", "03-1234-5678"),
        ("https://example.com/x を見て", "を見て"),
        (f"<@{BOT}> {ASKED} <@{BOT}>", ASKED),
        ("<@UOTHER> と <#C1|sales> と <!subteam^S1|@isms> と <!here>", "@UOTHER と #sales と @isms と @here"),
        ("*1. 太字*\n_斜体_ と `code` と ~消した~ と *_両方_*", "1. 太字\n斜体 と code と 消した と 両方"),
        ("対応は*済み*です", "対応は済みです"),
        ("2*3*4、user_id と pass_word、月~金、土~日、10~20~30", "2*3*4、user_id と pass_word、月~金、土~日、10~20~30"),
        ("&gt; 引用\n&gt;&gt; 二重\n5 &gt; 3 &amp;lt;", "引用\n二重\n5 > 3 &lt;"),
        ("これです```1. 一つ\n2. 二つ```", "これです\n1. 一つ\n2. 二つ"),
        ("\x00\ud800", "\ufffd\ufffd"),
    ],
)
def test_text(sent: str, said: str) -> None:
    """Emoji, addresses, mentions of the bot, markup and quoting marks go; everything else stays."""
    assert words(sent) == said


def test_people_read_addresses() -> None:
    """For somebody who reads a reply the address stays, beside its label."""
    said = read(
        {"text": "<https://example.com/a|資料> と <https://example.com/b> と <mailto:a@example.com|a@example.com>"}
    )
    assert said.typed == "資料（https://example.com/a） と https://example.com/b と a@example.com"
    assert not said.is_link
    assert read({"text": "<https://example.com/a|資料> <https://example.com/b>"}).is_link


@pytest.mark.parametrize("name", EMOJI)
def test_the_name_of_an_emoji_says_nothing(name: str) -> None:
    """Behind, before or between, plain or with a skin tone: every sentence of the lookups is read as without it, and so
    has the same outcome. All are read at once, a line each, since what emoji are is told within a line."""
    plain = lines("\n".join(LOOKUPS))
    for around in ("{}:%s:", "{} :%s::skin-tone-3:", ":%s: {}", ":%s::skin-tone-6:{}:%s:", "{}:pray::%s:"):
        form = around.replace("%s", name)
        assert lines("\n".join(form.format(each) for each in LOOKUPS)) == plain
    split = [each.partition("は") for each in LOOKUPS if "は" in each]
    assert lines("\n".join(f"{a}は:{name}:{b}" for a, _, b in split)) == lines(
        "\n".join(f"{a}は{b}" for a, _, b in split)
    )


def lines(text: str) -> list[str]:
    return [line.strip() for line in words(text).split("\n")]


def test_every_file_of_the_lookups_is_read() -> None:
    """Also those of candidates, of what is ambiguous, near, or not in the set."""
    assert len(LOOKUPS) > 500
    assert {"入退室管理はしていますか", "バックアップの責任者", "二要素認証はありますか"} <= set(LOOKUPS)


def test_blocks_are_read_before_a_fallback() -> None:
    """What only blocks hold is read, and `text` where no block holds words."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "新しい質問"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{ASKED}*"}, "fields": [{"text": "A"}, {"text": "B"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "from <https://example.com|form>"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "開く"}}]},
    ]
    assert read({"text": "You have a new message", "blocks": blocks}).words == f"新しい質問\n{ASKED}\nA\nB\nfrom form"
    assert read({"text": ASKED, "blocks": blocks[-1:]}).words == ASKED


def test_rich_text_reads_as_it_looks() -> None:
    """Lists are numbered as Slack shows them, also on after a nested one; quotes and code have no marks."""

    def listed(style: str, indent: int, *items: str, offset: int = 0) -> dict[str, Any]:
        elements = [section(text(item)) for item in items]
        return {"type": "rich_text_list", "style": style, "indent": indent, "offset": offset, "elements": elements}

    emoji = {"type": "emoji", "name": "承知"}
    link = {"type": "link", "url": "https://example.com", "text": "資料"}
    mention = {"type": "user", "user_id": BOT}
    block = rich(
        section(mention, text(" 質問です"), emoji, text("\n")),
        listed("ordered", 0, "一つ"),
        listed("ordered", 1, "頻度は", "場所は"),
        listed("ordered", 0, "二つ", offset=1),
        listed("bullet", 0, "点"),
        {"type": "rich_text_quote", "elements": [text("引用 "), link]},
        {"type": "rich_text_preformatted", "elements": [text("code <b>")]},
    )
    said = "質問です\n1. 一つ\n    a. 頻度は\n    b. 場所は\n2. 二つ\n• 点\n引用 資料\ncode <b>"
    assert read({"text": "?", "blocks": [block]}, BOT).words == said


def test_a_table_is_cells() -> None:
    """Wherever it stands, beside the sentence above it, rows of one length, blank ones left out."""
    cells = (("No.", "質問", ""), ("1", ASKED, ""))
    block = table(("No.", "質問"), ("", ""), ("1", ASKED, ""))
    assert read({"text": "A社です", "attachments": [{"blocks": [block]}]}) == Said("A社です", "A社です", (cells,))
    assert read({"text": "", "blocks": [rich(section(text("A社です"))), block]}).tables == (cells,)
    assert read({"text": "毎日", "blocks": [block]}).whole == f"毎日\nNo.\t質問\t\n1\t{ASKED}\t"


def test_what_is_passed_on_is_apart() -> None:
    """A forwarded message and a mail are no words of whoever sends them; the preview of a page is nobody's."""
    shared = {
        "is_share": True,
        "text": "cut…",
        "message_blocks": [{"message": {"blocks": [rich(section(text(ASKED)))]}}],
    }
    preview = {"from_url": "https://example.com", "title": "A page", "text": "about"}
    mail = {"id": "F1", "mode": "email", "plain_text": "届きました <a>"}
    said = read({"text": "これ", "attachments": [shared, preview], "files": [mail]})
    assert said.words == "これ"
    assert [each.words for each in said.passed_on] == [ASKED, "届きました <a>"]
    assert said.files == ()
    only = {"is_msg_unfurl": True, "fallback": f"[November 28th, 2026] customer: {ASKED}"}
    assert read({"text": "", "attachments": [only]}).passed_on[0].words == ASKED


def test_files() -> None:
    """What may be a check sheet is told by name or kind, unless Slack withholds both; and why none can be fetched."""
    files = [
        {"id": "F1", "name": "check.xlsx", "mode": "hosted"},
        {"id": "F2", "title": "シート", "mode": "external", "filetype": "gsheet"},
        {"id": "F3", "name": "photo.png", "mode": "hosted"},
        {"id": "F4", "name": "議事録", "mode": "quip"},
        {"id": "F5", "mode": "hidden_by_limit"},
        {"id": "F6", "mode": "file_access", "file_access": "check_file_info"},
    ]
    read_files = read({"text": "", "files": files}).files
    assert [(each.name, each.is_sheet, each.trouble) for each in read_files] == [
        ("check.xlsx", True, None),
        ("シート", True, "EXTERNAL"),
        ("photo.png", False, None),
        ("議事録", False, "CANVAS"),
        ("F5", False, "HIDDEN"),
        ("F6", None, None),
    ]


KEYS = ["type", "text", "elements", "blocks", "attachments", "rows", "fields", "files", "is_share", "indent", "offset"]
KEYS += ["message_blocks", "message", "plain_text", "id", "name", "url", "title", "cells", "value", "style", "footer"]
TYPES = ["rich_text", "rich_text_list", "rich_text_section", "table", "section", "link", "emoji", "actions", "text"]
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*TYPES, "ordered"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=30,
)


@given(ANY)
def test_nothing_breaks_the_reader(message: object) -> None:
    """Whatever shape a payload has, it is read as far as it goes."""
    said = read(message, BOT)
    assert isinstance(said.whole, str)
    assert all(len({len(row) for row in each}) == 1 for each in said.tables)


def test_depth_and_length_are_bounded() -> None:
    """Blocks in blocks, forwards in forwards and endless marks end."""
    block: Any = text("x")
    share: Any = {"is_share": True, "text": "x"}
    for _ in range(3_000):
        block = {"type": "section", "elements": [block]}
        share = {"is_share": True, "attachments": [share]}
    assert read({"blocks": [block], "attachments": [share]}).words == ""
    for unit in ("*a ", "`", ":a", "&gt;", "<", "~_*`", "<a|", "-" * 10 + "\n", "```", "\ufdd01\ufdd1"):
        assert isinstance(words(unit * (40_000 // len(unit))), str)


WORD = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=8)
LINE = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
BLOCK = st.recursive(
    LINE.map(lambda line: rich(section(text(line))))
    | LINE.map(lambda line: {"type": "section", "text": {"type": "mrkdwn", "text": line}})
    | LINE.map(lambda line: {"type": "header", "text": {"type": "plain_text", "text": line}})
    | LINE.map(lambda line: table((line, "")))
    | LINE.map(lambda line: rich({"type": "rich_text_quote", "elements": [text(line)]})),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda blocks: {"type": "container", "blocks": blocks}),
    max_leaves=6,
)


def typed(part: Any) -> list[str]:
    """Return all texts in a payload."""
    if isinstance(part, list):
        return [said for each in part for said in typed(each)]
    if isinstance(part, dict):
        return [said for key, each in part.items() if key != "type" for said in typed(each)]
    return [part] if isinstance(part, str) else []


@given(st.lists(BLOCK, min_size=1, max_size=4), st.booleans())
def test_no_word_is_lost(blocks: list[Any], attached: bool) -> None:
    """Every word in blocks, at whatever depth and also in an attachment, is in what is read."""
    message = {"text": "", "attachments": [{"blocks": blocks}]} if attached else {"text": "", "blocks": blocks}
    whole = read(message, BOT).whole
    assert [line for line in typed(blocks) if line.strip() and line.strip() not in whole] == []


@given(
    LINE, st.sampled_from(["{}", "*{}*", "_{}_", "`{}`", "~{}~", "&gt; {}", "```{}```", "{}:pray:", "<https://a.b|{}>"])
)
def test_markup_around_words_loses_none(line: str, around: str) -> None:
    """Whatever markup Slack puts around words, the words are read as they are."""
    assert words(around.format(line)) == line.strip()
