/** The buttons and menus under a message. */

import { webAddress } from "./addresses.js";
import { element, icon } from "./dom.js";
import { CHOSEN_BY, namedIn } from "./options.js";
import { openPicker } from "./picker.js";

// Discord's numbers for kinds of components, and for the style of a button that only leads elsewhere.
const ROW = 1;
const BUTTON = 2;
const STRING_SELECT = 3;
const LINK = 5;

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };

/** @typedef {(customId: string, words: string, values: string[] | null) => void} OnUse */

/**
 * Draw a message's rows of buttons and menus.
 * @param {any[]} components as Discord's REST API gives them
 * @param {import("./world.js").World} world
 * @param {OnUse} onUse
 * @returns {HTMLElement[]}
 */
export function drawComponents(components, world, onUse) {
  return components
    .filter(({ type }) => type === ROW)
    .map((row) => element("div", { class: "row" }, ...row.components.flatMap((part) => drawPart(part, world, onUse))));
}

/**
 * Show which of them wait for an answer.
 * @param {HTMLElement} within
 * @param {Set<string>} busy ids, as the bot calls them
 */
export function showBusy(within, busy) {
  for (const part of within.querySelectorAll("[data-custom-id]")) {
    const isBusy = busy.has(/** @type {HTMLElement} */ (part).dataset.customId ?? "");
    part.setAttribute("aria-busy", String(isBusy));
  }
}

function drawPart(part, world, onUse) {
  if (part.type === BUTTON) return [drawButton(part, onUse)];
  const options = part.type === STRING_SELECT ? part.options.map(optionOf) : named(part, world);
  return options ? [drawMenu(part, options, onUse)] : []; // nothing, of a kind that is not known here
}

function drawButton({ style, label, emoji, url, custom_id: customId, disabled }, onUse) {
  const mark = markOf(emoji);
  const words = label || (mark ?? "Button");
  const drawnMark = mark ? [element("span", { "aria-hidden": label ? "true" : null }, mark)] : [];
  const inner = [...drawnMark, ...(label ? [label] : [])];
  if (style === LINK) {
    const href = webAddress(url);
    const attributes = href ? { href, target: "_blank", rel: "noopener noreferrer" } : {};
    return element("a", { class: "press link", ...attributes }, ...inner, icon("out"));
  }
  const kind = `press ${STYLES[style] ?? "secondary"}`;
  const button = element("button", { type: "button", class: kind, disabled }, ...inner);
  if (customId) button.dataset.customId = customId;
  button.addEventListener("click", () => isFree(button) && onUse(customId, words, null));
  return button;
}

function drawMenu(menu, options, onUse) {
  const { placeholder, custom_id: customId, min_values: fewest, max_values: most, disabled } = menu;
  const chosen = options.filter((option) => option.chosen).map(({ label }) => label);
  const label = placeholder || "Choose";
  const button = element(
    "button",
    { type: "button", class: "select", disabled, "aria-haspopup": "listbox", "aria-expanded": "false" },
    element("span", {}, chosen.join(", ") || label),
    icon("more-below"),
  );
  button.dataset.customId = customId;
  const what = { label, options, fewest: fewest ?? 1, most: most ?? 1 };
  button.addEventListener("click", () => {
    if (isFree(button)) openPicker(button, what, (values) => onUse(customId, label, values));
  });
  return button;
}

const isFree = (button) => button.getAttribute("aria-busy") !== "true";

const optionOf = ({ value, label, description, emoji, default: chosen }) => ({
  value,
  label,
  description,
  mark: markOf(emoji),
  chosen: Boolean(chosen),
});

const named = ({ type, channel_types: kinds }, world) => CHOSEN_BY[type] && namedIn(world, CHOSEN_BY[type], kinds);

/** An emoji of the bot's own has no picture here: its name stands for it. */
const markOf = (emoji) => (emoji?.id ? `:${emoji.name}:` : (emoji?.name ?? null));
