/** A recorder of the microphone, to mono 16-bit WAV. */

const FINAL_BLOCK = 500; // ms to wait for the last block of the audio thread
const HEADER = 44; // bytes of a WAV file before the samples
const SAMPLE = 2; // bytes of one 16-bit sample
const PCM = 1; // the format code of uncompressed samples

/**
 * Constraints of the audio track. Echo cancellation, noise suppression and automatic gain control are made for
 * calls: they change the loudness and the timbre of the voice, which features depend on. The model was trained
 * on recordings without them.
 */
const MICROPHONE = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

const SENTENCES = {
  NotAllowedError:
    "The microphone is not allowed here: allow it in the browser's settings for this page, then press the button " +
    "again, or attach a recording.",
  NotFoundError: "No microphone was found: plug one in and press the button again, or attach a recording.",
  NotReadableError: "The microphone is in use by another programme: close it there, then press the button again.",
};
const INSECURE =
  "A browser only records on a secure page: open this page as http://127.0.0.1 or http://localhost on this computer.";
const UNKNOWN = "The microphone could not be started: see that it works elsewhere, or attach a recording.";

/** @typedef {{wav: Blob, seconds: number}} Recording */

export class Recorder {
  /** @type {Int16Array[]} */ #blocks = [];
  #samples = 0;
  #stream;
  #context;
  #node;
  #onFinalBlock = () => {};
  #finalBlock = new Promise((resolve) => (this.#onFinalBlock = resolve));

  /**
   * Request the microphone, and start to record.
   * @param {{onLevel: (level: number) => void, onLost: () => void, signal: AbortSignal}} options `onLevel` is
   *   called about 20 times a second with the level from 0 to 1, `onLost` when the microphone is disconnected;
   *   `signal` cancels the request.
   * @returns {Promise<Recorder>}
   * @throws {Error} with a sentence for the user
   */
  static async start({ onLevel, onLost, signal }) {
    if (!navigator.mediaDevices?.getUserMedia || !globalThis.AudioWorkletNode) throw new Error(INSECURE);
    const recorder = new Recorder();
    try {
      recorder.#stream = await navigator.mediaDevices.getUserMedia({ audio: MICROPHONE });
      signal.throwIfAborted();
      await recorder.#connect(onLevel);
      signal.throwIfAborted();
    } catch (error) {
      await recorder.release();
      throw new Error(SENTENCES[error.name] ?? UNKNOWN, { cause: error });
    }
    recorder.#stream.getAudioTracks()[0].addEventListener("ended", onLost);
    return recorder;
  }

  /** The duration of the recording in seconds. */
  get seconds() {
    return this.#samples / this.#context.sampleRate;
  }

  /** Stop, and return the recording. @returns {Promise<Recording>} */
  async stop() {
    this.#node.port.postMessage("stop");
    await Promise.race([this.#finalBlock, new Promise((resolve) => setTimeout(resolve, FINAL_BLOCK))]);
    const recording = { wav: wavOf(this.#blocks, this.#context.sampleRate), seconds: this.seconds };
    await this.release();
    return recording;
  }

  /** Release the microphone, so that the browser's recording indicator disappears, and drop the samples. */
  async release() {
    this.#blocks = [];
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    if (this.#context && this.#context.state !== "closed") await this.#context.close();
  }

  async #connect(onLevel) {
    this.#context = new AudioContext();
    await this.#context.audioWorklet.addModule("/static/capture.js");
    this.#node = new AudioWorkletNode(this.#context, "capture", {
      channelCount: 1,
      channelCountMode: "explicit", // mix down to one channel
      numberOfOutputs: 1,
    });
    this.#node.port.onmessage = ({ data }) => {
      if (data === null) return this.#onFinalBlock();
      this.#blocks.push(data.samples);
      this.#samples += data.samples.length;
      return onLevel(data.level);
    };
    this.#context.createMediaStreamSource(this.#stream).connect(this.#node);
    // Some browsers only run nodes that are connected to the output; the processor's output is silent.
    this.#node.connect(this.#context.destination);
    await this.#context.resume();
  }
}

/**
 * Write mono 16-bit samples as a WAV file.
 * @param {Int16Array[]} blocks
 * @param {number} sampleRate in Hz
 * @returns {Blob}
 */
function wavOf(blocks, sampleRate) {
  const bytes = blocks.reduce((sum, block) => sum + block.length, 0) * SAMPLE;
  const format = new DataView(new ArrayBuffer(20));
  format.setUint32(0, 16, true); // length of the fields that follow
  format.setUint16(4, PCM, true);
  format.setUint16(6, 1, true); // channels
  format.setUint32(8, sampleRate, true);
  format.setUint32(12, sampleRate * SAMPLE, true); // bytes per second
  format.setUint16(16, SAMPLE, true); // bytes per frame
  format.setUint16(18, SAMPLE * 8, true); // bits
  const length = (count) => new Uint32Array([count]); // little-endian on all platforms with a browser
  const parts = ["RIFF", length(HEADER - 8 + bytes), "WAVEfmt ", format.buffer, "data", length(bytes), ...blocks];
  return new Blob(parts, { type: "audio/wav" });
}
