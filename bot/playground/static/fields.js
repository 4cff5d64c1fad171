/** What is filled in, in the options of a command and in forms: a label, a control, and what it holds. */

import { element } from "./dom.js";

/**
 * @typedef {{element: HTMLElement, focus: () => void, read: () => unknown}} Control `read` gives undefined
 *   where nothing was filled in
 * @typedef {{name: string, element: HTMLElement, focus: () => void, read: () => unknown,
 *   isMissing: () => boolean, mark: (isWrong: boolean) => void}} Field
 */

let count = 0; // of the controls so far, each of which needs an id of its own

/**
 * Draw a field.
 * @param {{name: string, label: string, description?: string, required: boolean}} what
 * @param {Control} control
 * @returns {Field}
 */
export function drawField({ name, label, description, required }, control) {
  const id = `field-${(count += 1)}`;
  const input = control.element.matches("input, select, textarea, fieldset")
    ? control.element
    : control.element.querySelector("input, select, textarea");
  input.id = id;
  if (required && input.localName !== "fieldset") input.setAttribute("aria-required", "true");
  const words = [label, ...(required ? [element("span", { class: "needed" }, " required")] : [])];
  const box = element("div", { class: "entry" });
  if (input.localName === "fieldset") {
    input.prepend(element("legend", {}, ...words));
    box.append(input);
  } else box.append(element("label", { for: id }, ...words), control.element);
  if (description) {
    box.append(element("small", { id: `${id}-hint` }, description));
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return {
    name,
    element: box,
    focus: control.focus,
    read: control.read,
    isMissing: () => required && control.read() === undefined,
    mark: (isWrong) => (isWrong ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid")),
  };
}

/**
 * Let Enter send a form from every field in which it has no other sense: from menus too, and from a field
 * with a file in it. (In an empty one it opens the browser's own choice of files.)
 * @param {HTMLFormElement} form
 */
export function sendOnEnter(form) {
  form.addEventListener("keydown", (event) => {
    const { type, localName, files } = /** @type {HTMLInputElement} */ (event.target);
    if (event.key !== "Enter" || event.defaultPrevented) return;
    if (localName !== "select" && !(type === "file" && files?.length)) return;
    event.preventDefault();
    form.requestSubmit();
  });
}

/**
 * A line to write, or several.
 * @param {{long?: boolean, value?: string, placeholder?: string, shortest?: number, longest?: number}} [how]
 * @returns {Control}
 */
export function textControl({ long, value, placeholder, longest } = {}) {
  const limits = { placeholder, maxlength: longest };
  const input = long
    ? element("textarea", { rows: 4, ...limits })
    : element("input", { type: "text", autocomplete: "off", ...limits });
  if (value) input.value = value;
  return of(input, () => input.value || undefined);
}

/**
 * A number.
 * @param {{whole: boolean, lowest?: number, highest?: number}} how
 * @returns {Control}
 */
export function numberControl({ whole, lowest, highest }) {
  const input = element("input", { type: "number", step: whole ? 1 : "any", min: lowest, max: highest });
  const isBroken = () => input.validity.badInput; // then it holds what is no number, and gives nothing
  return of(input, () => (input.value === "" ? (isBroken() ? "?" : undefined) : Number(input.value)));
}

/**
 * One thing of several.
 * @param {{value: string, label: string, chosen?: boolean}[]} options
 * @param {(text: string) => unknown} [read] turns an option's value into what is sent
 * @returns {Control}
 */
export function choiceControl(options, read = (text) => text) {
  const blank = element("option", { value: "" }, "–");
  const drawn = options.map(({ value, label, chosen }) => element("option", { value, selected: chosen }, label));
  const select = element("select", {}, blank, ...drawn);
  return of(select, () => (select.value === "" ? undefined : read(select.value)));
}

/**
 * Several things.
 * @param {{value: string, label: string, chosen?: boolean}[]} options
 * @returns {Control}
 */
export function choicesControl(options) {
  const boxes = options.map(({ value, chosen }) => element("input", { type: "checkbox", value, checked: chosen }));
  const rows = options.map(({ label }, index) => element("label", { class: "check" }, boxes[index], label));
  const set = element("fieldset", {}, ...rows);
  const read = () => {
    const values = boxes.filter((box) => box.checked).map((box) => box.value);
    return values.length ? values : undefined;
  };
  return { element: set, focus: () => boxes[0]?.focus(), read };
}

/**
 * A file, or several.
 * @param {{most?: number}} [how]
 * @returns {Control & {put: (files: File[]) => void}}
 */
export function fileControl({ most = 1 } = {}) {
  const input = element("input", { type: "file", multiple: most > 1 });
  const put = (files) => {
    const taken = new DataTransfer();
    for (const file of files.slice(0, most)) taken.items.add(file);
    input.files = taken.files;
  };
  const read = () => {
    const files = [...input.files];
    return files.length ? (most > 1 ? files : files[0]) : undefined;
  };
  return { ...of(input, read), put };
}

const of = (input, read) => ({ element: input, focus: () => input.focus(), read });
