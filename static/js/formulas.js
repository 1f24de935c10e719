// Formulas: who copies them gets their TeX; those wider than the page can be scrolled with the keyboard.

const watched = new ResizeObserver((entries) => entries.forEach(({ target }) => settle(target)));

function settle(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
}

function watch() {
  for (const box of document.querySelectorAll(".formula, .prose :is(p, ul, ol):has(math)")) watched.observe(box);
}

document.addEventListener("dateline:formulas", watch);
document.fonts.addEventListener("loadingdone", () => document.querySelectorAll(".formula").forEach(settle));

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!event.clipboardData || selection.isCollapsed || !selection.rangeCount) return;
  const copied = document.createElement("div");
  copied.className = "visually-hidden";
  copied.append(selection.getRangeAt(0).cloneContents());
  const formulas = copied.querySelectorAll("math:has(annotation)");
  if (!formulas.length) return;
  for (const formula of formulas) {
    const around = formula.getAttribute("display") === "block" ? "$$" : "$";
    formula.replaceWith(around + formula.querySelector("annotation").textContent + around);
  }
  document.body.append(copied); // innerText knows line breaks only of what is on the page
  event.clipboardData.setData("text/plain", copied.innerText);
  event.clipboardData.setData("text/html", copied.innerHTML);
  copied.remove();
  event.preventDefault();
});

export function start() {
  watch();
}
