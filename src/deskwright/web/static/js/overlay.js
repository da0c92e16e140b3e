// The palette and the chooser: dialogs with a field that filters and arrows that move.
import { ticketsMeant, word } from "./page.js";

const palette = document.getElementById("palette");
const chooser = document.getElementById("chooser");

// What the results were asked for, and whether Enter waits for those of what is typed now.
const results = { asked: null, shown: null, wanted: false };

export function openPalette() {
  Object.assign(results, { asked: null, shown: null, wanted: false });
  const field = palette.querySelector("input");
  field.value = "";
  palette.showModal();
  htmx.trigger(field, "live:palette");
}

export function openKeys() {
  document.getElementById("keys").showModal();
}

export function choose(field) {
  const tickets = ticketsMeant();
  if (!tickets.length) return;
  const asked = tickets.map((number) => `ticket=${number}`).join("&");
  htmx.ajax("GET", `${word("choose").replace("status", field)}?${asked}`, { target: chooser, swap: "innerHTML" });
}

const options = (dialog) => [...dialog.querySelectorAll(".choice:not([hidden])")];

function point(dialog, option) {
  for (const other of dialog.querySelectorAll("[data-at]")) other.removeAttribute("data-at");
  const field = dialog.querySelector("input[role=combobox]");
  if (!option) return field?.removeAttribute("aria-activedescendant");
  option.setAttribute("data-at", "");
  option.scrollIntoView({ block: "nearest" });
  field?.setAttribute("aria-activedescendant", option.id);
}

function move(dialog, step) {
  const all = options(dialog);
  const place = all.findIndex((option) => option.hasAttribute("data-at"));
  point(dialog, all[(place + step + all.length) % all.length]);
}

function filter() {
  const typed = chooser.querySelector("input[role=combobox]").value.trim().toLocaleLowerCase();
  const asked = typed.split(/\s+/);
  for (const option of chooser.querySelectorAll(".choice:not([data-new])")) {
    const text = option.textContent.toLocaleLowerCase();
    option.hidden = !asked.every((part) => text.includes(part));
  }
  offerNew(typed);
  const left = options(chooser);
  chooser.querySelector(".choices-none").hidden = left.length > 0;
  point(chooser, left[0]);
}

// A tag nobody has used yet: the chooser offers to add what was typed.
function offerNew(typed) {
  const fresh = chooser.querySelector("[data-new]");
  if (!fresh) return;
  fresh.value = typed;
  fresh.querySelector("[data-typed]").textContent = typed;
  fresh.hidden = !typed || options(chooser).some((option) => option !== fresh && option.value === typed);
}

function onKey(event) {
  const dialog = event.currentTarget;
  if (!event.target.matches("input[role=combobox]")) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(dialog, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    results.wanted = dialog === palette && results.shown !== event.target.value;
    if (!results.wanted) dialog.querySelector("[data-at]")?.click();
  }
}

for (const dialog of [palette, chooser]) {
  dialog?.addEventListener("keydown", onKey);
}
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
palette?.addEventListener("click", (event) => {
  const choice = event.target.closest(".choice");
  if (choice?.dataset.insert) complete(choice.dataset.insert);
  else if (choice) palette.close();
});

// A search operator goes on in the field; everything else leads away.
function complete(piece) {
  const field = palette.querySelector("input");
  field.value = field.value.replace(/\S*$/, "") + piece;
  field.focus();
  htmx.trigger(field, "live:palette");
}
chooser?.addEventListener("input", (event) => event.target.matches("[role=combobox]") && filter());

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "palette-results") return;
  results.shown = results.asked;
  point(palette, options(palette)[0]);
  if (!results.wanted || results.shown !== palette.querySelector("input").value) return;
  results.wanted = false;
  palette.querySelector("[data-at]")?.click();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "palette-text") results.asked = event.detail.elt.value;
});
// Once its form is htmx's: a key pressed before would send it as a plain form.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== chooser) return;
  chooser.classList.toggle("broad", Boolean(chooser.querySelector(".why")));
  chooser.classList.toggle("narrow", !chooser.querySelector(".why"));
  if (!chooser.open) chooser.showModal();
  chooser.querySelector("input[role=combobox]")?.focus();
  point(chooser, chooser.querySelector("[data-now]") ?? options(chooser)[0]);
});
document.addEventListener("desk:changed", () => chooser?.open && chooser.close());
