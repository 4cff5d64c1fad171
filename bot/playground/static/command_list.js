/** The list of commands that opens when one types a slash where messages are written. */

import { byId, icon } from "./dom.js";
import { Listbox } from "./listbox.js";

const NONE = "The bot has no commands here yet: they come once it is online.";

export class CommandList {
  #commands;
  #notice;
  #onChoose;
  #text = byId("text");
  #list;
  #channelId = "";
  #isComplaining = false;
  #isAsking = false;
  #isEntered = false;

  /**
   * @param {import("./world.js").World} world
   * @param {import("./commands.js").Commands} commands
   * @param {import("./notice.js").Notice} notice
   * @param {(command: import("./commands.js").SlashCommand) => void} onChoose
   */
  constructor(world, commands, notice, onChoose) {
    this.#commands = commands;
    this.#notice = notice;
    this.#onChoose = onChoose;
    this.#list = new Listbox(this.#text, "Commands", (command) => this.#choose(command));
    byId("composer").prepend(this.#list.element);
    byId("slash").append(icon("slash"));
    byId("slash").addEventListener("click", () => this.#begin());
    this.#text.addEventListener("input", () => this.#suggest());
    this.#text.addEventListener("focus", () => this.#suggest());
    world.addEventListener("commands", () => this.#suggest()); // somebody may wait for them already
    // Before the composer, which sends by Enter, hears of the key.
    this.#text.addEventListener("keydown", (event) => this.#keyPressed(event), { capture: true });
  }

  /** @param {string} channelId of the channel to write in */
  open(channelId) {
    this.#channelId = channelId;
    this.#list.hide();
  }

  /** Type the slash for those who do not know of it. */
  #begin() {
    this.#text.focus();
    if (this.#text.value.startsWith("/")) return;
    this.#type("/");
  }

  /** Who is quicker than the list means what it will show first. */
  #keyPressed(event) {
    if (this.#list.takes(event) || !this.#isAsking) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#isEntered = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  async #suggest() {
    const typed = this.#text.value;
    this.#isAsking = this.#isEntered = false;
    if (!/^\/[^\n]*$/.test(typed)) {
      this.#list.hide();
      return;
    }
    this.#isAsking = true;
    const channelId = this.#channelId;
    let found;
    try {
      found = matching(await this.#commands.slash(channelId), typed.slice(1));
    } catch (error) {
      this.#isAsking = false;
      this.#notice.show(error.message);
      return;
    }
    if (this.#text.value !== typed || this.#channelId !== channelId) return;
    const isEntered = this.#isEntered;
    this.#isAsking = this.#isEntered = false;
    if (isEntered) {
      if (found.length) this.#choose(found[0]);
      else byId("composer").requestSubmit();
      return;
    }
    const isEmpty = typed === "/" && !found.length;
    if (isEmpty) this.#notice.show(NONE);
    else if (this.#isComplaining) this.#notice.hide();
    this.#isComplaining = isEmpty;
    const isHere = document.activeElement === this.#text;
    const shown = found.map((one) => ({ label: `/${one.shownName}`, detail: one.description, value: one }));
    this.#list.show(isHere ? shown : [], { active: 0 });
  }

  #choose(command) {
    this.#type("");
    this.#onChoose(command);
  }

  #type(text) {
    this.#text.value = text;
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Those whose name begins with what is typed, and after them those in which it stands. */
function matching(commands, typed) {
  const wanted = typed.trim().toLowerCase();
  const names = (command) => [command.shownName.toLowerCase(), command.name];
  const begins = (word) => word.startsWith(wanted);
  const first = commands.filter((command) => names(command).some(begins));
  const rest = commands.filter((command) => names(command).some((name) => name.split(" ").some(begins)));
  return [...first, ...rest.filter((command) => !first.includes(command))];
}
