// Notes of the browser for who asked for them: while no page of the desk is looked at, and once for all its pages.
const address = document.body.dataset.notes;
const KEPT = "desk-notes-shown";
const allowed = () => window.Notification?.permission === "granted";

async function shown() {
  if (!address || !document.hidden || !allowed()) return;
  const answer = await fetch(`${address}?after=${localStorage.getItem(KEPT) ?? 0}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  for (const one of (await answer.json()).notices) {
    if (one.id <= Number(localStorage.getItem(KEPT) ?? 0)) continue;
    localStorage.setItem(KEPT, one.id);
    const note = new Notification(one.subject, { tag: `desk-${one.id}`, body: one.about });
    note.addEventListener("click", () => { window.focus(); location.href = one.url; });
  }
}

document.addEventListener("desk:told", shown);

// On the page where ways are chosen: the browser is asked by a click only.
const offer = document.querySelector("[data-browser-notes]");
const refused = document.querySelector("[data-notes-refused]");
function standing() {
  if (!offer) return;
  offer.hidden = !window.Notification || Notification.permission !== "default";
  refused.hidden = window.Notification && Notification.permission !== "denied";
}
offer?.querySelector("[data-allow-notes]").addEventListener("click", () => Notification.requestPermission().then(standing));
standing();
