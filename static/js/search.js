/* A changed filter is applied at once. */
import { fresh } from "./find.js";

export function search(root) {
  for (const form of fresh(root, "form[data-autosubmit]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select")) form.requestSubmit();
    });
  }
}
