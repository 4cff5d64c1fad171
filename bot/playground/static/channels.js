/** The channels to choose from, and the title of the one that is open. */

import { byId, element } from "./dom.js";
import { drawAvatar } from "./message.js";
import { isConversation } from "./world.js";

const SECTIONS = /** @type {const} */ ([
  ["Server", (channel) => !isConversation(channel)],
  ["Direct messages", isConversation],
]);
const NAME = "Undertone playground";

export class Channels {
  #world;
  #onOpen;
  #onPerson;
  #openId = "";
  #me = "";
  #wasDirect = false;
  /** @type {Map<string, number>} messages not seen yet, by channel */ #unread = new Map();

  /**
   * @param {import("./world.js").World} world
   * @param {(channelId: string) => void} onOpen
   * @param {(person: import("./world.js").Person, anchor: HTMLElement) => void} onPerson called when more is
   *   wanted of somebody
   */
  constructor(world, onOpen, onPerson) {
    this.#world = world;
    this.#onOpen = onOpen;
    this.#onPerson = onPerson;
    world.addEventListener("state", () => this.#choose());
    world.addEventListener("channel", () => this.#choose());
    world.addEventListener("message_create", ({ detail }) => this.#count(detail.message));
    // The channel is part of the address, so that reloading and going back work as everywhere.
    addEventListener("hashchange", () => this.#choose({ byHand: true }));
  }

  #choose({ byHand = false } = {}) {
    const wanted = location.hash.slice(1);
    const { channels, me } = this.#world;
    const [first] = channels.keys();
    if (me !== this.#me) this.#unread.clear(); // another person has come
    // Who comes from another's conversation with the bot finds their own.
    const own = this.#wasDirect && [...channels.values()].find(({ kind }) => kind === "dm");
    this.#openId = channels.has(wanted) ? wanted : ((own ? own.id : first) ?? "");
    this.#wasDirect = channels.get(this.#openId)?.kind === "dm";
    this.#me = me;
    this.#unread.delete(this.#openId);
    this.#drawList();
    this.#drawTitle();
    this.#onOpen(this.#openId);
    if (byHand) byId("channel-name").focus();
  }

  #count(message) {
    const { channel_id: channelId, author } = message;
    if (channelId === this.#openId || author.id === this.#world.me) return;
    this.#unread.set(channelId, (this.#unread.get(channelId) ?? 0) + 1);
    this.#drawList();
    this.#drawTitle();
  }

  #drawList() {
    const channels = [...this.#world.channels.values()];
    const sections = SECTIONS.map(([heading, belongs]) => [heading, channels.filter(belongs)])
      .filter(([, members]) => members.length)
      .map(([heading, members]) => drawSection(heading, members.map((one) => this.#drawLink(one))));
    const others = [...this.#world.people.values()].filter(({ id, bot }) => !bot && id !== this.#world.me);
    const people = drawSection("People", others.map((one) => this.#drawPerson(one)));
    const focused = document.activeElement?.closest("#channels [data-key]")?.getAttribute("data-key");
    byId("channels").replaceChildren(...sections, ...(others.length ? [people] : []));
    if (focused) document.querySelector(`#channels [data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #drawPerson(person) {
    const button = element(
      "button",
      { type: "button", "data-key": person.id, "aria-haspopup": "menu", "aria-expanded": "false" },
      drawAvatar(person),
      element("span", {}, person.name),
    );
    button.addEventListener("click", () => this.#onPerson(person, button));
    return element("li", {}, button);
  }

  #drawLink(channel) {
    const unread = this.#unread.get(channel.id) ?? 0;
    const whom = channel.kind === "dm" ? this.#world.bot : this.#partnerIn(channel);
    const hash = element("span", { class: "hash", "aria-hidden": "true" }, "#");
    const mark = whom ? drawAvatar(whom) : hash;
    const current = channel.id === this.#openId ? "page" : null;
    const name = element("span", {}, channel.name);
    const link = element("a", { href: `#${channel.id}`, "data-key": channel.id, "aria-current": current }, mark, name);
    const words = element("span", { class: "unseen" }, " new");
    if (unread) link.append(element("span", { class: "unread" }, String(unread), words));
    return element("li", {}, link);
  }

  #drawTitle() {
    const channel = this.#world.channels.get(this.#openId);
    byId("channel-name").textContent = channel ? this.#world.nameOf(channel) : NAME;
    byId("channel-topic").textContent = channel?.topic ?? "";
    const unread = [...this.#unread.values()].reduce((sum, count) => sum + count, 0);
    document.title = `${unread ? `(${unread}) ` : ""}${channel ? `${this.#world.nameOf(channel)} · ` : ""}${NAME}`;
  }

  /** Whom one talks to in a conversation. */
  #partnerIn(channel) {
    if (channel.kind !== "private") return null;
    return [...this.#world.people.values()].find(({ name }) => name === channel.name) ?? null;
  }
}

function drawSection(heading, rows) {
  return element("section", {}, element("h2", {}, heading), element("ul", {}, ...rows));
}
