/** The channels to choose from, and the title of the one that is open. */

import { byId, element, icon } from "./dom.js";
import { drawAvatar } from "./message.js";

const KINDS = /** @type {const} */ ([["text", "Server"], ["dm", "Direct messages"]]);
const NAME = "Undertone playground";

export class Channels {
  #world;
  #onOpen;
  #openId = "";
  /** @type {Map<string, number>} messages not seen yet, by channel */ #unread = new Map();

  /**
   * @param {import("./world.js").World} world
   * @param {(channelId: string) => void} onOpen
   */
  constructor(world, onOpen) {
    this.#world = world;
    this.#onOpen = onOpen;
    world.addEventListener("state", () => this.#choose());
    world.addEventListener("message_create", ({ detail }) => this.#count(detail.message));
    // The channel is part of the address, so that reloading and going back work as everywhere.
    addEventListener("hashchange", () => this.#choose({ byHand: true }));
  }

  #choose({ byHand = false } = {}) {
    const wanted = location.hash.slice(1);
    const [first] = this.#world.channels.keys();
    this.#openId = this.#world.channels.has(wanted) ? wanted : (first ?? "");
    this.#unread.delete(this.#openId);
    this.#drawList();
    this.#drawTitle();
    this.#drawMe();
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
    const sections = KINDS.map(([kind, heading]) => [heading, channels.filter((channel) => channel.kind === kind)]);
    const focused = document.activeElement?.getAttribute("href");
    byId("channels").replaceChildren(
      ...sections
        .filter(([, members]) => members.length)
        .map(([heading, members]) =>
          element(
            "section",
            {},
            element("h2", {}, heading),
            element("ul", {}, ...members.map((one) => this.#drawLink(one))),
          ),
        ),
    );
    if (focused?.startsWith("#")) document.querySelector(`#channels [href="${CSS.escape(focused)}"]`)?.focus();
  }

  #drawLink(channel) {
    const unread = this.#unread.get(channel.id) ?? 0;
    const bot = this.#world.bot;
    const hash = element("span", { class: "hash", "aria-hidden": "true" }, "#");
    const mark = channel.kind === "dm" && bot ? drawAvatar(bot) : hash;
    const current = channel.id === this.#openId ? "page" : null;
    const name = element("span", {}, channel.name);
    const link = element("a", { href: `#${channel.id}`, "aria-current": current }, mark, name);
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

  #drawMe() {
    const me = this.#world.people.get(this.#world.me);
    const note = element("small", {}, icon("lock"), "Stays on this computer");
    const name = element("strong", {}, me?.name ?? "You");
    byId("whoami").replaceChildren(...(me ? [drawAvatar(me)] : []), element("p", {}, name, note));
  }
}
