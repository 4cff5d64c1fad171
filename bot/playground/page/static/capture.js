/** The recorder's AudioWorklet processor, which sends blocks of 16-bit samples, each with its level. */

const BLOCK_SECONDS = 0.05; // interval at which the level on the page changes
const FULL_SCALE = 0x7fff; // of 16-bit PCM

class Capture extends AudioWorkletProcessor {
  #block = new Int16Array(Math.round(sampleRate * BLOCK_SECONDS));
  #filled = 0;
  #energy = 0;
  #open = true;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.#open = false;
      this.#send();
      this.port.postMessage(null); // marks the end
    };
  }

  /** @param {Float32Array[][]} inputs one input of one channel: the node mixes down to mono */
  process([[channel]]) {
    if (!this.#open) return false;
    for (const sample of channel ?? []) {
      const clipped = Math.max(-1, Math.min(1, sample));
      this.#block[this.#filled++] = Math.round(clipped * FULL_SCALE);
      this.#energy += clipped * clipped;
      if (this.#filled === this.#block.length) this.#send();
    }
    return true;
  }

  #send() {
    const samples = this.#block.slice(0, this.#filled);
    if (!samples.length) return;
    const level = Math.sqrt(this.#energy / samples.length);
    this.port.postMessage({ samples, level }, [samples.buffer]);
    this.#filled = 0;
    this.#energy = 0;
  }
}

registerProcessor("capture", Capture);
