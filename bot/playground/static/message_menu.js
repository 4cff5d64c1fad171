/** The menu of a message: what the bot offers for it, and what everybody can do with it. */

import { deleteMessage, forwardMessage, useMenuCommand } from "./api.js";
import { openDialog } from "./dialog.js";
import { choiceControl, drawField } from "./fields.js";
import { openMenu } from "./menu.js";
import { isEphemeral } from "./world.js";

/** @typedef {import("./world.js").Message} Message */

export class MessageMenu {
  #world;
  #commands;
  #interactions;
  #composer;
  #notice;
  #announce;

  /**
   * @param {import("./world.js").World} world
   * @param {import("./commands.js").Commands} commands
   * @param {import("./interactions.js").Interactions} interactions
   * @param {import("./composer.js").Composer} composer
   * @param {import("./notice.js").Notice} notice
   * @param {(words: string) => void} announce reads words aloud
   */
  constructor(world, commands, interactions, composer, notice, announce) {
    this.#world = world;
    this.#commands = commands;
    this.#interactions = interactions;
    this.#composer = composer;
    this.#notice = notice;
    this.#announce = announce;
  }

  /**
   * Open the menu.
   * @param {Message} message
   * @param {HTMLElement} anchor
   */
  async open(message, anchor) {
    const apps = await this.#apps(message);
    if (!anchor.isConnected) return;
    openMenu(anchor, "This message", [
      { heading: "Apps", items: apps },
      { items: [...this.#ways(message), ...this.#removal(message)] },
    ]);
  }

  /** Take a message away: everybody's, or one that only this person sees. @param {Message} message */
  async remove(message) {
    try {
      await deleteMessage(message);
      this.#announce(isEphemeral(message) ? "Message dismissed." : "Message deleted.");
    } catch (error) {
      this.#notice.show(error.message);
    }
  }

  async #apps(message) {
    try {
      const commands = await this.#commands.onMessage(message.channel_id);
      return commands.map((command) => ({
        label: command.shown_name,
        icon: "app",
        onChoose: () => this.#use(command, message),
      }));
    } catch {
      return []; // the rest of the menu needs no bot
    }
  }

  async #use(command, message) {
    const asked = { words: `“${command.shown_name}”` };
    try {
      await this.#interactions.begin(asked, () => useMenuCommand(message.channel_id, command, message.id));
    } catch (error) {
      this.#notice.show(error.message);
    }
  }

  #ways(message) {
    const { bot, channels } = this.#world;
    const isListening = channels.get(message.channel_id)?.kind !== "private";
    const ways = [
      { label: "Reply", icon: "answer", onChoose: () => this.#composer.reply(message) },
      { label: "Forward…", icon: "forward", onChoose: () => this.#forward(message) },
    ];
    if (bot && isListening && message.author.id !== bot.id) {
      const onChoose = () => this.#composer.reply(message, `@${bot.name} `);
      ways.splice(1, 0, { label: `Reply and mention ${bot.name}`, icon: "answer", onChoose });
    }
    return ways;
  }

  #removal(message) {
    const moderates = this.#world.channels.get(message.channel_id)?.may_manage_messages;
    if (message.author.id !== this.#world.me && !moderates) return [];
    return [{ label: "Delete", icon: "bin", alarming: true, onChoose: () => this.remove(message) }];
  }

  #forward(message) {
    const world = this.#world;
    const places = [...world.channels.values()].map((one) => ({ value: one.id, label: world.nameOf(one) }));
    const field = drawField({ name: "channel", label: "Where to", required: true }, choiceControl(places));
    const what = { title: "Forward the message", send: "Forward", parts: [field.element], fields: [field] };
    openDialog(what, async ({ channel }) => {
      await forwardMessage(message, String(channel));
      this.#announce(`Forwarded to ${world.nameOf(world.channels.get(String(channel)))}.`);
    });
  }
}
