// Markdown by a button or a key: marks around what is selected, marks before its lines. Undo of the browser works.
import * as composer from "./composer.js";
import { attach } from "./files.js";
import { toast } from "./page.js";

const form = document.getElementById("composer");
const text = form?.elements.text;
const keys = { b: "bold", i: "italic", e: "code", "Shift K": "link", "Shift 8": "list", "Shift 9": "quote", "Shift A": "attach" };

const around = (mark) => () => {
  const chosen = selected();
  const inside = chosen.startsWith(mark) && chosen.endsWith(mark) && chosen.length > 2 * mark.length;
  if (inside) return put(chosen.slice(mark.length, -mark.length));
  put(`${mark}${chosen}${mark}`, chosen ? 0 : mark.length);
};
const before = (mark) => () => {
  wholeLines();
  const lines = selected().split("\n");
  const all = lines.every((line) => line.startsWith(mark));
  put(lines.map((line) => (all ? line.slice(mark.length) : mark + line)).join("\n"));
};
const formats = { bold: around("**"), italic: around("_"), list: before("- "), quote: before("> "), code, link, attach };

const selected = () => text.value.slice(text.selectionStart, text.selectionEnd);

// Through the browser's own editing, so that Ctrl Z takes it back.
function put(words, back = 0) {
  const start = text.selectionStart;
  text.focus();
  document.execCommand("insertText", false, words);
  if (back) text.setSelectionRange(start + back, start + back);
  else text.setSelectionRange(start, start + words.length);
}

function wholeLines() {
  const start = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const end = text.value.indexOf("\n", text.selectionEnd);
  text.setSelectionRange(start, end < 0 ? text.value.length : end);
}

function code() {
  if (!selected().includes("\n")) return around("`")();
  put(`\`\`\`\n${selected()}\n\`\`\``);
}
function link() {
  const chosen = selected();
  const address = /^(https?:|mailto:)\S+$/.test(chosen);
  put(address ? `[](${chosen})` : `[${chosen}](https://)`, address ? 1 : chosen.length + 3);
}

// `q`: what is selected in the conversation, else the customer's last message, quoted in the composer. Not what came encrypted.
export function quote() {
  if (!form) return;
  const selection = getSelection();
  const inTimeline = document.getElementById("timeline").contains(selection.anchorNode);
  const chosen = inTimeline ? selection.toString().trim() : "";
  const last = [...document.querySelectorAll(".message.customer")].at(-1);
  const sealed = [...document.querySelectorAll("[data-sealed]")].find((one) => (chosen ? selection.containsNode(one, true) : one === last));
  if (sealed) return toast(sealed.dataset.sealed, true);
  const words = chosen || (last?.querySelector(".prose")?.innerText.trim() ?? "");
  if (!words) return;
  composer.write(form.dataset.mode);
  composer.insert(`${words.split("\n").map((line) => `> ${line}`).join("\n")}\n\n`);
}

form?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-format]");
  if (button) formats[button.dataset.format]();
});
text?.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.code.startsWith("Digit") ? event.code.slice(5) : event.key;
  const name = keys[event.shiftKey ? `Shift ${key.toUpperCase()}` : key];
  if (!name) return;
  event.preventDefault();
  event.stopPropagation();
  formats[name]();
});
