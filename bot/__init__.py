"""Melcol answer bot: security check-sheet questions in Slack, answered word for word from a curated set.

The map, in import order (each module imports only from modules above it; tests/test_architecture.py keeps that):

The pure half: no Slack, no await, no clock; only the yaml and file modules touch the disk.
  answer_set          AnswerSet, Section, Item, ItemNumber
  ask, escalation     Ask, Escalation, its states and its legal transitions
  normalize           one fold() for items, glossary and questions alike
  office_hours        when the ISMS office works, what an asker may expect, when a deadline runs out
  spelling            the known word that a misspelt one comes near to
  question_table      a table of cells -> the questions in it, pasted or from a workbook
  yaml_nodes          curated YAML as text with line numbers, or every Problem; the only importer of yaml
  advice              what a set that loads should still be looked at for: ages, repeats, contradictions
  alike               which questions say nearly the same
  answer_files        answers/*.yaml -> AnswerSet, or every Problem at once
  check_sheet         a check sheet as a file, in values: layout, rows, fillings, why it is not read
  copying             the forms of an answer that a rep copies: cell, cited, plain
  glossary            concepts found in a text; glossary_file reads them from answers/glossary.yaml
  numbers             item numbers in a text, and the customer's own numbering left out of it
  question_list       a pasted text -> its questions, each under the customer's own number
  settings            every environment variable, parsed once; the only reader of os.environ
  amendments          what the office changed from Slack, in effect until the files hold it
  question            a text as what it speaks of, and what decides it
  export              amendments -> the answer files with them written in
  ranking             an inverted index: which items speak of what a question speaks of
  xlsx_checks, xlsx, csv_file   files as grids of texts and back; openpyxl's only importers
  workbook            a customer's file -> its questions; the file filled in
  outcomes, matching  Index.lookup(text) -> an outcome
  search              every item that a few typed letters may mean
  lists               what became of each row of a list, and where it stands in the reply
  evaluation          the lookup's figures on judged questions; its thresholds fitted
  loading             a folder of answers -> an Index, or every Problem at once
  wording/            everything the bot says, in Japanese and in English: Words; no other module holds any
  blocks              values -> Block Kit: answers, candidates, notices
  cards               values -> Block Kit: the office's card, the asker's receipt, the resolution
  list_blocks         values -> Block Kit: the reply to a list of questions, the office's card of its rows
  file_blocks         values -> Block Kit: what was taken for what in a file, and the form that corrects it
  list_table          a list as a table, for pasting into Excel and for files
  list_forms          values -> Block Kit: deciding a list's doubtful rows, taking it as a table
  modals, search_form   values -> Block Kit: forms

The shell: I/O.
  tables, migrations  the schema; Alembic from the first schema on
  directory           what Slack says of people and channels: who may ask, where nothing may be shown
  ask_rows, deliveries, escalation_records, list_records, records   every statement on the tables
  store               one writer thread with group commit, and readers: SQLite by default, PostgreSQL by URL
  workbook_process    strangers' files read in a process of their own: workbook_child
  library             the answers in effect: files and amendments, made anew when either changes
  limits              where and how often somebody may ask
  people              a person, what they pressed, the office
  courier             sends deliveries: order within a place, pacing, retries, fallbacks
  posting, list_posting   what is owed to whom: replies, receipts, cards; a list's reply and the one card of its rows
  asker_desk, desk, office_desk   what happens to an ask; the asker's and the office's part of an escalation's life
  list_desk, file_desk   what happens to a list, and to a check sheet that came as a file
  sheets              check sheets fetched from Slack, read, and made to be sent back
  listeners/          Slack payload -> one call of a desk -> ack
  audit               what happened and what was answered, read beside a running bot
  report              how much was asked, what came of it, how long the office took
  forgetting          texts blanked, people replaced by a pseudonym
  startup             what is asked once at the start, and what an admin is told where it cannot go on
  connection, app     builds everything once, connects, tells its health, stops
  *_command(s), demo, cli   the command line
  trial/              a strict local stand-in for Slack, for the tests and `melcol demo`; imports nothing else from bot
"""
