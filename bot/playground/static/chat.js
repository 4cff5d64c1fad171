/**
 * The page's beginning: makes the parts and connects them. Data flows one way: server → events → world →
 * views; and from the composer over the API to the server, from where it comes back as an event.
 */

import { announce } from "./announcer.js";
import { Channels } from "./channels.js";
import { Composer } from "./composer.js";
import { ConnectionBanner } from "./connection.js";
import { EventStream } from "./events.js";
import { Messages } from "./messages.js";
import { Notice } from "./notice.js";
import { showPresence } from "./presence.js";
import { Typing } from "./typing.js";
import { VoiceButton } from "./voice.js";
import { drawWelcome } from "./welcome.js";
import { World } from "./world.js";

const EVENTS = "/playground/events";

const world = new World();
const notice = new Notice();
const messages = new Messages(world, announce);
const typing = new Typing(world, announce);
const composer = new Composer(world, notice);
const voice = new VoiceButton(world, notice, announce);
showPresence(world);

new Channels(world, (channelId) => {
  const channel = world.channels.get(channelId);
  if (!channel) return;
  drawWelcome(channel, world.bot?.name ?? "The bot", () => voice.start());
  messages.open(channelId);
  typing.open(channelId);
  composer.open(channelId);
  voice.open(channelId);
});

const events = new EventStream(
  EVENTS,
  (event) => world.apply(event),
  (status) => banner.show(status),
);
const banner = new ConnectionBanner(() => events.connect());
events.connect();
