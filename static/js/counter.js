// Counts the characters of a textarea[data-counter=MOST] as the server does: by code points, a line break as one.
export function start() {
  for (const area of document.querySelectorAll("textarea[data-counter]")) {
    const output = document.getElementById(`${area.id}-count`);
    const most = Number(area.dataset.counter);
    const show = () => {
      const left = most - [...area.value].length;
      output.classList.toggle("is-over", left < 0);
      output.textContent = left < 0
        ? `${(-left).toLocaleString("en")} characters too many`
        : `${left.toLocaleString("en")} of ${most.toLocaleString("en")} characters left`;
    };
    area.addEventListener("input", show);
    show();
  }
}
