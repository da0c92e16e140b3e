// The page of a saved view: checks the condition while it is written, keeps chips and text saying the same.
const form = document.getElementById("view-form");
const text = document.getElementById("view-text");
const QUIET_MS = 250;
let waiting = 0;

// The text leads; `by` says who changed last, so that the other side follows.
function check(by, extra = {}) {
  clearTimeout(waiting);
  const values = { by, condition: text.value, sort: form.elements.sort.value, ...extra };
  if (by === "chips") Object.assign(values, chips(extra));
  htmx.ajax("POST", form.dataset.check, { source: form.querySelector("#view-found"), target: "#view-found", swap: "innerHTML", values });
}

function chips(extra) {
  const all = (name) => [...form.querySelectorAll(`#view-chips [name=${name}]`)].map((one) => one.value);
  const values = { field: all("field"), operator: all("operator"), value: all("value") };
  values.joined = extra.joined ?? form.querySelector("#view-chips [name=joined]")?.value ?? "and";
  return values;
}

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => check("text"), QUIET_MS);
});
form.elements.sort.addEventListener("change", () => check("text"));

// A field that is swapped away while it is being edited says "change" too, when old and new chips stand side by side.
form.addEventListener("change", (event) => {
  const { target } = event;
  if (form.querySelectorAll("#view-chips").length > 1) return;
  if (target.matches("[data-add]")) add(target);
  else if (target.matches("#view-chips [name=field]")) rename(target);
  else if (target.closest("#view-chips")) check("chips");
});
form.addEventListener("click", (event) => {
  const drop = event.target.closest("[data-drop]");
  const joined = event.target.closest("[data-joined]");
  const suggest = event.target.closest("[data-put]");
  if (drop) { drop.closest(".view-chip").remove(); check("chips"); }
  if (joined) check("chips", { joined: joined.dataset.joined });
  if (suggest) accept(suggest.dataset);
});
// Enter in a chip's value takes it; only the buttons save.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("#view-chips input")) return;
  event.preventDefault();
  event.target.blur();
});

// A new test is written into the text with a value to be changed; the chips follow.
function add(select) {
  const name = select.value;
  if (!name) return;
  const test = `${name} ${first[name] ?? "IS NOT NULL"}`;
  const joined = form.querySelector("#view-chips [name=joined]")?.value === "or" ? " OR " : " AND ";
  text.value = text.value.trim() ? `${text.value.trim()}${joined}${test}` : test;
  check("text");
}

const first = {
  priority: "== 'high'", status: "== 'open'", assignee: "== me", tags: "CONTAINS 'vip'", age: "> '2d'", channel: "== 'email'",
  subject: "CONTAINS 'invoice'", description: "CONTAINS 'invoice'", signals: "CONTAINS 'urgency'", sentiment: "< 0",
  reopen_count: "> 0", escalations: "> 0", impact: "== 'high'", urgency: "== 'high'", complexity: "== 'level_2'", text: "CONTAINS 'invoice'",
  business_hours: "", "organisation.vip": "", created_at: "> '2026-01-01'",
};

function rename(select) {
  const chip = select.closest(".view-chip");
  const operator = chip.querySelector("[name=operator]");
  operator.replaceChildren(new Option("", "any", true, true));
  check("chips");
}

function accept({ at, length, put }) {
  const from = Number(at);
  text.setRangeText(put, from, from + Number(length), "end");
  text.focus();
  check("text");
}

document.addEventListener("desk:composed", (event) => {
  if (text.value !== event.detail.text) text.value = event.detail.text;
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "view-found") return;
  text.setAttribute("aria-invalid", String(Boolean(form.querySelector("#view-found .problem"))));
});
