/**
 * Choosing from a menu under a message. Moving in it with the arrows changes nothing yet: a choice is sent
 * by Enter or a press, and where several may be chosen, by the button beneath.
 */

import { element, icon } from "./dom.js";
import { openPopup } from "./popup.js";

/** @typedef {{value: string, label: string, description?: string, mark?: string, chosen?: boolean}} Option */

let count = 0; // of the options so far, each of which needs an id of its own

/**
 * Open a list to choose from, beside the button that it belongs to.
 * @param {HTMLElement} anchor
 * @param {{label: string, options: Option[], fewest: number, most: number}} what
 * @param {(values: string[]) => void} onChoose
 */
export function openPicker(anchor, { label, options, fewest, most }, onChoose) {
  const several = most > 1 || fewest === 0;
  const list = element("div", { class: "options", role: "listbox", tabindex: 0, "aria-label": label });
  if (several) list.setAttribute("aria-multiselectable", "true");
  const rows = options.map((option) => drawOption(option, several));
  list.append(...rows);
  const chosen = new Set(options.filter((option) => option.chosen).map(({ value }) => value));
  const done = element("button", { type: "button", class: "done" });
  const box = element("div", { class: "picker" }, list, ...(several ? [done] : []));

  const activate = (index) => {
    rows.forEach((row, other) => row.classList.toggle("active", other === index));
    list.setAttribute("aria-activedescendant", rows[index]?.id ?? "");
    rows[index]?.scrollIntoView({ block: "nearest" });
  };
  const active = () => rows.findIndex((row) => row.classList.contains("active"));
  const countChosen = () => {
    done.textContent = `Choose ${chosen.size}`;
    done.disabled = chosen.size < fewest || chosen.size > most;
  };
  const send = () => {
    close();
    onChoose([...chosen]);
  };
  const choose = (index) => {
    const { value } = options[index] ?? {};
    if (value === undefined) return;
    if (!several) {
      chosen.clear();
      chosen.add(value);
      send();
      return;
    }
    if (chosen.has(value)) chosen.delete(value);
    else if (chosen.size < most) chosen.add(value);
    rows[index].setAttribute("aria-selected", String(chosen.has(value)));
    activate(index);
    countChosen();
  };

  done.addEventListener("click", send);
  rows.forEach((row, index) => row.addEventListener("click", () => choose(index)));
  list.addEventListener("keydown", (event) => {
    const last = rows.length - 1;
    const here = active();
    const letter = event.key.toLowerCase();
    const begins = (row, index) => index !== here && row.dataset.words.startsWith(letter);
    const jump = rows.findIndex((row, index) => index > here && begins(row, index));
    const targets = {
      ArrowDown: Math.min(last, here + 1),
      ArrowUp: Math.max(0, here - 1),
      Home: 0,
      End: last,
    };
    const target = targets[event.key] ?? (jump >= 0 ? jump : rows.findIndex(begins));
    if (event.key === "Enter" || event.key === " ") choose(here);
    else if (event.key === "Tab" && !several) close();
    else if (event.key === "Tab" || event.key === "Escape") return;
    else if (target >= 0) activate(target);
    event.preventDefault();
  });
  countChosen();
  const close = openPopup(anchor, box);
  list.focus();
  activate(Math.max(0, options.findIndex((option) => option.chosen)));
}

function drawOption({ label, description, mark, chosen }, several) {
  const words = element("span", { class: "name" }, label);
  if (description) words.append(element("small", {}, description));
  const id = `option-${(count += 1)}`;
  const row = element("div", { role: "option", id, "aria-selected": String(Boolean(chosen)) });
  row.dataset.words = label.toLowerCase();
  if (mark) row.append(element("span", { class: "mark", "aria-hidden": "true" }, mark));
  row.append(words);
  if (several) row.append(icon("check"));
  return row;
}
