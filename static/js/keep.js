/* What is typed into a long form is kept on the server while the person types: an ended session or a closed page loses nothing that can still be continued. */
import { fresh } from "./find.js";

const PAUSE = 1500;

export function keep(root) {
  for (const form of fresh(root, "form[data-keep]")) {
    let timer = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => send(form), PAUSE);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
  }
}

async function send(form) {
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  typed.delete("signature");
  typed.set("do", "keep");
  const told = form.querySelector("[data-kept]");
  try {
    const answer = await fetch(form.action, { method: "post", body: typed, redirect: "manual" });
    if (told) told.hidden = answer.status !== 204;
  } catch {
    if (told) told.hidden = true;
  }
}
