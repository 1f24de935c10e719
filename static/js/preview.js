// Shows under a field with a button[data-preview] what its Markdown will look like, and again after each pause in the
// typing. Without this script the button sends the form, and the server shows the same.

const PAUSE = 1000; // ms after the last key
const RETRY = 6000;
const WHY = { 401: "You are signed out. Sign in in another tab to see the preview.", 429: "One moment …" };

function bind(button, page) {
  const area = document.getElementById(button.dataset.preview);
  const box = document.getElementById(`${area.id}-preview`);
  const text = box.querySelector("[data-preview-text]");
  const label = [...button.childNodes];
  let timer;
  let newest = 0; // an answer that was overtaken is not shown
  let shown = null; // the text whose preview is shown

  async function refresh() {
    clearTimeout(timer);
    const value = area.value;
    if (box.hidden || value === shown) return;
    const mine = ++newest;
    let answer;
    let data = {};
    try {
      answer = await fetch("/preview", {
        method: "POST",
        headers: { "X-CSRFToken": area.form.elements.csrf_token.value, Accept: "application/json" },
        body: new URLSearchParams({ text: value }),
        redirect: "manual",
      });
      data = await answer.json();
    } catch { /* no connection, or an answer of something in between */ }
    if (mine !== newest) return;
    if (answer?.ok && "html" in data) {
      shown = value;
      text.innerHTML = data.html || page.el("p", { class: "quiet" }, "Nothing was typed yet.").outerHTML;
      document.dispatchEvent(new Event("dateline:formulas"));
    } else {
      text.replaceChildren(page.el("p", { class: "quiet" }, WHY[answer?.status] || data.error || "The preview comes when the connection is back."));
      if (!answer || answer.status === 429 || answer.status >= 500) timer = setTimeout(refresh, RETRY);
    }
  }

  const toggle = (isShown) => {
    box.hidden = !isShown;
    button.setAttribute("aria-expanded", isShown);
    button.replaceChildren(...(isShown ? ["Hide the preview"] : label));
  };
  button.setAttribute("aria-controls", box.id);
  button.addEventListener("click", (event) => {
    event.preventDefault();
    toggle(box.hidden);
    refresh();
  });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    if (!box.hidden) timer = setTimeout(refresh, PAUSE);
  });
  toggle(!box.hidden); // the server may have shown it
}

export function start(page) {
  for (const button of document.querySelectorAll("button[data-preview]:not([data-preview-bound])")) {
    button.dataset.previewBound = "";
    bind(button, page);
  }
}
