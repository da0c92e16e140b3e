// The keyboard. Single keys act only outside fields and dialogs, and for whom they are on; Ctrl-K and Escape always do.
import { deeds } from "./deeds.js";
import * as list from "./list.js";
import { dialogOpen, onTicket, word } from "./page.js";
import * as picking from "./picking.js";
import * as undo from "./undo.js";

const everywhere = {
  j: () => list.move(1),
  k: () => list.move(-1),
  o: list.open,
  x: picking.pick,
  X: picking.pickAll,
  A: picking.everything,
  M: deeds.merge,
  N: deeds.next,
  c: deeds.compose,
  t: deeds.tags,
  a: deeds.assign,
  s: deeds.status,
  p: deeds.priority,
  e: deeds.solve,
  b: deeds.snooze,
  z: undo.last,
  "/": () => { location.href = word("search"); },
  "?": deeds.keys,
};
const onTicketPage = { m: deeds.macros, l: deeds.link, r: deeds.reply, n: deeds.note, q: deeds.quote, f: deeds.follow, u: deeds.back };

const inField = (target) => target.matches?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!dialogOpen()) deeds.palette();
    return;
  }
  if (event.key === "Escape" && !dialogOpen()) return leave(event);
  if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target) || dialogOpen()) return;
  if (document.body.dataset.keys === "off") return;
  const deed = (onTicket() && onTicketPage[event.key]) || everywhere[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

function leave(event) {
  if (document.body.classList.contains("rail-open")) return deeds.rail();
  if (inField(event.target)) event.target.blur();
}
