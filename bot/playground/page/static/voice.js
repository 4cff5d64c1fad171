/**
 * The recording of a voice message: the button, and the line in place of the text while it runs.
 *
 * States: idle → asking (for the microphone) → recording → sending → idle. A recording that could not be sent,
 * or reached the limit, is kept (held) until the user sends or discards it.
 */

import { sendVoice } from "./api.js";
import { byId, icon, prefersStillness } from "./dom.js";
import { Recorder } from "./recorder.js";
import { announce, hideNotice, showNotice } from "./status.js";
import { colourBars, drawBars, setBar } from "./waveform.js";
import { counted, duration } from "./words.js";
import { world } from "./world.js";

const TOO_SHORT =
  "That was too short to hear anything: speak for a second or more, then press the button again.";
const LOST = "The microphone went away: send what was recorded, or throw it away.";
const METER_BARS = 64;
const MIN_DECIBELS = -55; // dBFS of an empty level meter
const COUNTDOWN = 15; // last seconds before the limit, in which the remaining time is shown
const SPOKEN_COUNTDOWN = [15, 5]; // seconds that are announced to screen readers
const SILENT_AFTER = 2; // seconds of silence from the beginning, after which to ask whether the microphone is muted

const BUTTON = {
  idle: ["microphone", "Record a voice message"],
  asking: ["microphone", "Waiting for the microphone"],
  recording: ["send", "Send the voice message"],
  sending: ["send", "Sending the voice message"],
  held: ["send", "Send the voice message"],
};

const button = byId("record");
const form = byId("composer");
const hint = byId("hint");
const meter = drawBars(new Array(METER_BARS).fill(0));
/** @type {keyof BUTTON} */ let state = "idle";
let openId = "";
/** The id of the channel in which the recording was started. */ let target = "";
/** @type {Recorder | null} */ let recorder = null;
/** @type {import("./recorder.js").Recording | null} */ let held = null;
let cancellation = new AbortController();
let levels = new Array(METER_BARS).fill(0);
let secondsLeft = Infinity;
let isSilent = true;

byId("meter").append(meter);
byId("discard").append(icon("bin"));
byId("discard").addEventListener("click", discard);
button.addEventListener("click", press);
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && ["asking", "recording", "held"].includes(state)) discard();
});
enter("idle");

/** @param {string} channelId of the channel that new recordings go to */
export function openVoice(channelId) {
  openId = channelId;
  button.disabled = false;
}

/** Start a recording, unless one is running. */
export async function record() {
  button.focus();
  if (state !== "idle") return;
  hideNotice();
  target = openId;
  levels = new Array(METER_BARS).fill(0);
  secondsLeft = Infinity;
  isSilent = true;
  enter("asking", "Waiting for the microphone: allow it when the browser asks");
  const { signal } = (cancellation = new AbortController());
  try {
    recorder = await Recorder.start({ onLevel: draw, onLost: () => hold(LOST), signal });
  } catch (error) {
    if (!signal.aborted) stopWith(error.message);
    return;
  }
  enter("recording", goesTo());
  announce("Recording. Press the button again to send, or Escape to throw away.");
}

async function press() {
  if (state === "idle") await record();
  else if (state === "held") await send();
  else if (state === "recording" && (await stop())) {
    if (held && held.seconds < Number(form.dataset.minSeconds)) stopWith(TOO_SHORT);
    else await send();
  }
}

/** Stop the recorder, and hold the recording; return false if there is no recorder. */
async function stop() {
  const running = recorder;
  recorder = null;
  held = running ? await running.stop() : null;
  return held !== null;
}

async function send() {
  enter("sending", "Sending…");
  try {
    await sendVoice(target, /** @type {any} */ (held).wav);
  } catch (error) {
    showNotice(error.message);
    enter("held", "Kept: send it again, or throw it away");
    return;
  }
  hideNotice();
  enter("idle");
  announce("Voice message sent.");
}

async function hold(sentence) {
  if (!(await stop())) return;
  enter("held", "Kept: send it, or throw it away");
  showNotice(sentence);
}

function stopWith(sentence) {
  enter("idle");
  showNotice(sentence);
}

function discard() {
  cancellation.abort();
  recorder?.release();
  recorder = null;
  hideNotice();
  enter("idle");
  announce("The recording was thrown away.");
  button.focus();
}

/** Change to another state. @param {keyof BUTTON} next @param {string} [words] a hint */
function enter(next, words = "") {
  const [picture, label] = BUTTON[next];
  const hadFocus = byId("recording").contains(document.activeElement);
  state = next;
  form.dataset.voice = next;
  byId("writing").hidden = next !== "idle";
  byId("recording").hidden = next === "idle";
  byId("discard").hidden = next === "sending";
  button.replaceChildren(icon(picture));
  button.setAttribute("aria-label", label);
  button.title = label;
  button.setAttribute("aria-busy", String(next === "asking" || next === "sending"));
  showHint(words);
  if (next === "asking") byId("clock").textContent = duration(0);
  if (hadFocus) button.focus();
}

function showHint(words, isUrgent = false) {
  hint.textContent = words;
  hint.classList.toggle("alarming", isUrgent);
}

/** Show the level, the time and the time left. @param {number} level from 0 to 1 */
function draw(level) {
  if (!recorder) return;
  const { seconds } = recorder;
  const limit = Number(form.dataset.maxSeconds);
  byId("clock").textContent = duration(Math.floor(seconds));
  drawLevel(level);
  if (seconds >= limit) {
    hold(`That is ${counted(limit, "second")}, the most that a voice message here can have: send it, or throw it away.`);
    return;
  }
  const left = Math.ceil(limit - seconds);
  if (left === secondsLeft) return;
  secondsLeft = left;
  const words = `${counted(left, "second")} left`;
  if (left <= COUNTDOWN) showHint(words, true);
  else showHint(isSilent && seconds > SILENT_AFTER ? "Nothing comes in: is the microphone muted?" : goesTo());
  if (SPOKEN_COUNTDOWN.includes(left)) announce(`${words}.`);
}

function drawLevel(level) {
  if (level > 0) isSilent = false;
  const decibels = 20 * Math.log10(Math.max(level, 1e-6));
  const height = Math.max(0, 1 - decibels / MIN_DECIBELS);
  levels = [...levels.slice(1), height];
  // With reduced motion, a static level meter replaces the moving waveform.
  if (prefersStillness()) colourBars(meter, height * METER_BARS);
  else levels.forEach((value, bar) => setBar(meter, bar, value));
}

const goesTo = () => `to ${world.nameOf(world.channels.get(target))}`;
