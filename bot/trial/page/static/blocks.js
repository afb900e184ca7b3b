// Block Kit as nodes: everything that the bot uses, in messages and in modals.
import { h, put } from "./dom.js";
import { richText, textOf } from "./text.js";

// `ui`: names, words, act(said) -> told, ask(confirm) -> consent, on (which message or view), state (what is chosen).

export const renderBlocks = (blocks, ui) => blocks.map((block) => renderBlock(block, ui));

function renderBlock(block, ui) {
  switch (block.type) {
    case "section": return section(block, ui);
    case "header": return h("h3", { class: "header" }, block.text.text);
    case "divider": return h("hr");
    case "context": return h("div", { class: "context" }, block.elements.map((e) => h("span", {}, textOf(e, ui.names))));
    case "actions": return h("div", { class: "actions" }, block.elements.map((e) => element(block, e, ui)));
    case "rich_text": return h("div", { class: "richtext" }, richText(block, ui.names));
    case "input": return input(block, ui);
    case "table": return table(block, ui);
    case "data_table": return dataTable(block, ui);
    default: return h("div", { class: "context" }, `[${block.type}]`);
  }
}

function section(block, ui) {
  return h("div", { class: "section" },
    h("div", { class: "words" },
      block.text && h("div", {}, textOf(block.text, ui.names)),
      block.fields && h("div", { class: "fields" }, block.fields.map((f) => h("div", {}, textOf(f, ui.names))))),
    block.accessory && h("div", { class: "accessory" }, element(block, block.accessory, ui)));
}

// -- elements --

const name = (block, part) => `${block.block_id}/${part.action_id}`;
const chosenIn = (block, part, ui) => ui.state?.[block.block_id]?.[part.action_id];

export function element(block, part, ui) {
  switch (part.type) {
    case "button": return button(block, part, ui);
    case "overflow": return overflow(block, part, ui);
    case "static_select": case "users_select": case "conversations_select": return select(block, part, ui);
    case "external_select": return search(block, part, ui);
    case "radio_buttons": case "checkboxes": return ticks(block, part, ui);
    case "plain_text_input": return textInput(block, part, ui);
    case "datepicker": return dateInput(block, part, ui);
    default: return h("span", { class: "context" }, `[${part.type}]`);
  }
}

function button(block, part, ui) {
  const press = async (event) => {
    if (part.confirm && !(await ui.ask(part.confirm))) return;
    const pressed = event.currentTarget ?? node;
    pressed.classList.add("loading");
    await ui.act({ act: "press", element: name(block, part) });
    pressed.classList.remove("loading");
  };
  const node = h("button", {
    type: "button", class: `button ${part.style ?? ""}`, onclick: press, "aria-label": part.accessibility_label,
  }, part.text.text);
  return node;
}

function overflow(block, part, ui) {
  const menu = h("div", { class: "menu", role: "menu", hidden: true });
  const close = () => { menu.hidden = true; };
  menu.append(...part.options.map((option) => h("button", {
    type: "button", role: "menuitem",
    onclick: async () => {
      close();
      if (part.confirm && !(await ui.ask(part.confirm))) return;
      await ui.act({ act: "press", element: `${name(block, part)}/${option.value}` });
    },
  }, option.text.text)));
  const opener = h("button", {
    type: "button", class: "button more", "aria-haspopup": "menu", "aria-label": ui.words.more,
    onclick: () => { menu.hidden = !menu.hidden; if (!menu.hidden) menu.firstElementChild?.focus(); },
  }, "⋯");
  menu.addEventListener("keydown", (event) => arrows(event, [...menu.children], close, opener));
  return h("span", { class: "overflow" }, opener, menu);
}

export function arrows(event, items, close, opener) {
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); items[(at + step + items.length) % items.length]?.focus(); }
  if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); opener?.focus(); }
}

function optionsOf(part, ui) {
  if (part.type === "users_select") return [{ options: ui.people.map((p) => ({ text: { text: p.name }, value: p.id })) }];
  if (part.type === "conversations_select") {
    return [{ options: ui.channels.map((c) => ({ text: { text: c.kind === "dm" ? c.name : `#${c.name}` }, value: c.id })) }];
  }
  return part.option_groups ?? [{ options: part.options }];
}

function select(block, part, ui) {
  const now = chosenIn(block, part, ui);
  const value = now?.selected_option?.value ?? now?.selected_user ?? now?.selected_conversation ?? "";
  const node = h("select", { class: "select", "aria-label": part.placeholder?.text ?? block.label?.text });
  node.append(h("option", { value: "" }, part.placeholder?.text ?? ""));
  for (const group of optionsOf(part, ui)) {
    const made = group.options.map((o) => h("option", { value: o.value, selected: o.value === value }, o.text.text));
    node.append(...(group.label ? [put(h("optgroup", { label: group.label.text }), made)] : made));
  }
  node.addEventListener("change", () => ui.changed(block, part, node.value));
  ui.read(block, part, () => node.value || undefined);
  return node;
}

function search(block, part, ui) {
  const now = chosenIn(block, part, ui)?.selected_option;
  let chosen = now?.value;
  const list = h("div", { class: "menu options", role: "listbox", hidden: true });
  const field = h("input", {
    class: "field", type: "text", role: "combobox", autocomplete: "off", "aria-expanded": "false",
    placeholder: part.placeholder?.text, "aria-label": part.placeholder?.text ?? block.label?.text,
  });
  field.value = now?.text.text ?? "";
  let turn = 0;
  const look = async () => {
    const mine = ++turn;
    const told = await ui.act({ act: "search", element: name(block, part), value: field.value }, { quiet: true });
    if (mine !== turn) return;
    put(list, (told.options ?? []).map((label) => h("button", {
      type: "button", role: "option",
      onclick: async () => {
        field.value = label; chosen = label; list.hidden = true;
        field.setAttribute("aria-expanded", "false");
        await ui.changed(block, part, label);
      },
    }, label)));
    if (!list.children.length) put(list, h("div", { class: "none" }, ui.words.nothing));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
  };
  field.addEventListener("click", look);
  field.addEventListener("input", () => { chosen = undefined; setTimeout(look, 120); });
  const close = () => { list.hidden = true; };
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) look(); else list.querySelector("button")?.focus(); }
    if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
  });
  list.addEventListener("keydown", (event) => arrows(event, [...list.querySelectorAll("button")], close, field));
  ui.read(block, part, () => chosen);
  return h("span", { class: "combo" }, field, list);
}

function ticks(block, part, ui) {
  const many = part.type === "checkboxes";
  const now = chosenIn(block, part, ui);
  const on = new Set((many ? now?.selected_options ?? [] : [now?.selected_option]).filter(Boolean).map((o) => o.value));
  const group = h("div", { class: "ticks", role: many ? "group" : "radiogroup" });
  group.append(...part.options.map((option) => h("label", {},
    h("input", {
      type: many ? "checkbox" : "radio", name: name(block, part), value: option.value, checked: on.has(option.value),
      onchange: () => ui.changed(block, part, read()),
    }),
    h("span", {}, textOf(option.text, ui.names), option.description && h("small", {}, textOf(option.description, ui.names))))));
  const read = () => {
    const values = [...group.querySelectorAll("input:checked")].map((i) => i.value);
    return many ? values : values[0];
  };
  ui.read(block, part, read);
  return group;
}

function textInput(block, part, ui) {
  const field = h(part.multiline ? "textarea" : "input", {
    class: "field", rows: part.multiline ? 5 : undefined, placeholder: part.placeholder?.text,
    maxlength: part.max_length ?? 3000, "aria-label": block.label?.text,
  });
  field.value = chosenIn(block, part, ui)?.value ?? "";
  ui.read(block, part, () => field.value);
  return field;
}

function dateInput(block, part, ui) {
  const field = h("input", { class: "field", type: "date", "aria-label": block.label?.text });
  field.value = chosenIn(block, part, ui)?.selected_date ?? "";
  field.addEventListener("change", () => ui.changed(block, part, field.value));
  ui.read(block, part, () => field.value || undefined);
  return field;
}

function input(block, ui) {
  const error = ui.errors?.[block.block_id];
  return h("div", { class: `input ${error ? "wrong" : ""}` },
    h("div", { class: "label" }, block.label.text, block.optional && h("small", {}, `（${ui.words.optional}）`)),
    element(block, block.element, ui),
    error && h("div", { class: "error", role: "alert" }, error),
    block.hint && h("div", { class: "hint" }, block.hint.text));
}

// -- tables --

const cell = (it, ui) => (it.type === "rich_text" ? richText(it, ui.names) : [String(it.text ?? it.value ?? "")]);

function table(block, ui) {
  const [head, ...rows] = block.rows;
  return h("div", { class: "tablebox" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map((it) => h("th", {}, cell(it, ui))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((it) => h("td", {}, cell(it, ui))))))));
}

function dataTable(block, ui) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const box = h("div", { class: "tablebox data" });
  let page = 0, by = null, down = false;
  const draw = () => {
    const plain = (it) => put(h("i"), cell(it, ui)).textContent;
    const sorted = by === null ? rows : [...rows].sort((a, b) =>
      plain(a[by]).localeCompare(plain(b[by]), undefined, { numeric: true }) * (down ? -1 : 1));
    const pages = Math.max(1, Math.ceil(rows.length / size));
    const order = (index) => { down = by === index && !down; by = index; draw(); };
    put(box,
      h("table", {},
        h("caption", {}, block.caption?.text ?? block.caption ?? ""),
        h("thead", {}, h("tr", {}, head.map((it, index) => h("th", {},
          h("button", { type: "button", class: "sort", onclick: () => order(index) },
            cell(it, ui), by === index ? (down ? " ▼" : " ▲") : ""))))),
        h("tbody", {}, sorted.slice(page * size, page * size + size).map((row) =>
          h("tr", {}, row.map((it) => h("td", {}, cell(it, ui))))))),
      pages > 1 && h("div", { class: "pages" },
        h("button", { type: "button", class: "button", disabled: page === 0, onclick: () => { page -= 1; draw(); } }, "‹"),
        h("span", {}, `${page + 1} / ${pages}`),
        h("button", { type: "button", class: "button", disabled: page === pages - 1, onclick: () => { page += 1; draw(); } }, "›")));
  };
  draw();
  return box;
}
