// What passed between Slack and the bot, and the faults that one can order.
import { h, put } from "./dom.js";
import { wire } from "./api.js";

export function inspector(words, act, close) {
  const list = h("div", { class: "wire" });
  const faults = h("div", { class: "faults" }, Object.entries(words.fault).map(([name, label]) =>
    h("button", { type: "button", class: "button", onclick: () => act({ act: "fault", fault: name }) }, label)));
  const open = new Set();
  const draw = async () => {
    const record = await wire();
    if (record.error) return;
    put(list, record.entries.length ? record.entries.map((entry) => row(entry, words, open)) : h("p", { class: "none" }, words.noCalls));
  };
  const panel = h("aside", { class: "pane inspector", "aria-label": words.inspectorTitle },
    h("header", {}, h("h2", {}, words.inspectorTitle),
      h("button", { type: "button", class: "icon", "aria-label": words.close, onclick: close }, "✕")),
    h("details", {}, h("summary", {}, words.faults), faults), list);
  return Object.assign(panel, { draw });
}

function row(entry, words, open) {
  const key = `${entry.at} ${entry.name}`;
  const good = ["ok", "acked"].includes(entry.outcome);
  const what = entry.way === "to" ? entry.body.event?.type ?? entry.body.type ?? entry.body.command ?? "" : "";
  const body = h("pre", {});
  const fill = () => { body.textContent = JSON.stringify(entry.body, null, 1); };
  if (open.has(key)) fill();
  const details = h("details", { open: open.has(key) },
    h("summary", {},
      h("time", {}, new Date(entry.at * 1000).toLocaleTimeString()),
      h("span", { class: `way ${entry.way}` }, entry.way === "to" ? words.to : words.from),
      h("b", {}, entry.name), ` ${what} `,
      h("span", { class: good ? "good" : "bad" }, entry.outcome || "…"),
      entry.milliseconds != null && h("span", { class: "ms" }, words.ms(Math.round(entry.milliseconds)))),
    body);
  details.addEventListener("toggle", () => { if (details.open) { open.add(key); fill(); } else open.delete(key); });
  return details;
}
