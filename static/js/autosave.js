// Saves a form[data-autosave-url] as it is typed: PUT {"revision": n, "fields": {...}} with X-CSRFToken.
// The answer is 200 {"revision", "saved_at"}, 409 {"revision", "theirs": {...}} when it was changed elsewhere, 401 when signed out,
// or 4xx {"error": sentence}. What could not be sent is kept in this browser under dateline:<person>:<path>, and offered when the
// form is opened again. The form itself still saves with its button, without this script.

const PAUSE = 1200; // ms after the last key
const RETRY = 15000;

/** The form's own values by name; several of a name as a list. Files, tokens and buttons stay out. */
function read(form) {
  const fields = {};
  const lists = new Set([...form.querySelectorAll("input[type=checkbox], select[multiple]")].map((control) => control.name));
  for (const name of lists) fields[name] = [];
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File || name === "csrf_token" || name === "revision") continue;
    if (lists.has(name)) fields[name].push(value);
    else fields[name] = value;
  }
  return fields;
}

/** The values that the page came with: what is typed before this script runs differs from them. */
function readInitial(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return read(copy);
}

function write(form, fields) {
  for (const control of form.elements) {
    if (!(control.name in fields)) continue;
    const value = fields[control.name];
    if (control.type === "radio" || control.type === "checkbox") control.checked = [value].flat().map(String).includes(control.value);
    else if (control.multiple && control.options) for (const option of control.options) option.selected = value.includes(option.value);
    else control.value = value ?? "";
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const same = (a, b) => JSON.stringify(a ?? "") === JSON.stringify(b ?? "");
const clock = (date) => date.toLocaleTimeString("en-GB");

/** What the field is called, and its value in words. */
function words(form, name, value) {
  const controls = [...form.elements].filter((control) => control.name === name);
  const legend = controls[0]?.closest("fieldset")?.querySelector("legend");
  const isChoice = ["radio", "checkbox"].includes(controls[0]?.type);
  const label = (isChoice ? legend : controls[0]?.labels?.[0])?.textContent.replace("*", "").trim() || name;
  const chosen = controls.filter((control) => isChoice && [value].flat().map(String).includes(control.value));
  const text = isChoice ? chosen.map((control) => control.labels[0].textContent.replace(/\s+/g, " ").trim()).join("\n") : [value ?? ""].flat().join("\n");
  return [label, text || "(empty)"];
}

/** The state that the page shows of what is written, as it is once a draft is saved. */
function showState() {
  const state = document.querySelector("[data-after-save]");
  if (!state) return;
  state.firstElementChild.textContent = state.dataset.afterSave;
  state.firstElementChild.className = `pill pill-${state.dataset.tone}`;
}

function bind(form, page) {
  const key = page.keyPrefix() + location.pathname;
  const output = form.querySelector("[data-autosave-state]");
  const revisionField = () => form.elements.revision;
  let saved = readInitial(form);
  let revision = Number(revisionField()?.value ?? 0);
  let timer;
  let isSending = false;
  let isHeld = false; // a choice is open; nothing is sent until it is made
  let isLeaving = false;
  let unanswered; // fields that were sent and may have arrived

  const say = (text, isBad = false) => {
    output.textContent = text;
    output.classList.toggle("is-bad", isBad);
  };
  const keep = (fields) => {
    if ("signingOut" in document.documentElement.dataset) return false;
    try { localStorage.setItem(key, JSON.stringify({ fields, revision, at: new Date().toISOString() })); return true; } catch { return false; }
  };
  const forget = () => { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } };

  /** Both texts of each field that differs, and the choice between them. */
  const compare = (title, mine, theirs, mineTitle, theirsTitle, actions) => {
    form.querySelector("[data-choice]")?.remove();
    const differing = Object.keys({ ...theirs, ...mine }).filter((name) => !same(mine[name], theirs[name]));
    const box = page.el("section", { class: "panel", "data-choice": "", tabindex: "-1", "aria-label": title }, page.el("p", { class: "callout-title" }, title));
    for (const name of differing) {
      const [label, mineText] = words(form, name, mine[name]);
      const [, theirsText] = words(form, name, theirs[name]);
      box.append(page.el("div", { class: "compare" }, page.el("p", { class: "compare-label" }, label),
        page.el("div", { class: "compare-sides" },
          page.el("div", { class: "compare-side compare-mine" }, page.el("p", { class: "compare-title" }, mineTitle), page.el("div", { class: "compare-text" }, mineText)),
          page.el("div", { class: "compare-side" }, page.el("p", { class: "compare-title" }, theirsTitle), page.el("div", { class: "compare-text" }, theirsText)))));
    }
    const row = page.el("div", { class: "submit-row" });
    actions.forEach(([label, act], index) => {
      const button = page.el("button", { type: "button", class: `btn ${index ? "btn-outline-secondary" : "btn-primary"}` }, label);
      button.addEventListener("click", () => { box.remove(); isHeld = false; act(); });
      row.append(button);
    });
    box.append(row);
    form.prepend(box);
    isHeld = true;
    box.focus();
  };

  const unsent = (why, fields, again = true) => {
    say(keep(fields) ? `Not saved: ${why}; kept in this browser` : `Not saved: ${why}`, true);
    if (again) timer = setTimeout(send, RETRY);
  };

  async function send() {
    clearTimeout(timer);
    if (isSending || isHeld || isLeaving) return;
    const fields = read(form);
    if (same(fields, saved)) return forget();
    isSending = true;
    say("Saving …");
    let answer;
    try {
      answer = await fetch(form.dataset.autosaveUrl, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value, Accept: "application/json" },
        body: JSON.stringify({ revision, fields }),
        redirect: "manual",
      });
    } catch { /* answer stays undefined: no connection */ }
    const data = await answer?.json().catch(() => ({}));
    isSending = false;
    if (isLeaving) return;
    const isOurs = (sent) => sent && Object.keys(sent).every((name) => same(sent[name], data.theirs[name]));
    if (answer?.status === 409 && data.theirs && (isOurs(fields) || isOurs(unanswered))) {
      // What is saved there is what was sent from here: it arrived before, its answer did not.
      revision = data.revision;
      return send();
    }
    if (!answer) {
      unanswered = fields;
      return unsent("no connection", fields);
    }
    if (answer.ok) {
      revision = data.revision;
      if (revisionField()) revisionField().value = revision;
      saved = fields;
      forget();
      say(`Saved ${clock(new Date(data.saved_at))}`);
      showState();
      if (!same(read(form), saved)) schedule();
    } else if (answer.status === 409 && data.theirs) {
      keep(fields);
      say("Not saved: changed elsewhere; kept in this browser", true);
      compare("This was changed elsewhere, in another tab or by someone else. Which text holds?", fields, { ...fields, ...data.theirs }, "What you typed", "What is saved now", [
        ["Keep what I typed", () => { revision = data.revision; saved = { ...fields, ...data.theirs }; send(); }],
        ["Take what is saved", () => { revision = data.revision; if (revisionField()) revisionField().value = revision; write(form, data.theirs); saved = read(form); forget(); say("Taken from what is saved"); }],
      ]);
    } else if (answer.status === 401 || answer.type === "opaqueredirect") unsent("you were signed out", fields, false);
    else unsent(data.error || "the server did not take it", fields, answer.status >= 500);
  }

  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  };

  // Kept at once and sent after a pause: a browser that dies in between has lost nothing.
  form.addEventListener("input", () => {
    if (!isHeld) keep(read(form));
    schedule();
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    isLeaving = true;
    clearTimeout(timer);
    keep(read(form));
    page.leave(key);
  });
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden && send());
  addEventListener("pagehide", () => { isLeaving = true; }); // a request on the way out would race the next page
  addEventListener("pageshow", () => { isLeaving = false; });

  if (!same(read(form), saved)) schedule();

  // What an earlier visit could not send.
  let kept;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* none, or not readable */ }
  if (!kept) return;
  const mine = { ...saved, ...kept.fields };
  if (same(mine, saved)) return forget();
  compare(`Text kept in this browser on ${new Date(kept.at).toLocaleString("en-GB")} was not sent. Take it up again?`, mine, saved, "Kept in this browser", "What is saved now", [
    ["Use what was kept", () => { write(form, mine); send(); }],
    ["Discard it", () => { forget(); say("Discarded what was kept"); }],
  ]);
}

export function start(page) {
  for (const form of document.querySelectorAll("form[data-autosave-url]:not([data-autosave-bound])")) {
    form.dataset.autosaveBound = "";
    bind(form, page);
  }
}
