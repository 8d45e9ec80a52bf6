// A single-page app on oidc-client-ts, which the page loads as the global `oidc`.

import { clearLog, noteBrowser, renderLog, watchFetch } from "./spa-log.js";

const EXPERIMENT = "demo.experiment";
const by = (id) => document.getElementById(id);
const settings = by("app").dataset;

/** The experiment that the sign-in under way belongs to, by its button; or null. */
let experiment = null;
let lastTokenRequest = null;

watchFetch((form) => {
  if (experiment?.dataset.experiment === "wrong-verifier" && form.has("code_verifier")) {
    form.set("code_verifier", "x".repeat(64));
  }
  if (form.get("grant_type") === "authorization_code") lastTokenRequest = form;
  return form;
});

// Redirects go through here, so that they can be noted, and spoiled by an experiment.
const redirects = {
  prepare: async () => ({
    navigate: async ({ url }) => {
      const target = new URL(url);
      const overrides = JSON.parse(experiment?.dataset.overrides ?? "{}");
      for (const [name, value] of Object.entries(overrides)) {
        if (value) target.searchParams.set(name, value);
        else target.searchParams.delete(name);
      }
      noteBrowser(target);
      window.location.assign(target);
    },
    close() {},
  }),
};

// localStorage lets tabs share the tokens; any script on this origin can read them there.
// Renewal is left to the buttons, so that nothing happens that nobody pressed.
const manager = new oidc.UserManager(
  {
    authority: settings.authority,
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    post_logout_redirect_uri: settings.postLogoutRedirectUri,
    scope: settings.scope,
    loadUserInfo: true, // profile and email come from userinfo (OIDC Core §5.4)
    automaticSilentRenew: false,
    userStore: new oidc.WebStorageStateStore({ store: window.localStorage }),
  },
  redirects,
);
const tabs = new BroadcastChannel("demo-spa");

async function signIn() {
  const offline = by("offline-access").checked ? " offline_access" : "";
  await manager.signinRedirect({ scope: settings.scope + offline });
}

async function breakIt(button) {
  sessionStorage.setItem(EXPERIMENT, button.id);
  experiment = button;
  await manager.signinRedirect();
}

/** Finish a sign-in with the answer in the address, which then leaves the history. */
async function finishSignIn() {
  const answer = window.location.href;
  noteBrowser(answer);
  window.history.replaceState(null, "", "/spa");
  experiment = by(sessionStorage.getItem(EXPERIMENT));
  sessionStorage.removeItem(EXPERIMENT);
  await requireIssuer(new URL(answer).searchParams.get("iss"));
  await manager.signinCallback(answer);
  if (experiment) await finishExperiment();
}

/** RFC 9207 §2.4; the library leaves it to the app. */
async function requireIssuer(iss) {
  const metadata = await manager.metadataService.getMetadata();
  const announced = metadata.authorization_response_iss_parameter_supported;
  if ((announced || iss !== null) && iss !== metadata.issuer) {
    throw new Refusal("iss_mismatch", "The answer comes from another issuer.");
  }
}

/** Only the reused code gets this far; its tokens are dropped, as the issuer may too. */
async function finishExperiment() {
  await manager.removeUser();
  if (experiment.dataset.experiment === "reused-code") {
    const endpoint = await manager.metadataService.getTokenEndpoint();
    await accepted(await fetch(endpoint, { method: "POST", body: lastTokenRequest }));
  }
  throw new Refusal(
    "nothing_refused",
    "The issuer accepted what it should refuse: that is a fault in it.",
  );
}

async function refresh() {
  const user = await manager.getUser();
  if (!user?.refresh_token) throw new Refusal("refresh_token_missing", "There is none.");
  await manager.signinSilent();
  say("Refreshed: the tokens below are new.");
}

async function refreshInAllTabs() {
  tabs.postMessage("refresh");
  await refresh();
}

async function showUserinfo() {
  const user = await manager.getUser();
  const endpoint = await manager.metadataService.getUserInfoEndpoint();
  const headers = { Authorization: `Bearer ${user?.access_token}` };
  const claims = await accepted(await fetch(endpoint, { headers }));
  by("userinfo-answer").textContent = JSON.stringify(claims, null, 2);
  by("userinfo-box").hidden = false;
}

/** RP-initiated logout where the issuer offers it; else the tokens are just dropped. */
async function signOut() {
  const metadata = await manager.metadataService.getMetadata();
  if (metadata.end_session_endpoint) {
    await manager.signoutRedirect();
    return;
  }
  await manager.removeUser();
  by("signed-out-here").hidden = false;
}

/** A refusal in the words of RFC 6749 §5.2, or in our own. */
class Refusal extends Error {
  constructor(error, description) {
    super(description);
    this.error = error;
    this.error_description = description;
  }
}

async function accepted(response) {
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  throw new Refusal(problem.error ?? `http_${response.status}`, problem.error_description);
}

async function render() {
  const user = await manager.getUser();
  by("signed-out").hidden = user !== null;
  by("signed-in").hidden = user === null;
  by("tokens").hidden = user === null;
  by("userinfo-box").hidden ||= user === null;
  by("who").replaceChildren(...(user ? claimRows(user) : []));
  by("token-list").replaceChildren(...(user ? tokenViews(user) : []));
}

function claimRows(user) {
  const shown = { ...user.profile, scope: user.scope, expires_in: user.expires_in };
  return ["sub", "name", "email", "scope", "expires_in"]
    .filter((name) => shown[name] !== undefined)
    .flatMap((name) => [element("dt", name), element("dd", String(shown[name]))]);
}

function tokenViews(user) {
  return [
    ["ID token", user.id_token],
    ["Access token", user.access_token],
    ["Refresh token", user.refresh_token],
  ]
    .filter(([, raw]) => raw)
    .map(([title, raw]) => tokenView(title, raw));
}

function tokenView(title, raw) {
  const view = by("token-template").content.cloneNode(true);
  const part = (name) => view.querySelector(`[data-part=${name}]`);
  const [header, claims] = raw.split(".").map(decoded);
  part("title").textContent = title;
  part("raw").textContent = raw;
  part("header").textContent = header;
  part("claims").textContent = claims;
  part("decoded").hidden = !claims;
  part("opaque").hidden = Boolean(claims);
  return view;
}

function decoded(part) {
  try {
    const bytes = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null; // not a JWT
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function say(text) {
  by("status").textContent = text;
  by("status").hidden = false;
}

function showError(error) {
  by("error-code").textContent = error.error ?? error.name;
  by("error-description").textContent = error.error_description ?? error.message;
  const expected = experiment && by(`about-${experiment.dataset.experiment}`).textContent;
  by("error-expected").textContent = expected ? `Expected: ${expected}` : "";
  by("error").hidden = false;
  by("error").focus();
}

/** Run one action of the page: old messages go, a failure is shown, the page is redrawn. */
async function run(action) {
  for (const id of ["error", "status", "signed-out-here"]) by(id).hidden = true;
  try {
    await action();
  } catch (error) {
    showError(error);
  } finally {
    experiment = null;
  }
  await render();
}

const actions = {
  "sign-in": signIn,
  userinfo: showUserinfo,
  refresh,
  "refresh-all": refreshInAllTabs,
  "sign-out": signOut,
  "clear-log": clearLog,
};
for (const [id, action] of Object.entries(actions)) {
  by(id).addEventListener("click", () => run(action));
}
for (const button of document.querySelectorAll("[data-experiment]")) {
  button.addEventListener("click", () => run(() => breakIt(button)));
}
tabs.addEventListener("message", () => run(refresh));
window.addEventListener("storage", render);

renderLog();
await (window.location.pathname === "/spa/callback" ? run(finishSignIn) : render());
by("app").hidden = false;
