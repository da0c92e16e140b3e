// Drafts: kept on the server while one writes. This browser keeps only what could not be brought there yet.
import { onTicket, word } from "./page.js";

const CALM_MS = 1500;
const AGAIN_MS = 5000;
const ticket = onTicket()?.dataset.ticket;
let field = null;
let mode = "";
let due = 0;
let saving = Promise.resolve();
let busy = 0;
let savedAt = 0;
let askedAt = 0;

const key = (kind) => `draft:${document.body.dataset.agent}:${ticket}:${kind}`;
const rendered = (kind) => document.getElementById("drafts")?.dataset[kind] ?? "";
const saved = { reply: rendered("reply"), note: rendered("note") };
const kept = (kind) => JSON.parse(localStorage.getItem(key(kind)) ?? "null");
const dirty = () => field.value !== saved[mode] || (mode === "reply" && chosen() !== savedTo);

// The recipients as they stand, in a form's spelling.
function chosen() {
  const named = document.querySelectorAll("#recipients input[type=hidden]");
  return new URLSearchParams([...named].map((one) => [one.name, one.value])).toString();
}
let savedTo = chosen();

function body(kind, text, upon) {
  const said = new URLSearchParams(kind === "reply" ? chosen() : "");
  for (const [name, value] of Object.entries({ kind, text, upon })) said.set(name, value);
  return said;
}

function say(name) {
  const line = document.querySelector("[data-draft]");
  if (line.textContent !== word(name)) line.textContent = word(name);
}

function show(text) {
  field.value = text;
  if (field === document.activeElement) field.setSelectionRange(text.length, text.length);
}

// What was written while the desk was out of reach goes before what it was written upon; never is either thrown away.
function merged() {
  const here = kept(mode);
  if (!here || here.text === saved[mode]) return saved[mode];
  return here.base === saved[mode] ? here.text : `${saved[mode]}\n\n${here.text}`.trim();
}

export function open(textarea, wanted) {
  field = textarea;
  mode = wanted;
  show(merged());
  say(dirty() ? "unsent" : field.value ? "saved" : "");
  if (dirty()) later();
}

export function later(wait = CALM_MS) {
  clearTimeout(due);
  due = setTimeout(keep, wait);
}

export function keep() {
  clearTimeout(due);
  if (!field || !dirty()) return saving;
  const [text, kind] = [field.value, mode];
  localStorage.setItem(key(kind), JSON.stringify({ text, base: saved[kind] }));
  busy += 1;
  saving = saving.then(() => bring(kind, text, saved[kind])).finally(() => { busy -= 1; });
  return saving;
}

async function bring(kind, text, upon) {
  const to = chosen();
  try {
    const answer = await fetch(word("keep").replace("/0/", `/${ticket}/`), {
      method: "POST", headers: { "X-CSRFToken": word("token"), "HX-Request": "true" }, body: body(kind, text, upon),
    });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    saved[kind] = text;
    if (kind === "reply") savedTo = to;
    savedAt = performance.now();
    if (kind === "reply") document.getElementById("returned")?.remove();
    if (kept(kind)?.text === text) localStorage.removeItem(key(kind));
    if (kind !== mode) return;
    say(text ? "saved" : "");
    if (dirty()) later();
  } catch {
    say("unsent");
    later(AGAIN_MS);
  }
}

// Sent: the server has ended the draft in the same deed.
export function ended() {
  clearTimeout(due);
  localStorage.removeItem(key(mode));
  saved[mode] = "";
  savedAt = performance.now();
  show("");
  say("");
}

function leave() {
  if (!field || !dirty()) return;
  localStorage.setItem(key(mode), JSON.stringify({ text: field.value, base: saved[mode] }));
  const said = body(mode, field.value, saved[mode]);
  said.set("csrfmiddlewaretoken", word("token"));
  navigator.sendBeacon(word("keep").replace("/0/", `/${ticket}/`), said);
}

// The same agent elsewhere: their draft arrives with the timeline, unless it was asked for before ours was kept.
function arrive() {
  if (!field || busy || dirty() || askedAt < savedAt) return;
  for (const kind of Object.keys(saved)) saved[kind] = rendered(kind);
  if (!dirty()) return;
  show(saved[mode]);
  say(field.value ? "saved" : "");
}

addEventListener("pagehide", leave);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "timeline") askedAt = performance.now();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "timeline") arrive();
  if (event.detail.target.id === "recipients") savedTo = chosen();
});
