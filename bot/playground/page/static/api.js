/**
 * The requests to the playground's server. A failure is an Error with a sentence for the user.
 *
 * The user is part of the page's URL, so that reloading keeps them, and each tab can have another user.
 */

/** @typedef {import("./world.js").Message} Message */
/** @typedef {import("./world.js").Interaction} Interaction */

const KEY = "person";
const UNREACHABLE = "The playground could not be reached: see that it still runs, then send again.";

/** @returns {string} the id of the user in the URL; empty for the server's default user */
export function personId() {
  const id = new URLSearchParams(location.search).get(KEY) ?? "";
  return /^\d+$/.test(id) ? id : "";
}

/** Change the user in the URL. @param {string} id empty for the server's default user */
export function setPersonId(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set(KEY, id);
  else url.searchParams.delete(KEY);
  history.replaceState(history.state, "", url);
}

/** @param {string} path @returns {string} the path with the user in its query */
export const asPerson = (path) => (personId() ? `${path}?${KEY}=${personId()}` : path);

/**
 * Send text and files.
 * @param {string} channelId
 * @param {string} content
 * @param {File[]} files
 * @param {string} [replyTo] id of the message that this one replies to
 * @returns {Promise<Message>}
 */
export function sendMessage(channelId, content, files, replyTo) {
  const form = new FormData();
  form.append("content", content);
  if (replyTo) form.append("reply_to", replyTo);
  for (const file of files) form.append("files", file, file.name);
  return request("POST", `/channels/${channelId}/messages`, form);
}

/** Send a recording, which the server turns into a voice message. @param {string} channelId @param {Blob} wav */
export const sendVoice = (channelId, wav) => request("POST", `/channels/${channelId}/voice`, wav);

/** @param {Message} message @param {string} channelId to forward it to @returns {Promise<Message>} */
export const forwardMessage = (message, channelId) =>
  request("POST", `${addressOf(message)}/forward`, { channel_id: channelId });

/** @param {Message} message @returns {Promise<unknown>} */
export const deleteMessage = (message) => request("DELETE", addressOf(message));

/** @param {string} channelId @returns {Promise<{commands: any[]}>} those that the user may use there */
export const listCommands = (channelId) => request("GET", `/channels/${channelId}/commands`);

/**
 * Use a slash command, with options, or a command in the Apps menu of a message.
 * @param {string} channelId
 * @param {{name: string, type?: number, target_id?: string, options?: Record<string, unknown>}} command
 * @returns {Promise<Interaction>}
 */
export function useCommand(channelId, { options = {}, ...command }) {
  const form = new FormData();
  const isFile = ([, value]) => value instanceof File;
  const plain = Object.entries(options).filter((option) => !isFile(option));
  form.append("command", JSON.stringify({ ...command, options: Object.fromEntries(plain) }));
  for (const [name, file] of Object.entries(options).filter(isFile)) form.append(name, /** @type {File} */ (file));
  return request("POST", `/channels/${channelId}/commands`, form);
}

/**
 * Press a button of a message, or choose from a select menu.
 * @param {Message} message
 * @param {string} customId
 * @param {string[] | null} values null for a button
 * @returns {Promise<Interaction>}
 */
export const useComponent = (message, customId, values) =>
  request("POST", `${addressOf(message)}/component`, { custom_id: customId, ...(values && { values }) });

/** @param {string} locale @returns {Promise<unknown>} */
export const setLocale = (locale) => request("POST", "/person", { locale });

/** @param {string} other id of a person @returns {Promise<import("./world.js").Channel>} */
export const beginConversation = (other) => request("POST", "/conversations", { person_id: other });

/** Drop the bot's connection. @param {boolean} resumable whether its session is kept @returns {Promise<unknown>} */
export const dropConnection = (resumable) => request("POST", "/gateway/drop", { resumable });

const addressOf = (message) => `/channels/${message.channel_id}/messages/${message.id}`;

/** @param {string} method @param {string} path @param {any} [body] a form, a blob, or a value to send as JSON */
async function request(method, path, body) {
  const isReady = body === undefined || body instanceof FormData || body instanceof Blob;
  let response;
  try {
    const sent = isReady ? body : JSON.stringify(body);
    response = await fetch(asPerson(`/playground${path}`), { method, body: sent });
  } catch (error) {
    throw new Error(UNREACHABLE, { cause: error });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The playground could not take that (it answered ${response.status}): try again.`);
  }
  return answer;
}
