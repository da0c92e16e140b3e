// The console's own keys and small comforts: "/" finds in the list, Ctrl-Enter saves, secrets are copied, deeds reload.
import { toast, word } from "./page.js";

addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const field = document.querySelector("[data-slash]");
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
    field.select();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing) {
    event.target.form?.requestSubmit();
  }
}, true);

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text.trim());
    toast(button.dataset.copied);
  } catch {
    toast(word("failed"), true);
  }
});
// What was taken back is shown as it is now.
document.addEventListener("desk:settled", () => location.reload());

// A table of levels is walked with the arrows; the digit typed replaces what stood there.
document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const cell = event.target.matches?.(".level") && event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  const row = cell.parentElement;
  const rows = [...row.parentElement.children];
  const next = rows[rows.indexOf(row) + step[0]]?.children[cell.cellIndex + step[1]]?.querySelector(".level");
  next?.focus();
  next?.select();
});
