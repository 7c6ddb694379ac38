/* The chosen display shows at once; the form keeps it. */
import { fresh } from "./find.js";

export function display(root) {
  for (const form of fresh(root, "form[data-display]")) {
    form.addEventListener("change", () => {
      const chosen = new FormData(form);
      const page = document.documentElement.classList;
      page.toggle("theme-light", chosen.get("theme") === "light");
      page.toggle("theme-dark", chosen.get("theme") === "dark");
      page.toggle("text-large", chosen.has("large"));
    });
  }
}
