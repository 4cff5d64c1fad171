/** The view of a message: author, time, reply, content, attachments, embeds and components. */

import { drawAttachments, summaryOf } from "./attachments.js";
import { drawComponents, showBusy } from "./components.js";
import { element, icon } from "./dom.js";
import { drawEmbed } from "./embeds.js";
import { markdown } from "./markdown.js";
import { drawWave } from "./typing.js";
import { clockTime, dayName, fullTime } from "./words.js";
import { isEphemeral, isThinking, world } from "./world.js";

const GROUPED_WITHIN = 7 * 60 * 1000; // ms within which an author's messages are grouped under one name
const TYPED = 1; // Discord's type of slash commands (CHAT_INPUT)

/**
 * @typedef {object} Handlers
 * @property {(id: string) => void} onJump for a click on a reply, with the id of the message that is replied to
 * @property {(message: import("./world.js").Message, anchor: HTMLElement) => void} onMenu for the button "More"
 * @property {(message: import("./world.js").Message) => void} onDismiss for the button "Dismiss message"
 * @property {(message: import("./world.js").Message, customId: string, values: string[] | null) => void} onUse
 *   for a component
 */

export class MessageView {
  #message;
  #players;
  #drawnFrom;
  #day;
  #failure = element("p", { class: "failure alarming", hidden: true });

  /** @param {import("./world.js").Message} message @param {Handlers} handlers */
  constructor(message, { onJump, onMenu, onDismiss, onUse }) {
    this.#message = message;
    this.#drawnFrom = sourceOf(message);
    const author = world.authorOf(message);
    const when = new Date(message.timestamp);
    const drawn = drawContent(message, author.name);
    const forwarded = (message.message_snapshots ?? []).map(({ message: shown }) => drawContent(shown, "somebody"));
    this.#players = [drawn, ...forwarded].flatMap(({ players }) => players);
    this.#day = element("p", { class: "day line quiet", hidden: true }, element("span", {}, dayName(when)));
    this.body = element("div", { class: "body" }, ...drawn.nodes);
    if (isThinking(message)) this.body.append(drawThinking(author));
    for (const { nodes } of forwarded) {
      const by = element("p", { class: "by line quiet" }, icon("forward"), "Forwarded");
      this.body.append(element("blockquote", { class: "forwarded" }, by, ...nodes));
    }
    const components = drawComponents(message.components, (customId, values) => onUse(message, customId, values));
    this.body.append(...components, this.#failure);
    if (isEphemeral(message)) this.body.append(drawPrivacy(message, onDismiss));
    this.element = element(
      "li",
      { class: isEphemeral(message) ? "message ephemeral" : "message", id: `message-${message.id}`, tabindex: -1 },
      this.#day,
      ...drawOrigin(message, onJump),
      drawAvatar(author),
      element("div", { class: "head line" }, ...drawName(author), drawTime(when)),
      this.body,
      ...(isEphemeral(message) ? [] : [drawMore(message, author, onMenu)]),
    );
  }

  /**
   * Show the state of the components.
   * @param {Set<string>} busy custom ids of those that wait for a response
   * @param {string} failure the last error; empty for none
   */
  showInteractions(busy, failure) {
    showBusy(this.body, busy);
    this.#failure.hidden = !failure;
    this.#failure.textContent = failure;
  }

  /** The text to announce to screen readers, without components. */
  get words() {
    const parts = [...this.body.children].filter((part) => !part.matches(".row, .privacy, [hidden]"));
    return parts.map((part) => /** @type {HTMLElement} */ (part).innerText).join(" ").trim();
  }

  /** Return whether the view is up to date with a message and the message that it replies to. */
  shows(message) {
    return sourceOf(message) === this.#drawnFrom;
  }

  /** Update the author and the day line for the message above. @param {MessageView | null} above */
  standBelow(above) {
    const here = this.#message;
    const before = above?.#message;
    const newDay = !before || dayOf(before) !== dayOf(here);
    const continued =
      !newDay &&
      !here.message_reference &&
      !here.interaction_metadata &&
      isEphemeral(here) === isEphemeral(before) &&
      before.author.id === here.author.id &&
      Date.parse(here.timestamp) - Date.parse(before.timestamp) < GROUPED_WITHIN;
    this.#day.hidden = !newDay;
    this.element.classList.toggle("continued", continued);
  }

  /** Remove the view, and release its players. */
  remove() {
    for (const player of this.#players) player.release();
    this.element.remove();
  }
}

/** Draw an avatar: the logo for the bot, the first letter for people. @param {import("./world.js").Person} person */
export function drawAvatar(person) {
  if (person.bot) return element("img", { class: "avatar", src: "/static/logo.svg", alt: "" });
  const avatar = element("span", { class: "avatar", "aria-hidden": "true" }, person.name[0]);
  avatar.style.setProperty("--colour", person.colour);
  return avatar;
}

/** Draw the text, attachments and embeds of a message or of a snapshot. */
function drawContent(message, author) {
  const { nodes: files, players } = drawAttachments(message, author);
  const nodes = message.content ? [element("div", { class: "words" }, markdown(message.content))] : [];
  if (message.content && message.edited_timestamp) nodes.push(element("small", { class: "edited" }, "(edited)"));
  return { nodes: [...nodes, ...files, ...message.embeds.map((embed) => drawEmbed(embed))], players };
}

const drawThinking = (author) => element("p", { class: "thinking line quiet" }, drawWave(), `${author.name} is thinking…`);

function drawPrivacy(message, onDismiss) {
  const line = element("p", { class: "privacy line quiet" }, icon("eye"), "Only you can see this");
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

/** Draw the line above a message that is a reply or a response to a command. */
function drawOrigin(message, onJump) {
  const asked = message.interaction_metadata;
  if (message.message_reference && !message.message_snapshots) {
    return [element("p", { class: "reply line quiet" }, icon("reply"), drawReply(world.originalOf(message), onJump))];
  }
  if (!asked?.name) return [];
  const who = element("strong", {}, world.people.get(asked.user.id)?.name ?? "Somebody");
  const name = element("strong", {}, asked.command_type === TYPED ? `/${asked.name}` : asked.name);
  return [element("p", { class: "reply line quiet" }, icon("reply"), element("span", {}, who, " used ", name))];
}

function drawReply(original, onJump) {
  if (!original) return "Replying to a message that was deleted";
  return element(
    "button",
    { type: "button", class: "cut", title: "Go to that message", onclick: () => onJump(original.id) },
    element("span", { class: "unseen" }, "Replying to "),
    element("strong", {}, world.authorOf(original).name),
    ` ${summaryOf(original)}`,
  );
}

function drawName(author) {
  const name = element("strong", { class: "name" }, author.name);
  return author.bot ? [name, element("span", { class: "tag" }, "Bot")] : [name];
}

const drawTime = (when) => element("time", { datetime: when.toISOString(), title: fullTime(when) }, clockTime(when));

/** Return the data that a view depends on, to compare. */
const sourceOf = (message) => JSON.stringify([message, world.originalOf(message), world.me]);

const dayOf = (message) => new Date(message.timestamp).toDateString();
