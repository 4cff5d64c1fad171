/** The introduction at the beginning of a channel. */

import { byId, element, icon } from "./dom.js";
import { drawBars } from "./waveform.js";
import { world } from "./world.js";

const BARS = 40;

/** A decorative waveform that resembles a spoken sentence. */
const SENTENCE = Array.from({ length: BARS }, (_, bar) => {
  const swell = Math.sin((Math.PI * (bar + 0.5)) / BARS);
  return swell * (0.35 + 0.65 * Math.abs(Math.sin(bar * 0.9) * Math.cos(bar * 0.37)));
});

/** Draw the introduction of a channel. @param {import("./world.js").Channel} channel @param {() => void} onRecord */
export function drawWelcome({ kind, name }, onRecord) {
  const bot = world.bot.name;
  if (kind === "private") {
    // The bot is not in direct messages between people, and only gets the messages it is used on.
    const hint = "It hears a recording here when one of you chooses that in the message’s menu.";
    const words = element("p", {}, `${bot} is not in this conversation. ${hint}`);
    byId("welcome").replaceChildren(element("h2", {}, `You and ${name}`), words);
    return;
  }
  const steps = [
    ["Record a voice note", ": the microphone button below. Say anything, the way you feel it."],
    ["Or attach a recording", ": the plus button, or drop or paste a file here."],
    ["Read the answer", `: ${bot} hears the tone of the voice, not the words. It guesses, and can be wrong.`],
    ["Ask for more", ": “/” has the commands, and every message a menu, at its right."],
  ];
  byId("welcome").replaceChildren(
    drawBars(SENTENCE),
    element("h2", {}, kind === "dm" ? `Just you and ${bot}` : "What does your voice give away?"),
    element("ol", {}, ...steps.map(([what, how]) => element("li", {}, element("strong", {}, what), how))),
    element("button", { type: "button", class: "loud", onclick: onRecord }, icon("microphone"), "Record a voice note"),
  );
}
