// Undo: for ten seconds after a deed, here and on the next page. Held replies count down to their leaving.
import * as drafts from "./drafts.js";
import { onTicket, toasts, word } from "./page.js";

const KEPT = "desk:undo";
const secondsLeft = (offer) => Math.ceil((offer.until - Date.now()) / 1000);
let shown = null;

function offer(what) {
  withdraw();
  const line = document.createElement("p");
  line.className = "toast";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-undo";
  button.dataset.undo = what.url;
  button.textContent = word("undo");
  const key = document.createElement("kbd");
  key.textContent = "z";
  button.append(" ", key);
  line.append(what.sentence, button);
  toasts.append(line);
  shown = { line, timer: setTimeout(withdraw, secondsLeft(what) * 1000) };
}

function withdraw() {
  clearTimeout(shown?.timer);
  shown?.line.remove();
  shown = null;
  sessionStorage.removeItem(KEPT);
}

// What is being written goes to the desk first: the reply that comes back is put before it there.
async function take(url) {
  if (shown?.line.querySelector("[data-undo]").dataset.undo === url) withdraw();
  await drafts.keep();
  for (const one of url.split(" ")) await htmx.ajax("POST", one, { swap: "none" });
}

export function last() {
  const button = shown?.line.querySelector("[data-undo]") ?? [...document.querySelectorAll("#timeline [data-undo]")].at(-1);
  button?.click();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-undo]");
  if (!button) return;
  event.preventDefault();
  take(button.dataset.undo);
});
document.addEventListener("desk:undoable", (event) => {
  const { sentence, url, seconds } = event.detail;
  const what = { sentence, url, until: Date.now() + seconds * 1000 };
  offer(what);
  sessionStorage.setItem(KEPT, JSON.stringify(what));
});
document.addEventListener("desk:restored", (event) => {
  const ticket = String(event.detail.value);
  if (onTicket()?.dataset.ticket === ticket) htmx.trigger(document.body, "live:ticket");
  else location.href = word("ticket").replace("/0/", `/${ticket}/`);
});

function tick() {
  for (const line of document.querySelectorAll("[data-leaves-in]")) {
    const left = Math.max(0, Number(line.dataset.leavesIn) - 1);
    line.dataset.leavesIn = left;
    line.textContent = left ? word("sending").replace("%s", left) : word("leaving");
  }
}
setInterval(tick, 1000);

const before = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
if (before && secondsLeft(before) > 0) {
  offer(before);
  sessionStorage.setItem(KEPT, JSON.stringify(before));
}
