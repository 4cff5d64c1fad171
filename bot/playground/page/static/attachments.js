/** The attachments of a message: audio with a player, images, and other files as cards. */

import { attachmentPath } from "./addresses.js";
import { element, icon } from "./dom.js";
import { inline } from "./markdown.js";
import { Player } from "./player.js";
import { counted, fileSize, spokenDuration } from "./words.js";
import { isVoiceMessage } from "./world.js";

/** @typedef {import("./world.js").Message} Message */

const MAX_SUMMARY_LENGTH = 120; // characters

/**
 * Draw the attachments of a message.
 * @param {Message} message
 * @param {string} author display name
 * @returns {{nodes: Node[], players: Player[]}}
 */
export function drawAttachments(message, author) {
  const players = [];
  const nodes = message.attachments.map((attachment) => {
    const { url, content_type: type, filename, duration_secs: seconds, waveform, description } = attachment;
    const path = attachmentPath(url);
    if (path && type.startsWith("audio/")) {
      const length = Number.isFinite(seconds) ? `, ${spokenDuration(seconds)}` : "";
      const name = isVoiceMessage(message) ? `voice message from ${author}${length}` : filename;
      const player = new Player({ path, name, seconds, waveform });
      players.push(player);
      if (isVoiceMessage(message)) return player.element;
      return element("div", { class: "card sound" }, nameLine(attachment, path), player.element);
    }
    if (path && type.startsWith("image/")) return drawPicture(path, description || filename);
    return element("div", { class: "card" }, icon("file"), nameLine(attachment, path));
  });
  return { nodes, players };
}

/**
 * Draw an image that opens in a new tab.
 * @param {string} path on this server
 * @param {string} description alternative text
 */
export function drawPicture(path, description) {
  const picture = element("img", { src: path, alt: description || "Picture" });
  return element("a", { class: "picture", href: path, target: "_blank", rel: "noopener" }, picture);
}

/** Return a short description of a message. @param {Message} message @returns {string} */
export function summaryOf(message) {
  if (isVoiceMessage(message)) return "Voice message";
  if (message.message_snapshots) return `Forwarded: ${summaryOf(message.message_snapshots[0].message)}`;
  if (message.content) {
    const line = message.content.replace(/\s+/g, " ").slice(0, MAX_SUMMARY_LENGTH);
    return element("span", {}, ...inline(line)).textContent ?? "";
  }
  const [embed] = message.embeds;
  if (embed) return embed.title || embed.description || "An answer";
  const { attachments } = message;
  return attachments.length === 1 ? attachments[0].filename : counted(attachments.length, "file");
}

function nameLine({ filename, size }, path) {
  const name = path
    ? element("a", { href: path, download: filename, title: `Download ${filename}` }, filename)
    : element("span", {}, filename);
  return element("p", { class: "file" }, name, element("small", {}, fileSize(size)));
}
