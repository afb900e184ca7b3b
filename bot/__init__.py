"""Melcol answer bot: security check-sheet questions in Slack, answered word for word from a curated set.

The rooms, in import order; each imports from those above it alone (tests/test_architecture.py keeps that). The first
five compute and nothing else: no Slack, no database, no clock.

  answer_set/   items and their numbers, read from YAML with every problem, amended, exported, advised on
  lookup/       a question -> one of five outcomes: index.lookup(text), by concepts, phrasings and meaning; evaluation
  sheets/       pasted lists, tables and files -> questions; files filled in again, in a process of their own
  asks/         an ask, a list, the escalation an ask becomes, what may happen next, when the office works
  messages/     what the bot says (words/, Japanese and English) and how Slack shows it: answers, cards, lists, forms
  settings.py   every environment variable, parsed once; the only reader of os.environ
  store/        the tables and every statement on them; one writer thread, readers; audit, report, forgetting
  desk/         what happens to an ask, a list, a sheet, an escalation; what is owed to whom; the answers in effect
  slack/        reading (a message -> its words), listeners (payload -> one call of a desk -> ack), the courier, the
                gate that all that is shown passes, people and channels, the connection
  app.py        builds everything once, tells its health, stops with nothing lost
  commands/     the command line: `melcol COMMAND`
  trial/        a strict local stand-in for Slack, for tests and `melcol demo`, with a page in a browser; imports
                nothing else of bot
"""

import os

# Before numpy is first imported. With two threads a lookup takes five times the CPU, and on a busy machine twenty times
# as long, since the threads turn in circles while they wait for each other.
os.putenv("OPENBLAS_NUM_THREADS", "1")
