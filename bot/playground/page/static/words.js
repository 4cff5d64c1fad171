/** Formatting of dates, durations and sizes. */

const KIBIBYTE = 1024; // bytes

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

/** @param {Date} when @returns {string} as 14:05 */
export const clockTime = (when) => CLOCK.format(when);

/** @param {Date} when @returns {string} as Thursday, 20 November 2025 at 14:05 */
export const fullTime = (when) => FULL.format(when);

/** Format a day, as "Today", "Yesterday" or a date. @param {Date} when @returns {string} */
export function dayName(when) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (when.toDateString() === new Date().toDateString()) return "Today";
  if (when.toDateString() === yesterday.toDateString()) return "Yesterday";
  return DAY.format(when);
}

/** Format a duration. @param {number} seconds @returns {string} as 1:05 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Format a duration for a screen reader. @param {number} seconds @returns {string} as "1 minute 5 seconds" */
export function spokenDuration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  const parts = minutes ? [counted(minutes, "minute")] : [];
  if (whole % 60 || !minutes) parts.push(counted(whole % 60, "second"));
  return parts.join(" ");
}

/** Return a number with a noun. @param {number} number @param {string} noun @returns {string} as "1 second", "3 seconds" */
export const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Format a size. @param {number} bytes @returns {string} as "34 KB" */
export function fileSize(bytes) {
  if (bytes < KIBIBYTE) return counted(bytes, "byte");
  if (bytes < KIBIBYTE ** 2) return `${Math.round(bytes / KIBIBYTE)} KB`;
  return `${(bytes / KIBIBYTE ** 2).toFixed(1)} MB`;
}
