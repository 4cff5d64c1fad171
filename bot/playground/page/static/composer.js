/**
 * Writing: the text, the files that go with it, what it replies to, and sending all that. Each channel keeps
 * its own draft.
 */

import { sendMessage } from "./api.js";
import { summaryOf } from "./attachments.js";
import { takesFiles } from "./command_form.js";
import { byId, element, icon } from "./dom.js";
import { hideNotice, showNotice } from "./status.js";
import { fileSize } from "./words.js";
import { world } from "./world.js";

const LONGEST = 2000; // characters of a message on Discord
const COUNT_FROM = 1800; // characters from which on the rest is shown
const MOST_FILES = 10; // of a message on Discord
const LARGEST = 10 * 1024 ** 2; // bytes of a file on Discord

const NARROW = "(max-width: 479px)"; // where there is no room for the channel's name

/** @typedef {import("./world.js").Message} Message */
/** @typedef {{text: string, files: File[], repliesTo: Message | null}} Draft */

const text = byId("text");
const send = byId("send");
const picker = byId("files");
let openId = "";
let isSending = false;
/** @type {Map<string, Draft>} by person and channel */ const drafts = new Map();
/** @type {Draft} the one that is shown */ let draft = { text: "", files: [], repliesTo: null };

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
 * Begin to reply to a message, or to none.
 * @param {Message | null} message
 * @param {string} [beginning] of the text
 */
export function reply(message, beginning = "") {
  draft.repliesTo = message;
  if (!draft.text.startsWith(beginning)) draft.text = beginning + draft.text;
  draw();
  text.focus();
}

/** Enter sends, as on Discord; on a touch keyboard, which has no Shift+Enter, it is a new line. */
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
  if (lengthOf(sent.text) > LONGEST) {
    showNotice(`A message holds ${LONGEST} characters: shorten this one, or attach it as a file.`);
    return;
  }
  isSending = true;
  const wasButton = document.activeElement === send;
  draw();
  try {
    await sendMessage(openId, sent.text.trim(), sent.files, sent.repliesTo?.id);
    // What was written meanwhile stays.
    if (from.text === sent.text) from.text = "";
    from.files = from.files.filter((file) => !sent.files.includes(file));
    from.repliesTo = null;
    hideNotice();
  } catch (error) {
    showNotice(error.message); // and the draft stays as it was
  }
  isSending = false;
  draw();
  // A button that can no longer be pressed loses the focus: one goes on writing.
  if (wasButton && document.activeElement === document.body) text.focus();
}

/** @param {File[]} files */
function attach(files) {
  if (!files.length || takesFiles(files)) return;
  const fitting = files.filter(({ size }) => size <= LARGEST);
  const room = MOST_FILES - draft.files.length;
  const tooLarge = files.find(({ size }) => size > LARGEST);
  if (fitting.length > room) {
    showNotice(`A message holds ${MOST_FILES} files: send the others in the next one.`);
  } else if (tooLarge) {
    const most = `${fileSize(LARGEST)}, the most for one file`;
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
  const left = LONGEST - lengthOf(draft.text);
  const counter = byId("counter");
  counter.hidden = LONGEST - left < COUNT_FROM;
  counter.textContent = String(left);
  counter.classList.toggle("alarming", left < 0);
  byId("composer").dataset.sending = String(isSending);
  send.disabled = isSending || !isWorthSending();
  text.style.setProperty("height", "auto");
  text.style.setProperty("height", `${text.scrollHeight}px`); // the style sheet has the limit
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
    if (!event.relatedTarget) overlay.hidden = true; // it has left the window, not just an element
  });
  document.addEventListener("drop", (event) => {
    overlay.hidden = true;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    attach([...event.dataTransfer.files]);
  });
}
