"""Melcol answer bot: security check-sheet questions in Slack, answered word for word from a curated set.

The map, in import order (each module imports only what stands above it):

office_hours  when the ISMS office works, what an asker may expect, when a deadline runs out
time_wording  what the bot says of office hours and deadlines
settings      every environment variable, parsed once
answer_set    AnswerSet, Section, Item, ItemNumber
yaml_nodes    curated YAML as text with line numbers, or every Problem; the only importer of yaml
answer_files  answers/*.yaml -> AnswerSet, or every Problem at once
amendments    what the office changed from Slack, in effect until the files hold it
export        amendments -> the answer files with them written in
advice        what a set that loads should still be looked at for: ages, repeats, contradictions
normalize     fold(), used on items, glossary and questions alike
matching      Index.lookup(text) -> an outcome
copying           the forms of an answer that a rep copies: cell, cited, plain, a whole list
"""
