/** The commands that the bot offers, and the list of them that opens when one types a slash. */

import { listCommands } from "./api.js";
import { openCommand } from "./command_form.js";
import { byId, element, icon } from "./dom.js";
import { hideNotice, showNotice } from "./status.js";
import { world } from "./world.js";

// Discord's numbers for commands that are typed, and for options that are commands of their own.
const TYPED = 1;
const SUBCOMMAND = 1;

const NONE = "The bot has no commands here yet: they come once it is online.";

/** @typedef {{name: string, shownName: string, description: string, options: any[]}} TypedCommand */

const text = byId("text");
const list = element("ul", { class: "suggestions floating", role: "listbox", id: "suggestions", "aria-label": "Commands" });
/** @type {any[]} what this page's person may use here, as the bot registered it */ let offered = [];
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
// A press must not take the focus from where one types.
list.addEventListener("mousedown", (event) => event.preventDefault());
text.setAttribute("aria-autocomplete", "list");
text.addEventListener("input", suggest);
text.addEventListener("focus", suggest);
text.addEventListener("blur", () => show([]));
// Before the composer, which sends by Enter, hears of the key.
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

/** What may be used in the channel that is open. @param {number} kind Discord's number @returns {any[]} */
export const commandsOf = (kind) => offered.filter(({ type: one }) => one === kind);

/**
 * A name or a description in the person's language, where the bot has it in that.
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

/** What can be typed: commands, and subcommands in the place of theirs. */
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

/** Those whose name begins with what is typed, and after them those in which it begins a word. */
function matching(commands, typed) {
  const begins = ({ name, shownName }) => [name, shownName.toLowerCase()].some((one) => one.startsWith(typed));
  const holds = ({ name }) => name.split(" ").some((word) => word.startsWith(typed));
  return [...commands.filter(begins), ...commands.filter((one) => !begins(one) && holds(one))];
}

/** @param {TypedCommand[]} commands none hides the list */
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
