// The customers' pages: search while typing, and articles that may answer a question before it is sent.
const PAUSE_MS = 300;

// Calls once typing rests; what was asked before and answers later is dropped.
function resting(ask) {
  let timer = 0;
  let turn = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++turn;
      const html = await ask().catch(() => null);
      if (html !== null && mine === turn) ask.shown(html);
    }, PAUSE_MS);
  };
}

async function fetched(url, options) {
  const answer = await fetch(url, options);
  return answer.ok ? answer.text() : null;
}

for (const form of document.querySelectorAll("form[data-live]")) {
  const target = document.querySelector(form.dataset.live);
  const ask = () => fetched(`${form.action}?${new URLSearchParams(new FormData(form))}&part=1`);
  ask.shown = (html) => {
    target.innerHTML = html;
    history.replaceState(null, "", `${form.action}?${new URLSearchParams(new FormData(form))}`);
  };
  form.addEventListener("input", resting(ask));
}

for (const place of document.querySelectorAll("[data-suggest]")) {
  const form = place.closest("form");
  const ask = () => {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "subject", "text"]) body.set(name, form.elements[name].value);
    return fetched(place.dataset.suggest, { method: "POST", body });
  };
  ask.shown = (html) => {
    place.innerHTML = html;
    place.hidden = !html.trim();
  };
  const typed = resting(ask);
  for (const name of ["subject", "text"]) form.elements[name].addEventListener("input", typed);
}
