/** Validation of URLs in messages, which are not to be trusted. */

const ATTACHMENTS = ["/attachments/", "/ephemeral-attachments/"];

/** Return an http(s) URL to link to; null for other schemes. @param {unknown} address @returns {string | null} */
export function webAddress(address) {
  const url = URL.parse(String(address));
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

/** Return the path of an attachment on this server; empty for other URLs. @param {unknown} address @returns {string} */
export function attachmentPath(address) {
  const url = URL.parse(String(address));
  const isOurs = url?.origin === location.origin && ATTACHMENTS.some((start) => url.pathname.startsWith(start));
  return isOurs ? url.pathname : "";
}

/** Match Discord's link to a message, with the ids of the channel and of the message. @param {string} address */
export function messageAddress(address) {
  return /^https:\/\/discord\.com\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/.exec(address);
}
