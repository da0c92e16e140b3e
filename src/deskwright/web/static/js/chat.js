// Chats on the agents' side: Enter sends, what was read is told, and who waits is told by title or sound if one wants.
import * as composer from "./composer.js";
import { onTicket, word } from "./page.js";

const bar = () => document.getElementById("chat-bar");
const text = document.getElementById("composer-text");
const form = document.getElementById("composer");
const title = document.title;
let told = Number(form?.elements.seen.value ?? 0);
let waiting = Number(document.getElementById("place-chats")?.dataset.waiting ?? 0);

const inChat = () => bar()?.querySelector(".chat-state")?.dataset.open === "true";

// Before the composer's own keys: a plain Enter is a line there.
text?.addEventListener("keydown", (event) => {
  const plain = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!plain || event.isComposing || !inChat() || !bar().dataset.enter || form.dataset.mode !== "reply") return;
  if (text.getAttribute("aria-activedescendant")) return;
  event.preventDefault();
  composer.send("");
});

// The visitor sees that it was read: once it has been on a screen somebody looks at.
function read() {
  const seen = Math.max(0, ...[...document.querySelectorAll("#timeline .message.customer")].map((one) => Number(one.dataset.message)));
  if (document.hidden || !inChat() || seen <= told) return;
  told = seen;
  const said = new URLSearchParams({ upto: seen, csrfmiddlewaretoken: word("token") });
  fetch(bar().dataset.seen, { method: "POST", headers: { "HX-Request": "true" }, body: said }).catch(() => { told = 0; });
}

function down() {
  if (!inChat() || document.activeElement !== text) return;
  [...document.querySelectorAll("#timeline .message")].at(-1)?.scrollIntoView({ block: "nearest" });
}

function beep() {
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  volume.gain.setValueAtTime(0.08, sound.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.4);
  tone.frequency.value = 660;
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.4);
  tone.onended = () => sound.close();
}

function count() {
  const place = document.getElementById("place-chats");
  if (!place) return;
  const now = Number(place.dataset.waiting);
  if (place.dataset.title) document.title = now ? `(${now}) ${title}` : title;
  if (place.dataset.sound && now > waiting) beep();
  waiting = now;
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "timeline") { read(); down(); }
  if (event.detail.target.id === "chat-bar") read();
  if (event.detail.target.id === "places") count();
});
document.addEventListener("visibilitychange", read);
if (onTicket() && bar()) { told = 0; read(); }
count();
