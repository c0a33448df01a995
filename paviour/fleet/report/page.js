"use strict";
// Search, filters and sorting of the one table. Without it the page shows all services, in the order of their names.
const body = document.querySelector("#services tbody");
const rows = [...body.rows];
const form = document.querySelector("form");
const heads = [...document.querySelectorAll("#services thead button")];
const count = document.querySelector("#count");

function show() {
  const data = new FormData(form);
  const words = String(data.get("search")).toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = ["stack", "standard", "owner", "lifecycle"].filter((name) => data.get(name));
  let shown = 0;
  for (const row of rows) {
    const text = row.dataset.text;
    row.hidden = !(
      words.every((word) => text.includes(word)) &&
      chosen.every((name) => row.dataset[name] === data.get(name)) &&
      (!data.has("attention") || row.dataset.attention === "yes")
    );
    shown += row.hidden ? 0 : 1;
  }
  count.textContent = `${shown} of ${rows.length} services`;
}

function sort(button, direction) {
  const column = button.closest("th").cellIndex;
  for (const other of heads) other.closest("th").removeAttribute("aria-sort");
  button.closest("th").setAttribute("aria-sort", direction);
  const key = (row) => row.cells[column].dataset.key;
  const sign = direction === "ascending" ? 1 : -1;
  // What is not known comes last, whichever the direction.
  rows.sort((a, b) => (!key(a) - !key(b)) || sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  body.append(...rows);
}

for (const button of heads) {
  button.addEventListener("click", () => {
    const is = button.closest("th").getAttribute("aria-sort");
    sort(button, is === "ascending" ? "descending" : "ascending");
  });
}
form.elements.sort.addEventListener("change", () => sort(heads[Number(form.elements.sort.value)], "ascending"));
form.addEventListener("input", show);
form.addEventListener("reset", () => setTimeout(show));
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
show();
