// Passkeys and security keys: asks the browser for one and posts what it says. Used on the pages of the door only.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function understood({ publicKey }) {
  const known = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (known.user) known.user = { ...known.user, id: bytes(known.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (known[list]) known[list] = known[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return known;
}

function told(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[part]) response[part] = text(said[part]);
  }
  if (said.getTransports) response.transports = said.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function options(form) {
  const written = document.getElementById("passkey-options");
  if (written) return JSON.parse(written.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error(`no options: ${answer.status}`);
  return answer.json();
}

async function create(given, form) {
  const wanted = understood(given.creation_options);
  if (form.querySelector("[name=passwordless]")?.checked) {
    Object.assign(wanted.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  }
  return navigator.credentials.create({ publicKey: wanted });
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  form.querySelector("[data-passkey-start]").addEventListener("click", async () => {
    problem.hidden = true;
    try {
      const given = await options(form);
      const making = form.dataset.passkey === "create";
      const key = making ? await create(given, form) : await navigator.credentials.get({ publicKey: understood(given.request_options) });
      form.querySelector("[name=credential]").value = JSON.stringify(told(key));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
