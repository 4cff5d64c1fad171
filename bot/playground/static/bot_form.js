/** The forms with which a bot answers: its title and its fields, in a window of their own. */

import { submitForm } from "./api.js";
import { openDialog } from "./dialog.js";
import { element } from "./dom.js";
import { choiceControl, choicesControl, drawField, fileControl, textControl } from "./fields.js";
import { markdown } from "./markdown.js";
import { namesIn } from "./names.js";
import { CHOSEN_BY, namedIn } from "./options.js";

// Discord's numbers for kinds of components.
const ROW = 1;
const STRING_SELECT = 3;
const TEXT_INPUT = 4;
const TEXT = 10;
const LABEL = 18;
const FILES = 19;

const PARAGRAPH = 2; // Discord's style of a text of several lines

/**
 * Show a form.
 * @param {import("./world.js").Interaction} interaction that the bot answered with it
 * @param {import("./world.js").World} world
 * @param {import("./interactions.js").Interactions} interactions
 */
export function openBotForm({ id, modal }, world, interactions) {
  const parts = modal.components.flatMap((component) => drawPart(component, world));
  const fields = parts.flatMap(({ field }) => (field ? [field] : []));
  openDialog(
    { title: modal.title, send: "Submit", parts: parts.map(({ node }) => node), fields },
    (values) => interactions.begin({ words: `“${modal.title}”` }, () => submitForm(id, values)),
  );
}

function drawPart(component, world) {
  if (component.type === ROW) return component.components.flatMap((part) => drawPart(part, world));
  if (component.type === TEXT) {
    const words = markdown(component.content ?? "", namesIn(world));
    return [{ node: element("div", { class: "words" }, words), field: null }];
  }
  const inner = component.type === LABEL ? component.component : component;
  const control = controlOf(inner, world);
  if (!control) return [];
  const field = drawField(
    {
      name: inner.custom_id,
      label: component.label ?? inner.label ?? inner.placeholder ?? inner.custom_id,
      description: component.description,
      required: inner.required ?? true,
    },
    control,
  );
  return [{ node: field.element, field }];
}

function controlOf(component, world) {
  const { type, style, value, placeholder, max_length: longest } = component;
  if (type === TEXT_INPUT) return textControl({ long: style === PARAGRAPH, value, placeholder, longest });
  if (type === FILES) return listed(fileControl({ most: component.max_values ?? 1 }));
  const named = () => CHOSEN_BY[type] && namedIn(world, CHOSEN_BY[type], component.channel_types);
  const options = type === STRING_SELECT ? offered(component) : named();
  if (!options) return null; // of a kind that is not known here
  return (component.max_values ?? 1) > 1 ? choicesControl(options) : listed(choiceControl(options));
}

const offered = ({ options }) =>
  options.map(({ value, label, default: chosen }) => ({ value, label, chosen: Boolean(chosen) }));

/** A control whose one value is sent as a list. */
const listed = (control) => ({
  ...control,
  read: () => (control.read() === undefined ? undefined : [control.read()].flat()),
});
