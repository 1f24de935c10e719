// Countdowns and local times, by the server's clock.
// The page carries the season's time in <html data-now>; what counts is its distance from this machine's clock.
// With <html data-clock=URL> (JSON {"now": ISO}) the distance is measured again when the page is looked at after a while,
// and at once where the page carries no time because it comes from a cache.

const root = document.documentElement;
let distance = 0; // server's clock minus this machine's, in ms
let measured = 0;
let timer;

const now = () => Date.now() + distance;

async function measure() {
  if (!root.dataset.clock) return;
  const before = Date.now();
  try {
    const answer = await (await fetch(root.dataset.clock, { cache: "no-store" })).json();
    distance = Date.parse(answer.now) - (before + Date.now()) / 2;
    measured = Date.now();
  } catch { /* not reachable: the last distance still holds */ }
}

/** "in 3 days 4 h", "in 12:09", "passed". */
export function left(ms) {
  if (ms <= 0) return "passed";
  const seconds = Math.ceil(ms / 1000);
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days >= 3) return `in ${days} days`;
  if (days) return `in ${days} ${days > 1 ? "days" : "day"} ${hours} h`;
  if (hours) return `in ${hours} h ${minutes} min`;
  return `in ${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  const at = now();
  let nearest = Infinity;
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const ms = Date.parse(element.dataset.countdown) - at;
    const text = left(ms);
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("is-close", ms > 0 && ms < 24 * 3600e3);
    if (ms > 0) nearest = Math.min(nearest, ms);
  }
  clearTimeout(timer);
  // Each second in the last hour, else each half minute.
  if (nearest < Infinity) timer = setTimeout(tick, nearest < 3601e3 ? 1000 - (at % 1000) : 30000);
}

const zoned = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

/** The reader's own time, unless it is UTC, which stands there already. */
function showLocal() {
  for (const element of document.querySelectorAll("[data-local]")) {
    const at = new Date(element.dataset.local);
    element.textContent = at.getTimezoneOffset() ? `${zoned.format(at)}, your time` : "";
  }
}

/** When the answer that carries data-now began to arrive, by this machine's clock. */
function arrived() {
  const answered = performance.getEntriesByType("navigation")[0]?.responseStart;
  if (measured || !answered) return Date.now(); // an upload's answer took the page's place just now
  return performance.timeOrigin + answered;
}

export function start() {
  if (root.dataset.now) {
    distance = Date.parse(root.dataset.now) - arrived();
    measured = Date.now();
  } else measure().then(tick);
  showLocal();
  tick();
}

document.addEventListener("visibilitychange", async () => {
  if (document.hidden) return;
  if (Date.now() - measured > 5 * 60e3) await measure();
  tick();
});
