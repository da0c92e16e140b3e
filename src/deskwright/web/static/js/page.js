// What the modules share: words and addresses the server put into the page, toasts, the tickets a key acts on.
const words = document.getElementById("words")?.dataset ?? {};
export const toasts = document.getElementById("toasts");
const TOAST_MS = 4500;

export const word = (name) => words[name] ?? "";

export function toast(sentence, wrong = false) {
  if (!toasts || !sentence) return;
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = sentence;
  if (wrong) line.dataset.wrong = "true";
  toasts.append(line);
  setTimeout(() => line.remove(), TOAST_MS);
}

export const onTicket = () => document.querySelector(".ticket[data-ticket]");

// The ticket of the page, else the picked rows, else the row that has the focus.
export function ticketsMeant() {
  const page = onTicket();
  if (page) return [page.dataset.ticket];
  const picked = [...document.querySelectorAll(".row-pick input:checked")].map((box) => box.value);
  if (picked.length) return picked;
  const row = document.activeElement?.closest?.(".row[data-ticket]");
  return row ? [row.dataset.ticket] : [];
}

export const dialogOpen = () => document.querySelector("dialog[open]");

document.addEventListener("desk:said", (event) => toast(event.detail.sentence, event.detail.wrong));
for (const line of toasts?.children ?? []) setTimeout(() => line.remove(), TOAST_MS);
