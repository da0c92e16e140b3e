// What goes between the window and the desk: a queue that outlives reloads, requests, and the stream of events.
const PATIENCE = [1000, 2000, 5000, 10000, 30000];
const SILENCE = 45000;

// What this browser remembers; without storage it remembers until the page is left.
function memory(name) {
  let held = {};
  const read = () => {
    try { held = JSON.parse(localStorage.getItem(name)) ?? held; } catch { /* no storage here */ }
    return held;
  };
  return {
    get: (key) => read()[key],
    set(key, value) {
      held = { ...read(), [key]: value };
      try { localStorage.setItem(name, JSON.stringify(held)); } catch { /* it stays in `held` */ }
    },
  };
}

const fresh = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const later = (ms) => new Promise((done) => { setTimeout(done, ms); });

function wire(base, key, brand, store, hear) {
  let failures = 0;
  let sending = false;
  let stopped = null;
  let leading = false;
  const others = "BroadcastChannel" in window ? new BroadcastChannel(`deskwright.${key}`) : null;
  others?.addEventListener("message", (event) => hear(event.data.kind, event.data.said));

  async function ask(deed, body, more = {}) {
    const token = store.get("token");
    const address = new URL(`${base}/chat/v1/${key}/${deed}`);
    if (brand) address.searchParams.set("brand", brand);
    const answer = await fetch(address, {
      method: body === undefined ? "GET" : "POST",
      credentials: "omit",
      body: body === undefined || more.raw ? body : JSON.stringify(body),
      ...more,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...more.headers },
    });
    if (answer.ok) return more.whole ? answer : answer.json();
    const said = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(said.error), { status: answer.status });
  }

  const queue = () => store.get("queue") ?? [];
  const drop = (id) => store.set("queue", queue().filter((one) => one.id !== id));

  function say(message) {
    store.set("queue", [...queue(), message]);
    return flush();
  }

  // One after the other, each until the desk has it; the desk takes none of them twice.
  async function flush() {
    if (sending) return;
    sending = true;
    try {
      for (let next = queue()[0]; next; next = queue()[0]) {
        try {
          await ask("say", next);
        } catch (trouble) {
          if (!trouble.status || trouble.status >= 429 || trouble.status === 401) throw trouble;
          hear("refused", next);
        }
        drop(next.id);
        hear("taken", next);
      }
    } catch (trouble) {
      hear("unsent", trouble);
      setTimeout(flush, PATIENCE[2]);
    } finally {
      sending = false;
    }
  }

  function understand(block) {
    const parts = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
    if (!parts.event) return;
    const said = JSON.parse(parts.data);
    hear(parts.event, said);
    others?.postMessage({ kind: parts.event, said });
  }

  async function follow(after) {
    const quiet = new AbortController();
    stopped = quiet;
    let alarm = setTimeout(() => quiet.abort(), SILENCE);
    try {
      const answer = await ask(`stream?after=${after()}`, undefined, { whole: true, signal: quiet.signal, headers: { "last-event-id": String(after()) } });
      hear("connected");
      failures = 0;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(alarm);
        alarm = setTimeout(() => quiet.abort(), SILENCE);
        text += part.value;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          understand(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } finally {
      clearTimeout(alarm);
    }
  }

  async function keepFollowing(after) {
    while (leading) {
      try {
        await follow(after);
      } catch (trouble) {
        if ([401, 403, 404].includes(trouble.status)) break;
      }
      hear("away");
      await Promise.race([later(PATIENCE[Math.min(failures, PATIENCE.length - 1)]), new Promise((done) => addEventListener("online", done, { once: true }))]);
      failures += 1;
    }
    leading = false;
  }

  // One of the visitor's pages holds the stream and tells the others: browsers allow a host few connections.
  function listen(after) {
    if (leading) return;
    leading = true;
    if (!navigator.locks) { keepFollowing(after); return; }
    navigator.locks.request(`deskwright.${key}`, () => keepFollowing(after)).catch(() => keepFollowing(after));
  }

  addEventListener("online", flush);
  addEventListener("offline", () => { stopped?.abort(); hear("away"); });
  return { ask, say, flush, listen, queue, rest() { leading = false; stopped?.abort(); } };
}
