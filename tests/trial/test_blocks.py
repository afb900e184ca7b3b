"""Block Kit's limits hold: what stands at a limit is taken, what is one past it is refused, by its place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trial.blocks import block_faults, view_faults, view_too_large

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": mrkdwn(text)}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("押す"), "action_id": "a"} | more


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(n: int) -> Json:
    return {"text": plain(f"項目{n}"), "value": str(n)}


def rich(*words: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(words)}]}


def select(n: int) -> Json:
    return {"type": "static_select", "action_id": "s", "options": [option(i) for i in range(n)]}


def grouped(groups: int, options: int) -> Json:
    several = [
        {"label": plain(f"{g}"), "options": [option(g * 100 + i) for i in range(options)]} for g in range(groups)
    ]
    return {"type": "static_select", "action_id": "s", "option_groups": several}


def where(**more: Any) -> Json:
    return {"type": "conversations_select", "action_id": "w"} | more


def data_table(rows: int, columns: int, cells: list[list[Json]] | None = None, **more: Any) -> Json:
    return {"type": "data_table", "caption": "x", "rows": cells or table(rows, columns)["rows"]} | more


def table(rows: int, columns: int, text: str = "x") -> Json:
    return {"type": "table", "rows": [[raw(text)] * columns] * rows}


def raw(text: str) -> Json:
    return {"type": "raw_text", "text": text}


GOOD: list[list[Json]] = [
    [],
    [section("あ" * 3000)],
    [section("x")] * 50,
    [{"type": "header", "text": plain("あ" * 150)}],
    [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    [actions(*(button(action_id=str(i)) for i in range(25)))],
    [actions(button(text=plain("あ" * 75), value="v" * 2000, action_id="i" * 255, style="danger"))],
    [actions(select(100))],
    [actions({"type": "overflow", "action_id": "o", "options": [option(i) for i in range(5)]})],
    [actions({"type": "radio_buttons", "action_id": "r", "options": [option(i) for i in range(10)]})],
    [actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-06-10"})],
    [actions({"type": "external_select", "action_id": "e", "min_query_length": 1, "placeholder": plain("探す")})],
    [{"type": "section", "fields": [plain("x"), mrkdwn("y")], "accessory": button()}],
    [
        rich(
            {"type": "text", "text": " "},
            {"type": "link", "url": "https://example.com"},
            {"type": "emoji", "name": "sos"},
        )
    ],
    [rich({"type": "text", "text": "あ" * 3000, "style": {"bold": True}})],
    [{"type": "divider", "block_id": "d"}],
    [actions(where(filter={"include": ["public", "im"], "exclude_bot_users": True}))],
    [{"type": "section", "text": mrkdwn("x"), "accessory": grouped(100, 100)}],
    [table(100, 20)],
    [data_table(2, 1), section("x")],
    [data_table(201, 20, page_size=100, row_header_column_index=19)],
    [data_table(2, 1, cells=[[raw("x")], [rich({"type": "text", "text": "x"})]])],
    [table(1, 1, text="あ" * 10_000), section("x")],
    [{"type": "table", "rows": [[rich({"type": "text", "text": "x"})]], "column_settings": [{"align": "right"}]}],
]

OPTION_TEXT = "/blocks/0/elements/0/options/0/text/text"
BAD: list[tuple[list[Any], str]] = [
    ([section("あ" * 3001)], "/blocks/0/text/text"),
    ([section("😀" * 1501)], "/blocks/0/text/text"),
    ([section("")], "/blocks/0/text/text"),
    ([section("　")], "/blocks/0/text/text"),
    ([section("&amp;" * 601)], "/blocks/0/text/text"),
    ([section("x")] * 51, "/blocks"),
    ([{"type": "section"}], "/blocks/0"),
    ([{"type": "section", "text": "x"}], "/blocks/0/text/type"),
    ([{"type": "section", "text": {"type": "plain_text", "text": "x", "verbatim": True}}], "/blocks/0/text/verbatim"),
    ([{"type": "section", "fields": [plain("x")] * 11}], "/blocks/0/fields"),
    ([{"type": "section", "fields": [plain("x" * 2001)]}], "/blocks/0/fields/0/text"),
    ([{"type": "header", "text": plain("あ" * 151)}], "/blocks/0/text/text"),
    ([{"type": "header", "text": mrkdwn("x")}], "/blocks/0/text/type"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "/blocks/0/elements"),
    ([{"type": "context", "elements": []}], "/blocks/0/elements"),
    ([actions(*(button(action_id=str(i)) for i in range(26)))], "/blocks/0/elements"),
    ([actions()], "/blocks/0/elements"),
    ([actions(button(), button())], "/blocks/0/elements"),
    ([actions(button(text=plain("あ" * 76)))], "/blocks/0/elements/0/text/text"),
    ([actions(button(text=mrkdwn("x")))], "/blocks/0/elements/0/text/type"),
    ([actions(button(value="v" * 2001))], "/blocks/0/elements/0/value"),
    ([actions(button(value=1))], "/blocks/0/elements/0/value"),
    ([actions(button(action_id="i" * 256))], "/blocks/0/elements/0/action_id"),
    ([actions(button(style="default"))], "/blocks/0/elements/0/style"),
    ([actions(button(url="example.com"))], "/blocks/0/elements/0/url"),
    ([actions(button(colour="red"))], "/blocks/0/elements/0/colour"),
    ([actions(button(confirm={"title": plain("x")}))], "/blocks/0/elements/0/confirm"),
    ([actions(select(101))], "/blocks/0/elements/0/options"),
    ([actions(select(2) | {"initial_option": option(9)})], "/blocks/0/elements/0/initial_option"),
    ([actions({"type": "static_select", "action_id": "s"})], "/blocks/0/elements/0"),
    ([actions({"type": "radio_buttons", "options": [option(i) for i in range(11)]})], "/blocks/0/elements/0/options"),
    ([actions({"type": "overflow", "options": [option(1), option(1)]})], "/blocks/0/elements/0/options"),
    ([actions({"type": "datepicker", "initial_date": "6/10"})], "/blocks/0/elements/0/initial_date"),
    ([actions({"type": "plain_text_input"})], "/blocks/0/elements/0/type"),
    ([{"type": "divider", "block_id": "d"}] * 2, "/blocks"),
    ([{"type": "divider", "text": plain("x")}], "/blocks/0/text"),
    ([{"type": "alert"}], "/blocks/0/type"),
    ([{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}], "/blocks/0/type"),
    ([actions(where(filter={}))], "/blocks/0/elements/0/filter"),
    ([actions(where(filter={"include": []}))], "/blocks/0/elements/0/filter/include"),
    ([actions(where(filter={"include": ["dm"]}))], "/blocks/0/elements/0/filter/include/0"),
    ([actions(where(response_url_enabled=True))], "/blocks/0/elements/0/response_url_enabled"),
    ([actions(grouped(101, 1))], "/blocks/0/elements/0/option_groups"),
    ([actions(grouped(1, 101))], "/blocks/0/elements/0/option_groups/0/options"),
    ([actions(select(1) | {"options": [option(1) | {"text": plain("あ" * 76)}]})], OPTION_TEXT),
    ([actions(select(1) | grouped(1, 1))], "/blocks/0/elements/0"),
    ([table(101, 1)], "/blocks/0/rows"),
    ([data_table(1, 1)], "/blocks/0/rows"),
    ([data_table(202, 1)], "/blocks/0/rows"),
    ([data_table(2, 1, page_size=0)], "/blocks/0/page_size"),
    ([data_table(2, 1, page_size=101)], "/blocks/0/page_size"),
    ([data_table(2, 1, caption="")], "/blocks/0/caption"),
    ([data_table(2, 1, cells=[[raw("x")], [raw("x"), raw("x")]])], "/blocks/0/rows"),
    ([data_table(2, 1, cells=[[rich({"type": "text", "text": "x"})], [raw("x")]])], "/blocks/0/rows/0/0/type"),
    ([data_table(2, 1, cells=[[raw("x")], [raw("")]])], "/blocks/0/rows/1/0/text"),
    ([data_table(2, 1), table(1, 1)], "/blocks"),
    ([data_table(2, 1, cells=[[raw("x")], [raw("あ" * 10_000)]])], "/blocks"),
    ([table(1, 21)], "/blocks/0/rows/0"),
    ([table(1, 1, text="")], "/blocks/0/rows/0/0/text"),
    ([table(1, 1, text="あ" * 10_001)], "/blocks"),
    ([table(1, 1), table(1, 1)], "/blocks"),
    ([table(1, 1) | {"column_settings": [{"align": "top"}]}], "/blocks/0/column_settings/0/align"),
    ([table(1, 1) | {"rows": [[mrkdwn("x")]]}], "/blocks/0/rows/0/0/type"),
    (["x"], "/blocks/0/type"),
    ([None], "/blocks/0/type"),
    ([rich()], "/blocks/0/elements/0/elements"),
    ([rich({"type": "text", "text": ""})], "/blocks/0/elements/0/elements/0/text"),
    ([rich({"type": "mrkdwn", "text": "x"})], "/blocks/0/elements/0/elements/0/type"),
    ([rich({"type": "text", "text": "x", "style": {"big": True}})], "/blocks/0/elements/0/elements/0/style/big"),
    ([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}], "/blocks/0/elements/0/type"),
]


@pytest.mark.parametrize("blocks", GOOD)
def test_what_stands_at_a_limit_is_taken(blocks: list[Json]) -> None:
    """Slack takes these blocks."""
    assert block_faults(blocks) == []


@pytest.mark.parametrize(("blocks", "place"), BAD)
def test_what_is_past_a_limit_is_refused_by_its_place(blocks: list[Any], place: str) -> None:
    """Each fault names the place, and nothing else is blamed."""
    assert {fault.rpartition("json-pointer:")[2] for fault in block_faults(blocks)} == {f"{place}]"}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("回答する Q-12"), "submit": plain("送信"), "blocks": [entry()]} | more


def entry(**more: Any) -> Json:
    return {"type": "input", "label": plain("回答"), "element": {"type": "plain_text_input"} | more}


@pytest.mark.parametrize(
    "view",
    [
        modal(),
        modal(title=plain("あ" * 24), private_metadata="x" * 3000, callback_id="c" * 255),
        modal(blocks=[section("x")] * 100),
        modal(blocks=[entry(multiline=True, max_length=3000, initial_value="x" * 3000)]),
        {"type": "home", "blocks": [section("x")]},
        modal(blocks=[entry() | {"element": where(response_url_enabled=True, default_to_current_conversation=True)}]),
    ],
)
def test_views_at_their_limits_are_taken(view: Json) -> None:
    """Slack takes these views."""
    assert view_faults(view) == []


@pytest.mark.parametrize(
    ("view", "place"),
    [
        (modal(title=plain("あ" * 25)), "/view/title/text"),
        (modal(title=mrkdwn("x")), "/view/title/type"),
        (modal(submit=plain("あ" * 25)), "/view/submit/text"),
        (modal(private_metadata="x" * 3001), "/view/private_metadata"),
        (modal(blocks=[section("x")] * 101), "/view/blocks"),
        (modal(colour="red"), "/view/colour"),
        ({"type": "modal", "blocks": []}, "/view"),
        ({"type": "modal", "title": plain("x"), "blocks": [entry()]}, "/view"),
        (modal(blocks=[entry(initial_value="x" * 3001)]), "/view/blocks/0/element/initial_value"),
        (modal(blocks=[entry(initial_value="xx", max_length=1)]), "/view/blocks/0/element/initial_value"),
        (modal(blocks=[entry(focus_on_load=True), entry(focus_on_load=True)]), "/view"),
        (modal(blocks=[entry() | {"hint": mrkdwn("x")}]), "/view/blocks/0/hint/type"),
        (modal(blocks=[entry() | {"element": button()}]), "/view/blocks/0/element/type"),
        ({"type": "popup"}, "/view/type"),
        (modal(blocks=[table(1, 1)]), "/view/blocks/0/type"),
        (modal(external_id="x" * 256), "/view/external_id"),
    ],
)
def test_views_past_their_limits_are_refused_by_place(view: Json, place: str) -> None:
    """Each fault names the place, and nothing else is blamed."""
    assert {fault.rpartition("json-pointer:")[2] for fault in view_faults(view)} == {f"{place}]"}


def test_a_view_may_not_weigh_more_than_250_kilobytes() -> None:
    """A hundred full sections of Japanese are too much, though each is within its limit."""
    view = modal(blocks=[section("あ" * 3000)] * 100)
    assert view_faults(view) == []
    assert view_too_large(view)


KEYS = st.sampled_from(
    ["type", "text", "elements", "element", "blocks", "options", "option_groups", "initial_option", "initial_options"]
)
WORDS = st.sampled_from(
    [
        "section",
        "actions",
        "input",
        "rich_text",
        "static_select",
        "radio_buttons",
        "plain_text_input",
        "modal",
        "mrkdwn",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)


@given(st.lists(JSON, max_size=3), st.dictionaries(KEYS, JSON, max_size=6))
def test_any_json_gives_faults_and_never_an_exception(blocks: list[Any], view: Json) -> None:
    """However wrong a body is, the answer is a list of faults."""
    assert all(isinstance(fault, str) for fault in block_faults(blocks) + view_faults(view))
