/**
 * The page's beginning: makes the parts and connects them. Data flows one way: server → events → world →
 * views; and from what a person does over the API to the server, from where it comes back as an event.
 */

import { announce } from "./announcer.js";
import { useComponent } from "./api.js";
import { openBotForm } from "./bot_form.js";
import { Channels } from "./channels.js";
import { CommandForm } from "./command_form.js";
import { CommandList } from "./command_list.js";
import { Commands } from "./commands.js";
import { Composer } from "./composer.js";
import { ConnectionBanner } from "./connection.js";
import { EventStream } from "./events.js";
import { Interactions } from "./interactions.js";
import { asPerson, becomePerson, personId } from "./me.js";
import { MessageMenu } from "./message_menu.js";
import { Messages } from "./messages.js";
import { Network } from "./network.js";
import { Notice } from "./notice.js";
import { People } from "./people.js";
import { openPersonMenu } from "./person_menu.js";
import { showPresence } from "./presence.js";
import { Typing } from "./typing.js";
import { VoiceButton } from "./voice.js";
import { showWaiting } from "./waiting.js";
import { drawWelcome } from "./welcome.js";
import { World } from "./world.js";

const EVENTS = "/playground/events";

const world = new World();
const notice = new Notice();
const commands = new Commands(world);
const interactions = new Interactions(world, notice, announce, (asked) => openBotForm(asked, world, interactions));
const form = new CommandForm(world, interactions);
const composer = new Composer(world, notice, (files) => form.takes(files));
const menu = new MessageMenu(world, commands, interactions, composer, notice, announce);
const messages = new Messages(world, announce, interactions, {
  onMenu: (message, anchor) => menu.open(message, anchor),
  onDismiss: (message) => menu.remove(message),
  onUse: (message, customId, words, values) =>
    interactions.use({ words, message, customId }, () => useComponent(message, customId, values)),
});
const typing = new Typing(world, announce);
const voice = new VoiceButton(world, notice, announce);
let channelId = "";
const list = new CommandList(world, commands, notice, (command) => form.open(command, channelId));
showPresence(world);
showWaiting(interactions, world);
new Network(world, notice, announce);

new People(world, notice, (id) => {
  becomePerson(id);
  form.close();
  notice.hide();
  events.reconnect();
});

new Channels(
  world,
  (id) => {
    const channel = world.channels.get(id);
    if (!channel) return;
    if (id !== channelId) form.close();
    channelId = id;
    drawWelcome(channel, world.bot?.name ?? "The bot", () => {
      form.close();
      voice.start();
    });
    messages.open(id);
    typing.open(id);
    list.open(id);
    composer.open(id);
    voice.open(id);
  },
  (person, anchor) => openPersonMenu(person, anchor, { channelId, commands, interactions, notice }),
);

const events = new EventStream(
  () => asPerson(EVENTS),
  (event) => world.apply(event),
  (status) => {
    // An address with somebody who is not there leads nowhere: go on as whom the server takes by itself.
    if (!status.connected && !world.me && personId()) becomePerson("");
    banner.show(status);
  },
);
const banner = new ConnectionBanner(() => events.connect());
events.connect();
