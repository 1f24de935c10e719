// Light, dark or as the system says. A classic script in the head, so that the first paint already has the colours.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";

  const read = () => {
    try { return localStorage.getItem("dateline-theme") || "auto"; } catch { return "auto"; }
  };

  const apply = (choice) => {
    if (choice === "auto") delete root.dataset.theme;
    else root.dataset.theme = choice;
    for (const button of document.querySelectorAll("[data-theme-choice]"))
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
  };

  apply(read());
  document.addEventListener("DOMContentLoaded", () => apply(read()));
  document.addEventListener("dateline:page", () => apply(read()));
  addEventListener("storage", (event) => event.key === "dateline-theme" && apply(read()));
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice;
    if (!choice) return;
    try { localStorage.setItem("dateline-theme", choice); } catch { /* private window: for this page only */ }
    apply(choice);
  });
})();
