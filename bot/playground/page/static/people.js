/** The choice of the user and of their language. */

import { setLocale } from "./api.js";
import { byId, element, icon } from "./dom.js";
import { drawAvatar } from "./message.js";
import { showNotice } from "./status.js";
import { world } from "./world.js";

const panel = byId("whoami"); // on a narrow screen, opened by a button
const button = byId("me");
const choice = byId("person");
const language = byId("language");

/** @param {(personId: string) => void} onSwitch */
export function showPeople(onSwitch) {
  byId("stays").prepend(icon("lock"));
  choice.addEventListener("change", ({ target }) => onSwitch(target.value));
  language.addEventListener("change", async () => {
    try {
      await setLocale(language.value);
    } catch (error) {
      showNotice(error.message);
      draw();
    }
  });
  world.on(["state", "person"], draw);
  button.addEventListener("click", () => {
    open(!isOpen());
    if (isOpen()) choice.querySelector("input:checked")?.focus();
  });
  panel.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !isOpen()) return;
    open(false);
    button.focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!panel.contains(target) && !button.contains(target)) open(false);
  });
}

const isOpen = () => panel.dataset.open === "true";

function open(isWanted) {
  panel.dataset.open = String(isWanted);
  button.setAttribute("aria-expanded", String(isWanted));
}

function draw() {
  const people = [...world.people.values()].filter(({ bot }) => !bot);
  const me = world.people.get(world.me);
  if (!me) return;
  // Draw the inputs only once, since they may have the focus.
  if (!choice.hasChildNodes()) choice.append(...people.map(drawChoice));
  if (!language.hasChildNodes()) language.append(...world.locales.map(drawLanguage));
  for (const input of choice.querySelectorAll("input")) input.checked = input.value === world.me;
  language.value = me.locale;
  button.replaceChildren(drawAvatar(me));
  button.setAttribute("aria-label", `You are ${me.name}: change that, your language and the network`);
}

function drawChoice(person) {
  const input = element("input", { type: "radio", name: "person", value: person.id });
  const name = element("span", { class: "name" }, person.name);
  if (person.moderator) name.append(element("small", {}, " moderator"));
  return element("label", {}, input, drawAvatar(person), name);
}

/** Draw a language by its own name. */
function drawLanguage(locale) {
  const name = new Intl.DisplayNames([locale], { type: "language" }).of(locale) ?? locale;
  return element("option", { value: locale, lang: locale }, name[0].toLocaleUpperCase(locale) + name.slice(1));
}
