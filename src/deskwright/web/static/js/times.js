// Writes every <time> in the reader's own zone and language. The server wrote it in UTC.
const styles = {
  short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  full: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short", year: "numeric" },
};
const page = document.documentElement.lang;
export const language = navigator.languages.find((one) => one.split("-")[0] === page) ?? (page || undefined);
const writers = Object.fromEntries(
  Object.entries(styles).map(([name, style]) => [name, new Intl.DateTimeFormat(language, { ...style, hour12: false })]),
);
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });

export function localise(root = document) {
  for (const time of root.querySelectorAll("time[data-style]")) {
    const at = new Date(time.dateTime);
    time.textContent = writers[time.dataset.style]?.format(at) ?? time.textContent;
    time.title = whole.format(at);
  }
}

localise();
document.addEventListener("htmx:afterSwap", () => localise());
