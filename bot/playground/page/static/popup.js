/** What opens over the page beside a button: menus of things to do, and lists to choose from. */

import { element, icon } from "./dom.js";

const GAP = 6; // pixels to the button, and at least as many to the window's edge

/**
 * @typedef {{label: string, icon: string, alarming?: boolean, onChoose: () => void}} Item
 * @typedef {{value: string, label: string, description?: string, mark?: string}} Option
 */

/**
 * Open a menu of things to do.
 * @param {HTMLElement} anchor the button that it belongs to
 * @param {string} label read aloud
 * @param {{heading?: string, items: Item[]}[]} groups those without items are left out
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
          close(); // and the focus goes back, before what is chosen may take it
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
 * Open a list to choose from. Moving in it with the arrows chooses nothing: a choice is sent by Enter or a
 * press, and where several may be chosen, by the button beneath.
 * @param {HTMLElement} anchor the button that it belongs to
 * @param {{label: string, options: Option[], fewest?: number, most?: number}} what
 * @param {(values: string[]) => void} onChoose
 */
export function openPicker(anchor, { label, options, fewest = 1, most = 1 }, onChoose) {
  const several = most > 1 || fewest === 0;
  const chosen = new Set();
  const list = element("div", { role: "listbox", "aria-label": label, "aria-multiselectable": String(several) });
  const done = element("button", { type: "button", class: "loud done" });
  const send = () => {
    close();
    onChoose([...chosen]);
  };
  const update = () => {
    done.textContent = `Choose ${chosen.size}`;
    /** @type {HTMLButtonElement} */ (done).disabled = chosen.size < fewest || chosen.size > most;
  };
  for (const { value, label: words, description, mark } of options) {
    const name = element("span", { class: "grow" }, words);
    if (description) name.append(element("small", {}, description));
    const row = drawRow("option", ...(mark ? [element("span", { "aria-hidden": "true" }, mark)] : []), name);
    if (several) row.append(icon("check"));
    row.setAttribute("aria-selected", "false");
    row.addEventListener("click", () => {
      if (chosen.has(value)) chosen.delete(value);
      else if (chosen.size < most) chosen.add(value);
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

/** Open an element beside a button, on top of everything. It closes by Escape, or by a press elsewhere. */
function openPopup(anchor, content) {
  content.setAttribute("popover", "auto");
  document.body.append(content);
  content.showPopover();
  place(anchor, content);
  anchor.setAttribute("aria-expanded", "true");
  const close = () => content.isConnected && content.hidePopover();
  addEventListener("resize", close, { once: true });
  // A press on the anchor closes it, as any press elsewhere does, and must not open it again.
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

/** Below the anchor where there is room, and else above; never beyond the window's edges. */
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

/** Arrows move in a list, a letter jumps, Tab leaves it. */
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
