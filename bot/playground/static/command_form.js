/** A slash command with its options to fill in, where messages are written otherwise. */

import { useCommand } from "./api.js";
import { byId, element, icon } from "./dom.js";
import { sendOnEnter } from "./fields.js";
import { drawOption } from "./options.js";

export class CommandForm {
  #world;
  #interactions;
  #form = byId("command");
  /** @type {import("./commands.js").SlashCommand | null} */ #command = null;
  #channelId = "";
  /** @type {any[]} */ #fields = [];
  #problem = element("p", { class: "problem", role: "alert", hidden: true });
  #send = element("button", { type: "submit", class: "loud" }, "Send");

  /**
   * @param {import("./world.js").World} world
   * @param {import("./interactions.js").Interactions} interactions
   */
  constructor(world, interactions) {
    this.#world = world;
    this.#interactions = interactions;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    sendOnEnter(this.#form);
    this.#form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.cancel();
    });
  }

  /**
   * Show a command, to be filled in and sent.
   * @param {import("./commands.js").SlashCommand} command
   * @param {string} channelId
   */
  open(command, channelId) {
    this.#command = command;
    this.#channelId = channelId;
    const typed = () => ({ channelId, name: command.name, options: this.#values() });
    this.#fields = command.options.map((option) => drawOption(option, this.#world, typed));
    const named = { "aria-label": "Cancel the command", title: "Cancel (Escape)" };
    const close = element("button", { type: "button", class: "bare", ...named }, icon("close"));
    close.addEventListener("click", () => this.cancel());
    const title = element("p", { class: "name", id: "command-name" }, element("strong", {}, `/${command.shownName}`));
    title.append(element("small", {}, command.description));
    this.#form.replaceChildren(
      element("div", { class: "top" }, title, close),
      ...this.#fields.map((field) => field.element),
      this.#problem,
      element("div", { class: "buttons" }, this.#send),
    );
    this.#complain("");
    this.#show(true);
    (this.#fields[0] ?? this.#send).focus();
  }

  /** Go back to writing; nothing is sent. */
  cancel() {
    if (!this.#command) return;
    this.close();
    byId("text").focus();
  }

  /** Go away, and leave the focus where it is. */
  close() {
    this.#command = null;
    this.#show(false);
  }

  /** Take files that were dropped or pasted. @param {File[]} files @returns {boolean} whether there was a place */
  takes(files) {
    const field = this.#command && this.#fields.find(({ put }) => put);
    field?.put(files);
    return Boolean(this.#command);
  }

  async #submit() {
    const command = this.#command;
    if (!command || this.#send.disabled) return;
    const missing = this.#fields.filter((field) => field.isMissing());
    for (const field of this.#fields) field.mark(missing.includes(field));
    if (missing.length) {
      this.#complain(`Fill in ${missing.map(({ name }) => `“${name}”`).join(", ")} first.`);
      missing[0].focus();
      return;
    }
    this.#send.disabled = true;
    try {
      const words = `/${command.shownName}`;
      await this.#interactions.begin({ words }, () => useCommand(this.#channelId, command.name, this.#values()));
      if (this.#command === command) this.cancel();
    } catch (error) {
      this.#complain(error.message); // and what was filled in stays
      this.#send.disabled = false;
      this.#meant(error.message).focus();
    } finally {
      this.#send.disabled = false;
    }
  }

  /** Find what a complaint is about: the field that it names, or all of it. */
  #meant(sentence) {
    return this.#fields.find(({ name }) => sentence.includes(`'${name}'`)) ?? this.#send;
  }

  #values() {
    const filled = this.#fields.map((field) => [field.name, field.read()]);
    return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
  }

  #complain(sentence) {
    this.#problem.hidden = !sentence;
    this.#problem.textContent = sentence;
  }

  #show(isOpen) {
    this.#form.hidden = !isOpen;
    byId("composer").hidden = isOpen;
  }
}
