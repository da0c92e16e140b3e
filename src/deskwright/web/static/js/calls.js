// What an agent writes up about a call stays on every page, whatever else rings meanwhile, until it is sent.
const FIELD = "[data-wrap-up]";
const key = (field) => `desk-${field.id}`;
let writing = null;

function fill() {
  for (const field of document.querySelectorAll(FIELD)) {
    const kept = sessionStorage.getItem(key(field));
    if (kept === null) continue;
    field.value = kept;
    field.closest("details").open = true;
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.matches(FIELD)) sessionStorage.setItem(key(target), target.value);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const field = document.activeElement;
  if (detail.target.id !== "calls") return;
  writing = field.matches(FIELD) ? { id: field.id, from: field.selectionStart, to: field.selectionEnd } : null;
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "calls") return;
  fill();
  const field = writing && document.getElementById(writing.id);
  if (!field) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(writing.from, writing.to);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const field = detail.successful && detail.elt.querySelector(FIELD);
  if (field && detail.elt.matches(".call-note")) sessionStorage.removeItem(key(field));
});
