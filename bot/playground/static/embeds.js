/** The boxes with a coloured edge in which a bot answers. */

import { attachmentPath, webAddress } from "./addresses.js";
import { drawPicture } from "./attachments.js";
import { element } from "./dom.js";
import { inline, markdown } from "./markdown.js";
import { shortTime } from "./words.js";

/**
 * Draw an embed.
 * @param {any} embed as Discord's REST API gives it
 * @param {import("./world.js").Attachment[]} attachments of the same message, for the pictures' words
 * @param {import("./markdown.js").Names} names
 * @returns {HTMLElement}
 */
export function drawEmbed(embed, attachments, names) {
  const box = element("article", { class: "embed", "aria-label": embed.title || "Embed" });
  if (Number.isInteger(embed.color)) box.style.setProperty("--edge", hexColour(embed.color));
  const thumbnail = picture(embed.thumbnail, attachments);
  if (thumbnail) box.append(element("div", { class: "thumbnail" }, thumbnail));
  if (embed.author?.name) box.append(element("p", { class: "by" }, linked(embed.author.url, embed.author.name)));
  if (embed.title) box.append(element("h3", {}, linked(embed.url, ...inline(embed.title, names))));
  if (embed.description) box.append(element("div", { class: "words" }, markdown(embed.description, names)));
  if (embed.fields?.length) box.append(drawFields(embed.fields, names));
  const image = picture(embed.image, attachments);
  if (image) box.append(image);
  const foot = drawFoot(embed);
  if (foot) box.append(foot);
  return box;
}

function drawFields(fields, names) {
  const list = element("dl", { class: "fields" });
  for (const { name, value, inline: isInline } of fields) {
    const label = element("dt", {}, ...inline(name, names));
    const words = element("dd", { class: "words" }, markdown(value, names));
    list.append(element("div", { class: isInline ? "field narrow" : "field" }, label, words));
  }
  return list;
}

function drawFoot(embed) {
  const foot = element("p", { class: "foot-line" });
  if (embed.footer?.text) foot.append(element("span", {}, embed.footer.text));
  const when = new Date(embed.timestamp ?? NaN);
  if (!Number.isNaN(when.getTime())) foot.append(element("time", { datetime: when.toISOString() }, shortTime(when)));
  return foot.hasChildNodes() ? foot : null;
}

/** A picture of this server; one from elsewhere is never loaded, so that nothing leaves this computer. */
function picture(media, attachments) {
  const path = attachmentPath(media?.url);
  if (!path) return null;
  const attachment = attachments.find(({ url }) => attachmentPath(url) === path);
  return drawPicture(path, media.description || attachment?.description || "");
}

function linked(address, ...words) {
  const safe = webAddress(address);
  if (!safe) return element("span", {}, ...words);
  return element("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...words);
}

const hexColour = (colour) => `#${(colour & 0xffffff).toString(16).padStart(6, "0")}`;
