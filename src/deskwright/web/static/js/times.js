// Writes every <time> in the reader's zone (their account's, else the browser's) and language. The server wrote it in UTC.
const styles = {
  short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  full: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short", year: "numeric" },
};
const page = document.documentElement.lang;
export const language = navigator.languages.find((one) => one.split("-")[0] === page) ?? (page || undefined);
const zone = document.documentElement.dataset.zone;
export const there = zone ? { timeZone: zone } : {};
const writers = Object.fromEntries(
  Object.entries(styles).map(([name, style]) => [name, new Intl.DateTimeFormat(language, { ...style, ...there, hour12: false })]),
);
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", ...there });

export function localise(root = document) {
  for (const time of root.querySelectorAll("time[data-style]")) {
    const at = new Date(time.dateTime);
    time.textContent = writers[time.dataset.style]?.format(at) ?? time.textContent;
    time.title = whole.format(at);
  }
}

localise();
document.addEventListener("htmx:afterSwap", () => localise());
