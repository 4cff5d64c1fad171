/**
 * The messages of the open channel, oldest first. Only views of changed messages are replaced, so that playback
 * is not interrupted.
 */

import { summaryOf } from "./attachments.js";
import { byId, prefersStillness } from "./dom.js";
import { busyIn, failureIn, interactions } from "./interactions.js";
import { MessageView } from "./message.js";
import { announce } from "./status.js";
import { isEphemeral, isThinking, world } from "./world.js";

const NEAR_END = 80; // pixels to the end within which the view follows new messages
const HIGHLIGHTED = 1600; // ms for which the target of a jump is highlighted

const log = byId("log");
const list = byId("messages");
const newer = byId("newer");
/** @type {import("./message.js").Handlers} */ let handlers;
let openId = "";
let isFollowing = true;
let heights = "";
/** @type {Map<string, MessageView>} by message id, in the order of the page */ const views = new Map();

/** @param {Omit<import("./message.js").Handlers, "onJump">} given */
export function showMessages(given) {
  handlers = { ...given, onJump: jump };
  interactions.addEventListener("change", () => views.forEach(drawInteractions));
  world.on(["message_create"], ({ message }) => arrived(message));
  world.on(["message_update"], ({ message, before }) => updated(message, before));
  world.on(["message_delete"], reconcile);
  log.addEventListener("scroll", scrolled);
  newer.addEventListener("click", follow);
  // Stay at the end when images load or the composer grows.
  const observer = new ResizeObserver(() => isFollowing && toEnd());
  for (const one of [list, log, byId("welcome")]) observer.observe(one);
}

/** @param {string} channelId of the channel to show */
export function openMessages(channelId) {
  if (channelId !== openId) isFollowing = newer.hidden = true;
  openId = channelId;
  log.setAttribute("aria-label", `Messages in ${world.nameOf(world.channels.get(channelId))}`);
  reconcile();
  if (isFollowing) toEnd();
}

function arrived(message) {
  const author = world.authorOf(message);
  const isMine = author.id === world.me;
  if (message.channel_id !== openId) {
    if (!isMine) announce(`${author.name} wrote in another channel.`);
    return;
  }
  reconcile();
  if (!isMine) announce(spoken(message));
  const isForMe = isEphemeral(message) || message.interaction_metadata?.user.id === world.me;
  if (isMine || isForMe || isFollowing) follow();
  else newer.hidden = false;
}

/** Announce edits of deferred responses and of ephemeral messages, which the user caused. */
function updated(message, before) {
  reconcile();
  if (message.channel_id !== openId) return;
  if (isThinking(before) || isEphemeral(message)) announce(spoken(message));
}

function spoken(message) {
  const words = views.get(message.id)?.words || summaryOf(message);
  if (isThinking(message)) return words;
  const privacy = isEphemeral(message) ? " (only you can see this)" : "";
  return `${world.authorOf(message).name}${privacy}: ${words}`;
}

/** Update the page to the state of the world, changing only what differs. */
function reconcile() {
  const messages = world.messagesOf(openId);
  const present = new Set(messages.map(({ id }) => id));
  for (const [id, view] of views) {
    if (present.has(id)) continue;
    const hadFocus = view.element.contains(document.activeElement);
    const neighbour = view.element.nextElementSibling ?? view.element.previousElementSibling ?? log;
    view.remove();
    views.delete(id);
    if (hadFocus) /** @type {HTMLElement} */ (neighbour).focus({ preventScroll: true });
  }
  /** @type {MessageView | null} */ let above = null;
  for (const message of messages) {
    const view = viewOf(message);
    const next = above ? above.element.nextSibling : list.firstChild;
    if (next !== view.element) list.insertBefore(view.element, next);
    view.standBelow(above);
    above = view;
  }
}

function viewOf(message) {
  const old = views.get(message.id);
  if (old?.shows(message)) return old;
  const view = new MessageView(message, handlers);
  const focused = old?.element.contains(document.activeElement) ? document.activeElement : null;
  old?.element.replaceWith(view.element);
  old?.remove();
  views.set(message.id, view);
  drawInteractions(view, message.id);
  if (focused) restoreFocus(view.element, /** @type {HTMLElement} */ (focused));
  return view;
}

const drawInteractions = (view, id) => view.showInteractions(busyIn(id), failureIn(id));

function jump(id) {
  const target = views.get(id)?.element;
  if (!target) return;
  target.scrollIntoView({ block: "center", behavior: prefersStillness() ? "auto" : "smooth" });
  target.focus({ preventScroll: true });
  target.classList.add("highlighted");
  setTimeout(() => target.classList.remove("highlighted"), HIGHLIGHTED);
}

function scrolled() {
  // If the heights have changed, they caused the scrolling, not the user; the observer is called next.
  const isMoved = heightsNow() !== heights;
  heights = heightsNow();
  if (isMoved && isFollowing) return;
  isFollowing = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  if (isFollowing) newer.hidden = true;
}

function follow() {
  isFollowing = true;
  newer.hidden = true;
  toEnd();
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  heights = heightsNow();
}

const heightsNow = () => `${log.scrollHeight} ${log.clientHeight}`;

/** Focus the element that corresponds to the focused one of the old view, or else the message. */
function restoreFocus(drawn, focused) {
  const { customId } = focused.dataset;
  const isSame = (one) => (customId ? one.dataset.customId === customId : one.className === focused.className);
  const same = [...drawn.querySelectorAll(focused.localName)].find(isSame);
  (same ?? drawn).focus({ preventScroll: true });
}
