// Starts what a page asks for, and nothing else. Each module exports start(page) and is called again when an
// upload's answer has taken the page's place. `page` gives the modules what they share.

const version = new URL(import.meta.url).search;
const modules = {
  "[data-countdown], [data-local]": "countdown",
  "[data-counter]": "counter",
  "[data-confirm]": "confirm",
  "[data-rows]": "rows",
  "form[data-meaning]": "meaning",
  "form[data-upload]": "upload",
  "form[data-autosave-url]": "autosave",
  "form[data-letter]": "letter",
  "form[data-sign-out]": "signout",
  "button[data-preview]": "preview",
  "math, button[data-preview]": "formulas",
  "[data-progress-url]": "progress",
};

const page = {
  /** Text in an element made here: el("p", {class: "quiet"}, "text", child). */
  el(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  },

  /** Where this person's unsent text of a form is kept in this browser. */
  keyPrefix: () => `dateline:${document.documentElement.dataset.person || "nobody"}:`,

  /** Remember that a form whose text is kept under `key` is on its way; the page that answers it settles the rest. */
  leave(key) {
    try { sessionStorage.setItem("dateline-sent", key); } catch { /* the form offers the text again: a nuisance, no loss */ }
  },

  /** Put an HTML answer in the place of this page, as if the browser had gone there. */
  replace(html, url) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    document.title = answer.title;
    for (const name of ["data-now", "data-person"]) {
      const value = answer.documentElement.getAttribute(name);
      if (value === null) document.documentElement.removeAttribute(name);
      else document.documentElement.setAttribute(name, value);
    }
    document.body.replaceWith(document.adoptNode(answer.body));
    if (url !== location.href) history.pushState({ replaced: true }, "", url);
    scrollTo(0, 0);
    document.dispatchEvent(new Event("dateline:page"));
    start();
    (document.querySelector("[data-focus]") || document.getElementById("content"))?.focus();
  },

  /** Ask in a dialog; resolves to true or false. */
  ask(text, yes = "Continue", danger = true) {
    const dialog = page.el("dialog", { class: "dialog", "aria-label": yes },
      page.el("form", { method: "dialog" },
        page.el("p", {}, text),
        page.el("div", { class: "submit-row" },
          page.el("button", { class: "btn btn-outline-secondary", value: "" }, "Cancel"),
          page.el("button", { class: `btn btn-${danger ? "danger" : "primary"}`, value: "yes" }, yes))));
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }));
  },
};

/** The text a form kept in this browser goes once a good page has answered it. */
function settle() {
  try {
    const key = sessionStorage.getItem("dateline-sent");
    if (!key) return;
    sessionStorage.removeItem("dateline-sent");
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;
    if (status < 400 && !document.querySelector(".error-summary")) localStorage.removeItem(key);
  } catch { /* no storage, nothing kept */ }
}

async function start() {
  settle();
  document.querySelector(".error-summary[data-focus]")?.focus();
  // On a phone the tabs scroll sideways: the current one comes into view.
  for (const current of document.querySelectorAll(":is(.site-nav, .tabs, .settings-nav, .demo-bar-moments) [aria-current]")) {
    const list = current.closest("ul, form");
    list.scrollLeft = current.offsetLeft - list.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  }
  for (const [selector, name] of Object.entries(modules))
    if (document.querySelector(selector)) (await import(`./${name}.js${version}`)).start(page);
}

// A link of the error summary puts the cursor into its field.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('.error-summary a[href^="#"]');
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
});

// Menus made of <details> close on Escape and on a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
addEventListener("popstate", () => location.reload());

start();
