/**
 * Discord's subset of Markdown, as elements. The text is not to be trusted: it becomes text nodes inside
 * elements that are made here, and only web addresses become links.
 */

import { messageAddress, webAddress } from "./addresses.js";
import { element } from "./dom.js";
import { fullTime, relativeTime, shortTime } from "./words.js";

/** @typedef {{person: (id: string) => string | undefined, channel: (id: string) => string | undefined,
 *   role: (id: string) => string | undefined}} Names */

const DEEPEST = 8; // styles within styles; what is deeper stays as it was typed

const FENCE = /```(?:[\w+-]*\n)?([\s\S]+?)```\n?/g;

/** Styles that hold other styles: what opens and closes them, and the element's name. */
const STYLES = [
  { pattern: /^\*\*([\s\S]+?)\*\*(?!\*)/, tag: "strong" },
  { pattern: /^__([\s\S]+?)__(?!_)/, tag: "u" },
  { pattern: /^~~([\s\S]+?)~~/, tag: "s" },
  { pattern: /^\*(?![\s*])((?:\*\*[\s\S]+?\*\*|[^*])+?)\*(?!\*)/, tag: "em" },
  { pattern: /^_(?![\s_])((?:__[\s\S]+?__|[^_])+?)_(?!\w)/, tag: "em" },
];

/** Lines that are more than a paragraph: what they begin with, and the element's name and class. */
const LINES = [
  { pattern: /^-# +(.+)$/, tag: "small", kind: "subtext" },
  { pattern: /^# +(.+)$/, tag: "p", kind: "heading largest" },
  { pattern: /^## +(.+)$/, tag: "p", kind: "heading larger" },
  { pattern: /^### +(.+)$/, tag: "p", kind: "heading" },
  { pattern: /^> (.*)$/, tag: "blockquote", kind: null },
  { pattern: /^ {0,4}[-*] +(.+)$/, tag: "ul", kind: null },
  { pattern: /^ {0,4}(\d{1,4}\. +.+)$/, tag: "p", kind: "numbered" },
];

/**
 * Draw a text with blocks: paragraphs, quotes, lists, code.
 * @param {string} text
 * @param {Names} names
 * @returns {DocumentFragment}
 */
export function markdown(text, names) {
  const drawn = new DocumentFragment();
  const unix = text.replaceAll("\r\n", "\n"); // forms send the other kind of line end
  let position = 0;
  for (const fence of unix.matchAll(FENCE)) {
    drawn.append(...lines(unix.slice(position, fence.index), names));
    // Code may be wider than its box and then scrolls, which a keyboard must be able to do too.
    const code = element("code", {}, fence[1].replace(/\n$/, ""));
    drawn.append(element("pre", { tabindex: 0, "aria-label": "Code" }, code));
    position = fence.index + fence[0].length;
  }
  drawn.append(...lines(unix.slice(position), names));
  return drawn;
}

/**
 * Draw one line's styles: bold, italic, code, links, mentions.
 * @param {string} text
 * @param {Names} names
 * @param {number} [depth]
 * @returns {(Node | string)[]}
 */
export function inline(text, names, depth = 0) {
  /** @type {(Node | string)[]} */ const drawn = [];
  let plain = "";
  let position = 0;
  while (position < text.length) {
    const [length, node] = nextStyle(text, position, names, depth);
    if (length) {
      drawn.push(plain, node);
      plain = "";
    } else plain += text[position];
    position += length || 1;
  }
  drawn.push(plain);
  return drawn.filter((part) => part !== "");
}

/** Find what begins at a position: its length, 0 for a plain letter, and its node. */
function nextStyle(text, position, names, depth) {
  const nothing = /** @type {[number, string]} */ ([0, ""]);
  const letter = text[position];
  if (!"\\`*_~[<h".includes(letter)) return nothing;
  const rest = text.slice(position);
  let match;
  if ((match = /^\\([\\`*_~[\]<>|#-])/.exec(rest))) return [match[0].length, match[1]];
  if ((match = /^(`{1,2})([\s\S]*?[^`])\1(?!`)/.exec(rest))) {
    return [match[0].length, element("code", {}, match[2].trim() || match[2])];
  }
  if ((match = /^\[([^\]]+)\]\((\S+?)\)/.exec(rest))) {
    const address = webAddress(match[2]);
    return address ? [match[0].length, link(address, ...inline(match[1], names, DEEPEST))] : nothing;
  }
  if (letter === "<") return angled(rest, names) ?? nothing;
  if (letter === "h") return bareLink(rest, position ? text[position - 1] : " ") ?? nothing;
  if (depth >= DEEPEST || (letter === "_" && /\w/.test(text[position - 1] ?? ""))) return nothing;
  for (const { pattern, tag } of STYLES) {
    match = pattern.exec(rest);
    if (match) return [match[0].length, element(tag, {}, ...inline(match[1], names, depth + 1))];
  }
  return nothing;
}

/** What stands in angle brackets: a link without preview, a mention, a time, a custom emoji. */
function angled(rest, names) {
  let match;
  if ((match = /^<(https?:\/\/[^\s>]+)>/.exec(rest)) && webAddress(match[1])) {
    return [match[0].length, link(webAddress(match[1]), match[1])];
  }
  if ((match = /^<@!?(\d+)>/.exec(rest))) return [match[0].length, mention(`@${names.person(match[1]) ?? "someone"}`)];
  if ((match = /^<@&(\d+)>/.exec(rest))) return [match[0].length, mention(`@${names.role(match[1]) ?? "some"}`)];
  if ((match = /^<#(\d+)>/.exec(rest))) return [match[0].length, mention(`#${names.channel(match[1]) ?? "somewhere"}`)];
  if ((match = /^<\/([\w -]+):\d+>/.exec(rest))) return [match[0].length, mention(`/${match[1]}`)];
  if ((match = /^<a?(:\w+:)\d+>/.exec(rest))) return [match[0].length, match[1]];
  if ((match = /^<t:(\d{1,11})(?::(\w))?>/.exec(rest))) {
    const when = new Date(Number(match[1]) * 1000);
    const words = match[2] === "R" ? relativeTime(when) : shortTime(when);
    return [match[0].length, element("time", { datetime: when.toISOString(), title: fullTime(when) }, words)];
  }
  return null;
}

/** An address that stands in the text; what ends the sentence is not part of it. */
function bareLink(rest, before) {
  const match = /^https?:\/\/[^\s<>]+/.exec(rest);
  if (!match || /\w/.test(before)) return null;
  let address = match[0].replace(/[.,:;!?'"*_~]+$/, "");
  if (address.endsWith(")") && !address.includes("(")) address = address.slice(0, -1);
  return webAddress(address) ? [address.length, link(webAddress(address), address)] : null;
}

function lines(text, names) {
  /** @type {Node[]} */ const drawn = [];
  for (const line of text.split("\n")) {
    const kind = LINES.find(({ pattern }) => pattern.test(line));
    const last = drawn.at(-1);
    if (!kind) {
      if (last instanceof HTMLElement && last.className === "paragraph") last.append("\n", ...inline(line, names));
      else drawn.push(element("p", { class: "paragraph" }, ...inline(line, names)));
      continue;
    }
    const words = inline(kind.pattern.exec(line)?.[1] ?? "", names);
    const sameAsLast = last instanceof HTMLElement && last.localName === kind.tag && !kind.kind ? last : null;
    if (kind.tag === "ul") {
      const item = element("li", {}, ...words);
      if (sameAsLast) sameAsLast.append(item);
      else drawn.push(element("ul", {}, item));
    } else if (sameAsLast) sameAsLast.append("\n", ...words);
    else drawn.push(element(kind.tag, { class: kind.kind }, ...words));
  }
  return drawn.filter((node) => node.textContent !== "");
}

function link(address, ...words) {
  const [, channelId, messageId] = messageAddress(address) ?? [];
  if (channelId) return innerLink(channelId, messageId, words);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, ...words);
}

const mention = (words) => element("span", { class: "mention" }, words);

/** Lead to a message that Discord's address names: to its channel, and to it where that is open already. */
function innerLink(channelId, messageId, words) {
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
