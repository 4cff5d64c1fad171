/** The typing indicator, which ends with the message or after a time-out, as on Discord. */

import { byId, element } from "./dom.js";
import { announce } from "./status.js";
import { world } from "./world.js";

const TIMEOUT = 10_000; // ms, as on Discord

let openId = "";
/** @type {Map<string, number>} timers by channel and person */ const timers = new Map();

/** @param {string} channelId of the channel to show */
export function openTyping(channelId) {
  openId = channelId;
  draw();
}

world.on(["typing"], ({ channel_id: channelId, user_id: personId }) => {
  if (personId === world.me) return;
  const key = `${channelId} ${personId}`;
  if (!timers.has(key) && channelId === openId) announce(`${nameOf(personId)} is typing.`);
  clearTimeout(timers.get(key));
  timers.set(key, setTimeout(() => stop(key), TIMEOUT));
  draw();
});
world.on(["message_create"], ({ message }) => stop(`${message.channel_id} ${message.author.id}`));
world.on(["state", "presence"], () => world.botOnline || [...timers.keys()].forEach(stop));

function stop(key) {
  clearTimeout(timers.get(key));
  timers.delete(key);
  draw();
}

function draw() {
  const here = [...timers.keys()].map((key) => key.split(" ")).filter(([channelId]) => channelId === openId);
  const names = here.map(([, personId]) => nameOf(personId)).join(", ");
  const verb = here.length === 1 ? " is typing…" : " are typing…";
  const words = element("span", {}, element("strong", {}, names), verb);
  byId("typing").replaceChildren(...(names ? [drawWave(), words] : []));
}

/** Draw the animation of the typing indicator. */
export const drawWave = () =>
  element("span", { class: "wave", "aria-hidden": "true" }, ...Array.from({ length: 5 }, () => element("i")));

const nameOf = (personId) => world.people.get(personId)?.name ?? "Someone";
