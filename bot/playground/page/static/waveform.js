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
  const levels = Array.from(bytes || "\0", (byte) => byte.charCodeAt(0) / 255);
  const loudest = Math.max(0.01, ...levels);
  return Array.from({ length: BARS }, (_, bar) => {
    const [start, end] = [bar, bar + 1].map((edge) => (edge * levels.length) / BARS);
    // Each bar shows the loudest of its part of a long sound, and what lies between two levels of a short one.
    if (levels.length > BARS) return Math.max(...levels.slice(Math.floor(start), Math.ceil(end))) / loudest;
    const position = Math.min(levels.length - 1, Math.max(0, (start + end - 1) / 2));
    const [before, after] = [levels[Math.floor(position)], levels[Math.ceil(position)]];
    return (before + (after - before) * (position % 1)) / loudest;
  });
}

/** Draw bars, one for each level. @param {number[]} levels from 0 to 1 @returns {HTMLElement} */
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

/** Colour the first bars, as far as a sound has played. @param {HTMLElement} bars @param {number} count */
export function colourBars(bars, count) {
  [...bars.children].forEach((bar, index) => bar.classList.toggle("played", index < count));
}
