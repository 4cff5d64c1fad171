/**
 * What a person does, as the playground's server is told of it. What goes wrong is an Error with a sentence
 * for that person.
 *
 * Whose page this is stands in its address, so that reloading keeps it, and so that each tab can be somebody
 * else's.
 */

/** @typedef {import("./world.js").Message} Message */
/** @typedef {import("./world.js").Interaction} Interaction */

const KEY = "person";
const UNREACHABLE = "The playground could not be reached: see that it still runs, then send again.";

/** @returns {string} the id of the person in the address; empty for whom the server takes by itself */
export function personId() {
  const id = new URLSearchParams(location.search).get(KEY) ?? "";
  return /^\d+$/.test(id) ? id : "";
}

/** @param {string} id of a person; empty for whom the server takes by itself */
export function becomePerson(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set(KEY, id);
  else url.searchParams.delete(KEY);
  history.replaceState(history.state, "", url);
}

/** @param {string} path @returns {string} the path as this page's person asks for it */
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
  return ask("POST", `/channels/${channelId}/messages`, form);
}

/** Send a recording, which the server turns into a voice message. @param {string} channelId @param {Blob} wav */
export const sendVoice = (channelId, wav) => ask("POST", `/channels/${channelId}/voice`, wav);

/** @param {Message} message @param {string} channelId where it is shown again @returns {Promise<Message>} */
export const forwardMessage = (message, channelId) =>
  ask("POST", `${addressOf(message)}/forward`, { channel_id: channelId });

/** @param {Message} message @returns {Promise<unknown>} */
export const deleteMessage = (message) => ask("DELETE", addressOf(message));

/** @param {string} channelId @returns {Promise<{commands: any[]}>} what this person may use there */
export const listCommands = (channelId) => ask("GET", `/channels/${channelId}/commands`);

/**
 * Use a command: one that is typed, with options, or one in the menu of a message.
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
  return ask("POST", `/channels/${channelId}/commands`, form);
}

/**
 * Press a button of a message, or choose from a menu of it.
 * @param {Message} message
 * @param {string} customId
 * @param {string[] | null} values null for a button
 * @returns {Promise<Interaction>}
 */
export const useComponent = (message, customId, values) =>
  ask("POST", `${addressOf(message)}/component`, { custom_id: customId, ...(values && { values }) });

/** @param {string} locale @returns {Promise<unknown>} */
export const setLocale = (locale) => ask("POST", "/person", { locale });

/** @param {string} other id of a person @returns {Promise<import("./world.js").Channel>} */
export const beginConversation = (other) => ask("POST", "/conversations", { person_id: other });

/** @param {boolean} resumable whether the bot's session is kept @returns {Promise<unknown>} */
export const dropConnection = (resumable) => ask("POST", "/gateway/drop", { resumable });

const addressOf = (message) => `/channels/${message.channel_id}/messages/${message.id}`;

/** @param {string} method @param {string} path @param {any} [body] a form, a blob, or what becomes JSON */
async function ask(method, path, body) {
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
