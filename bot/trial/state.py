"""The state of the trial: the world, the open modals, the files, the calls made. Everything else works on it."""

from dataclasses import dataclass, field
from typing import Any

from bot.trial.clock import Clock
from bot.trial.delivery import Delivery
from bot.trial.faults import Call, Faults
from bot.trial.handles import ResponseUrls, Triggers
from bot.trial.manifest import Manifest
from bot.trial.rendering import block_lines
from bot.trial.world import APP, BOT, BOT_USER, OTHER_TEAM, SLACKBOT, TEAM, Channel, File, Upload, User, World

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class View:
    """One modal as it is now; `state` is what its person has filled in, `errors` what a submission was told.

    `viewing` is the conversation its person looks at behind it.
    """

    id: str
    user: str
    body: Json
    world: World
    hash: str
    root_id: str
    viewing: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body["blocks"]
        return blocks

    @property
    def title(self) -> str:
        return str(self.body["title"]["text"])

    @property
    def plain(self) -> str:
        """The modal as a person reads it."""
        lines = [f"【{self.title}】"]
        for block in self.blocks:
            lines += block_lines(block, self.world.name_of, self.state)
            if block.get("block_id") in self.errors:
                lines.append(f"  ✗ {self.errors[block['block_id']]}")
        buttons = [self.body[b]["text"] for b in ("close", "submit") if b in self.body]
        return "\n".join([*lines, "".join(f"〔{b}〕" for b in buttons)])

    def wire(self) -> Json:
        """The view object of Slack's payloads and replies."""
        return {
            "id": self.id,
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT,
            "app_installed_team_id": TEAM,
            "callback_id": "",
            "external_id": "",
            "private_metadata": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "submit": None,
            "close": None,
            **self.body,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "state": {"values": self.state},
        }

    def is_meant(self, view_id: Any, external_id: Any) -> bool:
        named = bool(external_id) and self.body.get("external_id") == external_id
        return not self.closed and (self.id == view_id or named)

    def __repr__(self) -> str:
        return self.plain


class Workspace:
    """One workspace with one app, as its manifest describes it, and what has happened there so far."""

    bot_token = "xoxb-trial"  # noqa: S105 (obviously no secret)
    app_token = "xapp-trial"  # noqa: S105 (obviously no secret)
    signing_secret = "trial-signing-secret"  # noqa: S105 (obviously no secret)

    def __init__(self, manifest: Manifest, *, ack_timeout: float, redelivery_waits: tuple[float, ...]) -> None:
        self.manifest = manifest
        self.scopes = set(manifest.scopes)
        self.world = World()
        populate(self.world, manifest.bot_name)
        self.faults = Faults()
        self.triggers = Triggers(self.world.clock)
        self.response_urls = ResponseUrls(self.world)
        self.delivery = Delivery(
            self.world.news,
            self.faults,
            signing_secret=self.signing_secret,
            ack_timeout=ack_timeout,
            waits=redelivery_waits,
        )
        self.views: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.uploads: dict[str, Upload] = {}
        self.calls: list[Call] = []

    @property
    def clock(self) -> Clock:
        """The trial's time, which a test may advance."""
        return self.world.clock

    def stack(self, user: str) -> list[View]:
        """The modals this person has open, the lowest first."""
        return [v for v in self.views.values() if v.user == user and not v.closed]


def populate(world: World, bot_name: str) -> None:
    """Fill a world with the people and channels that the dialogues speak of."""
    people = [
        User(BOT_USER, bot_name, bot_id=BOT),
        User(SLACKBOT, "Slackbot"),
        User("USATO", "佐藤"),
        User("USUZUKI", "鈴木"),
        User("UTANAKA", "田中"),
        User("UYAMADA", "山田"),
        User("UGUEST", "ゲスト", restricted=True),
        User("UTAKAHASHI", "高橋", team=OTHER_TEAM),
        User("UNOTICE", "通知くん", bot_id="BNOTICE"),
    ]
    world.users = {u.id: u for u in people}
    world.groups = {"SISMS": "isms-office"}
    staff = ["USATO", "USUZUKI", "UTANAKA", "UYAMADA"]
    for channel, members in (
        (Channel(world, "CSALES", "sales"), [*staff, "UNOTICE", BOT_USER]),
        (Channel(world, "CRANDOM", "random"), [*staff]),
        (Channel(world, "CISMSOFFICE", "isms-office", private=True), ["UTANAKA", "UYAMADA", BOT_USER]),
        (Channel(world, "CSECRET", "sales-secret", private=True), ["USATO", "USUZUKI"]),
        (Channel(world, "DSATOSUZUKI", "佐藤と鈴木のDM", private=True, im_of="USUZUKI"), ["USATO", "USUZUKI"]),
        (Channel(world, "CEXTCUSTOMER", "ext-customer", shared=True), ["USATO", "USUZUKI", "UTAKAHASHI", BOT_USER]),
        (Channel(world, "CGUESTS", "guests"), ["USATO", "UGUEST", BOT_USER]),
    ):
        channel.members = members
        world.channels[channel.id] = channel
