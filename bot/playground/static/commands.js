/** The commands that the bot has registered, as far as this page's person may use them in a channel. */

import { listCommands } from "./api.js";

// Discord's numbers for kinds of commands, and for kinds of options that hold options.
const SLASH = 1;
const ON_PERSON = 2;
const ON_MESSAGE = 3;
const SUBCOMMAND = 1;
const GROUP = 2;

/**
 * @typedef {{name: string, type: number, shown_name: string, shown_description: string, options?: any[],
 *   choices?: any[], required?: boolean, autocomplete?: boolean}} Described a command, or an option
 * @typedef {{name: string, shownName: string, description: string, options: Described[]}} SlashCommand
 *   `name` with those of groups and subcommands before it
 */

export class Commands {
  /** @type {Map<string, Promise<Described[]>>} by channel */ #known = new Map();

  /** @param {import("./world.js").World} world */
  constructor(world) {
    const forget = () => this.#known.clear();
    for (const event of ["state", "commands", "person"]) world.addEventListener(event, forget);
  }

  /** @param {string} channelId @returns {Promise<SlashCommand[]>} in the order of the alphabet */
  async slash(channelId) {
    const commands = await this.#of(channelId, SLASH);
    const found = commands.flatMap((command) => leaves(command, []));
    return found.sort((one, other) => one.shownName.localeCompare(other.shownName));
  }

  /** @param {string} channelId @returns {Promise<Described[]>} those in the menu of a message */
  onMessage(channelId) {
    return this.#of(channelId, ON_MESSAGE);
  }

  /** @param {string} channelId @returns {Promise<Described[]>} those in the menu of a person */
  onPerson(channelId) {
    return this.#of(channelId, ON_PERSON);
  }

  async #of(channelId, kind) {
    const known = this.#known.get(channelId) ?? listCommands(channelId).then(({ commands }) => commands);
    this.#known.set(channelId, known);
    try {
      return (await known).filter(({ type }) => type === kind);
    } catch (error) {
      this.#known.delete(channelId); // the next one asks again
      throw error;
    }
  }
}

/** What can be used of a command: itself, or its subcommands. */
function leaves(described, above) {
  const path = [...above, described];
  const inner = (described.options ?? []).filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (inner.length) return inner.flatMap((part) => leaves(part, path));
  return [
    {
      name: path.map(({ name }) => name).join(" "),
      shownName: path.map(({ shown_name: name }) => name).join(" "),
      description: described.shown_description,
      options: described.options ?? [],
    },
  ];
}
