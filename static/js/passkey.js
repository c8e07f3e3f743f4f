/**
 * A form that has the browser make a passkey (data-make) or prove one. The server says what it wants under data-options;
 * what the browser answers goes to data-answer, as an ordinary form. Shown only where the browser can do it.
 */
function bytes(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const raw = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The server's JSON with bytes where the browser wants bytes. */
function decoded(options) {
  const ids = (list) => list?.map((entry) => ({ ...entry, id: bytes(entry.id) }));
  const result = { ...options, challenge: bytes(options.challenge) };
  if (options.user) {
    result.user = { ...options.user, id: bytes(options.user.id) };
  }
  if (options.excludeCredentials) {
    result.excludeCredentials = ids(options.excludeCredentials);
  }
  if (options.allowCredentials) {
    result.allowCredentials = ids(options.allowCredentials);
  }
  return result;
}

/** What the browser answered as JSON, bytes as base64url (Web Authentication, section 5.1). */
function encoded(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) {
      parts[name] = text(response[name]);
    }
  }
  if (response.getTransports) {
    parts.transports = response.getTransports();
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: parts };
}

class Said extends Error {}

async function wanted(form) {
  const fields = Object.fromEntries(new FormData(form));
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": fields.csrf_token },
    body: JSON.stringify({ name: fields.name, usage: fields.usage }),
  });
  const { response } = await answer.json();
  if (response?.reauth_required) {
    location.reload();
    throw new Said("");
  }
  if (!response?.credential_options) {
    throw new Said(response?.errors?.[0] ?? form.dataset.failed);
  }
  return { options: response.credential_options, state: response.wan_state };
}

async function run(form) {
  const { options, state } = await wanted(form);
  const publicKey = decoded(options);
  const made = form.hasAttribute("data-make");
  const credential = await (made ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  form.elements.credential.value = JSON.stringify(encoded(credential));
  form.action = `${form.dataset.answer}/${state}${form.dataset.query ?? ""}`;
  form.submit();
}

function why(form, error) {
  if (error instanceof Said) {
    return error.message;
  }
  const { known, cancelled, failed } = form.dataset;
  return { InvalidStateError: known ?? failed, NotAllowedError: cancelled }[error.name] ?? failed;
}

export default function passkey(form) {
  if (!window.PublicKeyCredential) {
    return;
  }
  const message = form.querySelector("[data-message]");
  const button = form.querySelector("button[type=submit]");
  form.hidden = false;
  for (const instead of document.querySelectorAll("[data-without-passkeys]")) {
    instead.hidden = true;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    message.hidden = true;
    button.disabled = true;
    try {
      await run(form);
    } catch (error) {
      const said = why(form, error);
      message.textContent = said;
      message.hidden = !said;
      button.disabled = false;
    }
  });
}
