// How long a text message is: characters of the GSM alphabet (160, or 153 in each of several), else 70 and 67.
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const ESCAPED = new Set("^{}\\[~]|€");

export function measure(text) {
  const letters = [...text];
  const plain = letters.every((one) => BASIC.has(one) || ESCAPED.has(one));
  const sizes = letters.map((one) => (plain ? (ESCAPED.has(one) ? 2 : 1) : one.length));
  const [alone, together] = plain ? [160, 153] : [70, 67];
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= alone) return { units, segments: units ? 1 : 0, room: alone };
  let segments = 1;
  let room = together;
  for (const size of sizes) {
    if (size > room) [segments, room] = [segments + 1, together];
    room -= size;
  }
  return { units, segments, room: segments * together };
}

const form = document.getElementById("composer");

function show() {
  const text = form.elements.text.value.trim();
  const { units, segments, room } = measure(text);
  for (const shown of form.querySelectorAll("[data-length]")) {
    const longest = Number(shown.dataset.longest);
    shown.textContent = shown.dataset.length === "sms" ? `${units} / ${room} · ${segments} SMS` : `${text.length} / ${longest}`;
    shown.toggleAttribute("data-over", text.length > longest);
  }
}

if (form) {
  form.addEventListener("input", show);
  document.addEventListener("desk:sent", show);
  document.addEventListener("htmx:afterSwap", show);
  show();
}
