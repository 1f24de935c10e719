// Sends a form[data-upload] with a progress bar. The server's answer, a redirect or the form again with its errors,
// takes this page's place.
// With data-upload-begin=URL each file goes by itself before the form, so that its beginning counts and nothing is
// sent twice: POST {size} answers {url}; PUT of the bytes there answers {token}, for the hidden field "<name>_token".

const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
const BROKEN = "The connection broke. Nothing was stored; everything you entered is still here. Try again.";
const CANCELLED = "Cancelled. Nothing was stored.";
const UNSTORED = "The server could not store it. Everything you entered is still here; try again in a minute.";
const REFUSED = {
  413: "The file is larger than allowed. Nothing was stored.",
  429: "Too many uploads in a short time. Wait a minute and try again.",
};

/** A fresh token for a form whose session ended: from the same page, fetched again. True when signed in again. */
async function renew(form) {
  try {
    const html = await (await fetch(location.href)).text();
    const token = new DOMParser().parseFromString(html, "text/html").querySelector("form[data-upload] [name=csrf_token]");
    if (!token) return false;
    form.elements.csrf_token.value = token.value;
    return true;
  } catch { return false; }
}

function bind(form, page) {
  const state = form.querySelector("[data-upload-state]");
  if (!state) return;
  const bar = state.querySelector("progress");
  const text = state.querySelector("[data-upload-text]");
  const cancel = state.querySelector("[data-upload-cancel]");
  let isBusy = false;
  let isCancelled = false;
  let request = null; // the one under way
  let isStale = false; // the session ended while the form was open

  const say = (sentence, isBad = false) => {
    state.hidden = false;
    state.classList.toggle("is-bad", isBad);
    text.textContent = sentence;
  };
  const finish = (sentence) => {
    isBusy = false;
    request = null;
    cancel.hidden = bar.hidden = true;
    for (const button of form.querySelectorAll("button[type=submit]")) button.removeAttribute("aria-disabled");
    if (sentence) say(sentence, true);
  };
  const signedOut = (status) => {
    isStale = true;
    return status === 401
      ? "You were signed out. Sign in in another tab, then send again; nothing here is lost."
      : "This page was older than your sign-in. Send it again; nothing here is lost.";
  };

  /** One request; resolves to it when it was answered, else throws the sentence for the person. */
  const send = (method, url, body, headers = {}, progress = () => {}) => new Promise((resolve, reject) => {
    if (isCancelled) return reject(CANCELLED);
    request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => resolve(request);
    request.onerror = () => reject(BROKEN);
    request.onabort = () => reject(CANCELLED);
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(body);
  });

  /** The files by themselves, each announced before any byte of them goes; the names of their fields. */
  async function sendFiles(inputs, progress) {
    const headers = { "Accept": "application/json", "X-CSRFToken": form.elements.csrf_token.value };
    const check = ({ status, responseText }) => {
      if (status === 401 || status === 400) throw signedOut(status);
      if (status === 409 || status === 422) throw JSON.parse(responseText).error;
      if (status !== 201) throw REFUSED[status] || UNSTORED;
      return JSON.parse(responseText);
    };
    const addresses = [];
    for (const { files: [file] } of inputs) {
      const size = JSON.stringify({ size: file.size });
      addresses.push(check(await send("POST", form.dataset.uploadBegin, size, { ...headers, "Content-Type": "application/json" })).url);
    }
    let before = 0;
    for (const [index, { name, files: [file] }] of inputs.entries()) {
      const query = new URLSearchParams({ kind: name, name: file.name });
      const raw = { ...headers, "Content-Type": "application/octet-stream" };
      const answer = await send("PUT", `${addresses[index]}?${query}`, file, raw, (loaded) => progress(before + loaded));
      form.elements[`${name}_token`].value = check(answer).token;
      before += file.size;
    }
    return inputs.map(({ name }) => name);
  }

  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    const inputs = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
    if (!inputs.length && !isStale) return; // nothing to show progress of
    event.preventDefault();
    if (isBusy) return; // a second press sends nothing
    isBusy = true;
    isCancelled = false;
    cancel.hidden = bar.hidden = false;
    bar.value = 0;
    say("Starting …");
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");

    const total = inputs.reduce((sum, { files: [file] }) => sum + file.size, 0);
    let spoken = -1;
    const progress = (loaded) => {
      bar.value = (loaded / total) * 100;
      const tenth = Math.floor((loaded / total) * 10);
      if (tenth === spoken) return; // a screen reader hears every tenth, not every packet
      spoken = tenth;
      say(loaded < total ? `${megabytes(loaded)} of ${megabytes(total)} MB sent` : "All sent; the server is storing it …");
    };
    try {
      if (isStale && !(await renew(form))) throw "You are still signed out. Sign in in another tab, then send again; nothing here is lost.";
      const body = new FormData(form, event.submitter?.name ? event.submitter : undefined);
      if (form.dataset.uploadBegin) {
        for (const name of await sendFiles(inputs, progress)) {
          body.delete(name);
          body.set(`${name}_token`, form.elements[`${name}_token`].value);
        }
      }
      const answer = await send(form.method, form.action, body, {}, progress);
      const { status, responseText, responseURL } = answer;
      const isPage = (answer.getResponseHeader("Content-Type") || "").startsWith("text/html");
      if (REFUSED[status]) throw REFUSED[status];
      // The session ended, or the page is older than it: stay here, where the chosen files still are.
      if (status === 401 || (status === 400 && !responseText.includes("data-upload"))) throw signedOut(status);
      if (status >= 500 || !isPage) throw UNSTORED;
      finish();
      page.replace(responseText, responseURL);
    } catch (error) {
      finish(typeof error === "string" ? error : BROKEN);
    }
  });
  cancel.addEventListener("click", () => {
    isCancelled = true;
    request?.abort();
  });
  addEventListener("beforeunload", (event) => isBusy && event.preventDefault());
}

export function start(page) {
  for (const form of document.querySelectorAll("form[data-upload]:not([data-upload-bound])")) {
    form.dataset.uploadBound = "";
    bind(form, page);
  }
}
