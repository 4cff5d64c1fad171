/** The menu of a person: to write to them, and what the bot offers for them. */

import { beginConversation, useMenuCommand } from "./api.js";
import { openMenu } from "./menu.js";

/**
 * Open the menu.
 * @param {import("./world.js").Person} person
 * @param {HTMLElement} anchor
 * @param {{channelId: string, commands: import("./commands.js").Commands,
 *   interactions: import("./interactions.js").Interactions, notice: import("./notice.js").Notice}} parts
 */
export async function openPersonMenu(person, anchor, { channelId, commands, interactions, notice }) {
  const offered = await commands.onPerson(channelId).catch(() => []); // the rest of the menu needs no bot
  const guarded = (act) => () => act().catch((error) => notice.show(error.message));
  const write = async () => {
    const channel = await beginConversation(person.id);
    location.hash = channel.id;
  };
  const use = (command) => () =>
    interactions.begin({ words: `“${command.shown_name}”` }, () => useMenuCommand(channelId, command, person.id));
  const apps = offered.map((one) => ({ label: one.shown_name, icon: "app", onChoose: guarded(use(one)) }));
  openMenu(anchor, person.name, [
    { items: [{ label: `Message ${person.name}`, icon: "write", onChoose: guarded(write) }] },
    { heading: "Apps", items: apps },
  ]);
}
