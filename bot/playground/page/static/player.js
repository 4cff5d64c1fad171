/** The audio player: a button, a waveform with a slider, and the time. */

import { element, icon } from "./dom.js";
import { BARS, colourBars, decodeWaveform, drawBars } from "./waveform.js";
import { duration, spokenDuration } from "./words.js";

const UNPLAYABLE = "This browser cannot play this kind of file: download it to listen.";
const UNREACHABLE = "The sound could not be fetched: see that the playground still runs, then try again.";
const SEEK_STEP = 0.1; // seconds by which an arrow key seeks

/** @type {HTMLAudioElement | null} the audio that plays, to pause it when another starts */
let playing = null;

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
   *   server; `name` for screen readers; `seconds` and `waveform` are declared by the sender, and only shown.
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
    if (!this.#seconds) this.#load(); // to get the duration
  }

  /** Stop the playback, and release the audio, when the message is removed. */
  release() {
    this.#audio.pause();
    if (this.#audio.src) URL.revokeObjectURL(this.#audio.src);
  }

  async #toggle() {
    if (!this.#audio.paused) return this.#audio.pause();
    if (!(await this.#load())) return this.#complain(UNREACHABLE);
    if (playing !== this.#audio) playing?.pause();
    playing = this.#audio;
    try {
      return await this.#audio.play();
    } catch (error) {
      // A pause before the start of the playback is no error.
      return error.name === "AbortError" ? undefined : this.#complain(UNPLAYABLE);
    }
  }

  /** Fetch the whole file once, since browsers can only seek in what they have loaded. */
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

  /** Update the played part of the waveform in every animation frame. */
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
    // Only the position or the duration, so that the bars beside it keep their width.
    this.#time.textContent = position > 0 || length ? duration(position || length) : "–:––";
    colourBars(this.#bars, length ? (position / length) * BARS : 0);
  }
}
