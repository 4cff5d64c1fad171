/** The line that says what was asked of the bot and has no answer yet. */

import { byId } from "./dom.js";

/**
 * @param {import("./interactions.js").Interactions} interactions
 * @param {import("./world.js").World} world
 */
export function showWaiting(interactions, world) {
  const line = byId("waiting");
  interactions.addEventListener("change", () => {
    const [words] = interactions.waitingWords;
    line.hidden = !words;
    line.textContent = words ? `${world.bot?.name ?? "The bot"} was asked: ${words}…` : "";
  });
}
