// A button with data-confirm asks first. Without this script the server's own page asks, or the act can be undone.
let isBound = false;

export function start(page) {
  if (isBound) return;
  isBound = true;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-confirm]");
    if (!button || !button.form || button.dataset.confirmed) return;
    event.preventDefault();
    if (!(await page.ask(button.dataset.confirm, button.textContent.trim(), button.matches(".btn-danger, .btn-outline-danger")))) return;
    button.dataset.confirmed = "yes";
    button.form.requestSubmit(button);
    delete button.dataset.confirmed;
  });
}
