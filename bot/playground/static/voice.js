/**
 * Recording a voice message: the round button and the line that stands in for the text while it runs.
 *
 * idle → asking (for the microphone) → recording → sending → idle. What could not be sent, or ran into the
 * limit, is kept (held) until the person sends it or throws it away.
 */

import { sendVoice } from "./api.js";
import { byId, icon, prefersStillness } from "./dom.js";
import { MicrophoneError, Recorder } from "./recorder.js";
import { counted, duration } from "./words.js";
import { drawBars, setBar } from "./waveform.js";

/** @typedef {"idle" | "asking" | "recording" | "sending" | "held"} State */

const TOO_SHORT =
  "That was too short to hear anything: speak for a second or more, then press the button again.";
const METER_BARS = 64;
const QUIETEST = -55; // dB below full scale, where the level on the page begins
const COUNTDOWN = 15; // seconds before the limit in which it is counted down
const SPOKEN_COUNTDOWN = new Set([15, 5]); // of which a screen reader says these
const DEAF_AFTER = 2; // seconds of nothing at all after which the microphone must be muted

const BUTTON = {
  idle: { picture: "microphone", label: "Record a voice message" },
  asking: { picture: "microphone", label: "Waiting for the microphone" },
  recording: { picture: "send", label: "Send the voice message" },
  sending: { picture: "send", label: "Sending the voice message" },
  held: { picture: "send", label: "Send the voice message" },
};

export class VoiceButton {
  #world;
  #notice;
  #announce;
  #button = byId("record");
  #form = byId("composer");
  #clock = byId("clock");
  #hint = byId("hint");
  #meter = drawBars(Array.from({ length: METER_BARS }, () => 0));
  /** @type {State} */ #state = "idle";
  #channelId = "";
  /** Where the recording goes: the channel in which it was begun. */ #target = "";
  /** @type {Recorder | null} */ #recorder = null;
  /** @type {import("./recorder.js").Recording | null} */ #held = null;
  #calledOff = new AbortController();
  #levels = Array.from({ length: METER_BARS }, () => 0);
  #heardAnything = false;
  #secondsLeft = Infinity;

  /**
   * @param {import("./world.js").World} world
   * @param {import("./notice.js").Notice} notice
   * @param {(words: string) => void} announce reads words aloud
   */
  constructor(world, notice, announce) {
    this.#world = world;
    this.#notice = notice;
    this.#announce = announce;
    byId("meter").append(this.#meter);
    byId("discard").append(icon("bin"));
    byId("discard").addEventListener("click", () => this.#discard());
    this.#button.addEventListener("click", () => this.#press());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#busy) this.#discard();
    });
    this.#enter("idle");
  }

  /** @param {string} channelId of the channel that new recordings go to */
  open(channelId) {
    this.#channelId = channelId;
    this.#button.disabled = false;
  }

  /** Start to record, unless it is under way. */
  async start() {
    this.#button.focus();
    if (this.#state !== "idle") return;
    this.#notice.hide();
    this.#target = this.#channelId;
    this.#held = null;
    this.#heardAnything = false;
    this.#secondsLeft = Infinity;
    this.#levels.fill(0);
    this.#enter("asking", "Waiting for the microphone: allow it when the browser asks");
    const calledOff = (this.#calledOff = new AbortController());
    try {
      this.#recorder = await Recorder.start({
        onLevel: (level) => this.#draw(level),
        onLost: () => this.#hold("The microphone went away: send what was recorded, or throw it away."),
        signal: calledOff.signal,
      });
    } catch (error) {
      if (!calledOff.signal.aborted) this.#giveUp(error);
      return;
    }
    this.#enter("recording", this.#goesTo());
    this.#announce("Recording. Press the button again to send, or Escape to throw away.");
  }

  get #busy() {
    return ["asking", "recording", "held"].includes(this.#state);
  }

  async #press() {
    if (this.#state === "idle") await this.start();
    else if (this.#state === "recording") await this.#finish();
    else if (this.#state === "held" && this.#held) await this.#send(this.#held);
  }

  async #finish() {
    const recording = await this.#stop();
    if (!recording) return;
    if (recording.seconds < Number(this.#form.dataset.minSeconds)) {
      this.#giveUp(new MicrophoneError(TOO_SHORT));
    } else await this.#send(recording);
  }

  /** Take the recording from the recorder, once: null for whoever comes second. */
  async #stop() {
    const recorder = this.#recorder;
    this.#recorder = null;
    return recorder ? await recorder.stop() : null;
  }

  async #send(recording) {
    this.#held = recording;
    this.#enter("sending", "Sending…");
    try {
      await sendVoice(this.#target, recording.wav);
    } catch (error) {
      this.#notice.show(error.message);
      this.#enter("held", "Kept: send it again, or throw it away");
      return;
    }
    this.#held = null;
    this.#notice.hide();
    this.#enter("idle");
    this.#announce("Voice message sent.");
  }

  async #hold(sentence) {
    const recording = await this.#stop();
    if (!recording) return;
    this.#held = recording;
    this.#enter("held", "Kept: send it, or throw it away");
    this.#notice.show(sentence);
  }

  #giveUp(error) {
    this.#enter("idle");
    this.#notice.show(error.message);
  }

  #discard() {
    this.#calledOff.abort();
    this.#recorder?.cancel();
    this.#recorder = null;
    this.#held = null;
    this.#notice.hide();
    this.#enter("idle");
    this.#announce("The recording was thrown away.");
    this.#button.focus();
  }

  /** @param {State} state @param {string} [hint] */
  #enter(state, hint = "") {
    const { picture, label } = BUTTON[state];
    const hadFocus = byId("recording").contains(document.activeElement);
    this.#state = state;
    this.#form.dataset.voice = state;
    byId("writing").hidden = state !== "idle";
    byId("recording").hidden = state === "idle";
    byId("discard").hidden = state === "sending";
    this.#button.replaceChildren(icon(picture));
    this.#button.setAttribute("aria-label", label);
    this.#button.title = label;
    this.#button.setAttribute("aria-busy", String(state === "asking" || state === "sending"));
    this.#hint.textContent = hint;
    this.#hint.classList.remove("urgent");
    if (state === "asking") this.#clock.textContent = duration(0);
    if (hadFocus) this.#button.focus();
  }

  /** Show what comes in: the level, the time, how much is left. */
  #draw(level) {
    if (!this.#recorder) return;
    const { seconds } = this.#recorder;
    const limit = Number(this.#form.dataset.maxSeconds);
    this.#clock.textContent = duration(Math.floor(seconds));
    this.#drawLevel(level);
    if (seconds >= limit) {
      const most = `${counted(limit, "second")}, the most that a voice message here can have`;
      this.#hold(`That is ${most}: send it, or throw it away.`);
      return;
    }
    const left = Math.ceil(limit - seconds);
    if (left === this.#secondsLeft) return;
    this.#secondsLeft = left;
    if (left <= COUNTDOWN) {
      this.#hint.textContent = `${counted(left, "second")} left`;
      this.#hint.classList.add("urgent");
      if (SPOKEN_COUNTDOWN.has(left)) this.#announce(`${counted(left, "second")} left.`);
    } else this.#drawDeafness(seconds);
  }

  #drawDeafness(seconds) {
    const isDeaf = !this.#heardAnything && seconds > DEAF_AFTER;
    this.#hint.textContent = isDeaf ? "Nothing comes in: is the microphone muted?" : this.#goesTo();
  }

  #drawLevel(level) {
    if (level > 0) this.#heardAnything = true;
    const decibels = 20 * Math.log10(Math.max(level, 1e-6));
    const height = Math.max(0, 1 - decibels / QUIETEST);
    if (prefersStillness()) {
      // A needle instead of a stream: the bars stay where they are and light up to the level.
      [...this.#meter.children].forEach((bar, index) => bar.classList.toggle("played", index < height * METER_BARS));
      return;
    }
    this.#levels.shift();
    this.#levels.push(height);
    this.#levels.forEach((value, bar) => setBar(this.#meter, bar, value));
  }

  #goesTo() {
    return `to ${this.#world.nameOf(this.#world.channels.get(this.#target))}`;
  }
}
