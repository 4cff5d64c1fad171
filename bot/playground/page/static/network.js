/** The control that drops the bot's connection, to see it reconnect. */

import { dropConnection } from "./api.js";
import { byId } from "./dom.js";
import { announce, showNotice } from "./status.js";
import { world } from "./world.js";

const MIN_SECONDS = 0.1; // a shorter reconnection is shown as "less than"

export function showNetwork() {
  let droppedAt = 0;
  let wentAway = false;
  const showStatus = (sentence) => {
    byId("network-status").textContent = sentence;
    announce(sentence);
  };

  byId("drop-connection").addEventListener("click", async () => {
    droppedAt = Date.now();
    wentAway = false;
    showStatus("Dropping the connection…");
    try {
      await dropConnection(!byId("forget-session").checked);
      if (!world.botOnline && !wentAway) showStatus("There was no connection to drop.");
    } catch (error) {
      showNotice(error.message);
    }
  });

  world.on(["presence"], () => {
    if (!droppedAt) return;
    if (!world.botOnline) {
      wentAway = true;
      showStatus(`${world.bot.name} lost its connection.`);
    } else if (wentAway) {
      const seconds = (Date.now() - droppedAt) / 1000;
      const away = seconds < MIN_SECONDS ? `less than ${MIN_SECONDS}` : seconds.toFixed(1);
      showStatus(`${world.bot.name} was away for ${away} s, and is back.`);
      droppedAt = 0;
    }
  });
}
