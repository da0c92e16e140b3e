// What the visitor sees: the round button, the panel with its conversation, and the few forms.
function view(say, act) {
  const host = make("div", { "data-deskwright": "chat" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOK);
  root.adoptedStyleSheets = [sheet];

  const count = make("span", { class: "count", hidden: true });
  const launch = make("button", { class: "launch", type: "button", "aria-label": say("open"), "aria-expanded": "false", click: () => act.toggle() }, sign("chat"), count);
  const title = make("h2", { id: "title" });
  const status = make("p", { class: "status" });
  const end = make("button", { type: "button", click: () => ask("end") }, say("end"));
  const mail = make("button", { type: "button", click: () => ask("mail") }, say("mail"));
  const menu = make("div", { class: "menu", hidden: true }, mail, end);
  const more = button(say("more"), "more", () => fold(menu.hidden), { "aria-expanded": "false" });
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": say("log"), tabindex: "0" });
  const typing = make("p", { class: "typing", role: "status" });
  const warn = make("p", { class: "warn", role: "status", hidden: true }, say("offline"));
  const foot = make("div");
  const panel = make("section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
    make("div", { class: "head" }, make("div", { class: "title" }, title, status), more, button(say("close"), "close", () => act.toggle())),
    menu, warn, log, typing, foot);
  const frame = make("div", {}, launch, panel);
  root.append(frame);

  function fold(shown) {
    menu.hidden = !shown;
    more.setAttribute("aria-expanded", String(shown));
    if (shown) [...menu.children].find((one) => !one.hidden)?.focus();
  }

  // The keyboard stays inside the open panel; Escape leaves the menu, then the panel.
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!menu.hidden) { fold(false); more.focus(); } else act.toggle();
      event.stopPropagation();
    }
    if (event.key !== "Tab") return;
    const stops = [...panel.querySelectorAll("button, a, input, textarea, [tabindex='0']")].filter((one) => !one.disabled && one.type !== "file" && one.getClientRects().length);
    const [first, last] = [stops[0], stops.at(-1)];
    if (event.shiftKey && root.activeElement === first) { last.focus(); event.preventDefault(); }
    if (!event.shiftKey && root.activeElement === last) { first.focus(); event.preventDefault(); }
  });

  function show(open) {
    panel.hidden = !open;
    frame.classList.toggle("open", open);
    launch.setAttribute("aria-expanded", String(open));
    if (open) { down(); (foot.querySelector("input, textarea, button") ?? log).focus(); } else { fold(false); launch.focus(); }
  }

  const down = () => { log.scrollTop = log.scrollHeight; };

  function field(name, known = {}, tag = "input") {
    const fault = make("span", { class: "fault", id: `fault-${name}` });
    const input = make(tag, { name, required: true, "aria-describedby": fault.id, ...known });
    return make("label", {}, say(name), input, fault);
  }

  // Whether all is filled in; the first that is not gets the keyboard.
  function complete(form) {
    const wrong = [...form.querySelectorAll("input[name], textarea[name]")].filter((one) => {
      const bad = !one.value.trim() ? "needed" : one.type === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(one.value.trim()) ? "wrongMail" : "";
      const place = root.getElementById(`fault-${one.name}`);
      if (place) place.textContent = bad && say(bad);
      one.setAttribute("aria-invalid", String(Boolean(bad)));
      return bad;
    });
    wrong[0]?.focus();
    return !wrong.length;
  }

  const values = (form) => Object.fromEntries([...form.querySelectorAll("[name]")].map((one) => [one.name, one.value.trim()]));

  function sheetOf(fields, label, sent, about, back, kept = "no") {
    const form = make("form", { class: "sheet", novalidate: true, submit(event) {
      event.preventDefault();
      if (complete(form)) sent(values(form));
    } }, about && make("p", {}, about), ...fields, make("button", { class: "main" }, label),
    back && make("button", { class: "plain", type: "button", click: back }, say(kept)));
    return form;
  }

  function ask(what) {
    fold(false);
    const done = () => act.compose();
    if (what === "mail") put(sheetOf([field("email", { type: "email", autocomplete: "email", value: act.known("email") ?? "" })], say("save"), (said) => act.mail(said.email), say("mailAbout"), done, "cancel"));
    else put(sheetOf([], say("yes"), () => act.end(), say("sure"), done));
    foot.querySelector("input, button").focus();
  }

  function put(...inside) {
    foot.replaceChildren(...inside);
  }

  function composer(asks, draft) {
    const text = make("textarea", { class: "say", rows: "1", "aria-label": say("write"), placeholder: say("write"), maxlength: "10000", enterkeyhint: "send" });
    text.value = draft ?? "";
    const grow = () => { text.setAttribute("rows", String(Math.min(5, text.value.split("\n").length + Math.floor(text.value.length / 42)))); };
    const pick = make("input", { type: "file", hidden: true, "aria-label": say("attach"), change() { [...pick.files].forEach(act.attach); pick.value = ""; } });
    const form = make("form", { novalidate: true, submit(event) {
      event.preventDefault();
      if (!text.value.trim()) { text.focus(); return; }
      if (asks.length && !complete(form)) return;
      act.say(text.value.trim(), values(form));
      text.value = "";
      act.wrote("");
      grow();
      text.focus();
    } }, ...asks.map((name) => field(name, { type: name === "email" ? "email" : "text", autocomplete: name, value: act.known(name) ?? "" })),
    pick, button(say("attach"), "clip", () => pick.click(), { class: "tool", hidden: Boolean(asks.length) }), text,
    make("button", { class: "main", "aria-label": say("send"), title: say("send") }, sign("send")));
    text.addEventListener("input", () => { grow(); act.wrote(text.value); });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
    });
    put(form);
    grow();
  }

  function over(rate) {
    const mood = ["😠", "🙁", "😐", "🙂", "😀"];
    const chosen = make("div", { class: "rates", role: "group", "aria-label": say("rate") });
    const thanks = make("p", { role: "status" });
    for (const [place, face] of mood.entries()) {
      chosen.append(make("button", { type: "button", "aria-label": say(`r${place + 1}`), title: say(`r${place + 1}`), "aria-pressed": "false", click(event) {
        for (const one of chosen.children) one.setAttribute("aria-pressed", String(one === event.currentTarget));
        act.rate(place + 1).then(() => { thanks.textContent = say("thanks"); }, () => { thanks.textContent = say("trouble"); });
      } }, face));
    }
    put(make("div", { class: "over" }, make("p", {}, say("ended")), ...(rate ? [make("p", {}, say("rate")), chosen, thanks] : []),
      make("button", { class: "main", type: "button", click: () => act.fresh() }, say("fresh"))));
  }

  return { host, root, sheet, launch, title, status, log, typing, warn, foot, count, end, mail, more, show, down, put, composer, over, sheetOf, field };
}
