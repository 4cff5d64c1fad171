/** Which addresses of a message the page follows. Those in messages are not to be trusted. */

const ATTACHMENTS = ["/attachments/", "/ephemeral-attachments/"];

/**
 * Accept an address to link to: the web's, and nothing that runs (javascript:, data:).
 * @param {unknown} address
 * @returns {string | null}
 */
export function webAddress(address) {
  const url = parse(address);
  return url && ["http:", "https:"].includes(url.protocol) ? url.href : null;
}

/**
 * Accept an address to load from: only this server's own attachments. They are asked for by path, because
 * the page may have been opened as "localhost" while attachments are given as "127.0.0.1".
 * @param {unknown} address
 * @returns {string | null}
 */
export function attachmentPath(address) {
  const url = parse(address);
  const isOurs = url && url.port === location.port && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return isOurs && ATTACHMENTS.some((start) => url.pathname.startsWith(start)) ? url.pathname + url.search : null;
}

/**
 * Take apart Discord's address of a message, which here is one of the playground's.
 * @param {string} address
 * @returns {RegExpExecArray | null} with the channel's and the message's id
 */
export function messageAddress(address) {
  return /^https:\/\/discord\.com\/channels\/(?:\d+|@me)\/(\d+)\/(\d+)$/.exec(address);
}

function parse(address) {
  try {
    return new URL(String(address));
  } catch {
    return null;
  }
}
