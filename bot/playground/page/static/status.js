/** What the page says beside the messages: news for screen readers, what went wrong, whether the bot is there. */

import { byId, icon } from "./dom.js";
import { world } from "./world.js";

const LONGEST = 400; // characters read aloud; whoever wants more goes to the message

const notice = byId("notice");
world.on(["state"], () => hideNotice()); // the page is connected anew: that is of before
notice.querySelector("button").append(icon("close"));
notice.querySelector("button").addEventListener("click", () => {
  hideNotice();
  byId("text").focus();
});

/** Read words aloud, to those whose screen reader is on. @param {string} words */
export function announce(words) {
  const region = byId("announcer");
  const line = words.replace(/\s+/g, " ").trim().slice(0, LONGEST);
  // The same words twice are news too; a region whose text stays the same is not read again.
  region.textContent = region.textContent === line ? `${line}\u00a0` : line;
}

/** Show what went wrong, and what to do. @param {string} sentence */
export function showNotice(sentence) {
  notice.hidden = !sentence;
  notice.querySelector("span").textContent = sentence;
}

export const hideNotice = () => showNotice("");

/** Show whether the bot is there: a light in the title, and a line where one writes when it is not. */
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
