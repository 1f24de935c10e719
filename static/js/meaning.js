// Under each date that is being typed: which instant it means, or why it cannot be read. Asked of the server, which alone knows.

const WAIT = 300; // ms after the last key

function bind(form, page) {
  let timer, latest = 0;

  async function ask() {
    const number = ++latest;
    const places = [...form.querySelectorAll("[data-meaning-of]")];
    const typed = new URLSearchParams(places.map(({ dataset }) => [dataset.meaningOf, form.elements[dataset.meaningOf].value]));
    let said;
    try {
      const answer = await fetch(`${form.dataset.meaning}?${typed}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      said = await answer.json();
    } catch { return; } // the server's own page says it when the form is sent
    if (number !== latest) return; // something else was typed meanwhile
    for (const place of places) {
      const { sentence = "", error = "", warnings = [] } = said.dates[place.dataset.meaningOf] || {};
      const lines = [[sentence, ""], [error, "is-wrong"], ...warnings.map((warning) => [warning, "is-odd"])];
      place.replaceChildren(...lines.filter(([text]) => text).map(([text, name]) => page.el("p", { class: name }, text)));
      // What the server said of the text before is answered by now.
      document.getElementById(`${place.dataset.meaningOf}-error`)?.remove();
      const field = form.elements[place.dataset.meaningOf];
      field.closest(".field").classList.toggle("has-error", Boolean(error));
      if (error) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    form.querySelector("[data-meaning-warnings]").replaceChildren(
      ...said.warnings.map((text) => page.el("div", { class: "callout callout-warning" }, page.el("p", {}, text))));
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  for (const place of form.querySelectorAll("[data-meaning-of]")) place.setAttribute("aria-live", "polite");
}

export function start(page) {
  for (const form of document.querySelectorAll("form[data-meaning]:not([data-meaning-bound])")) {
    form.dataset.meaningBound = "";
    bind(form, page);
  }
}
