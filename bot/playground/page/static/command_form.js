/** The form for the options of a slash command, in place of the composer. */

import { useCommand } from "./api.js";
import { localized } from "./commands.js";
import { channelsFor } from "./components.js";
import { byId, element, icon } from "./dom.js";
import { begin } from "./interactions.js";

// Discord's types of options.
const INTEGER = 4;
const BOOLEAN = 5;
const CHANNEL = 7;
const ATTACHMENT = 11;

const YES_OR_NO = [{ label: "Yes", value: true }, { label: "No", value: false }];

/** @typedef {{name: string, required: boolean, input: any, element: HTMLElement, read: () => unknown}} Field */

const form = byId("command");
const problem = element("p", { class: "problem alarming", role: "alert", hidden: true });
const send = element("button", { type: "submit", class: "loud" }, "Send");
/** @type {import("./commands.js").TypedCommand | null} */ let open = null;
let channelId = "";
/** @type {Field[]} */ let fields = [];

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Escape") cancel();
  // Enter also submits from a select element, and from a file input unless it is empty.
  const { localName, files } = event.target;
  if (event.key !== "Enter" || !(localName === "select" || files?.length)) return;
  event.preventDefault();
  form.requestSubmit();
});

/**
 * Show the form for a command.
 * @param {import("./commands.js").TypedCommand} command
 * @param {string} where id of the channel
 */
export function openCommand(command, where) {
  open = command;
  channelId = where;
  fields = command.options.map(drawField);
  const named = { "aria-label": "Cancel the command", title: "Cancel (Escape)" };
  const close = element("button", { type: "button", class: "bare", ...named, onclick: cancel }, icon("close"));
  const title = element("p", { class: "grow", id: "command-name" }, element("strong", {}, `/${command.shownName}`));
  title.append(element("small", {}, command.description));
  const inputs = fields.map((field) => field.element);
  form.replaceChildren(element("div", { class: "top line" }, title, close), ...inputs, problem, send);
  showProblem("");
  show(true);
  (fields[0]?.input ?? send).focus();
}

/** Hide the form, without moving the focus. */
export function closeCommand() {
  open = null;
  show(false);
}

/** Set dropped or pasted files as an option. @param {File[]} files @returns {boolean} whether the form is open */
export function takesFiles(files) {
  const field = open && fields.find(({ input }) => input.type === "file");
  const first = new DataTransfer();
  first.items.add(files[0]);
  if (field) field.input.files = first.files;
  return open !== null;
}

/** Hide the form without sending, and focus the composer. */
function cancel() {
  closeCommand();
  byId("text").focus();
}

async function submit() {
  const command = open;
  const missing = fields.filter(({ required, read }) => required && read() === undefined);
  for (const field of fields) field.input.ariaInvalid = String(missing.includes(field));
  if (!command || missing.length) {
    showProblem(`Fill in ${missing.map(({ name }) => `“${name}”`).join(", ")} first.`, missing[0]);
    return;
  }
  const options = Object.fromEntries(fields.map(({ name, read }) => [name, read()]));
  /** @type {HTMLButtonElement} */ (send).disabled = true;
  try {
    const asked = { words: `/${command.shownName}` };
    await begin(asked, () => useCommand(channelId, { name: command.name, options }));
    if (open === command) cancel();
  } catch (error) {
    // What was filled in stays.
    showProblem(error.message, fields.find(({ name }) => error.message.includes(`'${name}'`)));
  }
  /** @type {HTMLButtonElement} */ (send).disabled = false;
}

/** Show a problem, under its field if it has one. @param {string} sentence @param {Field} [field] */
function showProblem(sentence, field) {
  problem.hidden = !sentence;
  problem.textContent = sentence;
  if (field) field.element.append(problem);
  else send.before(problem);
  field?.input.focus();
  problem.scrollIntoView({ block: "nearest" });
}

function show(isOpen) {
  form.hidden = !isOpen;
  byId("composer").hidden = isOpen;
}

/** @returns {Field} whose `read` returns undefined if it is empty */
function drawField(option) {
  const { name, required } = option;
  const [input, read] = drawInput(option);
  input.id = `option-${name}`;
  input.setAttribute("aria-describedby", `${input.id}-hint`);
  if (required) input.setAttribute("aria-required", "true");
  const label = element("label", { for: input.id }, localized(option, "name"));
  if (required) label.append(element("small", {}, " required"));
  const hint = element("small", { id: `${input.id}-hint` }, localized(option, "description"));
  return { name, required, input, read, element: element("div", { class: "entry" }, label, input, hint) };
}

/** @returns {[any, () => unknown]} the input element, and a function that returns its value */
function drawInput({ type, choices, min_value: min, max_value: max, channel_types: kinds }) {
  if (choices.length) return drawChoice(choices.map((one) => ({ label: localized(one, "name"), value: one.value })));
  if (type === BOOLEAN) return drawChoice(YES_OR_NO);
  if (type === CHANNEL) return drawChoice(channelsFor(kinds));
  const kind = { [INTEGER]: "number", [ATTACHMENT]: "file" }[type] ?? "text";
  /** @type {any} */ const input = element("input", { type: kind, min, max, autocomplete: "off" });
  if (type === ATTACHMENT) return [input, () => input.files[0]];
  if (type === INTEGER) return [input, () => (input.value === "" ? undefined : Number(input.value))];
  return [input, () => input.value || undefined];
}

function drawChoice(choices) {
  const options = choices.map(({ label }, index) => element("option", { value: index }, label));
  /** @type {any} */ const select = element("select", {}, element("option", { value: "" }, "–"), ...options);
  return [select, () => choices[select.value]?.value];
}
