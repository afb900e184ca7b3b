// Where one types: Enter sends, Shift+Enter breaks the line; / and @ complete; files are dropped or attached.
import { h, put } from "./dom.js";
import { arrows } from "./blocks.js";

// `place`: name, send(text) -> told, drop(files, text) -> told, table(rows, text), completions() -> [{insert, label, hint}]
export function composer(place, words) {
  const field = h("textarea", { class: "typing", rows: 1, "aria-label": place.name, placeholder: place.name });
  const files = [];
  const chips = h("div", { class: "chips" });
  const list = h("div", { class: "menu up", role: "listbox", hidden: true });
  const trouble = h("div", { class: "error", role: "alert" });
  const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => { attach(picker.files); picker.value = ""; } });
  let pasted = null;

  const drawChips = () => put(chips,
    pasted && chip(words.table(pasted.length, pasted[0].length), () => { pasted = null; drawChips(); }),
    files.map((file, index) => chip(file.name, () => { files.splice(index, 1); drawChips(); })));
  const chip = (label, remove) => h("span", { class: "chip" }, label,
    h("button", { type: "button", class: "icon", "aria-label": words.close, onclick: remove }, "✕"));
  const attach = (added) => { files.push(...added); drawChips(); field.focus(); };
  const grow = () => { field.style.height = "auto"; field.style.height = `${Math.min(field.scrollHeight, 240)}px`; };

  const send = async () => {
    const text = field.value.trim();
    if (!text && !files.length && !pasted) return;
    const [sent, table] = [files.splice(0), pasted];
    field.value = ""; pasted = null; drawChips(); grow(); list.hidden = true;
    const told = table ? await place.table(table, text) : sent.length ? await place.drop(sent, text) : await place.send(text);
    put(trouble, told.error && `${words.failed}${told.error}`);
    if (told.error && !field.value) { field.value = text; files.push(...sent); pasted = table; drawChips(); grow(); }
  };

  const complete = () => {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(?:^|\s)([/@#]\S*)$/.exec(before) ?? /^(\/\S*)$/.exec(before);
    const fits = found ? place.completions().filter((c) => c.insert.startsWith(found[1]) && c.insert !== found[1]) : [];
    put(list, fits.slice(0, 8).map((c) => h("button", {
      type: "button", role: "option",
      onclick: () => {
        const start = field.selectionStart - found[1].length;
        field.setRangeText(`${c.insert} `, start, field.selectionStart, "end");
        list.hidden = true; field.focus(); grow();
      },
    }, c.insert, h("small", {}, c.hint ?? ""))));
    list.hidden = !fits.length;
  };

  field.addEventListener("input", () => { grow(); complete(); });
  field.addEventListener("keydown", (event) => {
    if (!list.hidden && (event.key === "Tab" || event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      if (event.key === "Tab") list.firstElementChild.click(); else list.firstElementChild.focus();
      return;
    }
    if (event.key === "Escape") list.hidden = true;
    // While a Japanese input method offers conversions, Enter belongs to it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  list.addEventListener("keydown", (event) => arrows(event, [...list.children], () => { list.hidden = true; }, field));
  field.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    const rows = html.includes("<table") ? tableIn(html) : null;
    if (event.clipboardData.files.length) { event.preventDefault(); attach(event.clipboardData.files); }
    else if (rows) { event.preventDefault(); pasted = rows; drawChips(); }
  });
  const box = h("div", { class: "composer" }, list, chips, field,
    h("div", { class: "tools" },
      h("button", { type: "button", class: "icon", "aria-label": words.attach, title: words.attach, onclick: () => picker.click() }, h("img", { class: "clip", src: "clip.svg", alt: "" })),
      picker, trouble,
      h("button", { type: "button", class: "button primary", onclick: send }, words.send)));
  return Object.assign(box, { focusField: () => field.focus(), attach, say: (text) => { field.value = text; return send(); } });
}

// Cells copied from Excel come as an HTML table; parsed apart from the page, nothing of it runs.
function tableIn(html) {
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  const rows = [...(table?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  const width = Math.max(0, ...rows.map((row) => row.length));
  return width ? rows.map((row) => [...row, ...Array(width - row.length).fill("")]) : null;
}
