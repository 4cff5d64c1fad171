/** The line that says that the connection is lost, and when it is tried again. */

import { byId } from "./dom.js";

const LOST = "The connection to the playground is lost: see that it still runs.";
const TICK = 500; // ms between two looks at the clock

export class ConnectionBanner {
  #banner = byId("connection");
  #words = this.#banner.querySelector("span");
  #wait = this.#banner.querySelector("small");
  #retryAt = 0;
  #timer = 0;

  /** @param {() => void} onTry called when the person does not want to wait */
  constructor(onTry) {
    this.#banner.querySelector("button").addEventListener("click", onTry);
  }

  /** @param {{connected: boolean, retryAt: number | null}} status as EventStream tells it */
  show({ connected, retryAt }) {
    clearInterval(this.#timer);
    this.#banner.hidden = connected;
    document.body.dataset.connected = String(connected); // what was known of the bot may be so no more
    this.#words.textContent = connected ? "" : LOST;
    if (connected) return;
    this.#retryAt = retryAt ?? 0;
    this.#draw();
    if (retryAt) this.#timer = setInterval(() => this.#draw(), TICK);
  }

  /** The seconds are for the eye alone: read aloud, they would talk over everything else. */
  #draw() {
    const seconds = Math.ceil((this.#retryAt - Date.now()) / 1000);
    this.#wait.textContent = seconds > 0 ? `Trying again in ${seconds} s` : "Trying again…";
  }
}
