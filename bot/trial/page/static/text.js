// Slack's mrkdwn and rich text as nodes.
import { h } from "./dom.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", warning: "⚠️", eyes: "👀", bow: "🙇", pray: "🙏", "+1": "👍",
  thumbsup: "👍", smile: "😄", tada: "🎉", memo: "📝", mag: "🔍", lock: "🔒", x: "❌", question: "❓", bulb: "💡",
  rotating_light: "🚨", hourglass: "⌛", paperclip: "📎", speech_balloon: "💬", file_folder: "📁", calendar: "📅",
  "woman-bowing": "🙇‍♀️", "man-bowing": "🙇‍♂️", raised_hands: "🙌", fire: "🔥", rocket: "🚀", ok_hand: "👌", "-1": "👎", raising_hand: "🙋", ok_woman: "🙆", clap: "👏", muscle: "💪",
  wave: "👋", blush: "😊", sweat_smile: "😅", joy: "😂", sob: "😭", thinking_face: "🤔", exclamation: "❗",
  ballot_box_with_check: "☑️", heart: "❤️", one: "1️⃣", two: "2️⃣", three: "3️⃣",
};

export const emoji = (name) => EMOJI[name.replace(/::skin-tone-\d$/, "")] ?? `:${name}:`;

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

function link(url, label) {
  const safe = /^(https?:|mailto:)/i.test(url);
  return safe ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label) : label;
}

function token(body, names) {
  const [target, label] = [body.split("|")[0], body.split("|").slice(1).join("|")];
  if (target.startsWith("@")) return h("span", { class: "mention" }, `@${names[target.slice(1)] ?? label ?? target}`);
  if (target.startsWith("#")) return h("span", { class: "mention" }, `#${names[target.slice(1)] ?? label ?? target}`);
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label || `@${names[target.slice(9)] ?? ""}`);
  if (target.startsWith("!date^")) return label;
  if (target.startsWith("!")) return h("span", { class: "mention" }, `@${target.slice(1)}`);
  return link(unescape(target), unescape(label || target.replace(/^mailto:/, "")));
}

// A mark counts where no word character touches it from outside, as in Slack.
const MARKS = {
  b: /^\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}])/u,
  i: /^_(\S(?:[^_\n]*\S)?)_(?![\p{L}\p{N}])/u,
  s: /^~(\S(?:[^~\n]*\S)?)~(?![\p{L}\p{N}])/u,
};

function inline(text, names) {
  const found = [];
  let plain = "";
  const flush = () => { if (plain) found.push(unescape(plain)); plain = ""; };
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const before = text[at - 1] ?? " ";
    let match;
    if ((match = /^```([\s\S]+?)```/.exec(rest))) {
      flush(); found.push(h("pre", {}, unescape(match[1].replace(/^\n/, ""))));
    } else if ((match = /^`([^`\n]+)`/.exec(rest))) {
      flush(); found.push(h("code", {}, unescape(match[1])));
    } else if ((match = /^<([^<>\n]+)>/.exec(rest))) {
      flush(); found.push(token(match[1], names));
    } else if ((match = /^:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/.exec(rest)) && EMOJI[match[1].split("::")[0]]) {
      flush(); found.push(emoji(match[1]));
    } else if ((match = marked(rest, before))) {
      flush(); found.push(h(match.tag, {}, inline(match[1], names)));
    } else {
      plain += text[at]; at += 1; continue;
    }
    at += match[0].length;
  }
  flush();
  return found;
}

function marked(rest, before) {
  if (/[\p{L}\p{N}]/u.test(before)) return null;
  for (const [tag, pattern] of Object.entries(MARKS)) {
    const match = pattern.exec(rest);
    if (match) return Object.assign(match, { tag });
  }
  return null;
}

export function mrkdwn(text, names) {
  const lines = [];
  let quote = null;
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```")) { lines.push(...inline(part, names)); continue; }
    const rows = part.split("\n");
    rows.forEach((line, index) => {
      const end = index < rows.length - 1 ? "\n" : "";
      if (line.startsWith("&gt;")) {
        quote ??= (lines.push(h("blockquote", {})), lines.at(-1));
        quote.append(...inline(line.slice(4).replace(/^ /, ""), names), end);
      } else {
        quote = null;
        lines.push(...inline(line, names), end);
      }
    });
  }
  return lines;
}

export function textOf(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : [object.text];
}

// -- rich text --

function styled(node, style = {}) {
  const tags = [["bold", "b"], ["italic", "i"], ["strike", "s"], ["code", "code"]];
  return tags.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function word(element, names) {
  switch (element.type) {
    case "text": return styled(element.text, element.style);
    case "link": return styled(link(element.url, element.text || element.url), element.style);
    case "emoji": return emoji(element.name);
    case "user": return h("span", { class: "mention" }, `@${names[element.user_id] ?? element.user_id}`);
    case "channel": return h("span", { class: "mention" }, `#${names[element.channel_id] ?? element.channel_id}`);
    case "usergroup": return h("span", { class: "mention" }, `@${names[element.usergroup_id] ?? element.usergroup_id}`);
    case "broadcast": return h("span", { class: "mention" }, `@${element.range}`);
    case "date": return element.fallback ?? new Date(element.timestamp * 1000).toLocaleString();
    default: return element.text ?? "";
  }
}

function richPart(part, names) {
  const words = () => part.elements.map((element) => word(element, names));
  switch (part.type) {
    case "rich_text_list": {
      const list = h(part.style === "ordered" ? "ol" : "ul", { class: `indent${part.indent ?? 0}` });
      if (part.offset) list.setAttribute("start", part.offset + 1);
      list.append(...part.elements.map((element) => h("li", {}, richPart(element, names))));
      return list;
    }
    case "rich_text_quote": return h("blockquote", {}, words());
    case "rich_text_preformatted": return h("pre", {}, words());
    default: return h("div", { class: "rich" }, words());
  }
}

export const richText = (block, names) => block.elements.map((part) => richPart(part, names));
