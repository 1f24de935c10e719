// Signing out erases what this person's forms keep in this browser, and warns first when some of it was never sent.

export function start(page) {
  for (const form of document.querySelectorAll("form[data-sign-out]")) {
    form.addEventListener("submit", async (event) => {
      let keys;
      try { keys = Object.keys(localStorage).filter((key) => key.startsWith(page.keyPrefix())); } catch { return; }
      if (!keys.length) return;
      event.preventDefault();
      if (!(await page.ask("Some of what you typed could not be sent and is kept only in this browser. Signing out erases it.", "Erase and sign out")))
        return;
      document.documentElement.dataset.signingOut = ""; // autosave keeps nothing from here on
      for (const key of keys) localStorage.removeItem(key);
      form.submit();
    });
  }
}
