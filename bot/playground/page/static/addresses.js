/** Which addresses of a message the page follows. Those in messages are not to be trusted. */

const ATTACHMENTS = ["/attachments/", "/ephemeral-attachments/"];

/** Accept an address of the web to link to, and nothing that runs. @param {unknown} address @returns {string | null} */
export function webAddress(address) {
  const url = URL.parse(String(address));
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

/** Accept an address to load from: only this server's own attachments. @param {unknown} address @returns {string} */
export function attachmentPath(address) {
  const url = URL.parse(String(address));
  const isOurs = url?.origin === location.origin && ATTACHMENTS.some((start) => url.pathname.startsWith(start));
  return isOurs ? url.pathname : "";
}

/** Match Discord's address of a message, which has the channel's id and its own. @param {string} address */
export function messageAddress(address) {
  return /^https:\/\/discord\.com\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/.exec(address);
}
