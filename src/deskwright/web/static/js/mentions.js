// `@` in a note: colleagues to choose from by keyboard; who cannot see the ticket is marked by the server.
import * as composer from "./composer.js";

const form = document.getElementById("composer");
const text = form?.elements.text;
const box = document.getElementById("mentionable");
const BEGUN = /(?:^|[\s(])@([\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?)$/u;
const MOST = 7;
let asked = null;

const begun = () => BEGUN.exec(text.value.slice(0, text.selectionStart))?.[1];
const options = () => [...box.querySelectorAll(".choice:not([hidden])")];

async function look() {
  const typed = form.dataset.mode === "note" && text.selectionStart === text.selectionEnd ? begun() : undefined;
  if (typed === undefined) return close();
  asked ??= fetch(form.dataset.mentionable, { headers: { "HX-Request": "true" } }).then((answer) => (answer.ok ? answer.text() : ""));
  if (!box.childElementCount) box.innerHTML = await asked;
  if (begun() === undefined) return close();
  filter(begun().toLocaleLowerCase());
}

function filter(typed) {
  let shown = 0;
  for (const one of box.querySelectorAll(".choice")) {
    const parts = one.dataset.name.toLocaleLowerCase().split(" ");
    const fits = one.dataset.name.toLocaleLowerCase().startsWith(typed) || parts.some((part) => part.startsWith(typed));
    one.hidden = !fits || shown >= MOST;
    shown += one.hidden ? 0 : 1;
  }
  box.hidden = !shown;
  point(options()[0]);
}

function point(option) {
  for (const other of box.querySelectorAll("[data-at]")) other.removeAttribute("data-at");
  if (!option) return text.removeAttribute("aria-activedescendant");
  option.setAttribute("data-at", "");
  option.scrollIntoView({ block: "nearest" });
  text.setAttribute("aria-activedescendant", option.id);
}

function close() {
  box.hidden = true;
  text.removeAttribute("aria-activedescendant");
}

function take(option) {
  const end = text.selectionStart;
  text.setSelectionRange(end - begun().length, end);
  close();
  composer.insert(`${option.dataset.name} `);
  close();
}

function onKey(event) {
  if (box.hidden) return;
  const all = options();
  const place = all.findIndex((option) => option.hasAttribute("data-at"));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) point(all[(place + step + all.length) % all.length]);
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(all[place]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

if (form && box) {
  text.addEventListener("keydown", onKey, { capture: true });
  for (const name of ["input", "click"]) text.addEventListener(name, look);
  text.addEventListener("blur", () => setTimeout(close, 150));
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => event.target.closest(".choice") && take(event.target.closest(".choice")));
}
