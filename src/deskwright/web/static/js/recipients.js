// Who gets the reply: chips that are added and taken off; the server said why each of them is there.
import * as drafts from "./drafts.js";
import { toast, word } from "./page.js";

const row = document.getElementById("recipients");
const field = () => document.getElementById("recipient-new");
let touched = false;

function add(as) {
  const addresses = field().value.split(/[\s,;]+/).filter(Boolean);
  if (!addresses.length) return field().focus();
  for (const address of addresses) {
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) return toast(word("address").replace("%s", address), true);
  }
  for (const address of addresses) chip(address, as);
  field().value = "";
  field().focus();
}

function chip(address, as) {
  const known = [...row.querySelectorAll("input[type=hidden]")].some((one) => one.value.toLowerCase() === address.toLowerCase());
  if (known) return;
  const made = document.getElementById("recipient-blank").content.firstElementChild.cloneNode(true);
  made.title = address;
  made.querySelector("input").name = as;
  made.querySelector("input").value = address;
  made.querySelector("[data-who]").textContent = `${as === "bcc" ? "Bcc" : "Cc"} ${address}`;
  made.querySelector(".unseen").textContent += ` ${address}`;
  row.querySelector(".recipients-new").before(made);
  htmx.ajax("GET", `${row.dataset.stopped}?address=${encodeURIComponent(address)}`, { source: row, target: "#recipients-stopped", swap: "beforeend" });
  changed();
}

function changed() {
  touched = true;
  drafts.later();
}

function takeOff(button) {
  const next = button.closest("[data-recipient]").nextElementSibling;
  button.closest("[data-recipient]").remove();
  (next?.querySelector("[data-take-off]") ?? field()).focus();
  changed();
}

function renew() {
  touched = false;
  htmx.trigger(row, "desk:recipients");
}

if (row) {
  row.addEventListener("click", (event) => {
    const [off, as, offered] = ["take-off", "add-as", "add"].map((name) => event.target.closest(`[data-${name}]`));
    if (off) takeOff(off);
    if (as) add(as.dataset.addAs);
    if (offered) { chip(offered.dataset.add, "cc"); offered.remove(); field().focus(); }
  });
  row.addEventListener("keydown", (event) => {
    if (event.target !== field() || event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (field().value.trim()) add(event.shiftKey ? "bcc" : "cc");
  });
  for (const name of ["desk:sent", "desk:restored"]) document.addEventListener(name, renew);
  document.body.addEventListener("live:ticket", () => touched || renew());
}
