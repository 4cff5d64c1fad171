/**
 * The state of the page: people, channels and messages, as last received from the server. Only the server's
 * events change it; views listen to its events.
 */

/**
 * @typedef {{id: string, name: string, kind: "text" | "thread" | "dm" | "private", topic: string,
 *   may_manage_messages: boolean}} Channel
 * @typedef {{id: string, name: string, bot: boolean, colour: string, moderator: boolean, locale: string}} Person
 * @typedef {{id: string, filename: string, size: number, url: string, content_type: string,
 *   description?: string, duration_secs?: number, waveform?: string}} Attachment
 * @typedef {{id: string, channel_id: string, author: {id: string}, content: string, timestamp: string,
 *   edited_timestamp: string | null, flags: number, attachments: Attachment[], embeds: any[], components: any[],
 *   message_reference?: {message_id: string}, referenced_message?: Message | null,
 *   message_snapshots?: {message: Message}[],
 *   interaction_metadata?: {name?: string, command_type?: number, user: {id: string}}}} Message
 * @typedef {{id: string, answered: boolean, failed: boolean}} Interaction
 */

// Discord's message flags.
const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const VOICE_MESSAGE = 1 << 13;

/** @param {Message} message */
export const isVoiceMessage = (message) => Boolean(message.flags & VOICE_MESSAGE);

/** Return whether a message is a deferred response ("is thinking…"). @param {Message} message */
export const isThinking = (message) => Boolean(message.flags & LOADING);

/** Return whether a message is ephemeral. @param {Message} message */
export const isEphemeral = (message) => Boolean(message.flags & EPHEMERAL);

/** Return whether a channel is one of direct messages. @param {Channel} channel */
export const isConversation = (channel) => channel.kind === "dm" || channel.kind === "private";

class World extends EventTarget {
  me = "";
  botOnline = false;
  /** @type {string[]} */ locales = [];
  /** @type {{id: string, name: string}[]} */ roles = [];
  /** @type {Map<string, Channel>} */ channels = new Map();
  /** @type {Map<string, Person>} */ people = new Map();
  /** @type {Map<string, Message>} in the order in which they were posted */ #messages = new Map();
  /** @type {Set<string>} ids of deleted messages, which replies may still refer to */ #deleted = new Set();

  /** Apply an event from the server, and dispatch one of the same name to the views. @param {any} event */
  apply(event) {
    switch (event.type) {
      case "state":
        this.me = event.me;
        this.botOnline = event.bot_online;
        this.locales = event.locales;
        this.roles = event.roles;
        this.channels = byIds(event.channels);
        this.people = byIds(event.people);
        this.#messages = byIds(event.messages);
        break;
      case "message_create":
      case "message_update":
        event.before = this.#messages.get(event.message.id);
        this.#messages.set(event.message.id, event.message);
        break;
      case "message_delete":
        this.#messages.delete(event.id);
        this.#deleted.add(event.id);
        break;
      case "presence":
        this.botOnline = event.bot_online;
        break;
      case "channel":
        this.channels.set(event.channel.id, event.channel);
        break;
      case "person":
        this.people.set(event.person.id, event.person);
        break;
    }
    this.dispatchEvent(new CustomEvent(event.type, { detail: event }));
  }

  /** @param {string} channelId @returns {Message[]} the oldest first */
  messagesOf(channelId) {
    return [...this.#messages.values()].filter((message) => message.channel_id === channelId);
  }

  /** Return the message that another replies to; null if it was deleted. @param {Message} message @returns {Message | null} */
  originalOf(message) {
    const id = message.message_reference?.message_id;
    if (!id || this.#deleted.has(id) || message.message_snapshots) return null;
    return this.#messages.get(id) ?? message.referenced_message ?? null;
  }

  /** @returns {Person} */
  get bot() {
    const found = [...this.people.values()].find((person) => person.bot);
    return found ?? { id: "", name: "The bot", bot: true, colour: "", moderator: false, locale: "" };
  }

  /** @param {Channel | undefined} channel @returns {string} as people write it, #name or @name */
  nameOf(channel) {
    return channel ? `${isConversation(channel) ? "@" : "#"}${channel.name}` : "";
  }

  /** @param {Message} message @returns {Person} */
  authorOf(message) {
    return /** @type {Person} */ (this.people.get(message.author.id));
  }

  /** Add a listener to events of some types. @param {string[]} types @param {(event: any) => void} listener */
  on(types, listener) {
    for (const type of types) {
      this.addEventListener(type, (event) => listener(/** @type {CustomEvent} */ (event).detail));
    }
  }
}

const byIds = (things) => new Map(things.map((thing) => [thing.id, thing]));

/** The state of this page. */
export const world = new World();
