/* What is typed into a long form is kept on the server while the person types: an ended session or a closed page loses nothing that can still be continued. */
import { fresh } from "./find.js";

const PAUSE = 1500;

export function keep(root) {
  for (const form of fresh(root, "form[data-keep]")) {
    let timer = 0;
    const stop = () => {
      clearTimeout(timer);
      timer = 0;
    };
    form.addEventListener("input", () => {
      stop();
      timer = setTimeout(() => {
        stop();
        send(form);
      }, PAUSE);
    });
    form.addEventListener("submit", stop);
    // Who leaves within the pause loses nothing either.
    addEventListener("pagehide", () => {
      if (!timer) return;
      stop();
      send(form, true);
    });
  }
}

async function send(form, leaving = false) {
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  typed.delete("signature");
  typed.set("do", "keep");
  try {
    const answer = await fetch(form.getAttribute("action") ?? location.href, { method: "post", body: typed, redirect: "manual", keepalive: leaving });
    tell(form, answer.status === 204, answer.status === 409 ? await answer.text() : "");
  } catch {
    tell(form, false, "");
  }
}

function tell(form, kept, refusal) {
  const told = form.querySelector("[data-kept]");
  const not = form.querySelector("[data-not-kept]");
  if (told) told.hidden = !kept;
  if (!not) return;
  not.hidden = !refusal;
  not.textContent = refusal;
}
