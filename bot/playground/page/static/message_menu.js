/** The menu of a message: the bot's commands for it, and Discord's own actions. */

import { deleteMessage, forwardMessage, useCommand } from "./api.js";
import { commandsOf, localized } from "./commands.js";
import { reply } from "./composer.js";
import { begin } from "./interactions.js";
import { openMenu, openPicker } from "./popup.js";
import { announce, showNotice } from "./status.js";
import { isEphemeral, world } from "./world.js";

/** @typedef {import("./world.js").Message} Message */

const ON_MESSAGE = 3; // Discord's type of commands in the Apps menu of a message (MESSAGE)

/** @param {Message} message @param {HTMLElement} anchor */
export function openMessageMenu(message, anchor) {
  const { bot } = world;
  const channel = world.channels.get(message.channel_id);
  const apps = commandsOf(ON_MESSAGE).map((command) => ({
    label: localized(command, "name"),
    icon: "app",
    onChoose: () => use(command, message),
  }));
  const items = [
    { label: "Reply", icon: "answer", onChoose: () => reply(message) },
    { label: "Forward…", icon: "forward", onChoose: () => forward(message, anchor) },
  ];
  if (channel?.kind !== "private" && message.author.id !== bot.id) {
    const onChoose = () => reply(message, `@${bot.name} `);
    items.splice(1, 0, { label: `Reply and mention ${bot.name}`, icon: "answer", onChoose });
  }
  const isMine = message.author.id === world.me;
  const removal = { label: "Delete", icon: "bin", alarming: true, onChoose: () => deleteFor(message) };
  if (isMine || channel?.may_manage_messages) items.push(removal);
  openMenu(anchor, "This message", [{ heading: "Apps", items: apps }, { items }]);
}

/** Delete a message, or dismiss an ephemeral message. @param {Message} message */
export async function deleteFor(message) {
  try {
    await deleteMessage(message);
    announce(isEphemeral(message) ? "Message dismissed." : "Message deleted.");
  } catch (error) {
    showNotice(error.message);
  }
}

async function use(command, message) {
  const asked = { name: command.name, type: ON_MESSAGE, target_id: message.id };
  try {
    await begin({ words: `“${localized(command, "name")}”` }, () => useCommand(message.channel_id, asked));
  } catch (error) {
    showNotice(error.message);
  }
}

function forward(message, anchor) {
  const places = [...world.channels.values()].map((one) => ({ value: one.id, label: world.nameOf(one) }));
  openPicker(anchor, { label: "Forward to", options: places }, async ([channelId]) => {
    try {
      await forwardMessage(message, channelId);
      announce(`Forwarded to ${world.nameOf(world.channels.get(channelId))}.`);
    } catch (error) {
      showNotice(error.message);
    }
  });
}
