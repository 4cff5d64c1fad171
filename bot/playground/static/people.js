/** Who one is in the playground, and in which language Discord is used: both can be changed at any time. */

import { setLocale } from "./api.js";
import { byId, element, icon } from "./dom.js";
import { drawAvatar } from "./message.js";

export class People {
  #world;
  #notice;
  #onSwitch;
  #panel = byId("whoami");
  #button = byId("me");
  #choice = byId("person");
  #language = byId("language");
  #drawn = "";

  /**
   * @param {import("./world.js").World} world
   * @param {import("./notice.js").Notice} notice
   * @param {(personId: string) => void} onSwitch
   */
  constructor(world, notice, onSwitch) {
    this.#world = world;
    this.#notice = notice;
    this.#onSwitch = onSwitch;
    byId("stays").prepend(icon("lock"));
    this.#choice.addEventListener("change", ({ target }) => this.#onSwitch(target.value));
    this.#language.addEventListener("change", () => this.#speak(this.#language.value));
    world.addEventListener("state", () => this.#draw());
    world.addEventListener("person", () => this.#draw());
    this.#button.addEventListener("click", () => this.#open(!this.#isOpen));
    this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && this.#isOpen && this.#open(false));
    document.addEventListener("pointerdown", ({ target }) => {
      const inside = this.#panel.contains(target) || this.#button.contains(target);
      if (this.#isOpen && !inside) this.#open(false, { focus: false });
    });
  }

  /** On a phone, all this is behind a button. */
  get #isOpen() {
    return this.#panel.dataset.open === "true";
  }

  #open(isOpen, { focus = true } = {}) {
    this.#panel.dataset.open = String(isOpen);
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (!focus) return;
    if (isOpen) this.#choice.querySelector("input:checked")?.focus();
    else this.#button.focus();
  }

  #draw() {
    const people = [...this.#world.people.values()].filter(({ bot }) => !bot);
    const me = this.#world.people.get(this.#world.me);
    // What has the focus is not drawn anew for nothing.
    const source = JSON.stringify(people.map(({ id, name }) => [id, name]));
    if (source !== this.#drawn) this.#choice.replaceChildren(...people.map(drawChoice));
    this.#drawn = source;
    for (const input of this.#choice.querySelectorAll("input")) input.checked = input.value === this.#world.me;
    const languages = this.#world.locales.map(drawLanguage);
    if (this.#language.options.length !== languages.length) this.#language.replaceChildren(...languages);
    this.#language.value = me?.locale ?? "";
    this.#button.replaceChildren(...(me ? [drawAvatar(me)] : []));
    const who = me?.name ?? "nobody";
    this.#button.setAttribute("aria-label", `You are ${who}: change that, your language and the network`);
  }

  async #speak(locale) {
    try {
      await setLocale(locale);
    } catch (error) {
      this.#notice.show(error.message);
      this.#draw();
    }
  }
}

function drawChoice(person) {
  const input = element("input", { type: "radio", name: "person", value: person.id });
  const name = element("span", { class: "name" }, person.name);
  if (person.moderator) name.append(element("small", {}, " moderator"));
  return element("label", {}, input, drawAvatar(person), name);
}

const drawLanguage = (locale) => element("option", { value: locale, lang: locale }, languageName(locale));

/** A language as those who speak it call it. */
function languageName(locale) {
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(locale) ?? locale;
  return name[0].toLocaleUpperCase(locale) + name.slice(1);
}
