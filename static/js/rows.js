// Repeating rows (co-authors): move, remove and add without a round trip. The same buttons work by submitting.

const numbered = ["name", "id", "for", "aria-describedby"];

/** Give every row its index again: names, ids, labels and the words of its buttons. */
function renumber(list, prefix, one) {
  const rows = [...list.querySelectorAll("[data-row]")];
  const pattern = new RegExp(`^${prefix}-\\d+-`);
  rows.forEach((row, index) => {
    for (const element of row.querySelectorAll("*")) {
      for (const attribute of numbered) {
        const value = element.getAttribute(attribute);
        if (value && pattern.test(value)) element.setAttribute(attribute, value.replace(pattern, `${prefix}-${index}-`));
      }
    }
    for (const label of row.querySelectorAll("[data-row-label]"))
      label.textContent = `${one[0].toUpperCase()}${one.slice(1)} ${index + 1}: `;
    const [up, down, remove] = row.querySelectorAll(".rows-tools button");
    for (const button of [up, down, remove]) {
      button.value = index;
      const words = button.querySelector(".visually-hidden");
      words.textContent = words.textContent.replace(/\d+/, index + 1);
    }
    up.disabled = index === 0;
    down.disabled = index === rows.length - 1;
    remove.disabled = rows.length === 1;
  });
}

function blank(row) {
  const copy = row.cloneNode(true);
  for (const element of copy.querySelectorAll(".field-error")) element.remove();
  for (const control of copy.querySelectorAll("input, select, textarea")) {
    control.value = control.tagName === "SELECT" ? control.options[0]?.value : "";
    control.removeAttribute("value");
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
  return copy;
}

function bind(group) {
  const list = group.querySelector(".rows-list");
  const { rows: prefix, one } = group.dataset;
  const status = group.querySelector("[data-rows-status]");

  group.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=submit]");
    if (!button || !button.name.startsWith(`${prefix}-`)) return;
    event.preventDefault();
    const act = button.name.slice(prefix.length + 1);
    const row = button.closest("[data-row]");
    const number = row ? [...list.children].indexOf(row) + 1 : list.children.length;
    let focus = button;
    if (act === "add") {
      const added = blank(list.lastElementChild);
      list.append(added);
      focus = added.querySelector("input:not([type=hidden]), select, textarea");
      status.textContent = `Added ${one} ${number + 1}.`;
    } else if (act === "remove") {
      focus = (row.nextElementSibling || row.previousElementSibling).querySelector("input:not([type=hidden]), select, textarea");
      row.remove();
      status.textContent = `Removed ${one} ${number}.`;
    } else if (act === "move-up") {
      row.previousElementSibling.before(row);
      status.textContent = `Moved to place ${number - 1}.`;
    } else {
      row.nextElementSibling.after(row);
      status.textContent = `Moved to place ${number + 1}.`;
    }
    renumber(list, prefix, one);
    if (focus.disabled) focus = [...row.querySelectorAll(".rows-tools button")].find((other) => !other.disabled) || focus;
    focus.focus();
    group.dispatchEvent(new Event("input", { bubbles: true })); // autosave listens
  });
}

export function start() {
  for (const group of document.querySelectorAll("[data-rows]:not([data-bound])")) {
    group.dataset.bound = "";
    bind(group);
  }
}
