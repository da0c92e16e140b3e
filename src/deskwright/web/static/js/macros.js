// Macros: the picker (m, or / on an empty line of the composer), and the text that comes into the composer.
import * as composer from "./composer.js";
import { onTicket, ticketsMeant, word } from "./page.js";

const text = document.getElementById("composer-text");
const chooser = document.getElementById("chooser");
let caret = null;
let slashed = false;

export function open() {
  const tickets = ticketsMeant();
  if (!tickets.length) return;
  if (!chooser.open) caret = text && document.activeElement === text ? text.selectionStart : null;
  const asked = tickets.map((number) => `ticket=${number}`).join("&");
  htmx.ajax("GET", `${word("macros")}?${asked}`, { target: chooser, swap: "innerHTML" });
}

function put(words) {
  const at = Math.min(caret ?? text.value.length, text.value.length);
  text.setRangeText(words, at, at, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  caret = text.selectionStart;
}

text?.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const before = text.value.slice(0, text.selectionStart).split("\n").at(-1);
  const after = text.value.slice(text.selectionEnd).split("\n")[0];
  if (before || after) return;
  event.preventDefault();
  open();
  slashed = true;
});

// A slash that was meant as one: closing the picker writes it.
chooser?.addEventListener("close", () => {
  if (caret !== null && text) {
    if (slashed) put("/");
    const at = caret;
    text.focus();
    text.setSelectionRange(at, at);
  }
  slashed = false;
  caret = null;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === chooser) document.getElementById("macro-use")?.focus();
});
document.addEventListener("desk:macro", () => {
  const words = chooser.querySelector("[data-macro-text]")?.content.textContent ?? "";
  slashed = false;
  const at = caret;
  caret = null;
  if (!onTicket() || !text || !words) return chooser.close();
  composer.write("reply");
  caret = at;
  put(words);
  chooser.close();
});
