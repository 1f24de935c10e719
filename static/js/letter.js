// Shows what is typed into a form[data-letter=ADDRESS] as the server makes it, in [data-letter-into]; nothing is saved.
const QUIET = 400; // milliseconds without a key before it asks

export function start() {
  for (const form of document.querySelectorAll("form[data-letter]")) {
    const into = document.querySelector("[data-letter-into]");
    if (!into || form.dataset.isBound) continue;
    form.dataset.isBound = "yes";
    form.querySelector("[data-letter-button]")?.setAttribute("hidden", "");
    let waiting, newest = 0;
    const ask = async () => {
      const mine = ++newest;
      try {
        const answer = await fetch(form.dataset.letter, { method: "POST", body: new FormData(form) });
        if (!answer.ok || answer.redirected || mine !== newest) return;
        into.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      } catch { /* no connection: the preview stays as it was, and saving says so */ }
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, QUIET);
    });
  }
}
