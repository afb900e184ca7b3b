"""The pictures of README.md and answers/README.md, taken of the trial workspace: `python -m tests.browser.pictures`.

Needs what the browser's tests need. Writes docs/*.png again; look at each before it is committed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright
from playwright.async_api import Page as Tab

from bot.app import running
from bot.commands.demo import manifest_path
from bot.settings import read_settings
from bot.trial import Person, TrialSlack
from bot.trial.page.server import Page
from tests.browser.conftest import FLAGS
from tests.indexed import index

FOLDER = Path(__file__).parents[2] / "docs"
SIZE = {"width": 1100, "height": 600}
COLOURS = 96  # are enough for a page of text, at a third of the size


async def answered(person: Person, tab: Tab) -> None:
    """A question, and its cited answer in the thread."""
    await person.command("/melcol backup", channel="#sales")
    await tab.get_by_role("button", name="件の返信").or_(tab.get_by_role("button", name="reply")).first.click()
    await tab.locator(".pane.thread .message").nth(1).wait_for()


async def escalated(person: Person, tab: Tab) -> None:
    """The office's card of a question that the set does not answer."""
    await person.mention("RTO（目標復旧時間）は何時間ですか", channel="#sales")
    await tab.get_by_role("button", name="回答する", exact=True).wait_for()


async def listed(person: Person, tab: Tab) -> None:
    """A list of questions, answered in one reply."""
    asked = "1. データセンターは日本国内ですか\n2. 入退室を管理していますか\n3. GDPRに対応していますか"
    await person.dm(asked)
    await tab.get_by_role("button", name="件の返信").first.click()
    await tab.locator(".pane.thread .message").nth(1).wait_for()


@dataclass(frozen=True)
class Picture:
    """locale: of the browser. sees: a person's id. place: a channel's. asks: whoever acts in it."""

    locale: str
    sees: str
    place: str
    asks: str
    play: Callable[[Person, Tab], Awaitable[None]]


PICTURES = {
    "answer-ja": Picture("ja-JP", "USATO", "CSALES", "USATO", answered),
    "answer-en": Picture("en-US", "USMITH", "CSALES", "USMITH", answered),
    "office-ja": Picture("ja-JP", "UTANAKA", "CISMSOFFICE", "USATO", escalated),
    "list-ja": Picture("ja-JP", "USATO", "DSATO", "USATO", listed),
}


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, picture in PICTURES.items():
            async with workspace() as (slack, page):
                await take(browser, slack, page, picture, FOLDER / f"{name}.png")
        await browser.close()


async def take(browser: Browser, slack: TrialSlack, page: Page, picture: Picture, file: Path) -> None:
    context = await browser.new_context(viewport=SIZE, locale=picture.locale)
    tab = await context.new_page()
    await tab.goto(f"{page.url}#as={picture.sees}&in={picture.place}")
    await tab.locator(".guide .icon").click()
    await picture.play(slack.person(picture.asks), tab)
    await tab.wait_for_timeout(1500)  # until what the courier still sends has come
    image = Image.open(BytesIO(await tab.screenshot()))
    image.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    await context.close()


@asynccontextmanager
async def workspace() -> AsyncIterator[tuple[TrialSlack, Page]]:
    with tempfile.TemporaryDirectory() as folder:
        async with TrialSlack(manifest_path()) as slack, Page(slack) as page:
            slack.person("Smith", locale="en-US")
            environ = {
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_API_URL": slack.api_url,
                "MELCOL_OFFICE_CHANNEL": "CISMSOFFICE",
                "MELCOL_DATABASE_URL": f"sqlite:///{folder}/melcol.db",
            }
            async with running(read_settings(environ), index()):
                yield slack, page


if __name__ == "__main__":
    os.environ["TZ"] = "Asia/Tokyo"
    asyncio.run(main())
