// All that this page knows: its own routes. No token, no issuer, no library.
const at = (id) => document.getElementById(id);

const call = async (path, options = {}) => {
  const headers = { "X-BFF": "1", ...options.headers };
  const answer = await fetch(`/bff${path}`, { ...options, headers });
  if (answer.status === 401) show(null);
  else if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
};

const show = (user) => {
  at("outside").hidden = Boolean(user);
  at("inside").hidden = at("user").hidden = !user;
  at("name").textContent = user ? (user.name ?? user.email ?? user.sub) : "";
};

const list = (notes) => {
  at("none").hidden = notes.length > 0;
  at("notes").replaceChildren(...notes.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
};

const tell = (text) => {
  at("problem").textContent = text;
  at("problem").hidden = !text;
};

// Whatever fails is said, and nothing is lost that was typed.
const trying = (work) => async (event) => {
  event?.preventDefault();
  tell("");
  try {
    await work();
  } catch (error) {
    tell(`That did not work (${error.message}). Try again.`);
  }
};

const start = async () => {
  const refused = new URLSearchParams(location.search).get("bff_error");
  if (refused) {
    history.replaceState(null, "", location.pathname);
    tell(refused === "access_denied" ? "You did not sign in." : "Sign-in failed.");
  }
  const answer = await call("/user");
  if (!answer.ok) return;
  show(await answer.json());
  const notes = await call("/api/notes/notes");
  if (notes.ok) list(await notes.json());
};

const add = async () => {
  const body = JSON.stringify({ text: at("text").value });
  const headers = { "Content-Type": "application/json" };
  const answer = await call("/api/notes/notes", { method: "POST", headers, body });
  if (!answer.ok) return;
  at("text").value = "";
  list(await answer.json());
};

const signOut = async () => {
  const answer = await call("/logout", { method: "POST" });
  location.assign((await answer.json()).logout_url);
};

at("form").addEventListener("submit", trying(add));
at("sign-out").addEventListener("click", trying(signOut));
try {
  await start();
} catch (error) {
  show(null);
  tell("The server does not answer. Reload the page to try again.");
}
