/** One message: who, when, in reply to what, the words, the files, the embeds. */

import { drawAttachments, summaryOf } from "./attachments.js";
import { element, icon } from "./dom.js";
import { drawEmbed } from "./embeds.js";
import { markdown } from "./markdown.js";
import { clockTime, dayName, fullTime } from "./words.js";

const DARK_INK_FROM = 0.2; // luminance of a ground on which dark letters have more contrast than white ones
const SAME_BREATH = 7 * 60 * 1000; // ms within which one author's messages stand under one name

export class MessageView {
  #message;
  #players;
  #day;
  #drawnFrom;

  /**
   * @param {import("./world.js").Message} message
   * @param {import("./world.js").World} world
   * @param {(id: string) => void} onJump called with the id of the message that a reply line points to
   */
  constructor(message, world, onJump) {
    this.#message = message;
    this.#drawnFrom = sourceOf(message, world);
    const author = world.authorOf(message);
    const when = new Date(message.timestamp);
    const names = namesIn(world);
    const { nodes, players } = drawAttachments(message, author.name);
    this.#players = players;
    this.#day = element("p", { class: "day", hidden: true }, element("span", {}, dayName(when)));
    this.body = element("div", { class: "body" });
    if (message.content) this.body.append(element("div", { class: "words" }, markdown(message.content, names)));
    if (message.edited_timestamp) this.body.append(element("small", { class: "edited" }, "(edited)"));
    this.body.append(...nodes, ...message.embeds.map((embed) => drawEmbed(embed, message.attachments, names)));
    this.element = element(
      "li",
      { class: "message", id: `message-${message.id}`, tabindex: -1 },
      this.#day,
      ...drawReply(message, world, onJump),
      drawAvatar(author),
      element("div", { class: "head" }, ...drawName(author), drawTime(when)),
      this.body,
    );
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

function drawName(author) {
  const name = element("strong", { class: "name" }, author.name);
  return author.bot ? [name, element("span", { class: "tag" }, "Bot")] : [name];
}

const drawTime = (when) => element("time", { datetime: when.toISOString(), title: fullTime(when) }, clockTime(when));

function drawReply(message, world, onJump) {
  if (!message.message_reference?.message_id) return [];
  const original = world.originalOf(message);
  if (!original) return [element("p", { class: "reply" }, icon("reply"), "Replying to a message that was deleted")];
  const author = world.authorOf(original).name;
  const button = element(
    "button",
    { type: "button", title: "Go to that message", onclick: () => onJump(original.id) },
    element("span", { class: "unseen" }, "Replying to "),
    element("strong", {}, author),
    " ",
    element("span", {}, summaryOf(original)),
  );
  return [element("p", { class: "reply" }, icon("reply"), button)];
}

function namesIn(world) {
  return {
    person: (id) => world.people.get(id)?.name,
    channel: (id) => world.channels.get(id)?.name,
  };
}

const sourceOf = (message, world) => JSON.stringify([message, world.originalOf(message)]);

const dayOf = (message) => new Date(message.timestamp).toDateString();

/** How light a colour is, from 0 to 1, as WCAG 2 defines relative luminance. */
function luminance(colour) {
  const linear = [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
