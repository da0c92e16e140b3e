// Next-ticket mode: a reply that was taken or a solve leads to the next ticket; N serves or, there, skips.
import { onTicket, word } from "./page.js";

const bar = () => document.getElementById("serving");

export function next() {
  const skipping = document.getElementById("serving-skip");
  if (skipping) {
    skipping.open = !skipping.open;
    skipping.querySelector(skipping.open ? "form button" : "summary")?.focus();
  } else {
    document.getElementById("next-form")?.requestSubmit();
  }
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!bar() || !onTicket() || event.detail.xhr.status !== 204) return;
  const { path, parameters } = event.detail.requestConfig;
  const solved = path === word("change") && parameters.status === "solved";
  // What is told of the deed (undo, drafts) is heard first.
  if (solved || path.endsWith("/reply/")) setTimeout(() => document.getElementById("next-form")?.requestSubmit(), 0);
});
