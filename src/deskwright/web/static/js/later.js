// Sending later: the moments to choose from, in the writer's own time zone.
import * as composer from "./composer.js";
import { language, there } from "./times.js";

const MORNING = 9;
const dialog = document.getElementById("later");
const field = document.getElementById("later-at");
const write = new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, ...there });

function morning(days) {
  const at = new Date();
  at.setDate(at.getDate() + days);
  at.setHours(MORNING, 0, 0, 0);
  return at;
}

const moments = {
  hour: () => new Date(Date.now() + 3_600_000),
  tomorrow: () => morning(1),
  monday: () => morning(((8 - new Date().getDay()) % 7) || 7),
};

// "2026-11-24T09:30", as the field wants it: local, without a zone.
const local = (at) => new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export function open() {
  if (!dialog || !composer.ready()) return;
  for (const choice of dialog.querySelectorAll("[data-later]")) {
    choice.querySelector(".choice-hint").textContent = write.format(moments[choice.dataset.later]());
  }
  field.min = local(new Date());
  field.value = "";
  dialog.showModal();
  dialog.querySelector("[data-later]").focus();
}

// Sending with a status that follows.
const status = document.getElementById("sendas");

export function openStatus() {
  if (!status || !composer.ready()) return;
  status.showModal();
  status.querySelector("[data-then]").focus();
}

status?.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-then]");
  if (!choice) return;
  status.close();
  composer.send(choice.dataset.then);
});

function leave(at) {
  dialog.close();
  composer.send("", at.toISOString());
}

dialog?.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-later]");
  if (choice) leave(moments[choice.dataset.later]());
});
// The moment a ticket is snoozed until, with its zone.
document.addEventListener("input", (event) => {
  if (event.target.id !== "snooze-at") return;
  const at = new Date(event.target.value);
  event.target.form.elements.until.value = Number.isNaN(at.valueOf()) ? "" : at.toISOString();
});
document.getElementById("later-own")?.addEventListener("submit", (event) => {
  event.preventDefault();
  leave(new Date(field.value));
});
