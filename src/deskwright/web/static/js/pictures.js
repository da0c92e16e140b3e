// Pictures of the conversation, large: arrows go through them, Escape closes.
const dialog = document.getElementById("lightbox");
let all = [];
let place = 0;

function show(at) {
  place = (at + all.length) % all.length;
  const link = all[place];
  dialog.querySelector("img").src = link.href;
  dialog.querySelector("img").alt = link.dataset.name;
  dialog.querySelector("h2").textContent = link.dataset.name;
  dialog.querySelector("[data-place]").textContent = all.length > 1 ? `${place + 1} / ${all.length}` : "";
  dialog.querySelector("[data-download]").href = link.dataset.picture;
  for (const step of dialog.querySelectorAll("[data-step]")) step.hidden = all.length < 2;
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.picture");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    all = [...document.querySelectorAll("a.picture")];
    show(all.indexOf(link));
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) show(place + Number(step.dataset.step));
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(place + step);
  });
  dialog.addEventListener("close", () => all[place]?.focus());
}
