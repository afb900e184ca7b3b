"""A headless Chromium, and the trial workspace's page in it with the bot behind it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, async_playwright
from playwright.async_api import Page as Tab

from bot.slack.connection import Bot
from bot.trial import TrialSlack
from bot.trial.page.server import Page

Open = Callable[..., Awaitable[Tab]]
SHEET = "セキュリティチェックシート.csv"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        assert chromium, "chromium is missing: apt-get install chromium"
        started = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def served(slack: TrialSlack, bot: Bot) -> AsyncIterator[Page]:  # noqa: ARG001 (the bot answers)
    async with Page(
        slack, {SHEET: "No,質問,回答\n1,バックアップは取得していますか,\n2,GDPRに対応していますか,\n".encode()}
    ) as page:
        yield page


@pytest.fixture
async def window(browser: Browser, served: Page) -> AsyncIterator[Open]:
    """Opens a window of its own: `tab = await window("USATO", "CSALES")`. No script may fail in any."""
    faults: list[str] = []

    async def opened(person: str = "USATO", place: str = "CSALES", **options: str) -> Tab:
        context = await browser.new_context(viewport={"width": 1280, "height": 860}, **{"locale": "ja-JP"} | options)
        tab = await context.new_page()
        tab.set_default_timeout(30_000)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        await tab.goto(f"{served.url}#as={person}&in={place}")
        await tab.locator(".composer").first.wait_for()
        return tab

    yield opened
    assert faults == []
