// The search field: completes operators by keyboard, takes a suggestion, moves on to the results with the arrow.
const field = document.getElementById("search-text");
const box = () => document.getElementById("search-completions");
const options = () => [...(box()?.querySelectorAll(".completion") ?? [])];
let at = -1;

function point(next) {
  const all = options();
  at = all.length ? (next + all.length) % all.length : -1;
  all.forEach((option, place) => option.toggleAttribute("data-at", place === at));
  if (at >= 0) field.setAttribute("aria-activedescendant", all[at].id);
  else field.removeAttribute("aria-activedescendant");
}

function put(text) {
  field.value = text;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const complete = (piece) => put(field.value.replace(/\S*$/, "") + piece);

field.addEventListener("keydown", (event) => {
  const all = options();
  if (event.key === "ArrowDown" && !all.length) {
    event.preventDefault();
    document.querySelector("#list .row-open")?.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    point(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1));
  } else if ((event.key === "Tab" && !event.shiftKey && all.length) || (event.key === "Enter" && at >= 0)) {
    event.preventDefault();
    complete(all[Math.max(at, 0)].dataset.insert);
  } else if (event.key === "Escape" && all.length) {
    event.stopPropagation();
    box().hidden = true;
    box().replaceChildren();
    point(-1);
  }
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("[data-insert]");
  const meant = event.target.closest?.("[data-piece]");
  if (option && box()?.contains(option)) complete(option.dataset.insert);
  if (meant) put(field.value.replace(meant.dataset.piece, meant.dataset.put));
});
document.addEventListener("htmx:afterSettle", () => {
  at = -1;
  field.setAttribute("aria-expanded", String(options().length > 0));
  field.removeAttribute("aria-activedescendant");
});
field.setSelectionRange(field.value.length, field.value.length);
