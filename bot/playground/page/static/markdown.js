/**
 * A renderer of Discord's subset of Markdown to DOM elements. The text is not to be trusted: it is only inserted
 * as text nodes, and only http(s) URLs become links.
 */

import { messageAddress, webAddress } from "./addresses.js";
import { element } from "./dom.js";
import { world } from "./world.js";

const MAX_DEPTH = 8; // of nested styles; deeper ones are not rendered

const FENCE = /```(?:[\w+-]*\n)?([\s\S]+?)```\n?/g;

/** Styles that can be nested, with the names of their elements. */
const STYLES = [
  { pattern: /^\*\*([\s\S]+?)\*\*(?!\*)/, tag: "strong" },
  { pattern: /^__([\s\S]+?)__(?!_)/, tag: "u" },
  { pattern: /^~~([\s\S]+?)~~/, tag: "s" },
  { pattern: /^\*(?![\s*])((?:\*\*[\s\S]+?\*\*|[^*])+?)\*(?!\*)/, tag: "em" },
  { pattern: /^_(?![\s_])((?:__[\s\S]+?__|[^_])+?)_(?!\w)/, tag: "em" },
];

/** Kinds of lines, with the names and the classes of their elements. */
const LINES = [
  { pattern: /^-# +(.+)$/, tag: "small", kind: "subtext quiet" },
  { pattern: /^# +(.+)$/, tag: "p", kind: "heading largest" },
  { pattern: /^## +(.+)$/, tag: "p", kind: "heading larger" },
  { pattern: /^### +(.+)$/, tag: "p", kind: "heading" },
  { pattern: /^> (.*)$/, tag: "blockquote", kind: "" },
  { pattern: /^ {0,4}[-*] +(.+)$/, tag: "ul", kind: "" },
  { pattern: /^(.*)$/, tag: "p", kind: "paragraph" },
];

/** Render a text with blocks: paragraphs, quotes, lists, code. @param {string} text @returns {DocumentFragment} */
export function markdown(text) {
  const drawn = new DocumentFragment();
  let position = 0;
  for (const fence of text.matchAll(FENCE)) {
    drawn.append(...lines(text.slice(position, fence.index)));
    // Focusable, so that wide code can be scrolled by keyboard.
    const code = element("code", {}, fence[1].replace(/\n$/, ""));
    drawn.append(element("pre", { tabindex: 0, "aria-label": "Code" }, code));
    position = fence.index + fence[0].length;
  }
  drawn.append(...lines(text.slice(position)));
  return drawn;
}

/**
 * Render the styles of a line: bold, italic, code, links, mentions.
 * @param {string} text
 * @param {number} [depth]
 * @returns {(Node | string)[]}
 */
export function inline(text, depth = 0) {
  /** @type {(Node | string)[]} */ const drawn = [""];
  let position = 0;
  while (position < text.length) {
    const rest = text.slice(position);
    const [source, node] = nextStyle(rest, text[position - 1] ?? " ", depth) ?? [rest[0], rest[0]];
    if (typeof node === "string") drawn.push(drawn.pop() + node);
    else drawn.push(node, "");
    position += source.length;
  }
  return drawn.filter((part) => part !== "");
}

/** Return the source and the node of the style at the beginning of a text; null for a plain character. */
function nextStyle(rest, before, depth) {
  let match;
  if ((match = /^\\([\\`*_~[\]<>|#-])/.exec(rest))) return [match[0], match[1]];
  if ((match = /^(`{1,2})([\s\S]*?[^`])\1(?!`)/.exec(rest))) {
    return [match[0], element("code", {}, match[2].trim() || match[2])];
  }
  if ((match = /^\[([^\]]+)\]\((\S+?)\)/.exec(rest)) && webAddress(match[2])) {
    return [match[0], link(match[2], ...inline(match[1], MAX_DEPTH))];
  }
  if ((match = /^<(https?:\/\/[^\s>]+)>/.exec(rest)) && webAddress(match[1])) return [match[0], link(match[1], match[1])];
  if ((match = /^<@!?(\d+)>/.exec(rest))) return [match[0], mention(`@${world.people.get(match[1])?.name ?? "someone"}`)];
  if ((match = /^<#(\d+)>/.exec(rest))) return [match[0], mention(`#${world.channels.get(match[1])?.name ?? "somewhere"}`)];
  // Punctuation at the end is not part of a URL.
  if ((match = /^https?:\/\/[^\s<>]*[^\s<>.,:;!?'"*_~)]/.exec(rest)) && !/\w/.test(before) && webAddress(match[0])) {
    return [match[0], link(match[0], match[0])];
  }
  if (depth >= MAX_DEPTH || (rest[0] === "_" && /\w/.test(before))) return null;
  for (const { pattern, tag } of STYLES) {
    match = pattern.exec(rest);
    if (match) return [match[0], element(tag, {}, ...inline(match[1], depth + 1))];
  }
  return null;
}

function lines(text) {
  /** @type {HTMLElement[]} */ const drawn = [];
  for (const line of text.split("\n")) {
    const { pattern, tag, kind } = /** @type {any} */ (LINES.find((one) => one.pattern.test(line)));
    const words = inline(pattern.exec(line)?.[1] ?? "");
    const inner = tag === "ul" ? [element("li", {}, ...words)] : words;
    const last = drawn.at(-1);
    const joins = ["paragraph", ""].includes(kind) && last?.localName === tag && last.className === kind;
    if (joins) last.append(...(tag === "ul" ? inner : ["\n", ...inner]));
    else drawn.push(element(tag, { class: kind }, ...inner));
  }
  return drawn.filter((node) => node.textContent !== "");
}

/** Return a link to a URL, or, for Discord's link to a message, to its channel and to it if that is open. */
function link(address, ...words) {
  const [, channelId, messageId] = messageAddress(address) ?? [];
  if (!channelId) {
    return element("a", { href: webAddress(address), target: "_blank", rel: "noopener noreferrer", title: address }, ...words);
  }
  const made = element("a", { href: `#${channelId}`, title: "Go to the message" }, ...words);
  made.addEventListener("click", (event) => {
    const target = document.getElementById(`message-${messageId}`);
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  });
  return made;
}

const mention = (words) => element("span", { class: "mention" }, words);
