/* A page that answered a form is asked for without it when one comes back: the browser would show its own page, which wants the form sent again. */
import { fresh } from "./find.js";

export function answered(root) {
  for (const page of fresh(root, "html[data-answered]")) {
    page.addEventListener("submit", forget);
    page.addEventListener("click", (event) => {
      if (event.target.closest("a[href]")) forget();
    });
  }
}

// Only on leaving: while one stays, the browser may still send again what was typed.
function forget() {
  history.replaceState(history.state, "", location.href);
}
