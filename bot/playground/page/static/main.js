/**
 * The entry point of the page. Data flows one way: server → events → world → views. Actions of the user go to
 * the server by the API, and come back as events.
 */

import { setPersonId, personId, useComponent } from "./api.js";
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
  setPersonId(id);
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
  // The server refuses an unknown user in the URL: fall back to its default user.
  onLost: () => !world.me && personId() && setPersonId(""),
});
