/**
 * Writing: the text, the files that go with it, what it replies to, and sending all that. Each channel keeps
 * its own draft.
 */

import { sendMessage } from "./api.js";
import { summaryOf } from "./attachments.js";
import { byId, element, icon } from "./dom.js";
import { namesIn } from "./names.js";
import { fileSize } from "./words.js";

const LONGEST = 2000; // characters of a message on Discord
const COUNT_FROM = 1800; // characters from which on the rest is shown
const MOST_FILES = 10; // of a message on Discord
const LARGEST = 10 * 1024 ** 2; // bytes of a file on Discord

const NARROW = "(max-width: 479px)"; // where there is no room for the channel's name

/** @typedef {import("./world.js").Message} Message */
/** @typedef {{text: string, files: File[], repliesTo: Message | null}} Draft */

export class Composer {
  #world;
  #notice;
  #form = byId("composer");
  #text = byId("text");
  #send = byId("send");
  #picker = byId("files");
  #channelId = "";
  #sending = false;
  /** @type {Map<string, Draft>} by person and channel */ #drafts = new Map();
  #takesFiles;

  /**
   * @param {import("./world.js").World} world
   * @param {import("./notice.js").Notice} notice
   * @param {(files: File[]) => boolean} takesFiles says whether files that come in are for something else
   */
  constructor(world, notice, takesFiles) {
    this.#world = world;
    this.#notice = notice;
    this.#takesFiles = takesFiles;
    byId("unreply").append(icon("close"));
    byId("unreply").addEventListener("click", () => this.#unreply());
    world.addEventListener("message_delete", ({ detail }) => {
      if (this.#draft.repliesTo?.id === detail.id) this.#unreply();
    });
    byId("attach").append(icon("attach"));
    this.#send.append(icon("send"));
    byId("attach").addEventListener("click", () => this.#picker.click());
    this.#picker.addEventListener("change", () => {
      this.#attach([...this.#picker.files]);
      this.#picker.value = ""; // so that the same file can be chosen again
    });
    this.#text.addEventListener("input", () => {
      this.#draft.text = this.#text.value;
      this.#draw();
    });
    this.#text.addEventListener("keydown", (event) => this.#keyPressed(event));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    document.addEventListener("paste", (event) => this.#pasted(event));
    this.#listenForDrops();
  }

  /** @param {string} channelId of the channel to write in */
  open(channelId) {
    this.#channelId = channelId;
    const name = this.#world.nameOf(this.#world.channels.get(channelId));
    this.#text.placeholder = matchMedia(NARROW).matches ? "Message" : `Message ${name}`;
    this.#text.setAttribute("aria-label", `Message ${name}`);
    byId("drop").querySelector("p").textContent = `Drop to attach to ${name}`;
    this.#text.value = this.#draft.text;
    this.#drawReply();
    this.#drawFiles();
    this.#draw();
  }

  /**
   * Begin to reply to a message.
   * @param {Message} message
   * @param {string} [beginning] of the text
   */
  reply(message, beginning = "") {
    const draft = this.#draft;
    draft.repliesTo = message;
    if (!draft.text.startsWith(beginning)) draft.text = beginning + draft.text;
    this.#text.value = draft.text;
    this.#drawReply();
    this.#draw();
    this.#text.focus();
  }

  get #key() {
    return `${this.#world.me} ${this.#channelId}`;
  }

  get #draft() {
    const draft = this.#drafts.get(this.#key) ?? { text: "", files: [], repliesTo: null };
    this.#drafts.set(this.#key, draft);
    return draft;
  }

  #unreply() {
    this.#draft.repliesTo = null;
    this.#drawReply();
    this.#text.focus();
  }

  #drawReply() {
    const { repliesTo } = this.#draft;
    byId("replying").hidden = !repliesTo;
    const words = byId("replying").querySelector("span");
    if (!repliesTo) return words.replaceChildren();
    const name = element("strong", {}, this.#world.authorOf(repliesTo).name);
    return words.replaceChildren("Replying to ", name, ` ${summaryOf(repliesTo, namesIn(this.#world))}`);
  }

  /** Enter sends, as on Discord; on a touch keyboard, which has no Shift+Enter, it is a new line. */
  #keyPressed(event) {
    if (event.key === "Escape" && this.#draft.repliesTo) this.#unreply();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.#submit();
  }

  async #submit() {
    const [channelId, key] = [this.#channelId, this.#key];
    const { text, files, repliesTo } = this.#draft;
    if (this.#sending || (!text.trim() && !files.length)) return;
    if ([...text].length > LONGEST) {
      this.#notice.show(`A message holds ${LONGEST} characters: shorten this one, or attach it as a file.`);
      return;
    }
    this.#sending = true;
    const wasButton = document.activeElement === this.#send;
    this.#draw();
    try {
      await sendMessage(channelId, text.trim(), files, repliesTo?.id);
      this.#clear(key, text, files);
      this.#notice.hide();
    } catch (error) {
      this.#notice.show(error.message); // and the draft stays as it was
    } finally {
      this.#sending = false;
      this.#draw();
      // A button that can no longer be pressed loses the focus: one goes on writing.
      if (wasButton && document.activeElement === document.body) this.#text.focus();
    }
  }

  /** Take what was sent out of the draft; what was written meanwhile stays. */
  #clear(key, text, files) {
    const draft = this.#drafts.get(key);
    if (!draft) return;
    if (draft.text === text) draft.text = "";
    draft.files = draft.files.filter((file) => !files.includes(file));
    draft.repliesTo = null;
    if (key !== this.#key) return;
    this.#text.value = draft.text;
    this.#drawReply();
    this.#drawFiles();
  }

  /** @param {File[]} files */
  #attach(files) {
    if (this.#takesFiles(files)) return;
    const draft = this.#draft;
    const fitting = files.filter(({ size }) => size <= LARGEST);
    const room = MOST_FILES - draft.files.length;
    const tooLarge = files.find(({ size }) => size > LARGEST);
    if (fitting.length > room) {
      this.#notice.show(`A message holds ${MOST_FILES} files: send the others in the next one.`);
    } else if (tooLarge) {
      const most = `${fileSize(LARGEST)}, the most for one file`;
      this.#notice.show(`“${tooLarge.name}” is over ${most}: attach a smaller one.`);
    } else this.#notice.hide();
    draft.files = [...draft.files, ...fitting.slice(0, room)];
    this.#drawFiles();
    this.#draw();
    if (files.length) this.#text.focus();
  }

  #detach(file) {
    this.#draft.files = this.#draft.files.filter((other) => other !== file);
    this.#drawFiles();
    this.#draw();
    this.#text.focus();
  }

  #drawFiles() {
    const list = byId("staged");
    const { files } = this.#draft;
    list.hidden = !files.length;
    list.replaceChildren(
      ...files.map((file) => {
        const label = `Remove ${file.name}`;
        const onclick = () => this.#detach(file);
        const remove = element("button", { type: "button", class: "bare", "aria-label": label, onclick }, icon("close"));
        const name = element("span", {}, file.name);
        return element("li", {}, icon("file"), name, element("small", {}, fileSize(file.size)), remove);
      }),
    );
  }

  #draw() {
    const { text, files } = this.#draft;
    const left = LONGEST - [...text].length;
    const counter = byId("counter");
    counter.hidden = LONGEST - left < COUNT_FROM;
    counter.textContent = String(left);
    counter.classList.toggle("urgent", left < 0);
    this.#form.dataset.sending = String(this.#sending);
    this.#send.disabled = this.#sending || (!text.trim() && !files.length);
    this.#text.style.setProperty("height", "auto");
    this.#text.style.setProperty("height", `${this.#text.scrollHeight}px`); // the style sheet has the limit
  }

  #pasted({ clipboardData }) {
    const files = [...(clipboardData?.files ?? [])];
    if (files.length) this.#attach(files);
  }

  #listenForDrops() {
    const veil = byId("drop");
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) veil.hidden = true; // it has left the window, not just an element
    });
    document.addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.#attach([...event.dataTransfer.files]);
    });
  }
}
