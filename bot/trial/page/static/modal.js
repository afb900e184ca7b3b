// Modals: the one on top, drawn again only where the bot has changed it, so that what is typed stays.
import { h, put } from "./dom.js";
import { renderBlocks } from "./blocks.js";

let shown = "";

export function drawModal(root, view, base) {
  const key = view ? `${view.id} ${view.hash} ${JSON.stringify(view.errors)}` : "";
  if (key === shown) return;
  shown = key;
  if (!view) { root.replaceChildren(); base.back?.focus(); return; }
  const readers = new Map();
  const values = () => Object.fromEntries([...readers].map(([name, read]) => [name, read()]).filter(([, v]) => v !== undefined));
  const act = async (said, options) => {
    if (said.act === "press" && readers.size) await base.act({ act: "fill", view: view.id, values: values() }, { quiet: true });
    return base.act({ ...said, view: view.id }, options);
  };
  const ui = {
    ...base, act, state: view.state, errors: view.errors,
    read: (block, part, reader) => {
      if (block.type === "input" && !block.dispatch_action) readers.set(`${block.block_id}/${part.action_id}`, reader);
    },
    changed: async (block, part, value) => {
      if (block.type === "input" && !block.dispatch_action) return;
      const name = `${block.block_id}/${part.action_id}`;
      await base.act({ act: "fill", view: view.id, values: { ...values(), [name]: value } });
    },
  };
  const submit = async (event) => {
    event?.preventDefault();
    sender?.classList.add("loading");
    await base.act({ act: "submit", view: view.id, values: values() });
    sender?.classList.remove("loading");
  };
  const close = () => base.act({ act: "close", view: view.id });
  const body = view.body;
  const sender = body.submit && h("button", { type: "submit", class: "button primary" }, body.submit.text);
  const trouble = view.errors[""];
  const dialog = h("form", {
    class: "dialog", role: "dialog", "aria-modal": "true", "aria-label": body.title.text, onsubmit: submit, novalidate: true,
  },
    h("header", {}, h("h2", {}, body.title.text),
      h("button", { type: "button", class: "icon", "aria-label": base.words.close, onclick: close }, "✕")),
    h("div", { class: "body" }, trouble && h("div", { class: "error", role: "alert" }, trouble), renderBlocks(body.blocks, ui)),
    h("footer", {},
      body.close && h("button", { type: "button", class: "button", onclick: close }, body.close.text), sender));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); close(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && sender) submit(event);
    if (event.key === "Tab") keepInside(event, dialog);
  });
  put(root, h("div", { class: "veil" }, dialog));
  (dialog.querySelector("[role=alert]")?.parentElement.querySelector(".field, select, input")
    ?? dialog.querySelector(".body .field, .body select, .body input, .body .button") ?? dialog.querySelector("button")).focus();
}

function keepInside(event, dialog) {
  const all = [...dialog.querySelectorAll("button, input, select, textarea, a")].filter((e) => !e.disabled && e.offsetParent);
  const [first, last] = [all[0], all.at(-1)];
  if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
  if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
}

// A press that asks back before it does anything.
export function ask(root, confirm, words) {
  return new Promise((resolve) => {
    const done = (consent) => { root.replaceChildren(); resolve(consent); };
    const dialog = h("div", { class: "dialog small", role: "alertdialog", "aria-label": confirm.title?.text ?? "" },
      h("header", {}, h("h2", {}, confirm.title?.text ?? "")),
      h("div", { class: "body" }, confirm.text?.text ?? ""),
      h("footer", {},
        h("button", { type: "button", class: "button", onclick: () => done(false) }, confirm.deny?.text ?? words.cancel),
        h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: () => done(true) }, confirm.confirm?.text ?? words.confirm)));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape") done(false);
      if (event.key === "Tab") keepInside(event, dialog);
    });
    put(root, h("div", { class: "veil" }, dialog));
    dialog.querySelector("footer .button:last-child").focus();
  });
}
