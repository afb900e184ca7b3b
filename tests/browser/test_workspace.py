"""The trial workspace in a browser, worked in as people do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from bot.trial import TrialSlack
from tests.browser.conftest import SHEET, Open

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)


async def say(tab: Tab, text: str) -> None:
    field = tab.locator("main .typing")
    await field.fill(text)
    await field.press("Enter")


async def be(tab: Tab, name: str, place: str) -> None:
    await tab.get_by_label("操作する人").select_option(label=f"{name}（社員）")
    await tab.locator(".side .place", has_text=place).first.click()


async def test_a_question_is_answered_in_a_thread(window: Open) -> None:
    """A command's reply is for its asker alone; the thread under the question holds the cited answer."""
    tab = await window()
    await say(tab, "/melcol backup")
    await expect(tab.locator(".message.alone")).to_contain_text("バックアップは日々実施しています。")
    await tab.get_by_role("button", name="1件の返信").click()
    await expect(tab.locator(".pane.thread")).to_contain_text("②-40 組織・運用管理 ＞ バックアップ保守")
    await tab.keyboard.press("Escape")
    await expect(tab.locator(".pane.thread")).to_be_hidden()


async def test_candidates_are_chosen_from(window: Open) -> None:
    """A press on a candidate turns it into the answer."""
    tab = await window()
    await say(tab, "@melcol 時刻同期とGDPR対応")
    await tab.get_by_role("button", name="1件の返信").click()
    await tab.locator(".pane.thread").get_by_role("button", name="②-36 を使う").click()
    await expect(tab.locator(".pane.thread")).to_contain_text("②-36 組織・運用管理")


async def test_the_office_answers_and_the_set_learns(window: Open) -> None:
    """Asked, claimed, refused by the form, answered, seen by the asker, and found by the next question."""
    tab = await window()
    await say(tab, "@melcol RTO（目標復旧時間）は何時間ですか")
    await tab.get_by_role("button", name="1件の返信").wait_for()
    await be(tab, "田中", "isms-office")
    await tab.get_by_role("button", name="担当する").click()
    await expect(tab.locator("main .messages")).to_contain_text("田中")
    await tab.get_by_role("button", name="回答する", exact=True).click()
    dialog = tab.get_by_role("dialog")
    await dialog.get_by_role("button", name="送信").click()
    await expect(dialog.get_by_role("alert")).to_have_text("必須項目です。")
    await dialog.locator("textarea").first.fill("目標復旧時間は4時間です。")
    await dialog.get_by_label("新しい項目として追加").check()
    await dialog.get_by_role("button", name="送信").click()
    await expect(dialog).to_be_hidden()
    await be(tab, "佐藤", "sales")
    await tab.get_by_role("button", name="件の返信").last.click()
    await expect(tab.locator(".pane.thread")).to_contain_text("目標復旧時間は4時間です。")
    await say(tab, "/melcol RTO（目標復旧時間）は何時間ですか")
    await expect(tab.locator(".message.alone").last).to_contain_text("追-1")


async def test_a_sheet_is_dropped_and_comes_back_filled(window: Open, tmp_path: Path) -> None:
    """The offered sample, dropped into the direct messages, comes back with its answers, to be saved."""
    tab = await window(place="DSATO")
    async with tab.expect_download() as offered:
        await tab.get_by_role("link", name=SHEET).click()
    sheet = tmp_path / SHEET
    await (await offered.value).save_as(sheet)
    await tab.locator("main input[type=file]").set_input_files(sheet)
    await tab.get_by_role("button", name="送信").click()
    await tab.get_by_role("button", name="件の返信").click()
    filled = tab.locator(".pane.thread a.file", has_text="社内用")
    async with tab.expect_download() as returned:
        await filled.first.click()
    await (await returned.value).save_as(tmp_path / "filled.csv")
    assert "バックアップは日々実施しています。" in (tmp_path / "filled.csv").read_text(encoding="utf-8-sig")


async def test_the_search_finds_as_one_types(window: Open) -> None:
    """The form's field offers what the bot finds, by keys alone, and the item is shown under it."""
    tab = await window()
    await tab.get_by_role("button", name="回答集を検索").click()
    field = tab.get_by_role("dialog").get_by_role("combobox")
    await field.fill("バックアップ")
    await tab.get_by_role("dialog").get_by_role("option").first.wait_for()
    await field.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("dialog")).to_contain_text("バックアップは日々実施しています。")
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_be_hidden()


async def test_two_windows_see_each_other(window: Open) -> None:
    """What one person asks reaches the office's window by itself, unread until it is looked at."""
    sato, tanaka = await window(), await window("UTANAKA", "CRANDOM")
    await say(sato, "@melcol GDPRの代理人はいますか")
    unread = tanaka.locator(".place.unread", has_text="isms-office")
    await unread.click()
    await expect(tanaka.locator("main .messages")).to_contain_text("GDPRの代理人はいますか")
    await expect(unread).to_have_count(0)


async def test_what_is_typed_stays_text(window: Open, slack: TrialSlack) -> None:
    """No markup of a message, a name or a file becomes an element; a link of a script is none."""
    tab = await window()
    hostile = '<img src=x onerror="document.title=1"> <script>document.title=2</script> [a](javascript:alert(1))'
    await say(tab, hostile)
    slack.channel("#sales").rename("<b>sales")
    await slack.person("佐藤").say("<javascript:alert(1)|押して>", channel="CSALES")
    await expect(tab.locator("main .messages")).to_contain_text("onerror=")
    await expect(tab.locator("main .messages")).to_contain_text("押して")
    assert await tab.locator("main .messages :is(img:not(.clip), script)").count() == 0
    assert await tab.locator("main .messages a").count() == 0
    assert await tab.title() == "melcol"


async def test_faults_can_be_ordered_and_nothing_is_lost(window: Open) -> None:
    """With Slack refusing, a question's answer comes late; the inspector shows the refusals and the acks."""
    tab = await window()
    await tab.get_by_role("button", name="通信を見る").click()
    await tab.get_by_text("不調を起こす").click()
    await tab.get_by_role("button", name="返事を1回失う").click()
    await tab.locator(".inspector").get_by_role("button", name="閉じる").click()
    await say(tab, "/melcol backup")
    await tab.get_by_role("button", name="1件の返信").first.wait_for()
    await tab.get_by_role("button", name="通信を見る").click()
    await expect(tab.locator(".inspector")).to_contain_text("lost_reply")
    await expect(tab.locator(".inspector")).to_contain_text("acked")


async def test_a_narrow_window_holds_all(window: Open) -> None:
    """At 360 pixels nothing lies outside the window, and the list of conversations opens over the rest."""
    tab = await window(locale="en-US", color_scheme="dark")
    await tab.set_viewport_size({"width": 360, "height": 740})
    await say(tab, "/melcol backup")
    await tab.locator(".message.alone").wait_for()
    assert await tab.evaluate("document.documentElement.scrollWidth") == 360
    await tab.get_by_role("button", name="Conversations").click()
    await tab.locator(".place", has_text="random").click()
    await expect(tab.locator(".head h1")).to_have_text("#random")


async def test_a_forwarded_message_and_a_pasted_table_are_shown(window: Open, slack: TrialSlack) -> None:
    """A forward is quoted with its author's name; cells copied from a sheet are sent as a table and shown as one."""
    tab = await window()
    sato, suzuki = slack.person("佐藤"), slack.person("鈴木")
    original = await suzuki.say("認証は取得していますか", channel="CRANDOM")
    await sato.forward(original, "お客様からです", channel="CSALES")
    await expect(tab.locator(".attachment")).to_contain_text("認証は取得していますか")
    await tab.locator("main .typing").focus()
    await tab.evaluate(
        """() => {
          const data = new DataTransfer();
          const cells = "<tr><td>No</td><td>質問</td></tr><tr><td>1</td><td>バックアップは?</td></tr>";
          data.setData("text/html", `<table>${cells}</table>`);
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
        }"""
    )
    await expect(tab.locator("main .chip")).to_contain_text("2")
    await say(tab, "@melcol 回答をお願いします")
    await expect(tab.locator("main .messages table")).to_contain_text("バックアップは?")
    await tab.get_by_role("button", name="件の返信").last.click()
    await expect(tab.locator(".pane.thread")).to_contain_text("バックアップは日々実施しています。")
