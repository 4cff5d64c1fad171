/** Popups beside a button: menus of actions, and lists to choose from. */

import { element, icon } from "./dom.js";

const GAP = 6; // pixels to the button, and at least as many to the window's edge

/**
 * @typedef {{label: string, icon: string, alarming?: boolean, onChoose: () => void}} Item
 * @typedef {{value: string, label: string, description?: string, mark?: string}} Option
 */

/**
 * Open a menu of actions.
 * @param {HTMLElement} anchor the button that opens it
 * @param {string} label for screen readers
 * @param {{heading?: string, items: Item[]}[]} groups without those that are empty
 */
export function openMenu(anchor, label, groups) {
  const menu = element("div", { class: "menu", role: "menu", "aria-label": label });
  for (const { heading, items } of groups.filter((group) => group.items.length)) {
    const group = element("div", { class: "group", role: heading ? "group" : "none", "aria-label": heading });
    if (heading) group.append(element("p", { class: "heading", "aria-hidden": "true" }, heading));
    group.append(
      ...items.map(({ label: words, icon: picture, alarming, onChoose }) => {
        const row = drawRow("menuitem", icon(picture), element("span", {}, words));
        row.classList.toggle("alarming", Boolean(alarming));
        row.addEventListener("click", () => {
          close(); // restores the focus, which the action may then move
          setTimeout(onChoose);
        });
        return row;
      }),
    );
    menu.append(group);
  }
  menu.addEventListener("keydown", (event) => moveFocus(menu, event, () => close()));
  const close = openPopup(anchor, menu);
  rowsOf(menu)[0].focus();
}

/**
 * Open a list to choose from. A choice is made by Enter or a click, not by moving with the arrows; if several
 * options can be chosen, they are sent by the button below.
 * @param {HTMLElement} anchor the button that opens it
 * @param {{label: string, options: Option[], min?: number, max?: number}} list with the number of choices
 * @param {(values: string[]) => void} onChoose
 */
export function openPicker(anchor, { label, options, min = 1, max = 1 }, onChoose) {
  const several = max > 1 || min === 0;
  const chosen = new Set();
  const list = element("div", { role: "listbox", "aria-label": label, "aria-multiselectable": String(several) });
  const done = element("button", { type: "button", class: "loud done" });
  const send = () => {
    close();
    onChoose([...chosen]);
  };
  const update = () => {
    done.textContent = `Choose ${chosen.size}`;
    /** @type {HTMLButtonElement} */ (done).disabled = chosen.size < min || chosen.size > max;
  };
  for (const { value, label: words, description, mark } of options) {
    const name = element("span", { class: "grow" }, words);
    if (description) name.append(element("small", {}, description));
    const row = drawRow("option", ...(mark ? [element("span", { "aria-hidden": "true" }, mark)] : []), name);
    if (several) row.append(icon("check"));
    row.setAttribute("aria-selected", "false");
    row.addEventListener("click", () => {
      if (chosen.has(value)) chosen.delete(value);
      else if (chosen.size < max) chosen.add(value);
      row.setAttribute("aria-selected", String(chosen.has(value)));
      if (several) update();
      else send();
    });
    list.append(row);
  }
  done.addEventListener("click", send);
  update();
  list.addEventListener("keydown", (event) => moveFocus(list, event, several ? null : () => close()));
  const heading = element("p", { class: "heading", "aria-hidden": "true" }, label);
  const close = openPopup(anchor, element("div", { class: "menu" }, heading, list, ...(several ? [done] : [])));
  rowsOf(list)[0]?.focus();
}

/** Open an element as a popover beside a button, until Escape or a click elsewhere. Returns how to close it. */
function openPopup(anchor, content) {
  content.setAttribute("popover", "auto");
  document.body.append(content);
  content.showPopover();
  place(anchor, content);
  anchor.setAttribute("aria-expanded", "true");
  const close = () => content.isConnected && content.hidePopover();
  addEventListener("resize", close, { once: true });
  // A click on the anchor closes the popover, as any click elsewhere, and must not open it again.
  const suppressClick = ({ target }) => {
    if (!anchor.contains(target)) return;
    anchor.addEventListener("click", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
  };
  document.addEventListener("pointerdown", suppressClick, { capture: true });
  content.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    document.removeEventListener("pointerdown", suppressClick, { capture: true });
    const hadFocus = content.contains(document.activeElement) || document.activeElement === document.body;
    content.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (hadFocus && anchor.isConnected) anchor.focus();
  });
  return close;
}

/** Place a popover below the anchor if there is room, else above, and within the window. */
function place(anchor, content) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = content;
  const below = bottom + GAP + height <= innerHeight - GAP;
  const y = below ? bottom + GAP : Math.max(GAP, top - GAP - height);
  const x = left + width <= innerWidth - GAP ? left : right - width;
  content.style.setProperty("top", `${y}px`);
  content.style.setProperty("left", `${Math.max(GAP, Math.min(x, innerWidth - GAP - width))}px`);
}

const drawRow = (role, ...inner) => element("button", { type: "button", role, tabindex: -1 }, ...inner);

/** @returns {HTMLElement[]} */
const rowsOf = (list) => [...list.querySelectorAll("[role=menuitem], [role=option]")];

/** Move the focus in a list by arrows, Home, End and first letters; Tab closes it if `onTab` is given. */
function moveFocus(list, event, onTab) {
  const rows = rowsOf(list);
  const here = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const wordsOf = (row) => row.querySelector("span:not([aria-hidden])").textContent.toLowerCase();
  const begins = (row) => wordsOf(row).startsWith(event.key.toLowerCase());
  const next = rows.findIndex((row, index) => index > here && begins(row));
  const jumps = {
    ArrowDown: (here + 1) % rows.length,
    ArrowUp: (here - 1 + rows.length) % rows.length,
    Home: 0,
    End: rows.length - 1,
  };
  const target = jumps[event.key] ?? (next >= 0 ? next : rows.findIndex(begins));
  if (event.key === "Tab" && onTab) onTab();
  else if (["Tab", "Enter", " ", "Escape"].includes(event.key)) return;
  else rows[target]?.focus();
  event.preventDefault();
}
