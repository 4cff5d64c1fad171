/** The composer: text, files and reply of a message, with a draft for each channel. */

import { sendMessage } from "./api.js";
import { summaryOf } from "./attachments.js";
import { takesFiles } from "./command_form.js";
import { byId, element, icon } from "./dom.js";
import { hideNotice, showNotice } from "./status.js";
import { fileSize } from "./words.js";
import { world } from "./world.js";

const MAX_LENGTH = 2000; // characters of a message on Discord
const COUNT_FROM = 1800; // characters from which on the number of characters left is shown
const MAX_FILES = 10; // of a message on Discord
const MAX_FILE_BYTES = 10 * 1024 ** 2; // of a file on Discord

const NARROW = "(max-width: 479px)"; // without room for the name of the channel

/** @typedef {import("./world.js").Message} Message */
/** @typedef {{text: string, files: File[], repliesTo: Message | null}} Draft */

const text = byId("text");
const send = byId("send");
const picker = byId("files");
let openId = "";
let isSending = false;
/** @type {Map<string, Draft>} by person and channel */ const drafts = new Map();
/** @type {Draft} of the open channel */ let draft = { text: "", files: [], repliesTo: null };

for (const [id, picture] of Object.entries({ unreply: "close", attach: "attach", send: "send" })) {
  byId(id).append(icon(picture));
}
byId("unreply").addEventListener("click", () => reply(null));
byId("attach").addEventListener("click", () => picker.click());
picker.addEventListener("change", () => {
  attach([...picker.files]);
  picker.value = ""; // so that the same file can be chosen again
});
text.addEventListener("input", () => {
  draft.text = text.value;
  draw();
});
text.addEventListener("keydown", keyPressed);
byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
world.on(["message_delete"], ({ id }) => draft.repliesTo?.id === id && reply(null));
document.addEventListener("paste", ({ clipboardData }) => attach([...(clipboardData?.files ?? [])]));
listenForDrops();

/** @param {string} channelId of the channel to write in */
export function openComposer(channelId) {
  openId = channelId;
  const name = world.nameOf(world.channels.get(channelId));
  text.placeholder = matchMedia(NARROW).matches ? "Message" : `Message ${name}`;
  text.setAttribute("aria-label", `Message ${name}`);
  byId("drop").querySelector("p").textContent = `Drop to attach to ${name}`;
  const key = `${world.me} ${channelId}`;
  draft = drafts.get(key) ?? { text: "", files: [], repliesTo: null };
  drafts.set(key, draft);
  draw();
}

/**
 * Set the message that is replied to, or none.
 * @param {Message | null} message
 * @param {string} [beginning] prepended to the text
 */
export function reply(message, beginning = "") {
  draft.repliesTo = message;
  if (!draft.text.startsWith(beginning)) draft.text = beginning + draft.text;
  draw();
  text.focus();
}

/** Send by Enter, as on Discord; on touch keyboards, without Shift+Enter, it inserts a new line. */
function keyPressed(event) {
  if (event.key === "Escape" && draft.repliesTo) reply(null);
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || matchMedia("(pointer: coarse)").matches) return;
  event.preventDefault();
  submit();
}

async function submit() {
  const sent = { ...draft };
  const from = draft;
  if (isSending || !isWorthSending()) return;
  if (lengthOf(sent.text) > MAX_LENGTH) {
    showNotice(`A message holds ${MAX_LENGTH} characters: shorten this one, or attach it as a file.`);
    return;
  }
  isSending = true;
  const wasButton = document.activeElement === send;
  draw();
  try {
    await sendMessage(openId, sent.text.trim(), sent.files, sent.repliesTo?.id);
    // Keep what was written meanwhile.
    if (from.text === sent.text) from.text = "";
    from.files = from.files.filter((file) => !sent.files.includes(file));
    from.repliesTo = null;
    hideNotice();
  } catch (error) {
    showNotice(error.message); // and keep the draft
  }
  isSending = false;
  draw();
  // A button loses the focus when it is disabled.
  if (wasButton && document.activeElement === document.body) text.focus();
}

/** @param {File[]} files */
function attach(files) {
  if (!files.length || takesFiles(files)) return;
  const fitting = files.filter(({ size }) => size <= MAX_FILE_BYTES);
  const room = MAX_FILES - draft.files.length;
  const tooLarge = files.find(({ size }) => size > MAX_FILE_BYTES);
  if (fitting.length > room) {
    showNotice(`A message holds ${MAX_FILES} files: send the others in the next one.`);
  } else if (tooLarge) {
    const most = `${fileSize(MAX_FILE_BYTES)}, the most for one file`;
    showNotice(`“${tooLarge.name}” is over ${most}: attach a smaller one.`);
  } else hideNotice();
  setFiles([...draft.files, ...fitting.slice(0, room)]);
}

function setFiles(files) {
  draft.files = files;
  draw();
  text.focus();
}

function drawFile(file) {
  const onclick = () => setFiles(draft.files.filter((other) => other !== file));
  const attributes = { type: "button", class: "bare", "aria-label": `Remove ${file.name}`, onclick };
  const remove = element("button", attributes, icon("close"));
  const name = element("span", { class: "cut" }, file.name);
  return element("li", {}, icon("file"), name, element("small", {}, fileSize(file.size)), remove);
}

const lengthOf = (words) => [...words].length;

const isWorthSending = () => Boolean(draft.text.trim() || draft.files.length);

function draw() {
  const { repliesTo, files } = draft;
  byId("replying").hidden = !repliesTo;
  if (repliesTo) {
    const name = element("strong", {}, world.authorOf(repliesTo).name);
    byId("replying").querySelector("span").replaceChildren("Replying to ", name, ` ${summaryOf(repliesTo)}`);
  }
  byId("staged").hidden = !files.length;
  byId("staged").replaceChildren(...files.map(drawFile));
  if (text.value !== draft.text) text.value = draft.text;
  const left = MAX_LENGTH - lengthOf(draft.text);
  const counter = byId("counter");
  counter.hidden = MAX_LENGTH - left < COUNT_FROM;
  counter.textContent = String(left);
  counter.classList.toggle("alarming", left < 0);
  byId("composer").dataset.sending = String(isSending);
  send.disabled = isSending || !isWorthSending();
  text.style.setProperty("height", "auto");
  text.style.setProperty("height", `${text.scrollHeight}px`); // the maximum is in the style sheet
}

function listenForDrops() {
  const overlay = byId("drop");
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    overlay.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) overlay.hidden = true; // the pointer left the window, not only an element
  });
  document.addEventListener("drop", (event) => {
    overlay.hidden = true;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    attach([...event.dataTransfer.files]);
  });
}
