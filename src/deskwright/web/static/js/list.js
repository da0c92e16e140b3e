// Moving through a list; keeps the place over a live update, and remembers the list for the ticket page.
import { onTicket } from "./page.js";
import { again } from "./picking.js";

const KEPT = "desk:list";
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

function remember() {
  if (!list()?.dataset.list) return;
  const tickets = [...document.querySelectorAll("#list .row")].map((row) => row.dataset.ticket);
  sessionStorage.setItem(KEPT, JSON.stringify({ url: location.pathname + location.search, tickets }));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "list") focusedAt = links().indexOf(document.activeElement);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "list" && event.detail.target?.id !== "list") return;
  again();
  remember();
  if (focusedAt >= 0 && document.activeElement === document.body) {
    (links()[focusedAt] ?? links().at(-1))?.focus();
  }
});

const came = kept()?.from;
remember();
if (came) document.getElementById(`open-${came}`)?.focus({ preventScroll: false });
if (onTicket() && kept()) sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), from: onTicket().dataset.ticket }));
