// The side panel's own inputs: a live update never takes what somebody is typing, a refused value is marked, and the
// timer that runs on the server counts up here.
import { announce } from "./live.js";
import { word } from "./page.js";

const EVERY_MS = 10_000;
const side = document.getElementById("side");
const FIELDS = "input:not([type=checkbox]), textarea";
const typing = () => {
  const field = document.activeElement;
  return side?.contains(field) && field.matches(FIELDS) && field.value !== field.defaultValue;
};
let missed = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== side || !typing()) return;
  event.detail.shouldSwap = false;
  missed = true;
});
side?.addEventListener("focusout", () => {
  if (!missed) return;
  missed = false;
  announce("ticket");
});
side?.addEventListener("htmx:afterRequest", (event) => {
  const field = event.target.closest?.(".own-field")?.querySelector(".input");
  if (!field) return;
  if (event.detail.successful) {
    field.removeAttribute("aria-invalid");
    field.defaultValue = field.value;
  } else {
    field.setAttribute("aria-invalid", "true");
  }
});
// What was taken into the list is no longer being typed.
document.addEventListener("desk:cleared", (event) => {
  const field = document.getElementById(event.detail.value);
  const all = field?.matches(FIELDS) ? [field] : field?.querySelectorAll(FIELDS) ?? [];
  for (const one of all) one.value = one.defaultValue;
  if (field?.matches("details")) field.open = false;
});

function count() {
  for (const line of document.querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(line.dataset.since)) / 60_000));
    const rest = String(minutes % 60);
    const said = minutes < 60 ? word("minutes").replace("%m", rest) : word("both").replace("%h", Math.floor(minutes / 60)).replace("%m", rest);
    if (line.textContent !== said) line.textContent = said;
  }
}
setInterval(count, EVERY_MS);
count();
document.addEventListener("htmx:afterSwap", count);
