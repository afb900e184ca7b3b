"""English of search.py."""

from __future__ import annotations

from bot.answer_set.items import ItemNumber
from bot.messages.words.search import SearchWords


class EnglishSearchWords(SearchWords):
    """What stands in the search form, in English."""

    SEARCH_TITLE, SEARCH_LABEL = "Search the answers", "Find an item"
    SEARCH_HINT = "By number (②-40, 2-40, 40), heading or words."
    SHOW_ITEM, POST = "Show the item", "Post"
    POST_TO, POST_TO_PLACEHOLDER = "Post to", "Choose a channel"
    POST_TO_HINT = "Only copying? Close this form without posting. A direct message always comes from melcol to you."
    NO_PLACE = "Choose where to post. If you only copy, close this form."
    ITEM_GONE = "This item is no longer among the answers. Please search again."
    HELD = "The ISMS office answers this item case by case. Ask the office, and its answer comes to you directly."
    SHARED = "shared: "

    def posted_mrkdwn(self, number: ItemNumber, channel: str | None) -> str:
        if channel is None:
            return f"{number} is on its way to you as a direct message from melcol."
        return f"{number} will be posted in <#{channel}>. If it cannot, you get it directly, with the reason."
