/**
 * What a person does, as the playground's server is told of it. What goes wrong is an Error with a sentence
 * for that person.
 */

import { asPerson } from "./me.js";

/** @typedef {import("./world.js").Message} Message */
/** @typedef {import("./world.js").Interaction} Interaction */
/** @typedef {Record<string, unknown>} Values by the names of options or fields; files are File or File[] */

const UNREACHABLE = "The playground could not be reached: see that it still runs, then send again.";

/**
 * Send text and files.
 * @param {string} channelId
 * @param {string} content
 * @param {File[]} files
 * @param {string} [replyTo] id of the message that this one replies to
 * @returns {Promise<Message>}
 */
export function sendMessage(channelId, content, files, replyTo = "") {
  const form = new FormData();
  form.append("content", content);
  if (replyTo) form.append("reply_to", replyTo);
  for (const file of files) form.append("files", file, file.name);
  return ask("POST", `/channels/${channelId}/messages`, { body: form });
}

/**
 * Send a recording, which the server turns into what Discord delivers as a voice message.
 * @param {string} channelId
 * @param {Blob} wav
 * @returns {Promise<Message>}
 */
export function sendVoice(channelId, wav) {
  return ask("POST", `/channels/${channelId}/voice`, { body: wav, headers: { "Content-Type": "audio/wav" } });
}

/** @param {Message} message @param {string} channelId where it is shown again @returns {Promise<Message>} */
export const forwardMessage = (message, channelId) =>
  ask("POST", `${addressOf(message)}/forward`, json({ channel_id: channelId }));

/** @param {Message} message @returns {Promise<unknown>} */
export const deleteMessage = (message) => ask("DELETE", addressOf(message));

/** @param {string} channelId @returns {Promise<{commands: any[]}>} what this person may use there */
export const listCommands = (channelId) => ask("GET", `/channels/${channelId}/commands`);

/**
 * Use a slash command.
 * @param {string} channelId
 * @param {string} name with those of groups and subcommands after it
 * @param {Values} options
 * @returns {Promise<Interaction>}
 */
export const useCommand = (channelId, name, options) =>
  ask("POST", `/channels/${channelId}/commands`, withFiles("options", options, { name }));

/**
 * Use an entry in the Apps menu of a message or a person.
 * @param {string} channelId
 * @param {{name: string, type: number}} command
 * @param {string} targetId
 * @returns {Promise<Interaction>}
 */
export const useMenuCommand = (channelId, { name, type }, targetId) =>
  ask("POST", `/channels/${channelId}/commands`, json({ name, type, target_id: targetId }));

/**
 * Ask the bot to complete an option of a command.
 * @param {string} channelId
 * @param {{name: string, focused: string, options: Values}} typed so far
 * @returns {Promise<{choices: {name: string, value: string | number}[]}>}
 */
export const suggest = (channelId, typed) => ask("POST", `/channels/${channelId}/suggestions`, json(typed));

/**
 * Press a button of a message, or choose from a menu of it.
 * @param {Message} message
 * @param {string} customId
 * @param {string[] | null} values null for a button
 * @returns {Promise<Interaction>}
 */
export const useComponent = (message, customId, values) =>
  ask("POST", `${addressOf(message)}/component`, json({ custom_id: customId, ...(values && { values }) }));

/** @param {string} interactionId that showed the form @param {Values} values @returns {Promise<Interaction>} */
export const submitForm = (interactionId, values) =>
  ask("POST", `/interactions/${interactionId}/form`, withFiles("values", values, {}));

/** @param {string} locale @returns {Promise<unknown>} */
export const setLocale = (locale) => ask("POST", "/person", json({ locale }));

/** @param {string} personId @returns {Promise<import("./world.js").Channel>} */
export const beginConversation = (personId) => ask("POST", "/conversations", json({ person_id: personId }));

/** @param {boolean} resumable whether the bot's session is kept @returns {Promise<unknown>} */
export const dropConnection = (resumable) => ask("POST", "/gateway/drop", json({ resumable }));

const addressOf = (message) => `/channels/${message.channel_id}/messages/${message.id}`;

const json = (body) => ({ body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

/** Send values as JSON, or, where files are among them, as a form with the rest as JSON in it. */
function withFiles(key, values, rest) {
  const isFile = (value) => value instanceof File || (Array.isArray(value) && value[0] instanceof File);
  const plain = Object.fromEntries(Object.entries(values).filter(([, value]) => !isFile(value)));
  const files = Object.entries(values).filter(([, value]) => isFile(value));
  if (!files.length) return json({ ...rest, [key]: plain });
  const form = new FormData();
  form.append("payload", JSON.stringify({ ...rest, [key]: plain }));
  for (const [name, value] of files) {
    for (const file of [value].flat()) form.append(`files.${name}`, file, file.name);
  }
  return { body: form };
}

async function ask(method, path, request = {}) {
  let response;
  try {
    response = await fetch(asPerson(`/playground${path}`), { method, ...request });
  } catch (error) {
    throw new Error(UNREACHABLE, { cause: error });
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The playground could not take that (it answered ${response.status}): try again.`);
  }
  return answer;
}
