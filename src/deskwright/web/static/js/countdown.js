// Lets the clocks tick between two answers of the server, while their business hours last.
import { word } from "./page.js";

const EVERY_MS = 30_000;
const shownAt = new WeakMap();

function span(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const form = minutes < 60 ? word("minutes") : minutes < 600 ? word("both") : word("hours");
  return (seconds < 0 ? "\u2212" : "") + form.replace("%h", hours).replace("%m", minutes < 60 ? minutes : rest);
}

function tick() {
  const now = Date.now();
  for (const clock of document.querySelectorAll(".countdown[data-left]")) {
    if (!shownAt.has(clock)) shownAt.set(clock, now);
    const { closes, left, soon } = clock.dataset;
    if (!closes) continue;
    const until = Math.min(now, Number(closes) * 1000);
    const remaining = Number(left) - Math.max(0, until - shownAt.get(clock)) / 1000;
    clock.querySelector("[data-text]").textContent = span(Math.trunc(remaining));
    if (clock.classList.contains("calm") && remaining <= Number(soon)) turn(clock, "calm", "soon", "timer");
    if (clock.classList.contains("soon") && remaining <= 0) turn(clock, "soon", "over", "triangle-alert");
  }
}

function turn(clock, from, to, icon) {
  clock.classList.replace(from, to);
  const use = clock.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

tick();
setInterval(tick, EVERY_MS);
document.addEventListener("htmx:afterSwap", tick);
