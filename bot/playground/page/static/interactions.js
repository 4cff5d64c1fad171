/**
 * What this page asked of the bot, by commands, buttons and menus, and how it stands: waiting for the first
 * answer, answered, or failed, because none came in the time that Discord gives.
 */

import { byId } from "./dom.js";
import { announce, hideNotice, showNotice } from "./status.js";
import { world } from "./world.js";

/** @typedef {import("./world.js").Interaction} Interaction */
/** @typedef {import("./world.js").Message} Message */
/** @typedef {{words?: string, message?: Message, customId?: string}} Asked a command, or what is under a message */

/** Dispatches an event "change" when something begins to wait, or does so no more. */
export const interactions = new EventTarget();

/** @type {Map<string, Asked>} by the interaction's id, until the first answer */ const waiting = new Map();
/** @type {Map<string, Interaction>} what was told before it was known who asked, by id */ const told = new Map();
/** @type {Set<Asked>} */ const sending = new Set();
/** @type {Map<string, string>} sentences, by the message whose button or menu it was */ const failures = new Map();

world.on(["interaction"], ({ interaction }) => {
  told.set(interaction.id, interaction);
  settle(interaction);
});
// What was asked by another person, or before the connection was lost, is not waited for any more.
world.on(["state"], () => {
  for (const remembered of [waiting, told, failures]) remembered.clear();
  changed();
});

/**
 * Ask something.
 * @param {Asked} asked
 * @param {() => Promise<Interaction>} request
 * @throws {Error} when the playground does not take it; its message is for the person
 */
export async function begin(asked, request) {
  sending.add(asked);
  failures.delete(asked.message?.id ?? "");
  changed();
  try {
    const { id } = await request();
    waiting.set(id, asked);
    hideNotice();
  } finally {
    sending.delete(asked);
    changed();
  }
  // The answer may have overtaken the news of what was asked.
  for (const interaction of [...told.values()]) settle(interaction);
}

/**
 * Use a button or a menu of a message; what goes wrong is shown under it.
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

/** Which buttons and menus of a message wait for an answer. @param {string} messageId @returns {Set<string>} */
export function busyIn(messageId) {
  const all = [...waiting.values(), ...sending].filter(({ message }) => message?.id === messageId);
  return new Set(all.map(({ customId }) => customId ?? ""));
}

/** What last went wrong with a message's buttons. @param {string} messageId @returns {string} */
export const failureIn = (messageId) => failures.get(messageId) ?? "";

function settle(interaction) {
  const asked = waiting.get(interaction.id);
  if (!asked || (!interaction.answered && !interaction.failed)) return;
  waiting.delete(interaction.id);
  told.delete(interaction.id);
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

/** Dispatch the change, and show which command waits for an answer. */
function changed() {
  const [command] = [...waiting.values()].filter(({ message }) => !message);
  byId("waiting").hidden = !command;
  byId("waiting").textContent = command ? `${world.bot.name} was asked: ${command.words}…` : "";
  interactions.dispatchEvent(new Event("change"));
}
