/**
 * What the page knows: people, channels and messages, as the server last told it. Events change it, views
 * are told what changed and draw it; nothing else changes it.
 */

/**
 * @typedef {{id: string, name: string, kind: "text" | "thread" | "dm" | "private", topic?: string | null,
 *   may_manage_messages?: boolean, parent_id?: string}} Channel
 * @typedef {{id: string, name: string, bot: boolean, colour: string, moderator?: boolean, locale?: string}} Person
 * @typedef {{id: string, name: string}} Role
 * @typedef {{id: string, filename: string, size: number, url: string, content_type?: string,
 *   description?: string, duration_secs?: number, waveform?: string}} Attachment
 * @typedef {{id: string, channel_id: string, author: {id: string, username: string, global_name?: string | null},
 *   content: string, timestamp: string, edited_timestamp?: string | null, flags?: number,
 *   attachments: Attachment[], embeds: object[], components?: object[],
 *   message_reference?: {type?: number, message_id?: string} | null, referenced_message?: Message | null,
 *   message_snapshots?: {message: Message}[],
 *   interaction_metadata?: {type: number, name?: string, command_type?: number, user: {id: string}}}} Message
 * @typedef {{id: string, kind: string, channel_id: string, name: string | null, custom_id: string | null,
 *   source_id: string | null, answered: string | null, message_id: string | null, modal: any, choices: any,
 *   failed: boolean}} Interaction
 */

// Discord's flags of messages.
const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
const VOICE_MESSAGE = 1 << 13;

/** @param {Message} message @returns {boolean} */
export const isVoiceMessage = (message) => Boolean((message.flags ?? 0) & VOICE_MESSAGE);

/** Whether a message is an answer that is yet to come. @param {Message} message @returns {boolean} */
export const isThinking = (message) => Boolean((message.flags ?? 0) & LOADING);

/** Whether only this page's person sees a message. @param {Message} message @returns {boolean} */
export const isEphemeral = (message) => Boolean((message.flags ?? 0) & EPHEMERAL);

/**
 * Order messages by age: the ids are snowflakes, too large for a number, and grow with time.
 * @param {{id: string}} first
 * @param {{id: string}} second
 * @returns {number}
 */
export function byAge(first, second) {
  if (first.id.length !== second.id.length) return first.id.length - second.id.length;
  return first.id < second.id ? -1 : Number(first.id > second.id);
}

/** Whether a channel is a few people's own, and not the server's. @param {Channel} channel @returns {boolean} */
export const isConversation = (channel) => channel.kind === "dm" || channel.kind === "private";

export class World extends EventTarget {
  me = "";
  botOnline = false;
  /** @type {string[]} languages that people here may have */ locales = [];
  /** @type {Role[]} */ roles = [];
  /** @type {Map<string, Channel>} */ channels = new Map();
  /** @type {Map<string, Person>} */ people = new Map();
  /** @type {Map<string, Map<string, Message>>} by channel, then by message id */ #messages = new Map();
  /** @type {Set<string>} ids of messages that are gone, and that answers may still speak of */ #deleted = new Set();

  /**
   * Take in an event from the server and tell the views, by an event of the same name.
   * @param {any} event
   */
  apply(event) {
    switch (event.type) {
      case "state":
        this.#replace(event);
        break;
      case "message_create":
      case "message_update":
        this.#put(event);
        return;
      case "message_delete":
        this.#messages.get(event.channel_id)?.delete(event.id);
        this.#deleted.add(event.id);
        break;
      case "presence":
        this.botOnline = Boolean(event.bot_online);
        break;
      case "channel":
        this.channels.set(event.channel.id, event.channel);
        if (!this.#messages.has(event.channel.id)) this.#messages.set(event.channel.id, new Map());
        break;
      case "person":
        this.people.set(event.person.id, event.person);
        break;
      case "typing":
      case "commands":
      case "interaction":
        break;
      default: // a newer server may tell of things that this page knows nothing of
        return;
    }
    this.#tell(event.type, event);
  }

  /** @param {string} channelId @returns {Message[]} the oldest first */
  messagesOf(channelId) {
    return [...(this.#messages.get(channelId)?.values() ?? [])].sort(byAge);
  }

  /** The message that another replies to, if it is still there. @param {Message} message @returns {Message | null} */
  originalOf(message) {
    const id = message.message_reference?.message_id;
    if (!id || this.#deleted.has(id) || message.message_snapshots) return null;
    return this.#messages.get(message.channel_id)?.get(id) ?? message.referenced_message ?? null;
  }

  /** The bot: there is one in the playground. @returns {Person | undefined} */
  get bot() {
    return [...this.people.values()].find((person) => person.bot);
  }

  /** @param {Channel | undefined} channel @returns {string} as people write it, #name or @name */
  nameOf(channel) {
    return channel ? `${isConversation(channel) ? "@" : "#"}${channel.name}` : "";
  }

  /**
   * Who wrote a message, also when they are on no list.
   * @param {Message} message
   * @returns {Person}
   */
  authorOf(message) {
    const { id, username, global_name: globalName } = message.author;
    const known = this.people.get(id);
    return known ?? { id, name: globalName || username, bot: false, colour: "#8a7f99" };
  }

  #replace(state) {
    this.me = state.me;
    this.botOnline = Boolean(state.bot_online);
    this.locales = state.locales ?? [];
    this.roles = state.roles ?? [];
    this.channels = new Map(state.channels.map((channel) => [channel.id, channel]));
    this.people = new Map(state.people.map((person) => [person.id, person]));
    this.#messages = new Map(
      state.channels.map(({ id }) => [id, new Map((state.messages[id] ?? []).map((message) => [message.id, message]))]),
    );
    for (const message of state.ephemeral_messages ?? []) {
      this.#messages.get(message.channel_id)?.set(message.id, message);
    }
  }

  /** A message can come twice, as the answer to sending it and as an event: the second is no news. */
  #put({ type, message }) {
    const channel = this.#messages.get(message.channel_id);
    if (!channel) return;
    const isNew = !channel.has(message.id);
    if (type === "message_create" && !isNew) return;
    const before = channel.get(message.id);
    // An update may carry only what changed.
    channel.set(message.id, { ...before, ...message });
    this.#tell(isNew ? "message_create" : "message_update", { message: channel.get(message.id), before });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
