/* Keys for reviewers: data-key on a button, link or input, or on what holds a form's inputs; J and K move in a list,
   X picks, Enter opens, ? shows all keys. */
import { enter } from "./find.js";

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
let row = -1;

export function keys(page) {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (page.querySelector("dialog[open]")) return;
    const typing = event.target.closest(TYPING);
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    if (press(page, event.key.toLowerCase()) || move(page, event)) event.preventDefault();
  });
}

function press(page, key) {
  // Enter on a control belongs to the control.
  if (key === "enter" && page.activeElement !== page.body) return false;
  const target = [...page.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && one.getClientRects().length && !one.disabled);
  if (!target) return false;
  if (target.matches("input[type=search], input[type=text]")) target.focus();
  else if (target.matches("form, div")) enter(target);
  else target.click();
  return true;
}

function move(page, event) {
  const rows = [...page.querySelectorAll("tr[data-row]")];
  const key = event.key.toLowerCase();
  if (!rows.length || !["j", "k", "x", "enter"].includes(key)) return false;
  if (key === "j" || key === "k") return go(rows, key === "j" ? 1 : -1);
  if (!rows[row]) return false;
  if (key === "x") rows[row].querySelector("input[type=checkbox]:not(:disabled)")?.click();
  else if (page.activeElement === page.body || page.activeElement === rows[row]) location.assign(rows[row].querySelector("th a")?.href ?? rows[row].dataset.row);
  else return false;
  return true;
}

function go(rows, by) {
  row = Math.min(Math.max(row + by, 0), rows.length - 1);
  rows[row].tabIndex = -1;
  rows[row].focus();
  return true;
}
