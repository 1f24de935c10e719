// Sends a form[data-upload] with a progress bar. The server gets the same multipart form and gives the same answer:
// a redirect, or the form again with its errors; either takes this page's place.
// With data-upload-begin=URL a small request opens the upload first, so that its beginning counts:
// POST {"name", "size"} of the first file answers {"upload": KEY}, sent along as the field "upload".

const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

async function begin(form) {
  const file = [...form.querySelectorAll("input[type=file]")].map((input) => input.files[0]).find(Boolean);
  if (!form.dataset.uploadBegin || !file) return;
  try {
    const answer = await fetch(form.dataset.uploadBegin, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
      body: JSON.stringify({ name: file.name, size: file.size }),
    });
    if (!answer.ok) return;
    const field = form.elements.upload || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "upload" }));
    field.value = (await answer.json()).upload;
  } catch { /* the head of the big request is stamped too */ }
}

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
  let request = null;
  let isStale = false; // the session ended while the form was open

  const say = (sentence, isBad = false) => {
    state.hidden = false;
    state.classList.toggle("is-bad", isBad);
    text.textContent = sentence;
  };
  const finish = (sentence) => {
    request = null;
    cancel.hidden = bar.hidden = true;
    for (const button of form.querySelectorAll("button[type=submit]")) button.removeAttribute("aria-disabled");
    if (sentence) say(sentence, true);
  };

  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    const hasFile = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (!hasFile && !isStale) return; // nothing to show progress of
    event.preventDefault();
    if (request) return; // a second press sends nothing
    request = new XMLHttpRequest();
    cancel.hidden = bar.hidden = false;
    bar.value = 0;
    say("Starting …");
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
    if (isStale && !(await renew(form)))
      return finish("You are still signed out. Sign in in another tab, then send again; nothing here is lost.");
    await begin(form);
    if (!request) return; // cancelled meanwhile

    const body = new FormData(form, event.submitter?.name ? event.submitter : undefined);
    let spoken = -1;
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = (loaded / total) * 100;
      const tenth = Math.floor((loaded / total) * 10);
      if (tenth === spoken) return; // a screen reader hears every tenth, not every packet
      spoken = tenth;
      say(loaded < total ? `${megabytes(loaded)} of ${megabytes(total)} MB sent` : "All sent; the server is storing it …");
    };
    request.onerror = () => finish("The connection broke. Nothing was stored; everything you entered is still here. Try again.");
    request.onabort = () => finish("Cancelled. Nothing was stored.");
    request.onload = () => {
      const { status, responseText, responseURL } = request;
      const isPage = (request.getResponseHeader("Content-Type") || "").startsWith("text/html");
      if (status === 413) return finish("The file is larger than allowed. Nothing was stored.");
      if (status === 429) return finish("Too many uploads in a short time. Wait a minute and try again.");
      // The session ended, or the page is older than it: stay here, where the chosen files still are.
      if (status === 401 || (status === 400 && !responseText.includes("data-upload"))) {
        isStale = true;
        return finish(status === 401
          ? "You were signed out. Sign in in another tab, then send again; nothing here is lost."
          : "This page was older than your sign-in. Send it again; nothing here is lost.");
      }
      if (status >= 500 || !isPage) return finish("The server could not store it. Everything you entered is still here; try again in a minute.");
      finish();
      page.replace(responseText, responseURL);
    };
    request.open(form.method, form.action);
    request.send(body);
  });
  cancel.addEventListener("click", () => (request?.readyState ? request.abort() : finish("Cancelled. Nothing was stored.")));
  addEventListener("beforeunload", (event) => request && event.preventDefault());
}

export function start(page) {
  for (const form of document.querySelectorAll("form[data-upload]:not([data-upload-bound])")) {
    form.dataset.uploadBound = "";
    bind(form, page);
  }
}
