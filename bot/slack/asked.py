"""What a message asks: which of its words are the question, which the rows of a list, and what is only said beside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sheets.cells import as_cells
from bot.sheets.mails import body_of
from bot.sheets.pasted import QuestionList, in_tables, questions
from bot.sheets.table import is_question
from bot.slack.reading import Said, Table

# What points at something else, and asks nothing by itself: これ、どう答えればいいですか.
_POINTS = re.compile(
    r"これ(?:ら|って)?|こちら(?:の)?|こ[のんう](?:な|いう)?|(?:件|質問|メッセージ|メール|内容|シート|表|文章?|部分|フォーム|ページ|リンク|もの)"
    r"|それ|以下|下記|上記|添付"
    r"|転送|(?:お?客(?:様|さん)?|先方|前)(?:から|にも|も)|聞かれ\w*|気が|けど|っけ"
    r"|(?:問い?合わせ|連絡|依頼)|(?:来|き|届|いただ|頂)(?:まし|い)?た|について"
    r"|返[せすしさ]\w*|伝え\w*|説明\w*|書[けきいか]\w*|すれば|したら|なん|何"
    r"|[①-⑳追]-?[0-9]+|合って|どなた|誰|(?:分|わ)か[りる]\w*|ご?存[じ知]\w*"
    r"|どう(?:やって|すれば|したら|いう風に|いうふうに)?|何と|なんて|どのように|答え\w*|回答\w*|返(?:事|信|答)\w*|対応\w*"
    r"|url|いただけ\w*|もらえ\w*"
    r"|調べ\w*|確認\w*|見て\w*|教えて\w*|お願い\w*|よろしく\w*|宜しく\w*|良い|いい|よい|でしょう|です|ます|ください|下さい"
    r"|[かねよのはをにがでもてといしんた]"
    r"|\b(?:how|what|should|do|does|did|can|could|would|we|i|you|to|the|a|an|this|that|it|these|one|ones"
    r"|answer|reply|respond|please"
    r"|help|fyi|any(?:one|body|thing)?|some(?:one|body)?|ideas?|thoughts?|say|tell|asked|asking|asks|got|get|they"
    r"|them|their|about"
    r"|see|below|check|look|at|is|was|from|customers?|clients?|with|us|me|know|let|for|on|here|there|questions?|message|guys|team)\b",
    re.IGNORECASE,
)
_FIELD = re.compile(r"[^、。]{0,30}")
_SHORTEST = 8  # characters of a question in a form
_COMMENTS = re.compile(r"^(?:これ|この).*(?:答え|回答|返)")
_ITEM = re.compile("[①-⑳追]-?[0-9]")
_NO_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks. text: the question, or "". tables: those that hold it instead. note: what is said beside.

    whole: everything, as a person reads it. is_link: there is nothing but an address. sign: emoji, where there is
    nothing else.
    """

    text: str
    tables: tuple[Table, ...]
    note: str
    whole: str
    is_link: bool = False
    sign: str = ""

    @property
    def cells(self) -> str:
        """The tables as cells are copied."""
        return "\n".join(map(as_cells, self.tables))

    def questions(self) -> QuestionList:
        """Return the questions in it; none where its tables are no lists of questions."""
        return in_tables(self.tables) if self.tables else questions(self.text)


def asked(said: Said) -> Asked:
    """Return what a message asks: what it passes on before its own words, tables before either."""
    own, passed_on = _body(said.words), "\n".join(filter(None, map(_spoken, said.passed_on)))
    tables = said.tables or tuple(table for each in said.passed_on for table in each.tables)
    if tables:
        return Asked("", tables, "\n".join(filter(None, (own, passed_on))), said.whole)
    if passed_on and (own and asks_itself(own)):
        return Asked(f"{own}\n{passed_on}", (), "", said.whole)
    if passed_on:
        return Asked(passed_on, (), own, said.whole)
    if said.by_app:
        own = _filled_in(own)
    own, comment = _without_comment(own)
    links = said.typed != said.words or any(each.is_link for each in said.passed_on)
    is_link = (said.is_link or (links and _only_points(own) and not _ITEM.search(own))) and not asks_itself(own)
    return Asked(own, (), comment, said.whole, is_link, said.sign)


def asks_itself(comment: str) -> bool:
    """Return True for a comment that is a question by itself, and does not only point at what it is said of."""
    return is_question(comment) and not _only_points(comment)


def _only_points(comment: str) -> bool:
    return len(_NO_WORDS.sub("", _POINTS.sub("", comment))) <= 2


def _without_comment(words: str) -> tuple[str, str]:
    """Return words, and the first or last of their lines where it only asks how to answer the others, which ask."""
    lines = words.split("\n")
    for comment, others in ((lines[-1], lines[:-1]), (lines[0], lines[1:])):
        if _COMMENTS.match(comment) and _only_points(comment) and any(map(is_question, others)):
            return "\n".join(others).strip(), comment
    return words, ""


def _filled_in(words: str) -> str:
    """Return the question among the words of a form, the fields around it left out; all of them where none is alone."""
    lines = words.split("\n")
    asking = [line for line in lines if is_question(line)]
    around = all(line in asking or _FIELD.fullmatch(line) for line in lines)
    return asking[0] if len(asking) == 1 and around and len(asking[0]) >= _SHORTEST else words


def _spoken(said: Said) -> str:
    nested = "\n".join(filter(None, map(_spoken, said.passed_on))) if not said.words else ""
    return _body(said.words) or nested


def _body(words: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", body_of(words).strip())
