// Keeps the page current: the server says which ids moved, the page fetches its own parts again. Never takes the focus.
import * as present from "./present.js";
import { onTicket, toast, word } from "./page.js";

const CALM_MS = 1500;
const AWAY_MS = 60_000;
const PATIENCE = [1000, 2000, 5000, 10_000, 30_000];
const due = new Map();
const last = new Map();
let source = null;
let failures = 0;
let leaving = 0;

// Tells the page's parts to fetch themselves, at most once in a while each; the last call is never lost.
export function announce(name) {
  if (due.has(name)) return;
  const wait = Math.max(0, (last.get(name) ?? 0) + CALM_MS - Date.now());
  due.set(name, setTimeout(() => {
    due.delete(name);
    last.set(name, Date.now());
    htmx.trigger(document.body, `live:${name}`);
  }, wait));
}

function everything() {
  for (const name of ["inbox", "rail", "ticket", "call", "studio"]) announce(name);
}

function moved(ids) {
  announce("inbox");
  announce("rail");
  const here = onTicket()?.dataset.ticket;
  if (here && ids.map(String).includes(here)) announce("ticket");
}

function connect() {
  const ticket = onTicket()?.dataset.ticket;
  source = new EventSource(ticket ? `${word("live")}?ticket=${ticket}` : word("live"));
  source.addEventListener("open", () => {
    if (failures) everything();
    failures = 0;
  });
  source.addEventListener("ticket", (event) => moved([JSON.parse(event.data).id]));
  source.addEventListener("inbox", () => moved([]));
  source.addEventListener("call", () => announce("call"));
  source.addEventListener("studio", () => announce("studio"));
  source.addEventListener("presence", (event) => present.show(JSON.parse(event.data)));
  source.addEventListener("notice", () => {
    announce("rail");
    document.dispatchEvent(new Event("desk:told"));
  });
  source.addEventListener("error", () => {
    present.show([]);
    failures += 1;
    if (failures === 3) toast(word("offline"));
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, PATIENCE[Math.min(failures, PATIENCE.length) - 1]);
  });
}

// A page nobody looks at gives its connection back, unless it shows notes: browsers allow a host only six.
document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden && document.body.dataset.notes) return;
  if (document.hidden) {
    leaving = setTimeout(() => { source?.close(); source = null; }, AWAY_MS);
  } else if (!source) {
    connect();
    everything();
  }
});
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) { connect(); everything(); } });

document.addEventListener("desk:changed", (event) => moved(event.detail.value ?? []));
document.addEventListener("desk:delivered", () => announce("ticket"));
document.addEventListener("desk:noticed", () => announce("rail"));

// What was unfolded stays unfolded.
let unfolded = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  unfolded = [...event.detail.target.querySelectorAll("details[open][id]")].map((one) => one.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
});
// A session that ended answers with the sign-in page: that is a page of its own, not a part of this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL).pathname !== word("login")) return;
  event.preventDefault();
  location.reload();
});
document.addEventListener("htmx:sendError", () => toast(word("failed"), true));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401 || event.detail.xhr.status === 403) location.reload();
  else if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast(word("failed"), true);
});

if (word("live")) connect();
