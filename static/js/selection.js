/* Picking rows: all of the page at once, and how many are picked. */
import { fresh } from "./find.js";

export function selection(root) {
  for (const all of fresh(root, "[data-select-all]")) {
    const table = all.closest("table");
    const boxes = [...table.querySelectorAll(`input[name="${all.dataset.selectAll}"]:not(:disabled)`)];
    const shown = all.closest("form")?.querySelector("[data-bulk-count]");
    const count = () => {
      const picked = boxes.filter((box) => box.checked);
      boxes.forEach((box) => box.closest("tr").classList.toggle("is-on", box.checked));
      all.checked = picked.length === boxes.length && picked.length > 0;
      all.indeterminate = picked.length > 0 && picked.length < boxes.length;
      if (shown) shown.textContent = picked.length;
    };
    all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
    boxes.forEach((box) => box.addEventListener("change", count));
    count();
  }
}
