/** Menus of things to do, as a screen reader knows them: arrows move, Enter chooses, a letter jumps. */

import { element, icon } from "./dom.js";
import { openPopup } from "./popup.js";

/**
 * @typedef {{label: string, icon?: string, alarming?: boolean, onChoose: () => void}} Item
 * @typedef {{heading?: string, items: Item[]}} Group
 */

/**
 * Open a menu beside the button that it belongs to.
 * @param {HTMLElement} anchor
 * @param {string} label read aloud
 * @param {Group[]} groups those without items are left out
 */
export function openMenu(anchor, label, groups) {
  const menu = element("div", { class: "menu", role: "menu", "aria-label": label });
  for (const { heading, items } of groups) {
    if (!items.length) continue;
    const group = element("div", { class: "group", role: heading ? "group" : "none", "aria-label": heading });
    if (heading) group.append(element("p", { class: "heading", "aria-hidden": "true" }, heading));
    group.append(...items.map((item) => drawItem(item, () => close())));
    menu.append(group);
  }
  menu.addEventListener("keydown", (event) => move(menu, event, () => close()));
  const close = openPopup(anchor, menu);
  itemsOf(menu)[0]?.focus();
}

function drawItem({ label, icon: picture, alarming, onChoose }, close) {
  const onclick = () => {
    close(); // and the focus goes back, before what is chosen may take it
    setTimeout(onChoose);
  };
  const kind = alarming ? "alarming" : null;
  const button = element("button", { type: "button", role: "menuitem", tabindex: -1, class: kind, onclick });
  button.append(...(picture ? [icon(picture)] : []), element("span", {}, label));
  return button;
}

function move(menu, event, close) {
  const items = itemsOf(menu);
  const here = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const typed = event.key.toLowerCase();
  const next = items.findIndex((item, index) => index > here && startsWith(item, typed));
  const jumps = {
    ArrowDown: (here + 1) % items.length,
    ArrowUp: (here - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  const target = jumps[event.key] ?? (next >= 0 ? next : items.findIndex((item) => startsWith(item, typed)));
  if (event.key === "Tab") close();
  else if (event.key === "Enter" || event.key === " " || event.key === "Escape") return;
  else if (target >= 0) items[target].focus();
  event.preventDefault();
}

const startsWith = (item, typed) => item.textContent.toLowerCase().startsWith(typed);

/** @returns {HTMLElement[]} */
const itemsOf = (menu) => [...menu.querySelectorAll("[role=menuitem]")];
