// Everything with a name that a button, a key or the palette can do.
import * as articles from "./articles.js";
import * as composer from "./composer.js";
import { attach } from "./files.js";
import { quote } from "./format.js";
import * as later from "./later.js";
import * as fresh from "./fresh.js";
import * as list from "./list.js";
import * as macros from "./macros.js";
import { choose, openKeys, openPalette } from "./overlay.js";
import { onTicket, ticketsMeant, word } from "./page.js";
import * as picking from "./picking.js";
import { next } from "./serving.js";

const THEMES = ["auto", "light", "dark"];

function solve() {
  const tickets = ticketsMeant();
  if (tickets.length) htmx.ajax("POST", word("change"), { swap: "none", values: { ticket: tickets, status: "solved" } });
}

// On a ticket: into another one. In a list: those that are picked become one.
function merge() {
  if (onTicket()) return document.getElementById("merge-link")?.click();
  const tickets = ticketsMeant();
  if (tickets.length > 1) location.href = `${word("merge")}?${tickets.map((number) => `ticket=${number}`).join("&")}`;
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
  const button = document.querySelector(".topbar [data-do=rail]");
  button?.setAttribute("aria-expanded", String(open));
  (open ? document.querySelector(".rail a") : button)?.focus();
}

// Told by words, never by colour alone: the server renders the switch anew.
function availability() {
  document.getElementById("availability-switch")?.click();
}

// On a customer's page the mail goes to them.
function compose() {
  location.href = document.querySelector("header[data-compose]")?.dataset.compose || word("compose");
}

export const deeds = {
  compose,
  reply: () => composer.write("reply"),
  note: () => composer.write("note"),
  preview: () => composer.preview(),
  assign: () => choose("assignee"),
  status: () => choose("status"),
  priority: () => choose("priority"),
  macros: macros.open,
  type: () => choose("type"),
  fields: () => choose("fields"),
  queue: () => choose("queue"),
  tags: () => choose("tags"),
  snooze: () => choose("snooze"),
  link: () => document.getElementById("link-link")?.click(),
  split: () => document.getElementById("split-link")?.click(),
  merge,
  follow: () => document.getElementById("follow-switch")?.click(),
  availability,
  later: later.open,
  sendas: later.openStatus,
  attach,
  articles: articles.open,
  quote,
  solve,
  theme,
  rail,
  palette: openPalette,
  keys: openKeys,
  back: list.back,
  unselect: picking.unpick,
  selecting: picking.select,
  everything: picking.everything,
  fresh: fresh.apply,
  next,
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
