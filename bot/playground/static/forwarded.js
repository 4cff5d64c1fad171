/** A message that is shown again elsewhere, without who wrote it. */

import { drawAttachments } from "./attachments.js";
import { element, icon } from "./dom.js";
import { drawEmbed } from "./embeds.js";
import { markdown } from "./markdown.js";
import { namesIn } from "./names.js";

/**
 * Draw what a message forwards.
 * @param {import("./world.js").Message} message
 * @param {import("./world.js").World} world
 * @returns {{nodes: Node[], players: import("./player.js").Player[]}}
 */
export function drawForwarded(message, world) {
  const names = namesIn(world);
  const players = [];
  const nodes = (message.message_snapshots ?? []).map(({ message: shown }) => {
    const drawn = drawAttachments(shown, "somebody");
    players.push(...drawn.players);
    const by = element("p", { class: "by" }, icon("forward"), "Forwarded");
    const box = element("blockquote", { class: "forwarded" }, by);
    if (shown.content) box.append(element("div", { class: "words" }, markdown(shown.content, names)));
    box.append(...drawn.nodes, ...shown.embeds.map((embed) => drawEmbed(embed, shown.attachments, names)));
    return box;
  });
  return { nodes, players };
}
