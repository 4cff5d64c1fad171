/** Reading aloud, to those whose screen reader is on, what others see happen. */

import { byId } from "./dom.js";

const LONGEST = 400; // characters; whoever wants more goes to the message

/** @param {string} words */
export function announce(words) {
  const region = byId("announcer");
  const line = words.replace(/\s+/g, " ").trim().slice(0, LONGEST);
  // The same words twice are news too; a region whose text stays the same is not read again.
  region.textContent = region.textContent === line ? `${line}\u00a0` : line;
}
