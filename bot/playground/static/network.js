/** Cutting the bot's connection, to see how it comes back. */

import { dropConnection } from "./api.js";
import { byId } from "./dom.js";

const SHORTEST = 0.1; // seconds; on one's own computer, to come back takes hardly any time

export class Network {
  #world;
  #notice;
  #announce;
  #line = byId("network-status");
  #droppedAt = 0;
  #wentAway = false;

  /**
   * @param {import("./world.js").World} world
   * @param {import("./notice.js").Notice} notice
   * @param {(words: string) => void} announce reads words aloud
   */
  constructor(world, notice, announce) {
    this.#world = world;
    this.#notice = notice;
    this.#announce = announce;
    byId("drop-connection").addEventListener("click", () => this.#drop());
    world.addEventListener("presence", () => this.#presence());
  }

  async #drop() {
    const resumable = !byId("forget-session").checked;
    this.#droppedAt = Date.now();
    this.#wentAway = false;
    this.#say("Dropping the connection…");
    try {
      await dropConnection(resumable);
      if (!this.#world.botOnline && !this.#wentAway) this.#say("There was no connection to drop.");
    } catch (error) {
      this.#line.textContent = "";
      this.#notice.show(error.message);
    }
  }

  /** Say when it went, and when it was back. */
  #presence() {
    if (!this.#droppedAt) return;
    const bot = this.#world.bot?.name ?? "The bot";
    if (!this.#world.botOnline) {
      this.#wentAway = true;
      this.#say(`${bot} lost its connection.`);
    } else if (this.#wentAway) {
      const seconds = (Date.now() - this.#droppedAt) / 1000;
      const away = seconds < SHORTEST ? `less than ${SHORTEST}` : seconds.toFixed(1);
      this.#say(`${bot} was away for ${away} s, and is back.`);
      this.#droppedAt = 0;
    }
  }

  #say(sentence) {
    this.#line.textContent = sentence;
    this.#announce(sentence);
  }
}
