/**
 * The interactions of this page, by commands and components, and their states: pending, answered, or failed,
 * because the bot did not respond in time.
 */

import { byId } from "./dom.js";
import { announce, hideNotice, showNotice } from "./status.js";
import { world } from "./world.js";

/** @typedef {import("./world.js").Interaction} Interaction */
/** @typedef {import("./world.js").Message} Message */
/** @typedef {{words?: string, message?: Message, customId?: string}} Asked a command, or a component of a message */

/** Dispatches an event "change" when the set of pending interactions changes. */
export const interactions = new EventTarget();

/** @type {Map<string, Asked>} pending, by the interaction's id */ const pending = new Map();
/** @type {Map<string, Interaction>} by id, as last received in an event */ const received = new Map();
/** @type {Set<Asked>} */ const sending = new Set();
/** @type {Map<string, string>} errors, by the id of the message with the component */ const failures = new Map();

world.on(["interaction"], ({ interaction }) => {
  received.set(interaction.id, interaction);
  settle(interaction);
});
// Forget the interactions of another user, or from before the connection was lost.
world.on(["state"], () => {
  for (const remembered of [pending, received, failures]) remembered.clear();
  changed();
});

/**
 * Begin an interaction.
 * @param {Asked} asked
 * @param {() => Promise<Interaction>} request
 * @throws {Error} if the server refuses it; the message is for the user
 */
export async function begin(asked, request) {
  sending.add(asked);
  failures.delete(asked.message?.id ?? "");
  changed();
  try {
    const { id } = await request();
    pending.set(id, asked);
    hideNotice();
  } finally {
    sending.delete(asked);
    changed();
  }
  // The event with the bot's response may have arrived before the response to the request.
  for (const interaction of [...received.values()]) settle(interaction);
}

/**
 * Use a component of a message; an error is shown under the message.
 * @param {Message} message
 * @param {string} customId
 * @param {() => Promise<Interaction>} request
 */
export async function useMessage(message, customId, request) {
  const asked = { message, customId };
  try {
    await begin(asked, request);
  } catch (error) {
    fail(asked, error.message);
  }
}

/** Return the custom ids of a message's pending components. @param {string} messageId @returns {Set<string>} */
export function busyIn(messageId) {
  const all = [...pending.values(), ...sending].filter(({ message }) => message?.id === messageId);
  return new Set(all.map(({ customId }) => customId ?? ""));
}

/** Return the last error of a message's components; empty if none. @param {string} messageId @returns {string} */
export const failureIn = (messageId) => failures.get(messageId) ?? "";

function settle(interaction) {
  const asked = pending.get(interaction.id);
  if (!asked || (!interaction.answered && !interaction.failed)) return;
  pending.delete(interaction.id);
  received.delete(interaction.id);
  if (interaction.failed) {
    const what = asked.message ? "This interaction failed" : `${asked.words} failed`;
    fail(asked, `${what}: ${world.bot.name} did not respond in time.`);
  }
  changed();
}

function fail({ message }, sentence) {
  if (message) {
    failures.set(message.id, sentence);
    announce(sentence);
  } else showNotice(sentence);
  changed();
}

/** Dispatch "change", and show the pending command. */
function changed() {
  const [command] = [...pending.values()].filter(({ message }) => !message);
  byId("waiting").hidden = !command;
  byId("waiting").textContent = command ? `${world.bot.name} was asked: ${command.words}…` : "";
  interactions.dispatchEvent(new Event("change"));
}
