// The customers' form: another type or answer may ask for other fields. They are fetched; what was typed stays.
const form = document.querySelector("[data-own]");
const box = document.getElementById("own-fields");
const ASKING = "[name=type], [name=category], [name^=field_]";
let asked = 0;

async function ask() {
  asked += 1;
  const turn = asked;
  const body = new FormData(form);
  body.delete("attachments");
  const answer = await fetch(form.dataset.own, { method: "POST", body });
  if (!answer.ok || turn !== asked) return;
  const focused = document.activeElement?.id;
  const typed = new Map([...box.querySelectorAll("[name]")].map((field) => [field.name, field.value]));
  box.innerHTML = await answer.text();
  for (const field of box.querySelectorAll("[name]")) if (typed.has(field.name)) field.value = typed.get(field.name);
  if (focused) document.getElementById(focused)?.focus();
}

form?.addEventListener("change", (event) => event.target.matches(ASKING) && ask().catch(() => {}));
