/**
 * What this page asked of the bot, by commands, buttons, menus and forms, and how it stands: waiting for the
 * first answer, answered, or failed, because none came in the time that Discord gives.
 */

/** @typedef {import("./world.js").Interaction} Interaction */
/** @typedef {{words: string, message?: import("./world.js").Message, customId?: string}} Asked by which means,
 *   in words, and the message with the button or menu */

const REMEMBERED = 50; // of what was told before it was known who asked

export class Interactions extends EventTarget {
  #world;
  #announce;
  #notice;
  #onForm;
  /** @type {Map<string, Asked>} by the interaction's id, until the first answer */ #waiting = new Map();
  /** @type {Map<string, Interaction>} what was last told, by id */ #told = new Map();
  /** @type {Set<Asked>} */ #sending = new Set();
  /** @type {Map<string, string>} sentences, by the message whose button or menu it was */ #failures = new Map();

  /**
   * @param {import("./world.js").World} world
   * @param {import("./notice.js").Notice} notice
   * @param {(words: string) => void} announce reads words aloud
   * @param {(interaction: Interaction) => void} onForm called when the bot answers with a form
   */
  constructor(world, notice, announce, onForm) {
    super();
    this.#world = world;
    this.#notice = notice;
    this.#announce = announce;
    this.#onForm = onForm;
    world.addEventListener("interaction", ({ detail }) => this.#hear(detail.interaction));
    world.addEventListener("state", () => this.#forget());
  }

  /**
   * Ask something.
   * @param {Asked} asked
   * @param {() => Promise<Interaction>} request
   * @throws {Error} when the playground does not take it; its message is for the person
   */
  async begin(asked, request) {
    this.#sending.add(asked);
    this.#failures.delete(asked.message?.id ?? "");
    this.#changed(asked);
    try {
      const { id } = await request();
      this.#waiting.set(id, asked);
      this.#notice.hide();
    } finally {
      this.#sending.delete(asked);
      this.#changed(asked);
    }
    // The answer may have overtaken the news of what was asked.
    for (const told of [...this.#told.values()]) this.#settle(told);
  }

  /**
   * Use a button or a menu of a message; what goes wrong is shown under it.
   * @param {Asked & {message: import("./world.js").Message}} asked
   * @param {() => Promise<Interaction>} request
   */
  async use(asked, request) {
    try {
      await this.begin(asked, request);
    } catch (error) {
      this.#fail(asked, error.message);
    }
  }

  /** Which buttons and menus of a message wait for an answer. @param {string} messageId @returns {Set<string>} */
  busyIn(messageId) {
    const all = [...this.#waiting.values(), ...this.#sending];
    return new Set(all.filter(({ message }) => message?.id === messageId).map(({ customId }) => customId ?? ""));
  }

  /** What last went wrong with a message's buttons. @param {string} messageId @returns {string} */
  failureIn(messageId) {
    return this.#failures.get(messageId) ?? "";
  }

  /** What waits for an answer and belongs to no message. @returns {string[]} */
  get waitingWords() {
    return [...this.#waiting.values()].filter(({ message }) => !message).map(({ words }) => words);
  }

  #hear(interaction) {
    this.#told.set(interaction.id, interaction);
    const [oldest] = this.#told.keys();
    if (this.#told.size > REMEMBERED) this.#told.delete(oldest);
    this.#settle(interaction);
  }

  #settle(interaction) {
    const asked = this.#waiting.get(interaction.id);
    if (!asked || (!interaction.answered && !interaction.failed)) return;
    this.#waiting.delete(interaction.id);
    this.#told.delete(interaction.id);
    if (interaction.failed) {
      const bot = this.#world.bot?.name ?? "The bot";
      const where = asked.message ? "This interaction failed" : `${asked.words} failed`;
      this.#fail(asked, `${where}: ${bot} did not respond in time.`);
    } else if (interaction.modal) this.#onForm(interaction);
    this.#changed(asked);
  }

  #fail(asked, sentence) {
    if (asked.message) {
      this.#failures.set(asked.message.id, sentence);
      this.#announce(sentence);
    } else this.#notice.show(sentence);
    this.#changed(asked);
  }

  /** What was asked by another person, or before the connection was lost, is not waited for any more. */
  #forget() {
    this.#waiting.clear();
    this.#failures.clear();
    this.#told.clear();
    this.#tell({ messageId: "" });
  }

  #changed({ message }) {
    this.#tell({ messageId: message?.id ?? "" });
  }

  #tell(detail) {
    this.dispatchEvent(new CustomEvent("change", { detail }));
  }
}
