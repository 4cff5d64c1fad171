/** What opens over the page beside a button: a menu or a list. It closes by Escape, or by a press elsewhere. */

const GAP = 6; // pixels to the button, and at least as many to the window's edge

/**
 * Open an element beside another, on top of everything.
 * @param {HTMLElement} anchor to which the focus goes back when it closes
 * @param {HTMLElement} content
 * @param {() => void} [onClose]
 * @returns {() => void} closes it
 */
export function openPopup(anchor, content, onClose) {
  content.setAttribute("popover", "auto");
  content.classList.add("popup");
  document.body.append(content);
  content.showPopover();
  place(anchor, content);
  anchor.setAttribute("aria-expanded", "true");
  const close = () => content.isConnected && content.hidePopover();
  addEventListener("resize", close);
  // A press on the anchor closes it, as any press elsewhere does, and must not open it again.
  const swallow = ({ target }) => {
    if (!anchor.contains(target)) return;
    anchor.addEventListener("click", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
  };
  document.addEventListener("pointerdown", swallow, { capture: true });
  content.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    removeEventListener("resize", close);
    document.removeEventListener("pointerdown", swallow, { capture: true });
    const hadFocus = content.contains(document.activeElement) || document.activeElement === document.body;
    content.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (hadFocus && anchor.isConnected) anchor.focus();
    onClose?.();
  });
  return close;
}

/** Below the anchor where there is room, and else above; never beyond the window's edges. */
function place(anchor, content) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = content;
  const below = bottom + GAP + height <= innerHeight - GAP;
  const y = below ? bottom + GAP : Math.max(GAP, top - GAP - height);
  const x = left + width <= innerWidth - GAP ? left : right - width;
  content.style.setProperty("top", `${y}px`);
  content.style.setProperty("left", `${Math.max(GAP, Math.min(x, innerWidth - GAP - width))}px`);
}
