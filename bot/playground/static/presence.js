/** Whether the bot is there: a light in the title, and a line where one writes when it is not. */

import { byId } from "./dom.js";

/** @param {import("./world.js").World} world */
export function showPresence(world) {
  const draw = () => drawPresence(world.bot?.name ?? "The bot", world.botOnline);
  world.addEventListener("state", draw);
  world.addEventListener("presence", draw);
}

function drawPresence(name, isOnline) {
  const light = byId("presence");
  light.hidden = false;
  light.dataset.online = String(isOnline);
  light.textContent = `${name} is ${isOnline ? "online" : "offline"}`;
  const line = byId("offline");
  line.hidden = isOnline;
  const words = `${name} is offline or still starting: it will not hear what is sent before it is online.`;
  line.textContent = isOnline ? "" : words;
}
