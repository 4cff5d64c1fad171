/** Who is about to answer. As on Discord, it is over with the message, or when no more is heard of it. */

import { byId, element } from "./dom.js";

const LASTS = 10_000; // ms, as Discord's own typing indicator

export class Typing {
  #world;
  #announce;
  #line = byId("typing");
  #channelId = "";
  /** @type {Map<string, Map<string, number>>} timers by channel and person */ #timers = new Map();

  /**
   * @param {import("./world.js").World} world
   * @param {(words: string) => void} announce reads words aloud
   */
  constructor(world, announce) {
    this.#world = world;
    this.#announce = announce;
    world.addEventListener("typing", ({ detail }) => this.#start(detail.channel_id, detail.user_id));
    world.addEventListener("message_create", ({ detail: { message } }) => {
      this.#stop(message.channel_id, message.author.id);
    });
    world.addEventListener("state", () => this.#forget());
    world.addEventListener("presence", () => this.#world.botOnline || this.#forget());
  }

  /** @param {string} channelId of the channel to speak of */
  open(channelId) {
    this.#channelId = channelId;
    this.#draw();
  }

  #start(channelId, personId) {
    if (personId === this.#world.me) return;
    const timers = this.#timers.get(channelId) ?? new Map();
    this.#timers.set(channelId, timers);
    if (!timers.has(personId) && channelId === this.#channelId) this.#announce(`${this.#nameOf(personId)} is typing.`);
    clearTimeout(timers.get(personId));
    timers.set(personId, setTimeout(() => this.#stop(channelId, personId), LASTS));
    this.#draw();
  }

  #stop(channelId, personId) {
    const timers = this.#timers.get(channelId);
    clearTimeout(timers?.get(personId));
    timers?.delete(personId);
    this.#draw();
  }

  #forget() {
    for (const timers of this.#timers.values()) for (const timer of timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#draw();
  }

  #draw() {
    const names = [...(this.#timers.get(this.#channelId)?.keys() ?? [])].map((id) => this.#nameOf(id));
    const wave = element("span", { class: "wave" }, ...Array.from({ length: 5 }, () => element("i")));
    const verb = names.length === 1 ? " is typing…" : " are typing…";
    const words = element("span", {}, element("strong", {}, names.join(", ")), verb);
    this.#line.replaceChildren(...(names.length ? [wave, words] : []));
  }

  #nameOf(personId) {
    return this.#world.people.get(personId)?.name ?? "Someone";
  }
}
