// Long work that another process does: the bar grows by itself, and once nothing is left the page is made anew.
const PAUSE = 1500; // milliseconds between two questions

export function start() {
  for (const line of document.querySelectorAll("[data-progress-url]")) {
    const [bar, note] = [line.querySelector("progress"), line.querySelector(".progress-line-note")];
    const ask = async () => {
      if (!line.isConnected) return;
      try {
        const answer = await fetch(line.dataset.progressUrl, { headers: { Accept: "application/json" } });
        if (!answer.ok) return; // signed out, or no longer allowed: the page stays as it is
        const { done, left, note: text } = await answer.json();
        if (!left) return location.reload();
        [bar.value, bar.max, note.textContent] = [done, done + left, text];
      } catch { /* the network is away for a moment: asked again */ }
      setTimeout(ask, PAUSE);
    };
    setTimeout(ask, PAUSE);
  }
}
