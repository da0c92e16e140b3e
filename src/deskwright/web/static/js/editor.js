// The workflow's text: line numbers scroll with it, a problem leads to its place, Tab stays out of the way of leaving.
const text = document.querySelector(".editor-text textarea");
const lines = document.querySelector(".editor-lines");

const follow = () => { lines.scrollTop = text.scrollTop; };
text.addEventListener("scroll", follow);

function number() {
  const wanted = text.value.split("\n").length;
  while (lines.children.length > wanted) lines.lastElementChild.remove();
  for (let at = lines.children.length + 1; at <= wanted; at += 1) {
    const line = document.createElement("li");
    line.textContent = at;
    lines.append(line);
  }
  follow();
}
text.addEventListener("input", number);

function goTo(line, column) {
  const before = text.value.split("\n").slice(0, line - 1).join("\n");
  const at = before.length + (line > 1 ? 1 : 0) + column - 1;
  text.focus();
  text.setSelectionRange(at, at);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 6) * height);
  follow();
}
document.addEventListener("click", (event) => {
  const problem = event.target.closest?.("[data-line]");
  if (problem) goTo(Number(problem.dataset.line), Number(problem.dataset.column));
});
let saved = text.value;
text.form.addEventListener("submit", () => { saved = text.value; });
addEventListener("beforeunload", (event) => { if (text.value !== saved) event.preventDefault(); });
