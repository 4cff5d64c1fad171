/**
 * One message: who, when, in reply to what, the words, the files, the embeds, the buttons, and whether only
 * this page's person sees it.
 */

import { drawAttachments, summaryOf } from "./attachments.js";
import { drawComponents, showBusy } from "./components.js";
import { element, icon } from "./dom.js";
import { drawEmbed } from "./embeds.js";
import { drawForwarded } from "./forwarded.js";
import { markdown } from "./markdown.js";
import { namesIn } from "./names.js";
import { clockTime, dayName, fullTime } from "./words.js";
import { isEphemeral, isThinking } from "./world.js";

const DARK_INK_FROM = 0.2; // luminance of a ground on which dark letters have more contrast than white ones
const SAME_BREATH = 7 * 60 * 1000; // ms within which one author's messages stand under one name

const ON_PERSON = 2; // Discord's number for commands in the menu of a person

/**
 * @typedef {object} Handlers what is called when
 * @property {(id: string) => void} onJump the line of a reply is pressed, with the id of what it answers
 * @property {(message: import("./world.js").Message, anchor: HTMLElement) => void} onMenu more is wanted
 * @property {(message: import("./world.js").Message) => void} onDismiss it shall go away
 * @property {(message: import("./world.js").Message, customId: string, words: string,
 *   values: string[] | null) => void} onUse a button is pressed, or something chosen
 */

export class MessageView {
  #message;
  #players;
  #day;
  #drawnFrom;
  #failure = element("p", { class: "failure", hidden: true });

  /**
   * @param {import("./world.js").Message} message
   * @param {import("./world.js").World} world
   * @param {Handlers} handlers
   */
  constructor(message, world, { onJump, onMenu, onDismiss, onUse }) {
    this.#message = message;
    this.#drawnFrom = sourceOf(message, world);
    const author = world.authorOf(message);
    const when = new Date(message.timestamp);
    const names = namesIn(world);
    const { nodes, players } = drawAttachments(message, author.name);
    const forwarded = drawForwarded(message, world);
    this.#players = [...players, ...forwarded.players];
    this.#day = element("p", { class: "day", hidden: true }, element("span", {}, dayName(when)));
    this.body = element("div", { class: "body" });
    if (isThinking(message)) this.body.append(drawThinking(author));
    if (message.content) this.body.append(element("div", { class: "words" }, markdown(message.content, names)));
    if (message.content && message.edited_timestamp) this.body.append(element("small", { class: "edited" }, "(edited)"));
    this.body.append(...forwarded.nodes, ...nodes);
    this.body.append(...message.embeds.map((embed) => drawEmbed(embed, message.attachments, names)));
    const use = (customId, words, values) => onUse(message, customId, words, values);
    this.body.append(...drawComponents(message.components ?? [], world, use), this.#failure);
    if (isEphemeral(message)) this.body.append(drawPrivacy(message, onDismiss));
    this.element = element(
      "li",
      { class: isEphemeral(message) ? "message ephemeral" : "message", id: `message-${message.id}`, tabindex: -1 },
      this.#day,
      ...drawReply(message, world, onJump),
      ...drawOccasion(message, world),
      drawAvatar(author),
      element("div", { class: "head" }, ...drawName(author), drawTime(when)),
      this.body,
      ...(isEphemeral(message) ? [] : [drawMore(message, author, onMenu)]),
    );
  }

  /**
   * Show how it stands with the buttons and menus.
   * @param {Set<string>} busy those that wait for an answer
   * @param {string} failure what last went wrong; empty for nothing
   */
  showInteractions(busy, failure) {
    showBusy(this.body, busy);
    this.#failure.hidden = !failure;
    this.#failure.textContent = failure;
  }

  /** The text that a screen reader hears of it, buttons and all that is always there left out. */
  get words() {
    const parts = [...this.body.children].filter((part) => !part.matches(".row, .privacy, [hidden]"));
    return parts.map((part) => /** @type {HTMLElement} */ (part).innerText).join(" ").trim();
  }

  /** Whether the message, and what it replies to, are still as they were when this was drawn. */
  shows(message, world) {
    return sourceOf(message, world) === this.#drawnFrom;
  }

  /**
   * Stand beneath another message: under the same name, or under a new day's.
   * @param {MessageView | null} above
   */
  standBelow(above) {
    const here = this.#message;
    const before = above ? above.#message : null;
    const newDay = !before || dayOf(before) !== dayOf(here);
    const continued =
      !newDay &&
      !here.message_reference &&
      !here.interaction_metadata &&
      isEphemeral(here) === isEphemeral(before) &&
      before.author.id === here.author.id &&
      Date.parse(here.timestamp) - Date.parse(before.timestamp) < SAME_BREATH;
    this.#day.hidden = !newDay;
    this.element.classList.toggle("continued", continued);
  }

  /** Let go of what the message holds. */
  remove() {
    for (const player of this.#players) player.release();
    this.element.remove();
  }
}

/**
 * Draw a person's round picture: the bot's own, and a letter for people.
 * @param {import("./world.js").Person} person
 * @returns {HTMLElement}
 */
export function drawAvatar(person) {
  if (person.bot) return element("img", { class: "avatar", src: "/static/logo.svg", alt: "" });
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" }, [...person.name][0]?.toUpperCase() ?? "?");
  if (/^#[0-9a-f]{6}$/i.test(person.colour)) {
    avatar.style.setProperty("--colour", person.colour);
    avatar.classList.toggle("pale", luminance(person.colour) > DARK_INK_FROM);
  }
  return avatar;
}

/** A wave where the words will be, for what the bot is still to say. */
function drawThinking(author) {
  const bars = Array.from({ length: 5 }, () => element("i"));
  const wave = element("span", { class: "wave", "aria-hidden": "true" }, ...bars);
  return element("p", { class: "thinking" }, wave, `${author.name} is thinking…`);
}

function drawPrivacy(message, onDismiss) {
  const line = element("p", { class: "privacy" }, icon("eye"), "Only you can see this");
  if (isThinking(message)) return line;
  const dismiss = element("button", { type: "button", onclick: () => onDismiss(message) }, "Dismiss message");
  line.append(element("span", { "aria-hidden": "true" }, "·"), dismiss);
  return line;
}

function drawMore(message, author, onMenu) {
  const label = `More: message from ${author.name}`;
  const attributes = { type: "button", class: "bare more", title: "More", "aria-label": label };
  const more = element("button", { ...attributes, "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
  more.addEventListener("click", () => onMenu(message, more));
  return more;
}

/** By which command a message came. */
function drawOccasion(message, world) {
  const asked = message.interaction_metadata;
  if (!asked?.name || message.message_reference) return [];
  const who = world.people.get(asked.user.id)?.name ?? "Somebody";
  const name = (asked.command_type ?? 1) < ON_PERSON ? `/${asked.name}` : asked.name;
  const words = element("span", {}, element("strong", {}, who), " used ", element("strong", {}, name));
  return [element("p", { class: "reply" }, icon("reply"), words)];
}

function drawName(author) {
  const name = element("strong", { class: "name" }, author.name);
  return author.bot ? [name, element("span", { class: "tag" }, "Bot")] : [name];
}

const drawTime = (when) => element("time", { datetime: when.toISOString(), title: fullTime(when) }, clockTime(when));

function drawReply(message, world, onJump) {
  if (!message.message_reference?.message_id || message.message_snapshots) return [];
  const original = world.originalOf(message);
  if (!original) return [element("p", { class: "reply" }, icon("reply"), "Replying to a message that was deleted")];
  const author = world.authorOf(original).name;
  const button = element(
    "button",
    { type: "button", title: "Go to that message", onclick: () => onJump(original.id) },
    element("span", { class: "unseen" }, "Replying to "),
    element("strong", {}, author),
    " ",
    element("span", {}, summaryOf(original, namesIn(world))),
  );
  return [element("p", { class: "reply" }, icon("reply"), button)];
}

/** All that a message is drawn from. */
const sourceOf = (message, world) => JSON.stringify([message, world.originalOf(message), world.me]);

const dayOf = (message) => new Date(message.timestamp).toDateString();

/** How light a colour is, from 0 to 1, as WCAG 2 defines relative luminance. */
function luminance(colour) {
  const linear = [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
