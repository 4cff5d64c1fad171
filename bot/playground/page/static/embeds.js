/** The embeds of a message. */

import { attachmentPath } from "./addresses.js";
import { drawPicture } from "./attachments.js";
import { element } from "./dom.js";
import { inline, markdown } from "./markdown.js";

/** Draw an embed. @param {any} embed Discord's embed object @returns {HTMLElement} */
export function drawEmbed({ title, description, color, author, fields, image, footer }) {
  const box = element("article", { class: "embed", "aria-label": title || "Embed" });
  if (color !== undefined) box.style.setProperty("--edge", `#${color.toString(16).padStart(6, "0")}`);
  if (author) box.append(element("p", { class: "by" }, author.name));
  if (title) box.append(element("h3", {}, ...inline(title)));
  if (description) box.append(element("div", { class: "words" }, markdown(description)));
  if (fields?.length) box.append(element("dl", { class: "fields" }, ...fields.map(drawField)));
  // Only images of this server are loaded, so that nothing leaves this computer.
  const path = attachmentPath(image?.url);
  if (path) box.append(drawPicture(path, image.description));
  if (footer) box.append(element("p", { class: "foot-line quiet" }, footer.text));
  return box;
}

function drawField({ name, value, inline: isNarrow }) {
  const words = element("dd", { class: "words" }, markdown(value));
  return element("div", { class: isNarrow ? "field narrow" : "field" }, element("dt", {}, ...inline(name)), words);
}
