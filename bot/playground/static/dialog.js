/** A window over the page with something to fill in. The focus stays in it, and goes back afterwards. */

import { byId, element } from "./dom.js";
import { sendOnEnter } from "./fields.js";

/**
 * Ask for something. Escape, or "Cancel", closes it, and nothing is sent.
 * @param {{title: string, send: string, parts: Node[], fields: import("./fields.js").Field[]}} what
 * @param {(values: Record<string, unknown>) => Promise<unknown>} onSend what it throws is shown, and the
 *   window stays open
 */
export function openDialog({ title, send, parts, fields }, onSend) {
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const heading = element("h2", { id: "dialog-title" }, title);
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const cancel = element("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel");
  const submit = element("button", { type: "submit", class: "loud" }, send);
  const buttons = element("div", { class: "buttons" }, cancel, submit);
  const form = element("form", { novalidate: true, autocomplete: "off" }, heading, ...parts, problem, buttons);
  const dialog = /** @type {HTMLDialogElement} */ (element("dialog", { "aria-labelledby": "dialog-title" }, form));
  const complain = (sentence) => {
    problem.hidden = !sentence;
    problem.textContent = sentence;
  };
  sendOnEnter(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = fields.filter((field) => field.isMissing());
    for (const field of fields) field.mark(missing.includes(field));
    if (missing.length) {
      complain("Fill in what is required first.");
      missing[0].focus();
      return;
    }
    submit.disabled = true;
    try {
      const filled = fields.map((field) => [field.name, field.read()]);
      await onSend(Object.fromEntries(filled.filter(([, value]) => value !== undefined)));
      dialog.close();
    } catch (error) {
      complain(error.message);
    } finally {
      submit.disabled = false;
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    // A browser may put the focus back without the caret, and then one would type into nothing.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    (before?.checkVisibility() && before !== document.body ? before : byId("text")).focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  (fields[0] ?? { focus: () => submit.focus() }).focus();
}
