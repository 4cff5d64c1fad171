/**
 * The page's beginning. Data flows one way: server → events → world → views; and from what a person does
 * over the API to the server, from where it comes back as an event.
 */

import { becomePerson, personId, useComponent } from "./api.js";
import { showChannels } from "./channels.js";
import { openCommands } from "./commands.js";
import { closeCommand } from "./command_form.js";
import { openComposer } from "./composer.js";
import { connect, reconnect } from "./events.js";
import { useMessage } from "./interactions.js";
import { deleteFor, openMessageMenu } from "./message_menu.js";
import { openMessages, showMessages } from "./messages.js";
import { showNetwork } from "./network.js";
import { showPeople } from "./people.js";
import { showPresence } from "./status.js";
import { openTyping } from "./typing.js";
import { openVoice, record } from "./voice.js";
import { drawWelcome } from "./welcome.js";
import { world } from "./world.js";

let openId = "";

showPresence();
showNetwork();
showMessages({
  onMenu: openMessageMenu,
  onDismiss: deleteFor,
  onUse: (message, customId, values) => useMessage(message, customId, () => useComponent(message, customId, values)),
});
showPeople((id) => {
  becomePerson(id);
  closeCommand();
  reconnect();
});
showChannels((channel) => {
  if (channel.id !== openId) closeCommand();
  openId = channel.id;
  drawWelcome(channel, () => {
    closeCommand();
    record();
  });
  for (const open of [openMessages, openTyping, openCommands, openComposer, openVoice]) open(channel.id);
});
connect({
  onEvent: (event) => world.apply(event),
  // An address with somebody who is not there leads nowhere: go on as whom the server takes by itself.
  onLost: () => !world.me && personId() && becomePerson(""),
});
