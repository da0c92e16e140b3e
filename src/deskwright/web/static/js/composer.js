// The composer: reply or note, preview, sending. What is not sent yet is the drafts' business.
import * as drafts from "./drafts.js";
import * as files from "./files.js";
import { word } from "./page.js";

const form = document.getElementById("composer");
const text = form?.elements.text;
const shown = document.getElementById("composer-preview");
let sending = false;
let restored = false;

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
    const values = { text: text.value, ticket: form.dataset.ticket };
    htmx.ajax("POST", word("preview"), { target: shown, swap: "innerHTML", values });
  }
  shown.hidden = !wanted;
  text.hidden = wanted;
  form.querySelector("[data-do=preview]").setAttribute("aria-pressed", String(wanted));
}

// Words where the cursor stands, by the browser's own editing: Ctrl Z takes them back.
export function insert(words) {
  preview(false);
  text.focus();
  if (!document.execCommand("insertText", false, words)) replace((whole) => whole + words);
}

export function replace(change) {
  const changed = change(text.value);
  if (changed === text.value) return;
  text.value = changed;
  drafts.later();
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
    await files.settled();
    await drafts.keep();
    await htmx.ajax("POST", form.dataset[form.dataset.mode], { source: form, target: "#stale", swap: "innerHTML" });
  } finally {
    sending = false;
  }
}

// By which way it leaves: the first is the one the customer prefers. Chosen for one reply only.
function leaveBy(channel) {
  const ways = [...form.querySelectorAll("[name=by]")];
  const wanted = ways.find((one) => one.value === channel) ?? ways[0];
  if (wanted) wanted.checked = true;
}

function sent() {
  leaveBy("");
  restored = false;
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

// What was done to the ticket counts as known once the page shows it.
function know(event) {
  if (Number(event) > Number(form.elements.as_of.value)) form.elements.as_of.value = event;
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
    send(event.shiftKey && form.dataset.mode === "reply" ? "solved" : "");
  });
  document.addEventListener("desk:sent", sent);
  document.addEventListener("desk:restored", () => { restored = true; });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "timeline") {
      watch();
      const draft = document.getElementById("drafts")?.dataset;
      if (restored && draft?.reply) {  // not a timeline that was asked for before the reply came back
        leaveBy(draft.by);
        restored = false;
      }
      know(document.getElementById("newest")?.dataset.event);
    }
    if (event.detail.target.id === "stale") {
      const said = event.detail.target.firstElementChild?.dataset ?? {};
      see(Number(said.newest ?? 0));
      know(said.asOf);
    }
  });
}
