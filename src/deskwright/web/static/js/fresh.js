// A list that was scrolled or picked from does not jump: rows it shows are renewed in place, new ones wait for a click.
import { number } from "./picking.js";

const STILL_TOP = 60;
const box = document.getElementById("fresh");
let forced = false;

const rowsOf = (root) => new Map([...root.querySelectorAll(".row[data-ticket]")].map((row) => [row.dataset.ticket, row]));

export function apply() {
  forced = true;
  scrollTo({ top: 0 });
  htmx.trigger(document.body, "live:inbox");
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "list" || !box || event.detail.xhr.status !== 200) return;
  if (forced || (scrollY < STILL_TOP && !number())) {
    forced = false;
    box.hidden = true;
    return;
  }
  event.detail.shouldSwap = false;
  const page = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
  renew(rowsOf(document), rowsOf(page));
});

function renew(shown, now) {
  for (const [ticket, row] of shown) {
    const other = now.get(ticket);
    row.classList.toggle("gone", !other);
    if (other && other.textContent !== row.textContent) swapCells(row, other);
  }
  const fresh = [...now.keys()].filter((ticket) => !shown.has(ticket)).length;
  box.hidden = !fresh;
  box.querySelector("[data-fresh]").textContent = (fresh === 1 ? box.dataset.one : box.dataset.many).replace("%n", fresh);
}

// Cell by cell, so that the link keeps the focus and the box its tick.
function swapCells(row, other) {
  row.className = other.className;
  const [mine, theirs] = [[...row.children], [...other.children]];
  if (mine.length !== theirs.length) return;
  mine.forEach((cell, place) => {
    if (cell.matches(".row-pick") || cell.innerHTML === theirs[place].innerHTML) return;
    if (!cell.contains(document.activeElement)) cell.replaceWith(theirs[place]);
  });
}
