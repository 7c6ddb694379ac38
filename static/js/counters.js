/* 已输入 15 字，最多 500 字. */
import { fresh } from "./find.js";

export function counters(root) {
  for (const area of fresh(root, "textarea[data-count]")) {
    const note = document.getElementById(`${area.id}-count`);
    const most = Number(area.dataset.count);
    const show = () => {
      const left = most - [...area.value].length;
      note.textContent = left < 0 ? `超出 ${-left} 字，最多 ${most} 字` : `已输入 ${most - left} 字，最多 ${most} 字`;
      note.classList.toggle("count--over", left < 0);
    };
    // The count tells what is too much; a browser that keeps to maxlength would cut what is pasted, and say nothing.
    area.removeAttribute("maxlength");
    area.addEventListener("input", show);
    if (area.value) show();
  }
}
