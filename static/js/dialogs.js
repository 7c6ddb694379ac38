/* What unfolds on the page without script becomes a modal dialog. */
import { fresh } from "./find.js";

export function dialogs(root) {
  for (const ask of fresh(root, "details[data-dialog]")) {
    const box = ask.querySelector(".dialog");
    const dialog = document.createElement("dialog");
    dialog.className = box.className;
    dialog.setAttribute("aria-labelledby", box.getAttribute("aria-labelledby"));
    dialog.append(...box.childNodes);
    box.replaceWith(dialog);
    ask.querySelector("summary").setAttribute("aria-haspopup", "dialog");
    const show = () => {
      ask.open = true;
      dialog.showModal();
      // Not the act itself: what is to be filled in, or else the way back.
      (dialog.querySelector("input:not([type=hidden]), textarea, select") ?? dialog.querySelector("[data-close]")).focus();
    };
    ask.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      show();
    });
    if (ask.open) show(); // it came back with something to mend
    dialog.addEventListener("close", () => { ask.open = false; });
    dialog.querySelector("[data-close]").addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
}
