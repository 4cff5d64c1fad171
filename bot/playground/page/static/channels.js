/** The sidebar of channels and people, and the title of the open channel. */

import { beginConversation } from "./api.js";
import { byId, element } from "./dom.js";
import { drawAvatar } from "./message.js";
import { showNotice } from "./status.js";
import { isConversation, world } from "./world.js";

const NAME = "Undertone playground";

let openId = "";
let me = "";
let wasDirect = false;
let onOpen = (_) => {};
/** @type {Map<string, number>} number of unread messages, by channel */ const unread = new Map();

/** @param {(channel: import("./world.js").Channel) => void} whenOpened */
export function showChannels(whenOpened) {
  onOpen = whenOpened;
  world.on(["state", "channel"], () => choose());
  world.on(["message_create"], ({ message }) => count(message));
  // The channel is part of the URL, so that reloading and the history work as usual.
  addEventListener("hashchange", () => {
    choose();
    byId("channel-name").focus();
  });
}

function choose() {
  const channels = [...world.channels.values()];
  if (world.me !== me) unread.clear(); // the user changed
  me = world.me;
  // After a change of the user in direct messages with the bot, open those of the new user.
  const own = channels.find(({ kind }) => wasDirect && kind === "dm");
  const channel = world.channels.get(location.hash.slice(1)) ?? own ?? channels[0];
  openId = channel.id;
  wasDirect = channel.kind === "dm";
  unread.delete(openId);
  draw();
  onOpen(channel);
}

function count({ channel_id: channelId, author }) {
  if (channelId === openId || author.id === world.me) return;
  unread.set(channelId, (unread.get(channelId) ?? 0) + 1);
  draw();
}

function draw() {
  const channels = [...world.channels.values()];
  const others = [...world.people.values()].filter(({ id, bot }) => !bot && id !== world.me);
  const focused = document.activeElement?.closest("#channels [data-key]")?.getAttribute("data-key");
  byId("channels").replaceChildren(
    ...drawSection("Server", channels.filter((one) => !isConversation(one)).map(drawLink)),
    ...drawSection("Direct messages", channels.filter(isConversation).map(drawLink)),
    ...drawSection("People", others.map(drawPerson)),
  );
  if (focused) document.querySelector(`#channels [data-key="${CSS.escape(focused)}"]`)?.focus();
  const channel = world.channels.get(openId);
  byId("channel-name").textContent = world.nameOf(channel);
  byId("channel-topic").textContent = channel?.topic ?? "";
  const sum = [...unread.values()].reduce((total, number) => total + number, 0);
  document.title = `${sum ? `(${sum}) ` : ""}${world.nameOf(channel)} · ${NAME}`;
}

function drawSection(heading, rows) {
  const list = element("ul", {}, ...rows.map((row) => element("li", {}, row)));
  return rows.length ? [element("section", {}, element("h2", { class: "heading" }, heading), list)] : [];
}

function drawLink(channel) {
  const partner = [...world.people.values()].find(({ name }) => isConversation(channel) && name === channel.name);
  const mark = partner ? drawAvatar(partner) : element("span", { class: "hash", "aria-hidden": "true" }, "#");
  const attributes = { href: `#${channel.id}`, "data-key": channel.id };
  const link = element("a", attributes, mark, element("span", {}, channel.name));
  if (channel.id === openId) link.setAttribute("aria-current", "page");
  const news = unread.get(channel.id);
  const words = element("span", { class: "unseen" }, " new");
  if (news) link.append(element("span", { class: "unread" }, String(news), words));
  return link;
}

function drawPerson(person) {
  const onclick = async () => {
    try {
      location.hash = (await beginConversation(person.id)).id;
    } catch (error) {
      showNotice(error.message);
    }
  };
  const attributes = { type: "button", "data-key": person.id, title: `Message ${person.name}`, onclick };
  return element("button", attributes, drawAvatar(person), element("span", {}, person.name));
}
