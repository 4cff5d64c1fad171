/**
 * The server's events over a web socket, which is opened again, ever more patiently, when it closes; and the
 * line that says that the connection is lost.
 */

import { asPerson } from "./api.js";
import { byId } from "./dom.js";

const EVENTS = "/playground/events";
const FIRST_DELAY = 500; // ms
const LONGEST_DELAY = 10_000; // ms
const TICK = 500; // ms between two looks at the clock
const LOST = "The connection to the playground is lost: see that it still runs.";

const banner = byId("connection");
let handlers = { onEvent: (_) => {}, onLost: () => {} };
/** @type {WebSocket | null} */ let socket = null;
let attempts = 0;
let timer = 0;
let ticker = 0;

/**
 * Connect, and stay connected.
 * @param {{onEvent: (event: any) => void, onLost: () => void}} given
 */
export function connect(given) {
  handlers = given;
  banner.querySelector("button").addEventListener("click", open);
  // A page that comes back to the front should not wait out a delay that it earned in the background.
  document.addEventListener("visibilitychange", () => !document.hidden && timer && open());
  open();
}

/** Connect anew, because the page is another person's now. */
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
  // One that was left for another has nothing more to say.
  opened.addEventListener("message", ({ data }) => socket === opened && receive(JSON.parse(data)));
  opened.addEventListener("close", () => socket === opened && retry());
}

/** The first event is the whole state: only then is the page connected for a person's purposes. */
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
  const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempts);
  attempts += 1;
  timer = setTimeout(open, delay);
  handlers.onLost();
  showBanner(Date.now() + delay);
}

/** @param {number} retryAt in ms since the epoch */
function showBanner(retryAt) {
  clearInterval(ticker);
  banner.hidden = false;
  document.body.dataset.connected = "false"; // what was known of the bot may be so no more
  banner.querySelector("span").textContent = LOST;
  // The seconds are for the eye alone: read aloud, they would talk over everything else.
  const draw = () => {
    const seconds = Math.ceil((retryAt - Date.now()) / 1000);
    banner.querySelector("small").textContent = seconds > 0 ? `Trying again in ${seconds} s` : "Trying again…";
  };
  draw();
  ticker = setInterval(draw, TICK);
}
