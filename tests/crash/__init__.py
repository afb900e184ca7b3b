"""The crash test: real bots, killed at random moments under random faults, must lose nothing.

journal     what people did, and what they were told of it
crowd       the people: they ask, claim, answer, ask back, reply, take back, at random and at once
visits      guests and other organisations in the office's channel, who press what stands there
bots        the processes `python -m bot run`, started and killed, and their database
evidence    what stands in Slack and in the database once nothing is owed any more
checks      what must be true of it
match       one round: play, kill, drain, check
"""
