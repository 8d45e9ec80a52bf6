// What the hosted pages gain from a script. Every page works without it.

const each = (selector, wire) => document.querySelectorAll(selector).forEach(wire);

/** Swap a button's text, and its accessible name, with the pair kept in data-*. */
function swapLabels(button) {
  const { otherText, otherLabel } = button.dataset;
  button.dataset.otherText = button.textContent;
  button.textContent = otherText;
  if (otherLabel) {
    button.dataset.otherLabel = button.getAttribute("aria-label");
    button.setAttribute("aria-label", otherLabel);
  }
}

each("[data-toggle-pw]", (button) => {
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const toggle = () => {
    input.type = input.type === "password" ? "text" : "password";
    swapLabels(button);
  };
  button.hidden = false;
  button.addEventListener("click", toggle);
  // Browsers offer to save, and keep out of form history, only type=password.
  input.form.addEventListener("submit", () => input.type === "text" && toggle());
});

each("[data-copy]", (button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (button.dataset.busy) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.busy = "copied";
    swapLabels(button);
    setTimeout(() => {
      swapLabels(button);
      delete button.dataset.busy;
    }, 2000);
  });
});

each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// Pasting brings along what nothing is seen of, and browsers call such an address wrong.
each("input[type=email]", (input) => {
  input.addEventListener("input", () => {
    const seen = input.value.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
    if (seen !== input.value) input.value = seen;
  });
});

// A second press is ignored for a while only: a form whose answer opens another
// app, or a download, leaves this page standing.
const BUSY_MILLISECONDS = 8000;

function rest(form) {
  delete form.dataset.busy;
  form.querySelectorAll("[aria-busy]").forEach((part) => part.removeAttribute("aria-busy"));
}

each("form", (form) => {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget) return; // it is shown in a frame, as often as one likes
    if (form.dataset.busy) {
      event.preventDefault();
      return;
    }
    form.dataset.busy = "sent";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(rest, BUSY_MILLISECONDS, form);
  });
});

// A challenge is worked out while one types; a form that is sent before that waits.
each("[data-challenge]", (line) => {
  const { challenge, worker, done } = line.dataset;
  const { form } = line.nextElementSibling;
  let over = false;
  let sent;
  const end = (answer) => {
    over = true;
    each("[name=challenge]", (input) => {
      input.value = answer;
    });
    line.hidden = !answer;
    line.textContent = done;
    if (sent) form.requestSubmit(sent.submitter);
  };
  const solving = new Worker(worker);
  solving.onmessage = ({ data }) => end(data);
  solving.onerror = () => end("");
  solving.postMessage(JSON.parse(challenge));
  line.hidden = false;
  form.addEventListener(
    "submit",
    (event) => {
      if (over) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      sent = event;
      line.setAttribute("role", "status");
      event.submitter?.setAttribute("aria-busy", "true");
    },
    true,
  );
});

// The Back button may bring the page back as it was left: busy.
addEventListener("pageshow", (event) => event.persisted && each("form", rest));

each(".side details", (menu) => {
  const narrow = matchMedia("(max-width: 55.99rem)");
  const fit = () => {
    menu.open = !narrow.matches;
  };
  narrow.addEventListener("change", fit);
  fit();
});

const errors = document.getElementById("errors");
if (errors) errors.focus();
else if (matchMedia("(hover: hover) and (pointer: fine)").matches) {
  // On touch screens focus would throw the keyboard over the page.
  document.querySelector("[data-autofocus]")?.focus();
}

// What is typed is shown at once in the frame beside it.
const TYPING_MILLISECONDS = 400;

each("form[data-preview]", (form) => {
  const button = form.querySelector("[data-previews]");
  if (!button) return;
  const show = () => form.requestSubmit(button);
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, TYPING_MILLISECONDS);
  });
  show();
});

// What a page shows ends when it is left; its own button does the same.
each("form[data-leave]", (form) => {
  addEventListener("pagehide", () => {
    navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)));
  });
});

each("form[data-auto-submit]", (form) => form.requestSubmit());

// The window has loaded when all frames have; one that hangs is not waited for.
const FRAMES_MILLISECONDS = 4000;

each("a[data-go-on]", (link) => {
  const go = () => location.replace(link.href);
  addEventListener("load", go);
  setTimeout(go, FRAMES_MILLISECONDS);
});

// Passkeys. Their forms stay hidden where the browser knows none.
const OPTIONS_MILLISECONDS = 240000; // they hold for five minutes

async function answerByPasskey(form, ask) {
  const { csrf_token: token, ticket, credential } = form.elements;
  const headers = { "X-CSRF-Token": token.value };
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.options, { method: "POST", headers, body });
  if (!answer.ok) throw new Error("refused", { cause: answer.status });
  const asked = await answer.json();
  const given = await ask(asked.options);
  ticket.value = asked.ticket;
  credential.value = JSON.stringify(given);
  form.submit();
}

/** Copy what was typed in another form; tell whether that will do. */
function takeTyped(form, name) {
  const typed = document.getElementById(form.dataset.with).elements[name];
  if (!typed) return true; // another's script has not come
  const control = typed instanceof RadioNodeList ? typed[0] : typed;
  const field = form.elements[name] ?? form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name, value: typed.value });
  return control.reportValidity();
}

// A page that waits goes on once it was done elsewhere: it asks when somebody looks at it
// again, and in between ever more rarely.
each("[data-moves-on] a", ({ href }) => {
  let seconds = 3;
  let timer;
  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const answer = await fetch(href, { redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect") location.assign(href);
    else if (seconds < 300) timer = setTimeout(look, (seconds *= 1.3) * 1000);
  };
  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, seconds * 1000);
});

// Devices forget what was removed, and name the account as it is called now.
each("[data-signals]", ({ dataset }) => {
  for (const [method, told] of JSON.parse(dataset.signals)) {
    window.PublicKeyCredential?.[method]?.(told).catch(() => {});
  }
});

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  const { credentials } = navigator;
  each("[name=passkeys]", async (field) => {
    if (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()) field.value = "y";
  });
  each("form[data-passkey='get']", async (form) => {
    let waiting;
    const ask = (more) => {
      waiting?.abort(); // a browser asks for one at a time
      waiting = new AbortController();
      const { signal } = waiting;
      const remember = document.querySelector("[type=checkbox][name=remember]");
      return answerByPasskey(form, (options) => {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
        return credentials.get({ publicKey, signal, ...more }).then((given) => {
          if (remember?.checked) form.elements.remember.value = "y";
          return given;
        });
      }).catch(() => {}); // cancelled: nothing to say
    };
    form.hidden = false;
    form.querySelector("button").addEventListener("click", () => ask({}));
    if ("pressed" in form.dataset) return; // only then
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const autofill = () => {
      ask({ mediation: "conditional" });
      const mine = waiting;
      setTimeout(() => mine.signal.aborted || autofill(), OPTIONS_MILLISECONDS);
    };
    autofill();
  });
  each("form[data-passkey='create']", (form) => {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", () => {
      const names = form.dataset.typed?.split(" ") ?? [];
      if (!names.every((name) => takeTyped(form, name))) return;
      answerByPasskey(form, (options) => {
        const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
        return credentials.create({ publicKey });
      }).catch((error) => {
        if (error.cause && names.length) return form.submit(); // its answer says what is wrong
        const known = form.querySelector("[data-known]");
        if (known) known.hidden = error.name !== "InvalidStateError";
        else form.querySelector("[data-none]").hidden = false;
      });
    });
  });
}
