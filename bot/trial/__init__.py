"""A strict local stand-in for Slack, for the tests and `melcol demo`. It imports nothing else from bot.

clock       the trial's time, and waiting without polling
rendering   texts and blocks as a person reads them; escaping, mentions
world       people, channels, messages, files
composer    what Slack makes of what people type, paste, forward and attach
checks      small checks that describe JSON strictly
blocks      Block Kit as Slack accepts it
content     what an app asks to show, checked and put into the world
handles     trigger_ids and response_urls
manifest    manifest.yaml as Slack would read it
faults      faults that a test orders, and the record of calls
delivery    Socket Mode and signed HTTP
state       Workspace: the trial's whole state, modals and uploads among it; what follows works on it
modals      modals: opened, changed, filled in; the elements that people use in them and on messages
methods     the Web API
files       files: who may read one, how an app uploads one
payloads    what Slack sends to an app
people      the dialogue: what a person types, presses, fills in and sees
server      TrialSlack
page/       all of it in a browser: what one person sees, does, and what passed on the wire
"""

from bot.trial.clock import PATIENCE, NotSeenError
from bot.trial.people import Person, Result
from bot.trial.server import TrialSlack
from bot.trial.state import View
from bot.trial.world import Channel, File, Message

__all__ = ["PATIENCE", "Channel", "File", "Message", "NotSeenError", "Person", "Result", "TrialSlack", "View"]
