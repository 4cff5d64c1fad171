/**
 * The messages of the channel that is open, the oldest first. They are kept in step with the world message
 * by message, so that a sound that plays is not interrupted by what arrives.
 */

import { summaryOf } from "./attachments.js";
import { byId, prefersStillness } from "./dom.js";
import { MessageView } from "./message.js";

const NEAR_END = 80; // pixels: who is this near to the newest message is reading along
const GLOW = 1600; // ms for which a message that was jumped to is marked

export class Messages {
  #world;
  #announce;
  #log = byId("log");
  #list = byId("messages");
  #newer = byId("newer");
  #channelId = "";
  #following = true;
  /** @type {Map<string, MessageView>} by message id, in the order of the page */ #views = new Map();

  /**
   * @param {import("./world.js").World} world
   * @param {(words: string) => void} announce reads words aloud
   */
  constructor(world, announce) {
    this.#world = world;
    this.#announce = announce;
    world.addEventListener("message_create", ({ detail }) => this.#arrived(detail.message));
    world.addEventListener("message_update", ({ detail }) => this.#changed(detail.message));
    world.addEventListener("message_delete", ({ detail }) => this.#changed(detail));
    this.#log.addEventListener("scroll", () => this.#scrolled());
    this.#newer.addEventListener("click", () => this.#follow());
    // Pictures that load and a composer that grows move the end: whoever was there stays there.
    const observer = new ResizeObserver(() => this.#following && this.#toEnd());
    observer.observe(this.#list);
    observer.observe(this.#log);
  }

  /** @param {string} channelId of the channel to show */
  open(channelId) {
    if (channelId !== this.#channelId) this.#clear();
    this.#channelId = channelId;
    const channel = this.#world.channels.get(channelId);
    this.#log.setAttribute("aria-label", `Messages in ${this.#world.nameOf(channel)}`);
    this.#reconcile();
    if (this.#following) this.#toEnd();
  }

  #clear() {
    for (const view of this.#views.values()) view.remove();
    this.#views.clear();
    this.#following = true;
    this.#newer.hidden = true;
  }

  #arrived(message) {
    const author = this.#world.authorOf(message);
    const isMine = author.id === this.#world.me;
    if (message.channel_id !== this.#channelId) {
      if (!isMine) this.#announce(`${author.name} wrote in another channel.`);
      return;
    }
    this.#reconcile();
    if (!isMine) this.#announce(`${author.name}: ${this.#views.get(message.id)?.body.innerText || summaryOf(message)}`);
    if (isMine || this.#following) this.#follow();
    else this.#newer.hidden = false;
  }

  #changed({ channel_id: channelId }) {
    if (channelId === this.#channelId) this.#reconcile();
  }

  /** Make the page show what the world holds, touching only what differs. */
  #reconcile() {
    const messages = this.#world.messagesOf(this.#channelId);
    const present = new Set(messages.map(({ id }) => id));
    for (const [id, view] of this.#views) {
      if (present.has(id)) continue;
      view.remove();
      this.#views.delete(id);
    }
    /** @type {MessageView | null} */ let above = null;
    for (const message of messages) {
      const view = this.#viewOf(message);
      const next = above ? above.element.nextSibling : this.#list.firstChild;
      if (next !== view.element) this.#list.insertBefore(view.element, next);
      view.standBelow(above);
      above = view;
    }
  }

  #viewOf(message) {
    const old = this.#views.get(message.id);
    if (old?.shows(message, this.#world)) return old;
    const view = new MessageView(message, this.#world, (id) => this.#jump(id));
    old?.element.replaceWith(view.element);
    old?.remove();
    this.#views.set(message.id, view);
    return view;
  }

  #jump(id) {
    const target = this.#views.get(id)?.element;
    if (!target) return;
    target.scrollIntoView({ block: "center", behavior: prefersStillness() ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
    target.classList.add("glow");
    setTimeout(() => target.classList.remove("glow"), GLOW);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (this.#following) this.#newer.hidden = true;
  }

  #follow() {
    this.#following = true;
    this.#newer.hidden = true;
    this.#toEnd();
  }

  #toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
