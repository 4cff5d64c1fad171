/** The web socket for the server's events, reconnected with exponential backoff, and the banner about it. */

import { asPerson } from "./api.js";
import { byId } from "./dom.js";

const EVENTS = "/playground/events";
const FIRST_DELAY = 500; // ms
const MAX_DELAY = 10_000; // ms
const TICK = 500; // ms between two updates of the countdown
const LOST = "The connection to the playground is lost: see that it still runs.";

const banner = byId("connection");
let handlers = { onEvent: (_) => {}, onLost: () => {} };
/** @type {WebSocket | null} */ let socket = null;
let attempts = 0;
let timer = 0;
let ticker = 0;

/**
 * Connect, and reconnect when the connection is lost.
 * @param {{onEvent: (event: any) => void, onLost: () => void}} given
 */
export function connect(given) {
  handlers = given;
  banner.querySelector("button").addEventListener("click", open);
  // Reconnect at once when the page becomes visible.
  document.addEventListener("visibilitychange", () => !document.hidden && timer && open());
  open();
}

/** Reconnect after a change of the user. */
export function reconnect() {
  const old = socket;
  socket = null;
  old?.close();
  open();
}

function open() {
  if (socket) return;
  clearTimeout(timer);
  timer = 0;
  if (attempts) showBanner(0);
  const opened = (socket = new WebSocket(`ws://${location.host}${asPerson(EVENTS)}`));
  // Events of a socket that was replaced are ignored.
  opened.addEventListener("message", ({ data }) => socket === opened && receive(JSON.parse(data)));
  opened.addEventListener("close", () => socket === opened && retry());
}

/** Handle an event. The page counts as connected from the first one on, which is the whole state. */
function receive(event) {
  handlers.onEvent(event);
  if (event.type !== "state") return;
  attempts = 0;
  clearInterval(ticker);
  banner.hidden = true;
  document.body.dataset.connected = "true";
}

function retry() {
  socket = null;
  const delay = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** attempts);
  attempts += 1;
  timer = setTimeout(open, delay);
  handlers.onLost();
  showBanner(Date.now() + delay);
}

/** @param {number} retryAt in ms since the epoch */
function showBanner(retryAt) {
  clearInterval(ticker);
  banner.hidden = false;
  document.body.dataset.connected = "false"; // the state may be outdated
  banner.querySelector("span").textContent = LOST;
  // The countdown is hidden from screen readers, which would read every change.
  const draw = () => {
    const seconds = Math.ceil((retryAt - Date.now()) / 1000);
    banner.querySelector("small").textContent = seconds > 0 ? `Trying again in ${seconds} s` : "Trying again…";
  };
  draw();
  ticker = setInterval(draw, TICK);
}
