/** The line above the composer that says what went wrong and what to do. */

import { byId, icon } from "./dom.js";

export class Notice {
  #line = byId("notice");
  #words = this.#line.querySelector("span");

  constructor() {
    const close = this.#line.querySelector("button");
    close.append(icon("close"));
    close.addEventListener("click", () => {
      this.hide();
      byId("text").focus();
    });
  }

  /** @param {string} sentence */
  show(sentence) {
    this.#line.hidden = false;
    this.#words.textContent = sentence;
  }

  hide() {
    this.#line.hidden = true;
    this.#words.textContent = "";
  }
}
