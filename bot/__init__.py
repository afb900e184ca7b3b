"""Melcol answer bot: security check-sheet questions in Slack, answered word for word from a curated set.

The map, in import order (each module imports only what stands above it):

settings      every environment variable, parsed once
answer_set    AnswerSet, Section, Item, ItemNumber
yaml_nodes    curated YAML as text with line numbers, or every Problem; the only importer of yaml
answer_files  answers/*.yaml -> AnswerSet, or every Problem at once
advice        what a set that loads should still be looked at for: ages, repeats, contradictions
normalize     fold(), used on items, glossary and questions alike
matching      Index.lookup(text) -> an outcome
"""
