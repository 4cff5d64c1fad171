/** Playing a sound: a button, the waveform, which is also the slider to seek with, and the time. */

import { element, icon } from "./dom.js";
import { BARS, colourBars, decodeWaveform, drawBars } from "./waveform.js";
import { duration, spokenDuration } from "./words.js";

const UNPLAYABLE = "This browser cannot play this kind of file: download it to listen.";
const UNREACHABLE = "The sound could not be fetched: see that the playground still runs, then try again.";
const SEEK_STEP = 0.1; // seconds, which is what an arrow key moves by

/** @type {HTMLAudioElement | null} the one that sounds; another that starts stops it */
let sounding = null;

export class Player {
  #audio = new Audio();
  #path;
  #name;
  #seconds;
  /** @type {Promise<boolean> | null} */ #loading = null;
  #button;
  #slider;
  #time = element("span", { class: "time quiet" });
  #bars;
  #problem = element("p", { class: "problem alarming", role: "alert", hidden: true });

  /**
   * @param {{path: string, name: string, seconds?: number, waveform?: string}} sound `path` on this
   *   server; `name` as it is read aloud; `seconds` and `waveform` are the sender's word and only shown.
   */
  constructor({ path, name, seconds, waveform }) {
    this.#path = path;
    this.#name = name;
    this.#seconds = Math.max(0, seconds ?? 0);
    this.#bars = drawBars(decodeWaveform(waveform));
    this.#button = element("button", { type: "button", class: "play", onclick: () => this.#toggle() });
    const range = { type: "range", min: 0, step: SEEK_STEP, value: 0, "aria-label": `Position in ${name}` };
    this.#slider = element("input", { ...range, oninput: () => this.#seek() });
    this.element = element(
      "div",
      { class: "player", role: "group", "aria-label": name },
      this.#button,
      element("span", { class: "track" }, this.#bars, this.#slider),
      this.#time,
      this.#problem,
    );
    for (const event of ["play", "pause", "ended", "durationchange", "seeked"]) {
      this.#audio.addEventListener(event, () => this.#draw());
    }
    this.#audio.addEventListener("play", () => this.#follow());
    this.#audio.addEventListener("ended", () => (this.#audio.currentTime = 0));
    this.#draw();
    if (!this.#seconds) this.#load(); // the length is known once it is there
  }

  /** Stop, and let go of the sound; for when the message goes away. */
  release() {
    this.#audio.pause();
    if (this.#audio.src) URL.revokeObjectURL(this.#audio.src);
  }

  async #toggle() {
    if (!this.#audio.paused) return this.#audio.pause();
    if (!(await this.#load())) return this.#complain(UNREACHABLE);
    if (sounding !== this.#audio) sounding?.pause();
    sounding = this.#audio;
    try {
      return await this.#audio.play();
    } catch (error) {
      // A pause that overtakes the start is no failure.
      return error.name === "AbortError" ? undefined : this.#complain(UNPLAYABLE);
    }
  }

  /** Fetch the whole sound, once: a browser can only seek at will in what it has got. */
  async #load() {
    this.#loading ??= this.#fetch();
    const isLoaded = await this.#loading;
    if (!isLoaded) this.#loading = null; // the next press tries again
    return isLoaded;
  }

  async #fetch() {
    const response = await fetch(this.#path).catch(() => null);
    if (!response?.ok) return false;
    this.#audio.src = URL.createObjectURL(await response.blob());
    this.#complain("");
    return true;
  }

  async #seek() {
    const target = Number(this.#slider.value);
    this.#draw(target);
    if (await this.#load()) this.#audio.currentTime = target;
    else this.#complain(UNREACHABLE);
  }

  #complain(sentence) {
    this.#problem.textContent = sentence;
    this.#problem.hidden = !sentence;
  }

  /** Move the played part of the waveform along, at every frame that the browser draws. */
  #follow() {
    if (this.#audio.paused) return;
    this.#draw();
    requestAnimationFrame(() => this.#follow());
  }

  #draw(position = this.#audio.currentTime) {
    const length = Number.isFinite(this.#audio.duration) ? this.#audio.duration : this.#seconds;
    const isPlaying = !this.#audio.paused && !this.#audio.ended;
    const label = `${isPlaying ? "Pause" : "Play"} ${this.#name}`;
    if (this.#button.getAttribute("aria-label") !== label) {
      this.#button.setAttribute("aria-label", label);
      this.#button.replaceChildren(icon(isPlaying ? "pause" : "play"));
    }
    this.#slider.max = String(length || 1);
    this.#slider.value = String(position);
    this.#slider.setAttribute("aria-valuetext", `${spokenDuration(position)} of ${spokenDuration(length)}`);
    // One time only, so that the bars beside it keep their width: how far it is, or how long.
    this.#time.textContent = position > 0 || length ? duration(position || length) : "–:––";
    colourBars(this.#bars, length ? (position / length) * BARS : 0);
  }
}
