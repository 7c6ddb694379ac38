/* Reviewing by keys. In a list C claims the row one stands on. In a check Y, U, M judge the material one
   stands at, 1 to 6 tick its reasons, Enter goes to the next that is not judged and after the last to the conclusion, J and K
   go up and down. */
import { enter, fresh } from "./find.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

export function review(root) {
  for (const form of fresh(root, "form[data-check]")) check(form);
  for (const form of fresh(root, "form[data-worklist]")) list(form);
  // The next scan replaces the last one.
  for (const box of fresh(root, "input[data-scan]")) if (box.value) box.select();
}

function plain(event) {
  return !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest(TYPING));
}

function list(form) {
  // Before the general keys, which would take the first C of the page.
  document.addEventListener("keydown", (event) => {
    if (!plain(event) || event.key.toLowerCase() !== "c") return;
    const row = document.activeElement?.closest("tr[data-row]") ?? form.querySelector("tr[data-row]");
    const button = row?.querySelector("[data-claim]");
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.click();
  }, true);
}

function check(form) {
  const items = [...form.querySelectorAll("[data-check-item]")];
  if (!items.length) return;
  let here = Math.max(items.findIndex((item) => !judged(item)), 0);
  const stand = (place, focus) => {
    here = Math.min(Math.max(place, 0), items.length - 1);
    items.forEach((item, index) => item.classList.toggle("is-here", index === here));
    document.querySelectorAll("[data-material]").forEach((one) => one.classList.toggle("is-here", Number(one.dataset.material) === here));
    show(here);
    if (!focus) return;
    items[here].scrollIntoView({ block: "nearest" });
    document.querySelector(`[data-material="${here}"]`)?.scrollIntoView({ block: "nearest" });
    (items[here].querySelector("input:checked") ?? items[here].querySelector("input[type=radio]")).focus({ preventScroll: true });
  };
  form.addEventListener("focusin", (event) => {
    const item = event.target.closest("[data-check-item]");
    if (item) stand(items.indexOf(item), false);
  });
  form.addEventListener("change", (event) => {
    const item = event.target.closest("[data-check-item]");
    if (item && event.target.type === "radio") unfold(item);
  });
  document.addEventListener("keydown", (event) => {
    if (!plain(event) || !press(event.key.toLowerCase(), event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  const press = (key, target) => {
    const item = items[here];
    const verdict = item.querySelector(`[data-verdict-key="${key}"]`);
    if (verdict) return pick(item, verdict);
    const reason = item.querySelector(`[data-reason-key="${key}"]`);
    if (reason && reason.getClientRects().length) return tick(reason);
    if (key === "j" || key === "k") return go(here + (key === "j" ? 1 : -1));
    // Enter on a button or a link is theirs; anywhere else it means: on to the next.
    if (key === "enter" && !target.closest("button, a, summary")) return proceed();
    return false;
  };
  const pick = (item, verdict) => {
    verdict.checked = true;
    typed(verdict);
    unfold(item);
    verdict.focus({ preventScroll: true });
    return true;
  };
  const tick = (reason) => {
    reason.checked = !reason.checked;
    typed(reason);
    return true;
  };
  const go = (place) => {
    stand(place, true);
    return true;
  };
  const proceed = () => {
    const left = [...items.keys()].filter((place) => !judged(items[place]));
    if (left.length) return go(left.find((place) => place > here) ?? left[0]);
    enter(form.querySelector("[data-key=d]"));
    return true;
  };
  stand(here, false);
}

// Where materials are files: the one that is being judged is the one that is seen.
function show(place) {
  const link = document.querySelector(`a[data-doc="${place}"]`);
  const frame = link && document.querySelector(`iframe[name="${link.target}"]`);
  if (!frame || (frame.dataset.shown ?? frame.src) === link.href) return;
  frame.dataset.shown = link.href;
  frame.contentWindow.location.replace(link.href); // no entry for each in the browser's way back
}

// A key is as good as a click: what keeps the form hears of it.
function typed(input) {
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function judged(item) {
  return Boolean(item.querySelector("input[type=radio]:checked"));
}

function unfold(item) {
  const bad = item.querySelector("input[type=radio]:checked")?.value !== "conform";
  item.querySelector(".check-reasons").open = bad;
}
