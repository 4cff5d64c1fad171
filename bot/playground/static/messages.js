/**
 * The messages of the channel that is open, the oldest first. They are kept in step with the world message
 * by message, so that a sound that plays is not interrupted by what arrives.
 */

import { summaryOf } from "./attachments.js";
import { byId, prefersStillness } from "./dom.js";
import { MessageView } from "./message.js";
import { namesIn } from "./names.js";
import { isEphemeral, isThinking } from "./world.js";

const NEAR_END = 80; // pixels: who is this near to the newest message is reading along
const GLOW = 1600; // ms for which a message that was jumped to is marked

export class Messages {
  #world;
  #announce;
  #interactions;
  #handlers;
  #log = byId("log");
  #list = byId("messages");
  #newer = byId("newer");
  #channelId = "";
  #following = true;
  #heights = "";
  /** @type {Map<string, MessageView>} by message id, in the order of the page */ #views = new Map();

  /**
   * @param {import("./world.js").World} world
   * @param {(words: string) => void} announce reads words aloud
   * @param {import("./interactions.js").Interactions} interactions
   * @param {Omit<import("./message.js").Handlers, "onJump">} handlers
   */
  constructor(world, announce, interactions, handlers) {
    this.#world = world;
    this.#announce = announce;
    this.#interactions = interactions;
    this.#handlers = { ...handlers, onJump: (id) => this.#jump(id) };
    interactions.addEventListener("change", ({ detail }) => this.#showInteractions(detail.messageId));
    world.addEventListener("message_create", ({ detail }) => this.#arrived(detail.message));
    world.addEventListener("message_update", ({ detail }) => this.#updated(detail.message, detail.before));
    world.addEventListener("message_delete", ({ detail }) => this.#changed(detail));
    this.#log.addEventListener("scroll", () => this.#scrolled());
    this.#newer.addEventListener("click", () => this.#follow());
    // Pictures that load and a composer that grows move the end: whoever was there stays there.
    const observer = new ResizeObserver(() => this.#following && this.#toEnd());
    for (const one of [this.#list, this.#log, byId("welcome")]) observer.observe(one);
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
    if (!isMine) this.#announce(this.#spoken(message));
    const isForMe = isEphemeral(message) || message.interaction_metadata?.user.id === this.#world.me;
    if (isMine || isForMe || this.#following) this.#follow();
    else this.#newer.hidden = false;
  }

  /** What was thought about, and what only this person sees, changes because they did something: it is news. */
  #updated(message, before) {
    this.#changed(message);
    if (message.channel_id !== this.#channelId) return;
    if (isThinking(before) || isEphemeral(message)) this.#announce(this.#spoken(message));
  }

  #spoken(message) {
    const words = this.#views.get(message.id)?.words || summaryOf(message, namesIn(this.#world));
    if (isThinking(message)) return words;
    const privacy = isEphemeral(message) ? " (only you can see this)" : "";
    return `${this.#world.authorOf(message).name}${privacy}: ${words}`;
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
      const hadFocus = view.element.contains(document.activeElement);
      const neighbour = view.element.nextElementSibling ?? view.element.previousElementSibling ?? this.#log;
      view.remove();
      this.#views.delete(id);
      if (hadFocus) /** @type {HTMLElement} */ (neighbour).focus({ preventScroll: true });
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
    const view = new MessageView(message, this.#world, this.#handlers);
    const focused = old?.element.contains(document.activeElement) ? document.activeElement : null;
    old?.element.replaceWith(view.element);
    old?.remove();
    this.#views.set(message.id, view);
    view.showInteractions(this.#interactions.busyIn(message.id), this.#interactions.failureIn(message.id));
    if (focused) restoreFocus(view.element, focused);
    return view;
  }

  #showInteractions(messageId) {
    for (const [id, view] of this.#views) {
      if (messageId && id !== messageId) continue;
      view.showInteractions(this.#interactions.busyIn(id), this.#interactions.failureIn(id));
    }
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
    // Where the heights have just changed, that has moved it, and not the person: the observer comes next.
    const heights = `${scrollHeight} ${clientHeight}`;
    const isMoved = heights !== this.#heights;
    this.#heights = heights;
    if (isMoved && this.#following) return;
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
    this.#heights = `${this.#log.scrollHeight} ${this.#log.clientHeight}`;
  }
}

/** Put the focus on what is in a message's new drawing what it was on in the old one, or else on the message. */
function restoreFocus(drawn, focused) {
  const sameKind = [...drawn.querySelectorAll(focused.localName)];
  const { customId } = focused.dataset;
  const isSame = (one) => (customId ? one.dataset.customId === customId : one.className === focused.className);
  const same = sameKind.find(isSame);
  (same ?? drawn).focus({ preventScroll: true });
}
