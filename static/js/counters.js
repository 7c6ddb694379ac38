/* 已输入 15 字，最多 500 字. */
import { fresh } from "./find.js";
import { gettextPlural } from "./translations.js";

export function counters(root) {
  for (const area of fresh(root, "textarea[data-count]")) {
    const note = document.getElementById(`${area.id}-count`);
    const most = Number(area.dataset.count);
    const show = () => {
      const left = most - [...area.value].length;
      note.textContent = left < 0
        ? gettextPlural("超出 %(num)s 字，最多 %(most)s 字", -left, { most })
        : gettextPlural("已输入 %(num)s 字，最多 %(most)s 字", most - left, { most });
      note.classList.toggle("count--over", left < 0);
    };
    // The count tells what is too much; a browser that keeps to maxlength would cut what is pasted, and say nothing.
    area.removeAttribute("maxlength");
    area.addEventListener("input", show);
    if (area.value) show();
  }
}
