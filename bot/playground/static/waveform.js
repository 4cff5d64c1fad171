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
  const stretch = levels.length > BARS ? highest : between;
  return Array.from({ length: BARS }, (_, bar) => (levels.length ? stretch(levels, bar) / loudest : 0));
}

/** Of a long sound, each bar shows the loudest of its stretch. */
function highest(levels, bar) {
  const edge = (index) => (index * levels.length) / BARS;
  return Math.max(...levels.slice(Math.floor(edge(bar)), Math.ceil(edge(bar + 1))));
}

/** Of a short one, whose levels are fewer than the bars, each shows what lies between two. */
function between(levels, bar) {
  const position = Math.min(levels.length - 1, Math.max(0, ((bar + 0.5) * levels.length) / BARS - 0.5));
  const [before, after] = [levels[Math.floor(position)], levels[Math.ceil(position)]];
  return before + (after - before) * (position % 1);
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
