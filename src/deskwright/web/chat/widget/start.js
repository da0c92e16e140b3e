// Puts the parts together: what the visitor does, what the desk says, and what is kept between pages.
function start(script) {
  const { desk: key, brand, language, side } = script.dataset;
  const base = new URL(script.src).origin;
  const spoken = [language, document.documentElement.lang, navigator.language].map((one) => (one ?? "").slice(0, 2).toLowerCase()).find((one) => WORDS[one]) ?? "en";
  const say = speak(spoken);
  const place = navigator.languages.find((one) => one.slice(0, 2) === spoken) ?? spoken;
  const store = memory(`deskwright.chat.${key}`);
  let user = script.dataset.user ? { user: script.dataset.user, signature: script.dataset.signature } : {};
  let desk = null;
  let state = null;
  let messages = [];
  let typed = 0;
  let quiet = 0;
  let noted = 0;
  let remarked = "";
  const pictures = new Map(); // a file's number -> its picture as data, empty while it is fetched
  const open = () => !ui.launch.parentNode.querySelector(".panel").hidden;
  const newest = () => Math.max(0, ...messages.map((one) => one.id ?? 0));
  const line = wire(base, key, brand, store, hear);

  const ui = view(say, {
    known: (name) => desk?.[name] || store.get(name),
    toggle() { store.set("open", !open()); ui.show(!open()); look(); },
    wrote(text) {
      store.set("draft", text);
      if (text && !state) { clearTimeout(quiet); quiet = setTimeout(() => suggest(text), 600); }
      if (text && state && !state.ended && Date.now() - typed > 3000) { typed = Date.now(); line.ask("typing", {}).catch(() => {}); }
    },
    say(text, asked) {
      for (const name of ["name", "email"]) if (asked[name]) store.set(name, asked[name]);
      const message = { id: fresh(), text, page: location.href.split("#")[0].slice(0, 2000), language: spoken, name: asked.name ?? "", email: asked.email ?? "" };
      const first = !messages.length && !state;
      remarked = "";
      messages.push({ by: "me", key: message.id, text, at: new Date().toISOString() });
      if (first) { store.set("draft", ""); compose(); ui.foot.querySelector("textarea").focus(); }
      draw();
      line.say(message);
    },
    attach(file) { attach(file); },
    compose,
    async mail(email) {
      try {
        await line.ask("mail", { email });
        store.set("email", email);
        compose();
        remark(say("mailed", { to: email }));
      } catch { remark(say("trouble")); }
    },
    async end() {
      try { await line.ask("end", {}); await greet(); } catch { remark(say("trouble")); compose(); }
    },
    rate: (csat) => line.ask("rate", { rate: state.rate, csat }),
    fresh() { state = null; messages = []; compose(); draw(); },
  });
  if (side === "left") ui.launch.parentNode.classList.add("left");

  // Everything the desk or another page of the visitor's says.
  function hear(kind, said) {
    if (kind === "message") add(said);
    if (kind === "state") {
      state = said;
      if (said.ended) line.rest();
      if (said.ended === "desk") greet().catch(() => {}); // it goes on in another conversation, or nobody came for long
      else stand();
    }
    if (kind === "typing") { ui.typing.textContent = say("typing", said); clearTimeout(noted); noted = setTimeout(() => { ui.typing.textContent = ""; }, 6000); }
    if (kind === "connected") ui.warn.hidden = true;
    if (kind === "away") ui.warn.hidden = navigator.onLine;
    if (kind === "taken" || kind === "refused") {
      const mine = messages.find((one) => one.key === said.id);
      if (mine) mine[kind] = true;
      ui.warn.hidden = true;
      draw();
      line.listen(newest);
    }
    if (kind === "unsent") {
      if (said.status === 401) greet().catch(() => {});
      else if (!said.status) ui.warn.hidden = false;
      draw();
    }
  }

  function add(said) {
    const mine = said.key && messages.find((one) => one.key === said.key);
    if (mine) Object.assign(mine, said);
    else if (!messages.some((one) => one.id === said.id)) messages.push(said);
    if (said.by === "desk") ui.typing.textContent = "";
    draw();
    look();
  }

  // What the visitor has before their eyes is read.
  function look() {
    const last = Math.max(0, ...messages.filter((one) => one.by === "desk").map((one) => one.id));
    const read = state?.mine ?? 0;
    const unread = messages.filter((one) => one.by === "desk" && one.id > read).length;
    const seeing = open() && document.visibilityState === "visible";
    ui.count.hidden = !unread || seeing;
    ui.count.replaceChildren(String(unread), make("span", { class: "unseen" }, ` ${say("news", { n: unread })}`));
    if (seeing && last > read && state) {
      state.mine = last;
      line.ask("seen", { upto: last }).catch(() => { state.mine = read; });
    }
  }

  function stand() {
    const waits = state?.place;
    const usual = state?.minutes === 1 ? say("usually1") : state?.minutes ? say("usually", { n: state.minutes }) : "";
    const where = waits === 1 ? say("next") : waits ? say("place", { n: waits }) : "";
    ui.status.textContent = state?.ended ? "" : state?.who ? say("with", state) : [where, usual].filter(Boolean).join(" ");
    ui.more.hidden = ui.end.hidden = ui.mail.hidden = !state || Boolean(state.ended);
    if (state?.ended) ui.over(state.rate);
    else if (ui.foot.querySelector(".over")) compose();
    draw();
    look();
  }

  function compose() {
    if (state?.ended) return ui.over(state.rate);
    if (!desk.open && !state) return awayForm();
    return ui.composer(state || messages.length ? [] : desk.asks, store.get("draft"));
  }

  function awayForm() {
    const when = desk.opens && new Intl.DateTimeFormat(place, { weekday: "long", hour: "numeric", minute: "2-digit" }).format(new Date(desk.opens));
    const fields = [ui.field("name", { autocomplete: "name", value: desk.name || store.get("name") || "" }), ui.field("email", { type: "email", autocomplete: "email", value: desk.email || store.get("email") || "" }), ui.field("message", { rows: "4" }, "textarea")];
    const id = fresh();
    ui.put(ui.sheetOf(fields, say("leave"), async (said) => {
      try {
        await line.ask("away", { ...said, id });
        ui.put(make("p", { class: "over", role: "status" }, say("taken", { to: said.email })));
      } catch { remark(say("trouble")); }
    }, `${say("away")} ${when ? say("opens", { when }) : ""}`));
  }

  function remark(words) {
    remarked = words;
    draw();
  }

  function how(message) {
    if (message.refused) return say("failed");
    if (!message.id && !message.taken) return navigator.onLine ? say("sending") : say("waits");
    return message.id && message.id <= (state?.seen ?? 0) ? say("read") : say("sent");
  }

  function bubble(message, last) {
    const mine = message.by === "me";
    const clock = new Intl.DateTimeFormat(place, { hour: "numeric", minute: "2-digit" }).format(new Date(message.at));
    const files = (message.files ?? []).map((file) => {
      const seen = picture(file);
      return make("button", { class: "file", type: "button", click: () => fetchFile(file) }, ...(seen ? [make("img", { src: seen, alt: file.name })] : [sign("clip"), `${file.name} (${size(file.size)})`]));
    });
    const under = mine ? last && make("p", { class: message.refused ? "how bad" : "how" }, `${how(message)} · ${clock}`) : make("p", { class: "who" }, [message.who, clock].filter(Boolean).join(" · "));
    const words = files.length && message.files.some((file) => file.name === message.text) ? [] : formatted(message.text);
    return make("div", { class: mine ? "message me" : "message", "data-key": message.key ?? message.id }, mine && make("span", { class: "unseen" }, `${say("you")}: `),
      make("div", { class: "bubble" }, ...words, ...files), under);
  }

  function draw() {
    if (!desk) return;
    const hello = desk.greetings[spoken] || desk.greetings.en || say("hello");
    const lastMine = messages.findLastIndex((one) => one.by === "me");
    ui.log.setAttribute("aria-busy", "true");
    const lines = [make("div", { class: "message" }, make("div", { class: "bubble" }, ...formatted(hello))), ...messages.map((one, number) => bubble(one, number === lastMine || one.refused)),
      ...(remarked ? [make("p", { class: "note" }, remarked)] : [])];
    // Only what is new is put in, so that only that is read aloud.
    lines.forEach((fresh, number) => {
      const there = ui.log.children[number];
      if (!there) ui.log.append(fresh);
      else if (!there.isEqualNode(fresh)) there.replaceWith(fresh);
    });
    while (ui.log.children.length > lines.length) ui.log.lastChild.remove();
    ui.log.setAttribute("aria-busy", "false");
    ui.down();
  }

  async function attach(file) {
    const message = { by: "me", key: fresh(), text: file.name, at: new Date().toISOString() };
    messages.push(message);
    draw();
    try {
      await line.ask("file", file, { raw: true, headers: { "content-type": "application/octet-stream", "x-name": encodeURIComponent(file.name), "x-id": message.key } });
      hear("taken", { id: message.key });
    } catch (trouble) {
      hear("refused", { id: message.key });
      remark(say(trouble.status === 413 ? "tooLarge" : "trouble"));
    }
  }

  const fetched = (file) => line.ask(`files/${file.id}`, undefined, { whole: true }).then((answer) => answer.blob());

  // Pictures are shown in the conversation as data, which more policies let through than any address; others are names.
  function picture(file) {
    if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type) || file.size > 4e6) return "";
    if (!pictures.has(file.id)) {
      pictures.set(file.id, "");
      fetched(file).then((blob) => {
        const reader = new FileReader();
        reader.onload = () => { pictures.set(file.id, reader.result); draw(); };
        reader.readAsDataURL(new Blob([blob], { type: file.type }));
      }).catch(() => pictures.delete(file.id));
    }
    return pictures.get(file.id);
  }

  async function fetchFile(file) {
    const link = make("a", { href: URL.createObjectURL(await fetched(file)), download: file.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  async function suggest(text) {
    const found = await line.ask(`articles?q=${encodeURIComponent(text.slice(0, 300))}&language=${spoken}`).catch(() => ({ articles: [] }));
    ui.root.querySelector(".helps")?.remove();
    if (state || messages.length || !found.articles.length) return;
    ui.log.append(make("div", { class: "helps" }, make("p", {}, say("helps")),
      ...found.articles.map((one) => make("a", { href: one.url, target: "_blank", rel: "noopener" }, one.title, make("small", {}, one.excerpt))),
      make("button", { class: "plain", type: "button", click: () => ui.foot.querySelector("form").requestSubmit() }, say("person"))));
    ui.down();
  }

  async function greet() {
    try {
      desk = await line.ask("hello", user);
    } catch (trouble) {
      if (trouble.status !== 403 || !Object.keys(user).length) throw trouble;
      console.warn("Deskwright chat: the signature of this user was refused; the visitor is anonymous.");
      user = {};
      desk = await line.ask("hello", user);
    }
    store.set("token", desk.token);
    const { light, light_strong: strong, light_ink: ink, dark, dark_strong: bright, dark_ink: on } = desk.colours;
    const css = (a, b, c) => `:host { --accent: ${a}; --strong: ${b}; --on: ${c}; }`;
    const colours = new CSSStyleSheet();
    colours.replaceSync(`${css(light, strong, ink)} @media (prefers-color-scheme: dark) { ${css(dark, bright, on)} }`);
    ui.root.adoptedStyleSheets = [ui.sheet, colours];
    ui.title.textContent = desk.desk;
    const unsent = line.queue().filter((one) => !desk.messages.some((known) => known.key === one.id));
    messages = [...desk.messages, ...unsent.map((one) => ({ by: "me", key: one.id, text: one.text, at: new Date().toISOString() }))];
    state = desk.state?.ended && !store.get("open") ? null : desk.state;
    if (!state) messages = messages.filter((one) => !one.id);
    if (!ui.host.isConnected) document.body.append(ui.host);
    compose();
    stand();
    if (state && !state.ended) line.listen(newest);
    line.flush();
  }

  async function identify(said) {
    user = said ?? {};
    if (!said) { line.rest(); for (const name of ["token", "queue", "name", "email", "draft"]) store.set(name, null); }
    await greet();
  }

  document.addEventListener("visibilitychange", look);
  window.Deskwright = { identify, open: () => { if (!open()) ui.show(true); look(); }, close: () => { if (open()) ui.show(false); } };
  const ready = () => greet().then(() => { if (store.get("open")) { ui.show(true); look(); } }).catch((trouble) => {
    if (!trouble.status || trouble.status >= 429) setTimeout(ready, 5000);
    else console.warn(`Deskwright chat: ${trouble.message}`);
  });
  if (document.body) ready();
  else addEventListener("DOMContentLoaded", ready);
}

const own = document.currentScript ?? document.querySelector("script[data-desk][src*='/chat.js']");
if (own?.dataset.desk && !window.Deskwright) start(own);
