// Long work that another process does: the bar grows by itself, and once nothing is left the page is made anew. Whoever
// is somewhere on the page with the keyboard gets a link instead, so that nothing moves under them.
const PAUSE = 1500; // milliseconds between the first questions; the pauses grow, up to the longest
const LONGEST = 30000;
const NO_MORE = [401, 403, 404]; // signed out, or no longer allowed

export function start(page) {
  for (const line of document.querySelectorAll("[data-progress-url]")) {
    const [bar, note] = [line.querySelector("progress"), line.querySelector(".progress-line-note")];
    let pause = PAUSE;
    const ask = async () => {
      if (!line.isConnected) return;
      try {
        const answer = await fetch(line.dataset.progressUrl, { headers: { Accept: "application/json" } });
        if (NO_MORE.includes(answer.status)) return;
        if (answer.ok) {
          const { done, left, note: text } = await answer.json();
          if (!left && document.activeElement === document.body) return location.reload();
          [bar.value, bar.max] = [done, done + left];
          note.replaceChildren(text);
          if (!left) return note.append(". ", page.el("a", { href: location.href }, "Show them"));
        }
      } catch { /* the network is away for a moment */ }
      pause = Math.min(pause * 1.1, LONGEST);
      setTimeout(ask, pause);
    };
    setTimeout(ask, pause);
  }
}
