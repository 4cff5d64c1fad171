/** The options of a slash command, as fields: of whatever kind the bot said they are. */

import { suggest } from "./api.js";
import { element } from "./dom.js";
import { choiceControl, drawField, fileControl, numberControl, textControl } from "./fields.js";
import { Listbox } from "./listbox.js";

// Discord's numbers for the kinds of options.
const INTEGER = 4;
const BOOLEAN = 5;
const PERSON = 6;
const CHANNEL = 7;
const ROLE = 8;
const PERSON_OR_ROLE = 9;
const NUMBER = 10;
const ATTACHMENT = 11;

const TRUTH = [{ value: "true", label: "Yes" }, { value: "false", label: "No" }];
const CHANNEL_TYPES = { text: 0, thread: 11 }; // Discord's numbers for what can be named in a command

/** What menus of each kind, by Discord's numbers, let one choose. @type {Record<number, string[]>} */
export const CHOSEN_BY = { 5: ["people"], 6: ["roles"], 7: ["people", "roles"], 8: ["channels"] };

const PAUSE = 200; // ms without a key after which the bot is asked for suggestions

/**
 * Draw the field of an option.
 * @param {any} option as the bot described it
 * @param {import("./world.js").World} world
 * @param {(focused: string) => {channelId: string, name: string, options: import("./api.js").Values}} typed
 *   gives what is filled in so far
 * @returns {import("./fields.js").Field & {put?: (files: File[]) => void}}
 */
export function drawOption(option, world, typed) {
  const { name, shown_name: label, shown_description: description, required = false } = option;
  const control = controlOf(option, world, typed);
  const field = drawField({ name, label, description, required }, control);
  return "put" in control ? { ...field, put: control.put } : field;
}

function controlOf(option, world, typed) {
  const { type, choices, autocomplete } = option;
  if (autocomplete) return completedControl(option, typed);
  if (choices?.length) {
    const values = new Map(choices.map(({ value }) => [String(value), value]));
    const shown = choices.map((choice) => ({ value: String(choice.value), label: choice.shown_name ?? choice.name }));
    return choiceControl(shown, (text) => values.get(text));
  }
  switch (type) {
    case INTEGER:
    case NUMBER:
      return numberControl({ whole: type === INTEGER, lowest: option.min_value, highest: option.max_value });
    case BOOLEAN:
      return choiceControl(TRUTH, (text) => text === "true");
    case ATTACHMENT:
      return fileControl();
    case PERSON:
    case CHANNEL:
    case ROLE:
    case PERSON_OR_ROLE:
      return choiceControl(namedIn(world, KINDS[type], option.channel_types));
    default:
      return textControl({ longest: option.max_length });
  }
}

const KINDS = {
  [PERSON]: ["people"],
  [CHANNEL]: ["channels"],
  [ROLE]: ["roles"],
  [PERSON_OR_ROLE]: ["people", "roles"],
};

/**
 * Who and what can be named: in an option, or from a menu.
 * @param {import("./world.js").World} world
 * @param {string[]} kinds of "people", "channels", "roles"
 * @param {number[]} [channelTypes] Discord's numbers for those that are wanted
 * @returns {{value: string, label: string}[]}
 */
export function namedIn(world, kinds, channelTypes) {
  const fits = (type) => type !== undefined && (!channelTypes?.length || channelTypes.includes(type));
  const wanted = ({ kind }) => fits(CHANNEL_TYPES[kind]);
  const found = {
    people: [...world.people.values()].map(({ id, name }) => ({ value: id, label: name })),
    channels: [...world.channels.values()].filter(wanted).map((one) => ({ value: one.id, label: world.nameOf(one) })),
    roles: world.roles.map(({ id, name }) => ({ value: id, label: name })),
  };
  return kinds.flatMap((kind) => found[kind]);
}

/** A line to write that the bot completes. */
function completedControl(option, typed) {
  const input = element("input", { type: "text", role: "combobox", "aria-expanded": "false", autocomplete: "off" });
  /** @type {{name: string, value: string | number} | null} */ let chosen = null;
  let timer = 0;
  const list = new Listbox(input, `Suggestions for ${option.shown_name}`, (choice) => {
    chosen = choice;
    input.value = choice.name;
  });
  const ask = async () => {
    const { channelId, name, options } = typed();
    const before = input.value;
    const asked = { name, focused: option.name, options: { ...options, [option.name]: before } };
    const { choices } = await suggest(channelId, asked).catch(() => ({ choices: [] })); // without them one still types
    if (input.value !== before || document.activeElement !== input) return;
    list.show(choices.map((choice) => ({ label: choice.name, value: choice })));
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  input.addEventListener("input", () => {
    chosen = null;
    later();
  });
  input.addEventListener("focus", later);
  input.addEventListener("keydown", (event) => list.takes(event));
  const read = () => (chosen ? chosen.value : input.value || undefined);
  return { element: element("div", { class: "completed" }, input, list.element), focus: () => input.focus(), read };
}
