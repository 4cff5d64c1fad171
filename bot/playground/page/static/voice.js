/**
 * Recording a voice message: the round button and the line that stands in for the text while it runs.
 *
 * idle → asking (for the microphone) → recording → sending → idle. What could not be sent, or ran into the
 * limit, is kept (held) until the person sends it or throws it away.
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
const QUIETEST = -55; // dB below full scale, where the level on the page begins
const COUNTDOWN = 15; // seconds before the limit in which it is counted down
const SPOKEN_COUNTDOWN = [15, 5]; // of which a screen reader says these
const SILENT_AFTER = 2; // seconds of silence after which the microphone seems to be muted

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
/** Where the recording goes: the channel in which it was begun. */ let target = "";
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

/** Start to record, unless it is under way. */
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

/** Stop the recorder and keep what it recorded; false if there is none. */
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

/** @param {keyof BUTTON} next @param {string} [words] */
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

/** Show what comes in: the level, the time, how much is left. @param {number} level from 0 to 1 */
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
  const height = Math.max(0, 1 - decibels / QUIETEST);
  levels = [...levels.slice(1), height];
  // Who wants less movement gets a needle instead of a stream: bars that stay where they are and light up.
  if (prefersStillness()) colourBars(meter, height * METER_BARS);
  else levels.forEach((value, bar) => setBar(meter, bar, value));
}

const goesTo = () => `to ${world.nameOf(world.channels.get(target))}`;
