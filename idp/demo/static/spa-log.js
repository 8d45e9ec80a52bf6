// The journal of the single-page app: what the browser was sent to, and what fetch sent.

const STORE = "demo.log";
const MOST = 40;
const SHOWN_CHARACTERS = 12;
const SECRETS = new Set([
  "access_token", "client_secret", "code", "code_verifier",
  "id_token", "id_token_hint", "refresh_token",
]);

const list = document.querySelector("#log");
const template = document.querySelector("#exchange-template");

/** Note a redirect the browser is about to follow, or the one that led here. */
export function noteBrowser(url) {
  const { origin, pathname, searchParams } = new URL(url);
  add({
    sender: "browser",
    request: `GET ${origin}${pathname}`,
    parameters: withoutSecrets(Object.fromEntries(searchParams)),
  });
}

/**
 * Note every fetch of this page, those of the library included.
 * `change` may replace the form of a request before it is sent.
 */
export function watchFetch(change) {
  const send = window.fetch.bind(window);
  window.fetch = async (url, init = {}) => {
    const form = change(new URLSearchParams(init.body ?? ""));
    const entry = {
      sender: "page",
      request: `${init.method ?? "GET"} ${url}`,
      authorization: shownAuthorization(init.headers),
      parameters: withoutSecrets(Object.fromEntries(form)),
    };
    try {
      const response = await send(url, init.body ? { ...init, body: form } : init);
      const answer = shownBody(await response.clone().text());
      add({ ...entry, status: response.status, answer });
      return response;
    } catch (error) {
      add({ ...entry, answer: error.message });
      const description = `No answer from ${url}: ${error.message}`;
      throw Object.assign(new Error(description), { error: "issuer_unreachable" });
    }
  };
}

export function clearLog() {
  sessionStorage.removeItem(STORE);
  renderLog();
}

export function renderLog() {
  list.replaceChildren(...entries().map(rendered));
}

function add(entry) {
  const kept = [entry, ...entries()].slice(0, MOST);
  sessionStorage.setItem(STORE, JSON.stringify(kept));
  list.prepend(rendered(entry));
}

// It lives in sessionStorage, because a sign-in leaves this page and comes back.
function entries() {
  return JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
}

function rendered({ sender, request, authorization, parameters, status, answer }) {
  const item = template.content.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  const fill = (name, text) => {
    part(name).textContent = text;
    part(name).hidden = !text;
  };
  fill("sender", sender);
  fill("request", request);
  fill("status", status ?? "");
  part("status").classList.add(status < 400 ? "ok" : "bad");
  fill("authorization", authorization ?? "");
  fill("parameters", Object.entries(parameters).map((pair) => pair.join(" = ")).join("\n"));
  fill("answer", answer ?? "");
  return item;
}

function shownAuthorization(headers) {
  const value = new Headers(headers).get("Authorization");
  return value && `Authorization: ${shortened(value)}`;
}

function shownBody(text) {
  try {
    return JSON.stringify(withoutSecrets(JSON.parse(text)), null, 2);
  } catch {
    return text.slice(0, 2000); // not JSON: shown as it came
  }
}

function withoutSecrets(fields) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRETS.has(name) ? shortened(String(value)) : value,
    ]),
  );
}

function shortened(secret) {
  if (secret.length <= SHOWN_CHARACTERS) return "…";
  return `${secret.slice(0, SHOWN_CHARACTERS)}… (${secret.length} characters)`;
}
