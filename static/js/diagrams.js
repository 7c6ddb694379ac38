/* A diagram wider than its frame begins where the case is. */
import { fresh } from "./find.js";

export function diagrams(root) {
  fresh(root, "[data-start]").forEach((frame) => {
    begin(frame);
    const details = frame.closest("details");
    // What is folded up has no width yet.
    if (details) details.addEventListener("toggle", () => begin(frame), { once: true });
  });
}

function begin(frame) {
  const place = (frame.scrollWidth * Number(frame.dataset.start)) / 100;
  frame.scrollLeft = place - frame.clientWidth / 2;
}
