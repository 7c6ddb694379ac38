/* Choosing a region fetches the lower levels: the form is sent as its refresh button would send it, and only the selects are replaced. */
import { fresh } from "./find.js";

const turns = new WeakMap(); // set of selects → how often it was renewed

export function cascades(root) {
  for (const set of fresh(root, "[data-cascade]")) {
    const button = set.querySelector("[data-cascade-refresh] button");
    if (!button) continue;
    button.closest("[data-cascade-refresh]").hidden = true;
    const selects = [...set.querySelectorAll("select")];
    selects.forEach((select, place) => {
      if (place === selects.length - 1) return;
      select.addEventListener("change", () => refresh(set, select, button));
      // Somebody was quicker than this script.
      if (select.value !== asSent(select)) refresh(set, select, button);
    });
  }
}

function asSent(select) {
  const options = [...select.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value;
}

async function refresh(set, select, button) {
  const form = select.form;
  const sent = new FormData(form);
  sent.set(button.name, button.value);
  const get = form.method === "get";
  const address = get ? `${form.action}?${new URLSearchParams(sent)}` : form.action;
  const turn = (turns.get(set) ?? 0) + 1;
  turns.set(set, turn);
  set.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: form.method, body: get ? undefined : sent });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turns.get(set) !== turn) return; // somebody has chosen again meanwhile
    for (const old of set.querySelectorAll("select")) {
      const renewed = page.getElementById(old.id);
      if (!renewed || old === select) continue;
      const chosen = renewed.value; // moving its options one by one makes each that is left the chosen one
      old.replaceChildren(...renewed.children);
      old.value = chosen;
    }
    set.dispatchEvent(new Event("change", { bubbles: true }));
  } catch {
    button.closest("[data-cascade-refresh]").hidden = false;
  } finally {
    if (turns.get(set) === turn) set.removeAttribute("aria-busy");
  }
}
