// The composer: reply or note, preview, sending. What is not sent yet is the drafts' business.
import * as drafts from "./drafts.js";
import { word } from "./page.js";

const form = document.getElementById("composer");
const text = form?.elements.text;
const shown = document.getElementById("composer-preview");
let sending = false;

export function write(mode) {
  if (!form) return;
  if (mode !== form.dataset.mode && form.querySelector(`#tab-${mode}`)) {
    drafts.keep();
    form.dataset.mode = mode;
    form.action = form.dataset[mode];
    for (const tab of form.querySelectorAll("[role=tab]")) {
      tab.setAttribute("aria-selected", String(tab.id === `tab-${mode}`));
    }
    drafts.open(text, mode);
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

// A reply with words in it; else the field asks for them.
export function ready() {
  write("reply");
  return Boolean(text?.value.trim());
}

// A draft on its way arrives first: it would otherwise come back from the dead.
export async function send(then, later = "") {
  if (!text.value.trim()) return text.focus();
  if (sending) return;
  sending = true;
  form.elements.then.value = then;
  form.elements.later.value = later;
  try {
    await drafts.keep();
    await htmx.ajax("POST", form.dataset[form.dataset.mode], { source: form, target: "#stale", swap: "innerHTML" });
  } finally {
    sending = false;
  }
}

function sent() {
  document.getElementById("stale").replaceChildren();
  drafts.ended();
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
  drafts.open(text, form.dataset.mode);
  readLast();
  text.addEventListener("input", () => drafts.later());
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
