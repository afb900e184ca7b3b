// The workspace as one person sees it. The address holds who acts and what is looked at, so that two windows differ.
import { h, put } from "./dom.js";
import { renderBlocks, arrows } from "./blocks.js";
import { mrkdwn } from "./text.js";
import { ask, drawModal } from "./modal.js";
import { composer } from "./composer.js";
import { inspector } from "./inspector.js";
import { words, language } from "./words.js";
import * as api from "./api.js";

document.documentElement.lang = language;

const at = new URLSearchParams(location.hash.slice(1));
const read = JSON.parse(sessionStorage.getItem("read") ?? "{}");
let me = at.get("as") ?? "USATO";
let here = at.get("in") ?? "CSALES";
let thread = at.get("thread");
let data = null;
let stream = null;
let composers = {};

// -- the shell: made once, its parts are filled again --

const parts = {
  side: h("nav", { class: "side", "aria-label": words.menu }),
  head: h("header", { class: "head" }),
  guide: h("section", { class: "guide" }),
  main: h("div", { class: "messages", role: "log", "aria-live": "polite", tabindex: "0" }),
  foot: h("div", { class: "foot" }),
  pane: h("aside", { class: "pane thread", hidden: true, "aria-label": words.thread }),
  veil: h("div"),
  asked: h("div"),
  told: h("div", { class: "told", role: "status" }),
};
const inspect = inspector(words, (said) => act(said), () => { inspect.hidden = true; });
inspect.hidden = true;
put(document.getElementById("app"), parts.side,
  h("main", {}, parts.head, parts.guide, parts.main, parts.foot), parts.pane, inspect, parts.veil, parts.asked, parts.told);

function go(changes) {
  const other = changes.me && changes.me !== me;
  ({ me = me, here = here, thread = null } = { me, here, thread: null, ...changes });
  const hash = new URLSearchParams({ as: me, in: here, ...(thread ? { thread } : {}) });
  history.replaceState(null, "", `#${hash}`);
  parts.side.classList.remove("open");
  if (other) listen();
  return draw(true);
}

function listen() {
  stream?.close();
  composers = {};
  stream = api.news(me, () => draw(), () => tell(words.offline));
}

// One drawing at a time; whoever asks while one is under way waits for one that begins after that.
let wanted = null, running = null;
function draw(jump = false) {
  wanted = { jump: jump || wanted?.jump };
  running ??= (async () => {
    while (wanted) {
      const { jump: toEnd } = wanted;
      wanted = null;
      await drawOnce(toEnd);
    }
    running = null;
  })();
  return running;
}

async function drawOnce(jump) {
  const whose = me;
  let told;
  try { told = await api.seen(whose); } catch { tell(words.offline); return; }
  if (whose !== me) return;
  tell(told.error ?? "");
  if (told.error) return;
  data = told;
  if (!data.channels.some((c) => c.id === here)) here = data.channels[0].id;
  drawSide(); drawHead(); drawGuide(); drawMain(jump); drawThread(); drawTop();
  if (!inspect.hidden) await inspect.draw();
}

const tell = (text) => put(parts.told, text);

async function act(said, { quiet = false } = {}) {
  const told = await api.act(me, said);
  if (told.error && !quiet) tell(told.error === "offline" ? words.offline : told.error);
  if (!quiet) await draw();
  return told;
}

// -- who and where --

const channel = () => data.channels.find((c) => c.id === here);
const title = (c) => (c.kind === "dm" ? (c.bot ? data.names[data.bot] : c.name) : `${c.kind === "private" ? "" : "#"}${c.name}`);

const mark = (c) => c.kind === "private" && h("img", { class: "lock", src: "lock.svg", alt: words.private });

function unread(c) {
  const last = data.messages[c.id].filter((m) => m.user !== me).at(-1)?.ts ?? "";
  if (c.id === here) { read[`${me} ${c.id}`] = last; sessionStorage.setItem("read", JSON.stringify(read)); }
  return last > (read[`${me} ${c.id}`] ?? "");
}

function drawSide() {
  const person = (p) => h("option", { value: p.id, selected: p.id === me }, `${p.name}（${words.kinds[p.kind]}）`);
  const line = (c) => h("button", {
    type: "button", class: `place ${c.id === here ? "here" : ""} ${unread(c) ? "unread" : ""}`,
    "aria-current": c.id === here ? "page" : undefined, onclick: () => go({ here: c.id }),
  }, h("span", {}, mark(c), title(c)), c.shared && h("small", {}, words.shared));
  const [direct, rooms] = [data.channels.filter((c) => c.kind === "dm"), data.channels.filter((c) => c.kind !== "dm")];
  put(parts.side,
    h("div", { class: "name" }, words.workspace),
    h("label", { class: "acting" }, words.acting,
      h("select", { class: "select", onchange: (e) => go({ me: e.target.value }) }, data.people.map(person))),
    h("h2", {}, words.channels), rooms.map(line),
    h("h2", {}, words.direct), direct.map(line),
    data.shortcuts.global.length && [h("h2", {}, words.shortcuts), data.shortcuts.global.map((name) => h("button", {
      type: "button", class: "place", onclick: () => act({ act: "shortcut", name, channel: here }),
    }, name))]);
}

function drawHead() {
  const c = channel();
  put(parts.head,
    h("button", { type: "button", class: "icon burger", "aria-label": words.menu, onclick: () => parts.side.classList.toggle("open") }, "☰"),
    h("h1", {}, mark(c), title(c)), c.shared && h("small", { class: "tag" }, words.shared),
    !guided && h("button", { type: "button", class: "button", onclick: () => guide(true) }, words.guide),
    h("button", {
      type: "button", class: "button", "aria-pressed": inspect.hidden ? "false" : "true",
      onclick: () => { inspect.hidden = !inspect.hidden; draw(); },
    }, words.inspector));
}

// -- the guide --

const done = new Set(JSON.parse(sessionStorage.getItem("done") ?? "[]"));
let guided = sessionStorage.getItem("guided") !== "no";

function guide(on) {
  guided = on;
  sessionStorage.setItem("guided", on ? "yes" : "no");
  drawGuide();
  drawHead();
}

function drawGuide() {
  parts.guide.hidden = !guided;
  if (!guided) return;
  const step = ({ title: name, act: said }, index) => h("li", { class: done.has(index) ? "done" : "" },
    h("button", { type: "button", class: "button", onclick: () => follow(said, index) }, name));
  put(parts.guide,
    h("header", {}, h("h2", {}, words.guide),
      h("button", { type: "button", class: "icon", "aria-label": words.hide, onclick: () => guide(false) }, "✕")),
    h("ol", {}, words.steps.map(step)),
    data.samples.length && h("p", {}, `${words.samples}：`, data.samples.map((name) =>
      h("a", { href: `samples/${encodeURIComponent(name)}`, download: name }, name))));
}

async function follow(said, index) {
  const person = data.people.find((p) => p.name === said.as);
  await go({ me: person.id, here: said.dm ? `D${person.id.slice(1)}` : here });
  const place = data.channels.find((c) => (said.dm ? c.kind === "dm" && c.bot : `#${c.name}` === said.channel));
  if (place) await go({ here: place.id });
  done.add(index);
  sessionStorage.setItem("done", JSON.stringify([...done]));
  if (said.text) await composers[`${here} `]?.say(said.text);
  else composers[`${here} `]?.focusField();
  drawGuide();
}

// -- messages --

function drawMain(jump) {
  const all = data.messages[here];
  const top = all.filter((m) => !m.thread || m.alone && !all.some((o) => o.ts === m.thread));
  fill(parts.main, top.length ? top.map((m) => message(m, all)) : [h("p", { class: "none" }, words.empty)], jump);
  mount(parts.foot, here, null);
}

function drawThread() {
  const all = data.messages[here];
  const root = thread && all.find((m) => m.ts === thread);
  parts.pane.hidden = !root;
  if (!root) return;
  let body = parts.pane.querySelector(".messages");
  const key = `${me} ${here} ${thread}`;
  if (!body || parts.pane.dataset.of !== key) {
    parts.pane.dataset.of = key;
    body = h("div", { class: "messages", role: "log", tabindex: "0" });
    const foot = h("div", { class: "foot" });
    put(parts.pane,
      h("header", {}, h("h2", {}, words.thread),
        h("button", { type: "button", class: "icon", "aria-label": words.close, onclick: () => go({ thread: null }) }, "✕")),
      body, foot);
    mount(foot, here, thread);
  }
  fill(body, [root, ...all.filter((m) => m.thread === thread && m.ts !== thread)].map((m) => message(m, [])), false);
}

// What is below the last line stays in sight; elsewhere the place one reads at does.
function fill(body, nodes, jump) {
  const atEnd = jump || body.scrollHeight - body.scrollTop - body.clientHeight < 80;
  const was = body.scrollTop;
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  put(body, nodes);
  body.scrollTop = atEnd ? body.scrollHeight : was;
  if (focused) body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function mount(foot, place, under) {
  const key = `${place} ${under ?? ""}`;
  const made = composers[key] ??= composerFor(place, under);
  if (foot.firstChild !== made) put(foot, made);
}

function composerFor(place, under) {
  const c = data.channels.find((each) => each.id === place);
  const where = { channel: place, thread: under };
  return composer({
    name: under ? words.reply : words.message(title(c)),
    send: (text) => act({ act: "say", text, ...where }, { quiet: true }).then((told) => { draw(true); return told; }),
    drop: (files, text) => api.drop(me, files, { text, ...where }).then((told) => { draw(true); return told; }),
    table: (rows, text) => act({ act: "table", rows, text, ...where }, { quiet: true }).then((told) => { draw(true); return told; }),
    completions: () => [
      ...data.commands.map((name) => ({ insert: name, hint: data.names[data.bot] })),
      { insert: `@${data.names[data.bot]}`, hint: words.app },
      ...data.people.map((p) => ({ insert: `@${p.name}`, hint: words.kinds[p.kind] })),
    ],
  }, words);
}

function message(m, all) {
  const replies = all.filter((r) => r.thread === m.ts && r.ts !== m.ts && !r.alone);
  const name = data.names[m.user] ?? m.user;
  const on = { channel: here, ts: m.ts };
  const ui = {
    ...base(), state: m.chosen, errors: {}, read: () => {},
    act: (said, options) => act({ ...said, ...on }, options),
    changed: (block, part, value) => act({ act: "choose", element: `${block.block_id}/${part.action_id}`, value, ...on }),
  };
  const blocks = m.blocks.length ? renderBlocks(m.blocks, ui) : [h("div", { class: "plain" }, mrkdwn(m.text, data.names))];
  return h("article", { class: `message ${m.alone ? "alone" : ""}`, "aria-label": name },
    m.alone && h("div", { class: "only" }, words.alone),
    h("div", { class: `avatar ${m.app ? "bot" : ""}`, "aria-hidden": "true" }, [...name][0]),
    h("div", { class: "content" },
      h("div", { class: "by" }, h("b", {}, name), m.app && h("span", { class: "tag" }, words.app),
        h("time", {}, new Date(m.ts * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
        m.edited && h("small", {}, words.edited)),
      blocks,
      m.attachments.map((a) => attachment(a, ui)),
      m.files.map((f) => h("a", { class: "file", href: `files/${f.id}?as=${me}`, download: f.name }, h("img", { class: "clip", src: "clip.svg", alt: "" }), f.name)),
      replies.length ? h("button", {
        type: "button", class: "replies", "data-key": `t${m.ts}`, onclick: () => go({ thread: m.ts }),
      }, words.replies(replies.length)) : null),
    !m.alone && messageMenu(m, on));
}

// A forwarded message, a link's preview, or an app's attachment: never to be pressed on in Slack's name.
function attachment(a, ui) {
  const blocks = a.blocks ?? a.message_blocks?.[0]?.message?.blocks ?? [];
  const words = blocks.length ? renderBlocks(blocks, ui) : h("div", { class: "plain" }, mrkdwn(a.text ?? a.fallback ?? "", data.names));
  return h("blockquote", { class: "attachment" },
    a.author_name && h("b", {}, a.author_name), a.title && h("div", {}, a.title), words,
    a.footer && h("small", {}, a.footer));
}

function messageMenu(m, on) {
  const entry = (label, run) => h("button", { type: "button", role: "menuitem", onclick: () => { menu.hidden = true; run(); } }, label);
  const menu = h("div", { class: "menu", role: "menu", hidden: true },
    entry(words.reply, () => go({ thread: m.thread ?? m.ts })),
    data.shortcuts.message.map((name) => entry(name, () => act({ act: "shortcut", name, ...on }))));
  const opener = h("button", {
    type: "button", class: "icon", "aria-label": words.more, "aria-haspopup": "menu", "data-key": `m${m.ts}`,
    onclick: () => { menu.hidden = !menu.hidden; if (!menu.hidden) menu.firstElementChild.focus(); },
  }, "⋮");
  menu.addEventListener("keydown", (event) => arrows(event, [...menu.children], () => { menu.hidden = true; }, opener));
  return h("div", { class: "hover" }, opener, menu);
}

const base = () => ({
  names: data.names, people: data.people, channels: data.channels, words,
  ask: (confirm) => ask(parts.asked, confirm, words),
});

function drawTop() {
  drawModal(parts.veil, data.views.at(-1), { ...base(), act, back: parts.foot.querySelector("textarea") });
}

// -- files dropped anywhere go to the composer of what is looked at --

addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  composers[`${here} `]?.attach(event.dataTransfer.files);
});
addEventListener("keydown", (event) => { if (event.key === "Escape" && thread && !data.views.length) go({ thread: null }); });
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu:not([hidden])")) {
    if (!menu.parentElement.contains(event.target)) menu.hidden = true;
  }
});

document.body.dataset.drop = words.drop;
listen();
