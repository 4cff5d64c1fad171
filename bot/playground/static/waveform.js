/** The shape of a sound as bars: what Discord sends with a voice message, and how it is drawn here. */

import { element } from "./dom.js";

export const BARS = 48;
const LOWEST = 0.06; // of the full height, so that silence is seen as dots

/**
 * Read the waveform of a voice message.
 * @param {string | undefined} encoded Base64 of at most 256 bytes, each a loudness from 0 to 255
 * @returns {number[]} BARS numbers from 0 to 1; all 0 where there is none, or none that can be read
 */
export function decodeWaveform(encoded) {
  let bytes = "";
  try {
    bytes = atob(encoded ?? "");
  } catch {
    // The waveform is the sender's: one that is no Base64 is as good as none.
  }
  const levels = Array.from(bytes, (byte) => byte.charCodeAt(0) / 255);
  const loudest = Math.max(0.01, ...levels);
  return Array.from({ length: BARS }, (_, bar) => {
    const start = Math.floor((bar * levels.length) / BARS);
    const end = Math.max(start + 1, Math.floor(((bar + 1) * levels.length) / BARS));
    return Math.max(0, ...levels.slice(start, end)) / loudest;
  });
}

/**
 * Draw bars.
 * @param {number[]} levels from 0 to 1
 * @returns {HTMLElement} with one child for each level
 */
export function drawBars(levels) {
  const bars = element("span", { class: "bars", "aria-hidden": "true" }, ...levels.map(() => element("i")));
  levels.forEach((level, bar) => setBar(bars, bar, level));
  return bars;
}

/** @param {HTMLElement} bars @param {number} bar its index @param {number} level from 0 to 1 */
export function setBar(bars, bar, level) {
  const height = LOWEST + (1 - LOWEST) * Math.min(1, Math.max(0, level));
  /** @type {HTMLElement} */ (bars.children[bar]).style.setProperty("--level", height.toFixed(3));
}
