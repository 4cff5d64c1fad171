/** Announcements for screen readers, notices of errors, and the presence of the bot. */

import { byId, icon } from "./dom.js";
import { world } from "./world.js";

const MAX_LENGTH = 400; // characters of an announcement

const notice = byId("notice");
world.on(["state"], () => hideNotice()); // the page is connected anew: that is of before
notice.querySelector("button").append(icon("close"));
notice.querySelector("button").addEventListener("click", () => {
  hideNotice();
  byId("text").focus();
});

/** Announce a text to screen readers. @param {string} words */
export function announce(words) {
  const region = byId("announcer");
  const line = words.replace(/\s+/g, " ").trim().slice(0, MAX_LENGTH);
  // A live region is only read when its text changes, so change it for the same text again.
  region.textContent = region.textContent === line ? `${line}\u00a0` : line;
}

/** Show an error; hide it if the sentence is empty. @param {string} sentence */
export function showNotice(sentence) {
  notice.hidden = !sentence;
  notice.querySelector("span").textContent = sentence;
}

export const hideNotice = () => showNotice("");

/** Show whether the bot is online, in the title, and above the composer if it is offline. */
export function showPresence() {
  world.on(["state", "presence"], () => {
    const { bot, botOnline } = world;
    const light = byId("presence");
    light.hidden = false;
    light.dataset.online = String(botOnline);
    light.textContent = `${bot.name} is ${botOnline ? "online" : "offline"}`;
    const words = `${bot.name} is offline or still starting: it will not hear what is sent before it is online.`;
    byId("offline").hidden = botOnline;
    byId("offline").textContent = botOnline ? "" : words;
  });
}
