// Articles for a reply: the button in the composer lists them, and a chosen one is inserted as a link.
import * as composer from "./composer.js";
import { onTicket } from "./page.js";

const chooser = document.getElementById("chooser");

export function open() {
  const ticket = onTicket()?.dataset.ticket;
  if (ticket) htmx.ajax("GET", `/tickets/${ticket}/articles/`, { target: chooser, swap: "innerHTML" });
}

document.addEventListener("click", (event) => {
  const article = event.target.closest?.("[data-article]");
  if (!article) return;
  event.preventDefault();
  if (chooser?.open) chooser.close();
  composer.insert(article.dataset.article);
});
