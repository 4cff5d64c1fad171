/** The components of a message: buttons and select menus. */

import { element, icon } from "./dom.js";
import { openPicker } from "./popup.js";
import { world } from "./world.js";

// Discord's types of components, styles of buttons, and types of channels.
const BUTTON = 2;
const STRING_SELECT = 3;
const ROLE_SELECT = 6;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };
const CHANNEL_TYPES = { text: 0, thread: 11 };

/** @typedef {(customId: string, values: string[] | null) => void} OnUse */

/**
 * Draw the components of a message.
 * @param {any[]} rows Discord's action rows
 * @param {OnUse} onUse
 * @returns {HTMLElement[]}
 */
export const drawComponents = (rows, onUse) =>
  rows.map(({ components }) =>
    element("div", { class: "row line" }, ...components.map((one) => (one.type === BUTTON ? drawButton : drawMenu)(one, onUse))),
  );

/** Mark the components that wait for a response. @param {HTMLElement} within @param {Set<string>} busy custom ids */
export function showBusy(within, busy) {
  for (const part of within.querySelectorAll("[data-custom-id]")) {
    part.setAttribute("aria-busy", String(busy.has(/** @type {HTMLElement} */ (part).dataset.customId ?? "")));
  }
}

/**
 * Return the channels to choose from in a select menu or an option.
 * @param {number[]} [types] Discord's types of channels; all if there are none
 * @returns {{value: string, label: string}[]}
 */
export function channelsFor(types) {
  const fits = ({ kind }) => kind in CHANNEL_TYPES && (!types?.length || types.includes(CHANNEL_TYPES[kind]));
  return [...world.channels.values()].filter(fits).map((one) => ({ value: one.id, label: world.nameOf(one) }));
}

function drawButton({ style, label, emoji, custom_id: customId, disabled }, onUse) {
  const mark = emoji ? [element("span", { "aria-hidden": label ? "true" : null }, emoji.name)] : [];
  const kind = `press ${STYLES[style ?? 2]}`;
  const attributes = { type: "button", class: kind, disabled, "data-custom-id": customId };
  const button = element("button", attributes, ...mark, label ?? "");
  button.addEventListener("click", () => isFree(button) && onUse(customId, null));
  return button;
}

function drawMenu(menu, onUse) {
  const { placeholder = "Choose", custom_id: customId, min_values: min = 1, max_values: max = 1, disabled } = menu;
  const attributes = { type: "button", class: "select", disabled, "data-custom-id": customId };
  const label = element("span", {}, placeholder);
  const popup = { "aria-haspopup": "listbox", "aria-expanded": "false" };
  const button = element("button", { ...attributes, ...popup }, label, icon("more-below"));
  button.addEventListener("click", () => {
    const choose = (values) => onUse(customId, values);
    if (isFree(button)) openPicker(button, { label: placeholder, options: optionsOf(menu), min, max }, choose);
  });
  return button;
}

function optionsOf({ type, options, channel_types: types }) {
  if (type === ROLE_SELECT) return world.roles.map(({ id, name }) => ({ value: id, label: name }));
  if (type !== STRING_SELECT) return channelsFor(types);
  return options.map(({ value, label, description, emoji }) => ({ value, label, description, mark: emoji?.name }));
}

const isFree = (button) => button.getAttribute("aria-busy") !== "true";
