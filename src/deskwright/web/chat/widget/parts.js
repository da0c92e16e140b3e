// Small makers: elements, signs, and the few forms of Markdown agents use. Nothing here reads HTML from anybody.
const SIGNS = {
  chat: "M21 11.5a8.4 8.4 0 0 1-12 7.6L3 21l1.9-5.6A8.4 8.4 0 1 1 21 11.5z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  send: "M22 2L11 13M22 2l-7 20-4-9-9-4z",
  clip: "M21 11l-9 9a6 6 0 0 1-8.500-8.500l9-9a4 4 0 0 1 5.700 5.700l-9.200 9a2 2 0 0 1-2.800-2.800l8.500-8.500",
  more: "M5 11v2M12 11v2M19 11v2",
};
const SVG = "http://www.w3.org/2000/svg";

function make(tag, known = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(known)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...inside.filter((one) => one !== null && one !== undefined && one !== "" && one !== false));
  return made;
}

function sign(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[name]);
  picture.append(path);
  return picture;
}

const button = (label, icon, act, known = {}) => make("button", { type: "button", "aria-label": label, title: label, click: act, ...known }, sign(icon));

const LINK = /\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])|\*\*([^*\n]+)\*\*|`([^`\n]+)`/g;

// Words with their links, bold and code; pictures of a mail are left out.
function formatted(text) {
  const plain = text.replace(/!\[([^\]\n]*)\]\([^)\n]*\)/g, "$1");
  const parts = [];
  let from = 0;
  for (const found of plain.matchAll(LINK)) {
    parts.push(plain.slice(from, found.index));
    const [whole, words, to, bare, bold, code] = found;
    if (to || bare) parts.push(make("a", { href: to ?? bare, target: "_blank", rel: "noopener noreferrer" }, words ?? bare));
    else parts.push(make(bold ? "strong" : "code", {}, bold ?? code));
    from = found.index + whole.length;
  }
  return [...parts, plain.slice(from)];
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
