// Moving through a list and picking rows; keeps both over a live update, and remembers the list for the ticket page.
import { onTicket } from "./page.js";

const KEPT = "desk:list";
const bulk = document.getElementById("bulk");
const picked = new Set();
let focusedAt = -1;

const list = () => document.getElementById("list");
const links = () => [...(document.querySelectorAll("#list .row-open, .notices .row-open") ?? [])];
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "null");

export function move(step) {
  if (onTicket()) return follow(step);
  const all = links();
  const place = all.indexOf(document.activeElement);
  const next = all[place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export function open() {
  if (document.activeElement?.matches(".row-open")) document.activeElement.click();
}

export function back() {
  location.href = kept()?.url ?? "/";
}

// On the ticket page: to the ticket before or after this one in the list it was opened from.
function follow(step) {
  const tickets = kept()?.tickets ?? [];
  const next = tickets[tickets.indexOf(onTicket().dataset.ticket) + step];
  if (next && tickets.includes(onTicket().dataset.ticket)) location.href = `/tickets/${next}/`;
}

export function pick() {
  const box = document.activeElement?.closest?.(".row")?.querySelector(".row-pick input");
  if (box) box.click();
}

export function pickAll() {
  for (const box of document.querySelectorAll(".row-pick input:not(:checked)")) box.click();
}

// On a phone the boxes show only while one selects.
export function select() {
  const selecting = document.body.classList.toggle("selecting");
  document.querySelector("[data-do=selecting]")?.setAttribute("aria-pressed", String(selecting));
  if (!selecting) unpick();
}

export function unpick() {
  picked.clear();
  for (const box of document.querySelectorAll(".row-pick input:checked")) box.checked = false;
  showPicked();
}

function showPicked() {
  if (!bulk) return;
  bulk.hidden = picked.size === 0;
  bulk.querySelector("[data-number]").textContent = picked.size;
  list()?.classList.toggle("picking", picked.size > 0);
}

function remember() {
  if (!list()?.dataset.list) return;
  const tickets = [...document.querySelectorAll("#list .row")].map((row) => row.dataset.ticket);
  sessionStorage.setItem(KEPT, JSON.stringify({ url: location.pathname + location.search, tickets }));
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.(".row-pick input")) return;
  picked[box.checked ? "add" : "delete"](box.value);
  showPicked();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "list") focusedAt = links().indexOf(document.activeElement);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "list" && event.detail.target?.id !== "list") return;
  for (const box of document.querySelectorAll(".row-pick input")) box.checked = picked.has(box.value);
  for (const gone of [...picked].filter((number) => !document.querySelector(`.row[data-ticket="${number}"]`))) {
    picked.delete(gone);
  }
  showPicked();
  remember();
  if (focusedAt >= 0 && document.activeElement === document.body) {
    (links()[focusedAt] ?? links().at(-1))?.focus();
  }
});
document.addEventListener("desk:changed", unpick);

const came = kept()?.from;
remember();
if (came) document.getElementById(`open-${came}`)?.focus({ preventScroll: false });
if (onTicket() && kept()) sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), from: onTicket().dataset.ticket }));
