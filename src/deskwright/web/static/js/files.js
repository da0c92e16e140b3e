// Files of what is being written: chosen, dropped or pasted, brought to the desk at once, listed under the text.
import * as composer from "./composer.js";
import { toast, word } from "./page.js";

const form = document.getElementById("composer");
const list = document.getElementById("composer-files");
const chooser = document.getElementById("composer-file");
const main = document.querySelector(".ticket-main");
const LARGEST = 20 * 1024 * 1024;
let queue = Promise.resolve();
let waiting = 0;

export const attach = () => chooser?.click();
// Resolves when everything that was chosen has arrived.
export const settled = () => queue;
export const busy = () => waiting > 0;

function bring(files, inText = false) {
  for (const file of files) {
    if (file.size > LARGEST) toast(word("large").replace("%s", file.name), true);
    else enqueue(file, inText && file.type.startsWith("image/"));
  }
}

function enqueue(file, inText) {
  const kind = form.dataset.mode;
  const line = pending(file.name);
  waiting += 1;
  queue = queue.then(() => upload(file, kind, line)).then((name) => name && inText && show(name)).finally(() => {
    waiting -= 1;
    line.remove();
  });
}

function pending(name) {
  const line = document.createElement("div");
  line.className = "draft-file coming";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", word("uploading").replace("%s", name));
  const words = document.createElement("span");
  words.className = "clip";
  words.textContent = name;
  line.append(words, bar);
  list.after(line);
  return line;
}

// XMLHttpRequest, because fetch does not tell how far it is.
function upload(file, kind, line) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.dataset.files);
    request.setRequestHeader("X-CSRFToken", word("token"));
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (event) => { line.querySelector("progress").value = event.loaded / event.total; };
    request.onload = () => resolve(arrived(request));
    request.onerror = () => resolve(toast(word("failed"), true));
    const body = new FormData();
    body.append("kind", kind);
    body.append("file", file, file.name);
    request.send(body);
  });
}

function arrived(request) {
  const name = request.getResponseHeader("X-Desk-File");
  if (request.status === 200 && name) {
    list.innerHTML = request.responseText;
    htmx.process(list);
    return name;
  }
  const said = JSON.parse(request.getResponseHeader("HX-Trigger") ?? "{}")["desk:said"];
  toast(said?.sentence ?? word("failed"), true);
  return "";
}

// The picture's place in the text, as Markdown.
function show(number) {
  const file = document.getElementById(`draft-file-${number}`);
  if (file && "picture" in file.dataset) {
    composer.insert(`![${file.dataset.name.replace(/[[\]\n]/g, " ")}](cid:${file.dataset.cid})`);
  }
}

function takeOut(file) {
  const mark = new RegExp(`!\\[[^\\]\\n]*\\]\\(cid:${file.dataset.cid}\\)\\n?`, "g");
  composer.replace((text) => text.replace(mark, ""));
}

const carried = (transfer) => [...(transfer?.files ?? [])];
const dragging = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

if (form) {
  chooser.addEventListener("change", () => { bring(chooser.files); chooser.value = ""; });
  form.elements.text.addEventListener("paste", (event) => {
    const files = carried(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    bring(files, true);
  });
  for (const name of ["dragenter", "dragover"]) {
    main.addEventListener(name, (event) => {
      if (!dragging(event)) return;
      event.preventDefault();
      main.classList.add("dropping");
    });
  }
  main.addEventListener("dragleave", (event) => {
    if (!main.contains(event.relatedTarget)) main.classList.remove("dropping");
  });
  main.addEventListener("drop", (event) => {
    if (!dragging(event)) return;
    event.preventDefault();
    main.classList.remove("dropping");
    bring(carried(event.dataTransfer), event.target === form.elements.text);
  });
  list.addEventListener("click", (event) => {
    const file = event.target.closest(".draft-file");
    if (event.target.closest("[data-insert]")) show(file.id.replace("draft-file-", ""));
    if (event.target.closest("[data-remove]")) takeOut(file);
  });
  for (const name of ["desk:sent", "desk:restored"]) {
    document.addEventListener(name, () => htmx.trigger(list, "desk:files"));
  }
}
