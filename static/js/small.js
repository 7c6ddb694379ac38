/* Small comforts: the summary of errors has the focus, passwords can be shown, numbers copy without spaces, a form is sent once. */
import { fresh } from "./find.js";
import { gettext } from "./translations.js";

export function small(root) {
  fresh(root, "[data-focus]").forEach((summary) => summary.focus());
  fresh(root, "main :target").forEach(asked);
  fresh(root, "[data-reveal]").forEach(reveal);
  fresh(root, "[data-back]").forEach((link) => link.addEventListener("click", back));
  fresh(root, "[data-copy]").forEach((element) => element.addEventListener("copy", plain));
  fresh(root, "[data-nested]").forEach(nested);
  fresh(root, "form[method=post]").forEach(once);
  fresh(root, "details.menu").forEach(menu);
}

function asked(place) {
  // The address names a question: whoever came to change its answer types at once.
  const input = place.matches("input, select, textarea, [tabindex]") ? place : place.querySelector("input, select, textarea");
  input?.focus();
}

function reveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    button.firstChild.textContent = shown ? gettext("显示") : gettext("隐藏");
  });
}

function back(event) {
  // The browser's own way back keeps what was typed.
  if (history.length < 2) return;
  event.preventDefault();
  history.back();
}

function plain(event) {
  event.preventDefault();
  event.clipboardData.setData("text/plain", event.currentTarget.dataset.copy);
}

function nested(box) {
  const input = document.getElementById(box.dataset.nested);
  const group = document.querySelectorAll(`input[name="${CSS.escape(input.name)}"]`);
  const show = () => { box.hidden = !input.checked; };
  group.forEach((one) => one.addEventListener("change", show));
  if (!box.querySelector("[aria-invalid]")) show();
}

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  // Coming back with the browser's history must not leave the form blocked.
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
}

function menu(details) {
  const close = () => { details.open = false; };
  document.addEventListener("click", (event) => { if (!details.contains(event.target)) close(); });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    close();
    details.querySelector("summary").focus();
  });
}
