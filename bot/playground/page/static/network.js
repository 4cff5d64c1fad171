/** Cutting the bot's connection, to see how it comes back. */

import { dropConnection } from "./api.js";
import { byId } from "./dom.js";
import { announce, showNotice } from "./status.js";
import { world } from "./world.js";

const SHORTEST = 0.1; // seconds; on one's own computer, to come back takes hardly any time

export function showNetwork() {
  let droppedAt = 0;
  let wentAway = false;
  const say = (sentence) => {
    byId("network-status").textContent = sentence;
    announce(sentence);
  };

  byId("drop-connection").addEventListener("click", async () => {
    droppedAt = Date.now();
    wentAway = false;
    say("Dropping the connection…");
    try {
      await dropConnection(!byId("forget-session").checked);
      if (!world.botOnline && !wentAway) say("There was no connection to drop.");
    } catch (error) {
      showNotice(error.message);
    }
  });

  world.on(["presence"], () => {
    if (!droppedAt) return;
    if (!world.botOnline) {
      wentAway = true;
      say(`${world.bot.name} lost its connection.`);
    } else if (wentAway) {
      const seconds = (Date.now() - droppedAt) / 1000;
      const away = seconds < SHORTEST ? `less than ${SHORTEST}` : seconds.toFixed(1);
      say(`${world.bot.name} was away for ${away} s, and is back.`);
      droppedAt = 0;
    }
  });
}
