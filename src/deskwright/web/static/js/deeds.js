// Everything with a name that a button, a key or the palette can do.
import * as composer from "./composer.js";
import * as later from "./later.js";
import * as list from "./list.js";
import { choose, openKeys, openPalette } from "./overlay.js";
import { ticketsMeant, word } from "./page.js";

const THEMES = ["auto", "light", "dark"];

function solve() {
  const tickets = ticketsMeant();
  if (tickets.length) htmx.ajax("POST", word("change"), { swap: "none", values: { ticket: tickets, status: "solved" } });
}

function theme(button) {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const shown = root.dataset.theme === "auto" ? (dark ? "dark" : "light") : root.dataset.theme;
  const next = shown === "dark" ? "light" : "dark";
  root.dataset.theme = THEMES.includes(next) ? next : "auto";
  htmx.ajax("POST", word("theme"), { swap: "none", values: { theme: next } });
  button?.blur?.();
}

function rail() {
  const open = document.body.classList.toggle("rail-open");
  document.querySelector(".topbar [data-do=rail]")?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector(".rail a")?.focus();
}

// Told by words, never by colour alone: the server renders the switch anew.
function availability() {
  document.getElementById("availability-switch")?.click();
}

export const deeds = {
  reply: () => composer.write("reply"),
  note: () => composer.write("note"),
  preview: () => composer.preview(),
  assign: () => choose("assignee"),
  status: () => choose("status"),
  priority: () => choose("priority"),
  queue: () => choose("queue"),
  tags: () => choose("tags"),
  availability,
  later: later.open,
  solve,
  theme,
  rail,
  palette: openPalette,
  keys: openKeys,
  back: list.back,
  unselect: list.unpick,
  selecting: list.select,
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const deed = button && deeds[button.dataset.do];
  if (!deed) return;
  if (button.tagName === "A") event.preventDefault();
  deed(button);
});

// Opening a notice reads it, without keeping the reader from where it leads.
document.addEventListener("click", (event) => {
  const notice = event.target.closest?.("[data-notice]")?.dataset.notice;
  if (!notice) return;
  const body = new URLSearchParams({ notice, csrfmiddlewaretoken: word("token") });
  navigator.sendBeacon(word("read"), body);
});
