// Picking rows: one, a range with Shift, all of the page, everything the view holds. Changes of many go in batches.
import { onTicket, toast, word } from "./page.js";

const BATCH = 100;
const bulk = document.getElementById("bulk");
const picked = new Set();
let whole = null;
let last = null;

const boxes = () => [...document.querySelectorAll(".row-pick input")];
export const number = () => picked.size;

export function pick() {
  document.activeElement?.closest?.(".row")?.querySelector(".row-pick input")?.click();
}

export function pickAll() {
  for (const box of boxes()) if (!box.checked) box.click();
}

// On a phone the boxes show only while one selects.
export function select() {
  const selecting = document.body.classList.toggle("selecting");
  document.querySelector("[data-do=selecting]")?.setAttribute("aria-pressed", String(selecting));
  if (!selecting) unpick();
}

export function unpick() {
  picked.clear();
  whole = last = null;
  for (const box of boxes()) box.checked = false;
  show();
}

// Everything the view holds, as far as one change may reach.
export async function everything() {
  if (whole) return unpick();
  const url = document.getElementById("list")?.dataset.list;
  if (!url || url.includes("?")) return;
  const answer = await fetch(`${url}?only=ids`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return toast(word("failed"), true);
  whole = await answer.json();
  for (const box of boxes()) {
    box.checked = true;
    picked.add(box.value);
  }
  show();
}

function show() {
  if (!bulk) return;
  bulk.hidden = picked.size === 0;
  bulk.querySelector("[data-number]").textContent = whole ? whole.ids.length : picked.size;
  document.getElementById("list")?.classList.toggle("picking", picked.size > 0);
  const all = bulk.querySelector("[data-do=everything]");
  const { ask, whole: named, most } = all.dataset;
  all.hidden = !document.querySelector(".pages") || boxes().some((box) => !box.checked);
  all.textContent = whole ? (whole.more ? most : named).replace("%n", whole.ids.length) : ask;
}

// After a live update: what is gone is not picked any more.
export function again() {
  for (const box of boxes()) box.checked = picked.has(box.value);
  for (const gone of [...picked].filter((one) => !document.querySelector(`.row[data-ticket="${one}"]`))) picked.delete(gone);
  show();
}

// Changes everything that is picked in the view, a batch at a time; what was done can be taken back as one.
export async function change(values) {
  const { ids } = whole;
  const progress = bulk.querySelector("progress");
  const undo = [];
  progress.hidden = false;
  let done = 0;
  let failed = false;
  for (let at = 0; at < ids.length && !failed; at += BATCH) {
    const some = ids.slice(at, at + BATCH);
    const answer = await send(values, some).catch(() => null);
    failed = !answer?.ok;
    if (failed) break;
    done += some.length;
    const said = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}")["desk:undoable"];
    if (said) undo.push(said.url);
    progress.value = done / ids.length;
  }
  progress.hidden = true;
  finish(done, ids.length, undo, failed);
}

const send = (values, tickets) => {
  const body = new URLSearchParams(values);
  for (const ticket of tickets) body.append("ticket", ticket);
  return fetch(word("change"), { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": word("token") } });
};

function finish(done, all, undo, failed) {
  const sentence = word("changed").replace("%d", done).replace("%n", all);
  unpick();
  document.dispatchEvent(new CustomEvent("desk:changed", { detail: { value: [] } }));
  if (failed) toast(sentence, true);
  if (undo.length) {
    const detail = { sentence, url: undo.join(" "), seconds: 30 };
    document.dispatchEvent(new CustomEvent("desk:undoable", { detail }));
  } else if (!failed) toast(sentence);
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.(".row-pick input")) return;
  if (event.shiftKey && last && last !== box) range(last, box);
  last = box;
});
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.(".row-pick input")) return;
  whole = null;
  picked[box.checked ? "add" : "delete"](box.value);
  show();
});

function range(from, to) {
  const all = boxes();
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((one, other) => one - other);
  if (start < 0) return;
  for (const box of all.slice(start, end + 1)) {
    if (box === to || box.checked === to.checked) continue;
    box.checked = to.checked;
    picked[to.checked ? "add" : "delete"](box.value);
  }
}

// The chooser's form names the picked rows of this page; for everything it is sent in batches instead.
document.addEventListener("htmx:configRequest", (event) => {
  if (!whole || onTicket() || event.detail.path !== word("change")) return;
  event.preventDefault();
  const values = [...event.detail.formData.entries()].filter(([name]) => name !== "ticket" && name !== "csrfmiddlewaretoken");
  document.getElementById("chooser")?.close();
  change(values);
});
document.addEventListener("desk:changed", unpick);
