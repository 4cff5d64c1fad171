/** The bot's commands, and the list of slash commands over the composer. */

import { listCommands } from "./api.js";
import { openCommand } from "./command_form.js";
import { byId, element, icon } from "./dom.js";
import { hideNotice, showNotice } from "./status.js";
import { world } from "./world.js";

// Discord's type of slash commands (CHAT_INPUT), and of options that are subcommands.
const TYPED = 1;
const SUBCOMMAND = 1;

const NONE = "The bot has no commands here yet: they come once it is online.";

/** @typedef {{name: string, shownName: string, description: string, options: any[]}} TypedCommand */

const text = byId("text");
const list = element("ul", { class: "suggestions floating", role: "listbox", id: "suggestions", "aria-label": "Commands" });
/** @type {any[]} Discord's objects of the commands that the user may use in the channel */ let offered = [];
/** @type {TypedCommand[]} those in the list */ let shown = [];
let openId = "";
let active = 0;
let isComplaining = false;

byId("composer").prepend(list);
byId("slash").append(icon("slash"));
byId("slash").addEventListener("click", () => {
  text.focus();
  if (!text.value.startsWith("/")) type("/");
});
list.hidden = true;
// A click must not move the focus from the text.
list.addEventListener("mousedown", (event) => event.preventDefault());
text.setAttribute("aria-autocomplete", "list");
text.addEventListener("input", suggest);
text.addEventListener("focus", suggest);
text.addEventListener("blur", () => show([]));
// Capture, to handle Enter before the composer sends the message.
text.addEventListener("keydown", keyPressed, { capture: true });
world.on(["commands"], fetchCommands);
world.on(["person"], suggest);

/** @param {string} channelId of the channel to write in */
export function openCommands(channelId) {
  openId = channelId;
  offered = [];
  show([]);
  fetchCommands();
}

/** Return the commands of a type that may be used in the open channel. @param {number} kind @returns {any[]} */
export const commandsOf = (kind) => offered.filter(({ type: one }) => one === kind);

/**
 * Return a name or a description in the user's language, if the bot has a localization, or else in English.
 * @param {any} described a command, an option or a choice
 * @param {"name" | "description"} key
 * @returns {string}
 */
export function localized(described, key) {
  const locale = world.people.get(world.me)?.locale ?? "";
  return described[`${key}_localizations`]?.[locale] ?? described[key];
}

async function fetchCommands() {
  const channelId = openId;
  try {
    const { commands } = await listCommands(channelId);
    if (channelId === openId) offered = commands;
    suggest();
  } catch (error) {
    showNotice(error.message);
  }
}

/** Return the slash commands, with subcommands in place of commands that have some. */
function typedCommands() {
  const found = commandsOf(TYPED).flatMap((command) => {
    const parts = command.options.filter((option) => option.type === SUBCOMMAND);
    return parts.length ? parts.map((part) => [command, part]) : [[command]];
  });
  const described = found.map((path) => ({
    name: path.map(({ name }) => name).join(" "),
    shownName: path.map((part) => localized(part, "name")).join(" "),
    description: localized(path.at(-1), "description"),
    options: path.at(-1).options,
  }));
  return described.sort((one, other) => one.shownName.localeCompare(other.shownName));
}

function suggest() {
  const isHere = document.activeElement === text && /^\/[^\n]*$/.test(text.value);
  const isEmpty = text.value === "/" && !commandsOf(TYPED).length;
  if (isEmpty) showNotice(NONE);
  else if (isComplaining) hideNotice();
  isComplaining = isEmpty;
  show(isHere ? matching(typedCommands(), text.value.slice(1).trim().toLowerCase()) : []);
}

/** Return the commands whose name begins with the text, followed by those with another word that does. */
function matching(commands, typed) {
  const begins = ({ name, shownName }) => [name, shownName.toLowerCase()].some((one) => one.startsWith(typed));
  const holds = ({ name }) => name.split(" ").some((word) => word.startsWith(typed));
  return [...commands.filter(begins), ...commands.filter((one) => !begins(one) && holds(one))];
}

/** Show the list of commands; hide it if there are none. @param {TypedCommand[]} commands */
function show(commands) {
  shown = commands;
  list.hidden = !commands.length;
  list.replaceChildren(
    ...commands.map((command, index) => {
      const row = element("li", { role: "option", id: `suggestion-${index}` }, element("strong", {}, `/${command.shownName}`));
      row.append(element("small", {}, command.description));
      row.addEventListener("click", () => choose(command));
      return row;
    }),
  );
  if (commands.length) {
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-expanded", "true");
    text.setAttribute("aria-controls", list.id);
    activate(0);
  } else {
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant"]) text.removeAttribute(name);
  }
}

function activate(index) {
  active = (index + shown.length) % shown.length;
  [...list.children].forEach((row, other) => row.setAttribute("aria-selected", String(other === active)));
  text.setAttribute("aria-activedescendant", list.children[active].id);
  list.children[active].scrollIntoView({ block: "nearest" });
}

function keyPressed(event) {
  if (list.hidden || event.isComposing) return;
  if (event.key === "ArrowDown") activate(active + 1);
  else if (event.key === "ArrowUp") activate(active - 1);
  else if (event.key === "Escape") show([]);
  else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey) choose(shown[active]);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function choose(command) {
  type("");
  openCommand(command, openId);
}

function type(words) {
  text.value = words;
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
