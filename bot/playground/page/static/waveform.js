/** Waveforms of voice messages, drawn as bars. */

import { element } from "./dom.js";

export const BARS = 48;
const MIN_HEIGHT = 0.06; // of the full height, so that silence is drawn as dots

/**
 * Decode the waveform of a voice message.
 * @param {string | undefined} encoded Base64 of at most 256 bytes, each a loudness from 0 to 255
 * @returns {number[]} BARS numbers from 0 to 1; all 0 if there is no waveform or it is invalid
 */
export function decodeWaveform(encoded) {
  let bytes = "";
  try {
    bytes = atob(encoded ?? "");
  } catch {
    // The waveform comes from the sender: treat invalid Base64 as none.
  }
  const levels = Array.from(bytes || "\0", (byte) => byte.charCodeAt(0) / 255);
  const loudest = Math.max(0.01, ...levels);
  return Array.from({ length: BARS }, (_, bar) => {
    const [start, end] = [bar, bar + 1].map((edge) => (edge * levels.length) / BARS);
    // Take the maximum of the levels of a bar; interpolate if there are fewer levels than bars.
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

/** Set the height of a bar. @param {HTMLElement} bars @param {number} bar index @param {number} level from 0 to 1 */
export function setBar(bars, bar, level) {
  const height = MIN_HEIGHT + (1 - MIN_HEIGHT) * Math.min(1, Math.max(0, level));
  /** @type {HTMLElement} */ (bars.children[bar]).style.setProperty("--level", height.toFixed(3));
}

/** Colour the first bars, for the part that has been played. @param {HTMLElement} bars @param {number} count */
export function colourBars(bars, count) {
  [...bars.children].forEach((bar, index) => bar.classList.toggle("played", index < count));
}
