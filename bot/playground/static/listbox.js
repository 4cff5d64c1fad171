/**
 * Suggestions under something that is typed. The focus stays where one types; the arrows move in the list,
 * and a screen reader is told by the roles of a combobox.
 */

import { element } from "./dom.js";

/** @typedef {{label: string, detail?: string, value: any}} Suggestion */

let count = 0; // of the lists so far, each of which needs an id of its own

export class Listbox {
  #input;
  #onChoose;
  #role;
  #id = `suggestions-${(count += 1)}`;
  /** @type {Suggestion[]} */ #suggestions = [];
  #active = -1;

  /**
   * @param {HTMLElement} input in which one types
   * @param {string} label read aloud
   * @param {(value: any) => void} onChoose
   */
  constructor(input, label, onChoose) {
    this.#input = input;
    this.#onChoose = onChoose;
    this.#role = input.getAttribute("role");
    const attributes = { class: "suggestions", role: "listbox", id: this.#id, "aria-label": label };
    this.element = element("ul", { ...attributes, hidden: true });
    // A press must not take the focus from where one types.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    input.setAttribute("aria-autocomplete", "list");
    input.addEventListener("blur", () => this.hide());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /**
   * Show suggestions; none hides the list.
   * @param {Suggestion[]} suggestions
   * @param {{active?: number}} [options] which of them Enter chooses; none with -1
   */
  show(suggestions, { active = -1 } = {}) {
    if (!suggestions.length) {
      this.hide();
      return;
    }
    this.#suggestions = suggestions;
    this.element.hidden = false;
    this.element.replaceChildren(...suggestions.map((one, index) => this.#draw(one, index)));
    this.#input.setAttribute("role", "combobox");
    this.#input.setAttribute("aria-expanded", "true");
    this.#input.setAttribute("aria-controls", this.#id);
    this.#activate(active);
  }

  hide() {
    this.element.hidden = true;
    this.#suggestions = [];
    this.#active = -1;
    if (this.#role) this.#input.setAttribute("aria-expanded", "false");
    else for (const name of ["role", "aria-expanded", "aria-controls"]) this.#input.removeAttribute(name);
    this.#input.removeAttribute("aria-activedescendant");
  }

  /**
   * Take a key that was pressed where one types.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether it was for the list
   */
  takes(event) {
    if (!this.isOpen || event.isComposing) return false;
    const last = this.#suggestions.length - 1;
    if (event.key === "ArrowDown") this.#activate(this.#active >= last ? 0 : this.#active + 1);
    else if (event.key === "ArrowUp") this.#activate(this.#active <= 0 ? last : this.#active - 1);
    else if (event.key === "Escape") this.hide();
    else if (["Enter", "Tab"].includes(event.key) && this.#active >= 0 && !event.shiftKey) this.#choose(this.#active);
    else return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  }

  #draw({ label, detail }, index) {
    const row = element("li", { role: "option", id: `${this.#id}-${index}`, "aria-selected": "false" });
    row.append(element("strong", {}, label));
    if (detail) row.append(element("small", {}, detail));
    row.addEventListener("click", () => this.#choose(index));
    return row;
  }

  #activate(index) {
    this.#active = index;
    [...this.element.children].forEach((row, other) => row.setAttribute("aria-selected", String(other === index)));
    const row = this.element.children[index];
    if (row) {
      this.#input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.#input.removeAttribute("aria-activedescendant");
  }

  #choose(index) {
    const { value } = this.#suggestions[index];
    this.hide();
    this.#onChoose(value);
  }
}
