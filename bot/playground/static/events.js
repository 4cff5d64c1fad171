/** The server's events over a web socket, which is opened again, ever more patiently, when it closes. */

const FIRST_DELAY = 500; // ms
const LONGEST_DELAY = 10_000; // ms
const JITTER = 0.3; // of the delay, so that many pages do not come back in the same instant

export class EventStream {
  #path;
  #onEvent;
  #onStatus;
  #attempts = 0;
  #timer = 0;
  /** @type {WebSocket | null} */ #socket = null;

  /**
   * @param {() => string} path gives that of the web socket on this server
   * @param {(event: any) => void} onEvent
   * @param {(status: {connected: boolean, retryAt: number | null}) => void} onStatus `retryAt` is in ms
   *   since the epoch, or null while a connection is being tried.
   */
  constructor(path, onEvent, onStatus) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#onStatus = onStatus;
    // A page that comes back to the front should not wait out a delay that it earned in the background.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#timer) this.connect();
    });
  }

  /** Connect now, whatever delay was running. */
  connect() {
    if (this.#socket) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#attempts) this.#onStatus({ connected: false, retryAt: null });
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.#path()}`);
    this.#socket = socket;
    // One that was left for another has nothing more to say.
    socket.addEventListener("message", ({ data }) => this.#socket === socket && this.#receive(data));
    socket.addEventListener("close", () => this.#socket === socket && this.#retry());
  }

  /** Connect anew, because the path leads elsewhere now. */
  reconnect() {
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    this.connect();
  }

  /** The first event is the whole state: only then is the page connected for a person's purposes. */
  #receive(data) {
    const event = JSON.parse(data);
    this.#onEvent(event);
    if (event.type !== "state") return;
    this.#attempts = 0;
    this.#onStatus({ connected: true, retryAt: null });
  }

  #retry() {
    this.#socket = null;
    const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#attempts) * (1 + JITTER * Math.random());
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.connect(), delay);
    this.#onStatus({ connected: false, retryAt: Date.now() + delay });
  }
}
