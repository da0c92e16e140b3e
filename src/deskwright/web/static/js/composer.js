// The composer: reply or note, preview, sending; a draft of each is kept in this browser until it is sent.
import { word } from "./page.js";

const form = document.getElementById("composer");
const text = form?.elements.text;
const shown = document.getElementById("composer-preview");
let saving = 0;

const key = () => `draft:${document.body.dataset.agent}:${form.dataset.ticket}:${form.dataset.mode}`;

function keep() {
  if (text.value.trim()) localStorage.setItem(key(), text.value);
  else localStorage.removeItem(key());
  form.querySelector("[data-draft]").textContent = text.value.trim() ? word("unsent") : "";
}

function restore() {
  text.value = localStorage.getItem(key()) ?? "";
  form.querySelector("[data-draft]").textContent = text.value ? word("unsent") : "";
}

export function write(mode) {
  if (!form) return;
  if (mode !== form.dataset.mode && form.querySelector(`#tab-${mode}`)) {
    keep();
    form.dataset.mode = mode;
    form.action = form.dataset[mode];
    for (const tab of form.querySelectorAll("[role=tab]")) {
      tab.setAttribute("aria-selected", String(tab.id === `tab-${mode}`));
    }
    restore();
  }
  preview(false);
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

export function preview(wanted = shown.hidden) {
  if (wanted) {
    const values = { text: text.value };
    htmx.ajax("POST", word("preview"), { target: shown, swap: "innerHTML", values });
  }
  shown.hidden = !wanted;
  text.hidden = wanted;
  form.querySelector("[data-do=preview]").setAttribute("aria-pressed", String(wanted));
}

function send(then) {
  if (!text.value.trim()) return text.focus();
  form.elements.then.value = then;
  keep();
  htmx.ajax("POST", form.dataset[form.dataset.mode], { source: form, target: "#stale", swap: "innerHTML" });
}

function sent() {
  localStorage.removeItem(key());
  document.getElementById("stale").replaceChildren();
  restore();
  preview(false);
}

// What the agent has had on screen: a newer message counts only once it has come into view.
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    see(Number(entry.target.dataset.message));
  }
});

function see(message) {
  if (message > Number(form.elements.seen.value)) form.elements.seen.value = message;
}

function watch() {
  watcher.disconnect();
  for (const message of document.querySelectorAll("#timeline [data-message]")) {
    if (Number(message.dataset.message) > Number(form.elements.seen.value)) watcher.observe(message);
  }
}

// Opens where the conversation stands: at its last message.
function readLast() {
  const last = [...document.querySelectorAll("#timeline .message")].at(-1);
  if (last && !location.hash && matchMedia("(min-width: 75rem)").matches) last.scrollIntoView({ block: "start" });
}

if (form) {
  restore();
  readLast();
  text.addEventListener("input", () => {
    clearTimeout(saving);
    saving = setTimeout(keep, 250);
  });
  addEventListener("pagehide", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.dataset.then ?? "");
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    send(event.shiftKey && form.dataset.mode === "reply" ? "solve" : "");
  });
  document.addEventListener("desk:sent", sent);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "timeline") watch();
    if (event.detail.target.id === "stale") see(Number(event.detail.target.firstElementChild?.dataset.newest ?? 0));
  });
}
