/** Playing a sound: a button, the waveform, which is also the slider to seek with, and the time. */

import { element, icon } from "./dom.js";
import { decodeWaveform, drawBars } from "./waveform.js";
import { duration, spokenDuration } from "./words.js";

const UNPLAYABLE = "This browser cannot play this kind of file: download it to listen.";
const UNREACHABLE = "The sound could not be fetched: see that the playground still runs, then try again.";
const SEEK_STEP = 0.1; // seconds, which is what an arrow key moves by

/** @type {Player | null} the one that sounds; another that starts stops it */
let sounding = null;

export class Player {
  #audio = new Audio();
  #path;
  #name;
  #seconds;
  /** @type {Promise<boolean> | null} */ #loading = null;
  #button;
  #slider;
  #time;
  #bars;
  #problem = element("p", { class: "problem", role: "alert", hidden: true });

  /**
   * @param {{path: string, name: string, seconds?: number, waveform?: string}} sound `path` on this
   *   server; `name` as it is read aloud; `seconds` and `waveform` are the sender's word and only shown.
   */
  constructor({ path, name, seconds, waveform }) {
    this.#path = path;
    this.#name = name;
    this.#seconds = Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
    this.#bars = drawBars(decodeWaveform(waveform));
    this.#button = element("button", { type: "button", class: "play", onclick: () => this.#toggle() });
    this.#slider = element("input", { type: "range", min: 0, step: SEEK_STEP, value: 0, oninput: () => this.#seek() });
    this.#slider.setAttribute("aria-label", `Position in ${name}`);
    this.#time = element("span", { class: "time" });
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
    this.#audio.addEventListener("ended", () => this.#rewind());
    this.#draw();
    if (!this.#seconds) this.#load({ quietly: true }); // the length is known once it is there
  }

  /** Stop, and let go of the sound; for when the message goes away. */
  release() {
    this.#audio.pause();
    if (this.#audio.src) URL.revokeObjectURL(this.#audio.src);
  }

  async #toggle() {
    if (!this.#audio.paused) return this.#audio.pause();
    if (!(await this.#load())) return undefined;
    if (sounding !== this) sounding?.stop();
    sounding = this;
    try {
      return await this.#audio.play();
    } catch (error) {
      // A pause that overtakes the start is no failure.
      return error.name === "AbortError" ? undefined : this.#fail(UNPLAYABLE);
    }
  }

  /** Pause, for another player's sake. */
  stop() {
    this.#audio.pause();
  }

  /**
   * Fetch the whole sound, once: a browser can only seek at will in what it has got.
   * @param {{quietly?: boolean}} [options] whether to say nothing when it fails: nobody asked to hear it yet
   * @returns {Promise<boolean>} whether it is there
   */
  async #load({ quietly = false } = {}) {
    this.#loading ??= this.#fetch();
    if (await this.#loading) return true;
    this.#loading = null; // the next press tries again
    return quietly ? false : this.#fail(UNREACHABLE);
  }

  async #fetch() {
    try {
      const response = await fetch(this.#path);
      if (!response.ok) return false;
      this.#audio.src = URL.createObjectURL(await response.blob());
      this.#problem.hidden = true;
      return true;
    } catch {
      return false;
    }
  }

  async #seek() {
    const target = Number(this.#slider.value);
    this.#draw(target);
    if (await this.#load()) this.#audio.currentTime = target;
  }

  #rewind() {
    this.#audio.currentTime = 0;
  }

  #fail(sentence) {
    this.#problem.textContent = sentence;
    this.#problem.hidden = false;
    return false;
  }

  /** Move the played part of the waveform along, at every frame that the browser draws. */
  #follow() {
    if (this.#audio.paused) return;
    this.#draw();
    requestAnimationFrame(() => this.#follow());
  }

  #draw(position = this.#audio.currentTime) {
    const length = Number.isFinite(this.#audio.duration) ? this.#audio.duration : this.#seconds;
    const playing = !this.#audio.paused && !this.#audio.ended;
    this.element.dataset.state = playing ? "playing" : "paused";
    const label = `${playing ? "Pause" : "Play"} ${this.#name}`;
    if (this.#button.getAttribute("aria-label") !== label) {
      this.#button.setAttribute("aria-label", label);
      this.#button.replaceChildren(icon(playing ? "pause" : "play"));
    }
    this.#slider.max = String(length || 1);
    this.#slider.value = String(position);
    this.#slider.setAttribute("aria-valuetext", `${spokenDuration(position)} of ${spokenDuration(length)}`);
    // One time only, so that the bars beside it keep their width: how far it is, or how long.
    this.#time.textContent = position > 0 || length ? duration(position || length) : "–:––";
    const played = (length ? position / length : 0) * this.#bars.children.length;
    [...this.#bars.children].forEach((bar, index) => bar.classList.toggle("played", position > 0 && index < played));
  }
}
