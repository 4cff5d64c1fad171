/** A message's files: voice messages and sounds with a player, pictures, and everything else as a card. */

import { attachmentPath } from "./addresses.js";
import { element, icon } from "./dom.js";
import { inline } from "./markdown.js";
import { Player } from "./player.js";
import { isVoiceMessage } from "./world.js";
import { counted, fileSize, spokenDuration } from "./words.js";

/** @typedef {import("./world.js").Attachment} Attachment */

const LONGEST_SUMMARY = 120; // characters

/**
 * Draw a message's files.
 * @param {import("./world.js").Message} message
 * @param {string} author as shown
 * @returns {{nodes: Node[], players: Player[]}}
 */
export function drawAttachments(message, author) {
  const players = [];
  const nodes = [];
  const inEmbeds = new Set(message.embeds.flatMap(picturesOf));
  for (const attachment of message.attachments) {
    const path = attachmentPath(attachment.url);
    const type = attachment.content_type ?? "";
    if (path && type.startsWith("audio/")) {
      const player = new Player({
        path,
        name: isVoiceMessage(message) ? voiceName(attachment, author) : attachment.filename,
        seconds: attachment.duration_secs,
        waveform: attachment.waveform,
      });
      players.push(player);
      nodes.push(isVoiceMessage(message) ? player.element : sound(attachment, path, player));
    } else if (path && type.startsWith("image/")) {
      if (!inEmbeds.has(path)) nodes.push(drawPicture(path, attachment.description || attachment.filename));
    } else nodes.push(card(attachment, path));
  }
  return { nodes, players };
}

/**
 * Draw a picture that opens by itself in a new tab.
 * @param {string} path on this server
 * @param {string} words that say what it shows, if anybody wrote some
 * @returns {HTMLElement}
 */
export function drawPicture(path, words) {
  const picture = element("img", { src: path, alt: words || "Picture" });
  return element("a", { class: "picture", href: path, target: "_blank", rel: "noopener" }, picture);
}

/**
 * Say in a few words what a message is, for a line about it or for reading aloud.
 * @param {import("./world.js").Message} message
 * @param {import("./markdown.js").Names} names
 * @returns {string}
 */
export function summaryOf(message, names) {
  if (isVoiceMessage(message)) return "Voice message";
  if (message.message_snapshots) return `Forwarded: ${summaryOf(message.message_snapshots[0].message, names)}`;
  if (message.content) {
    const line = message.content.replace(/\s+/g, " ").slice(0, LONGEST_SUMMARY);
    return element("span", {}, ...inline(line, names)).textContent ?? "";
  }
  const [embed] = message.embeds;
  if (embed) return embed.title || embed.description || "An answer";
  const { attachments } = message;
  return attachments.length === 1 ? attachments[0].filename : counted(attachments.length, "file");
}

function voiceName(attachment, author) {
  const length = Number.isFinite(attachment.duration_secs) ? `, ${spokenDuration(attachment.duration_secs)}` : "";
  return `voice message from ${author}${length}`;
}

/** The pictures that embeds show, which Discord does not show a second time. */
function picturesOf(embed) {
  return [attachmentPath(embed.image?.url), attachmentPath(embed.thumbnail?.url)].filter(Boolean);
}

function sound(attachment, path, player) {
  return element("div", { class: "card sound" }, nameLine(attachment, path), player.element);
}

function card(attachment, path) {
  return element("div", { class: "card" }, icon("file"), nameLine(attachment, path));
}

function nameLine({ filename, size }, path) {
  const name = path
    ? element("a", { href: path, download: filename, title: `Download ${filename}` }, filename)
    : element("span", {}, filename);
  return element("p", { class: "file" }, name, element("small", {}, fileSize(size)));
}
