/* Names the chosen file, says at once when it is too large, takes a file that is dropped, and reminds of one that was chosen and not sent. */
import { fresh } from "./find.js";
import { gettext } from "./translations.js";

export function files(root) {
  for (const drop of fresh(root, "[data-drop]")) {
    const input = drop.querySelector("input[type=file]");
    input.addEventListener("change", () => tell(drop, input));
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("drop--over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("drop--over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("drop--over");
      if (event.dataTransfer.files.length !== 1) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  for (const form of fresh(root, "form[data-after-files]")) {
    form.addEventListener("submit", (event) => remind(event, form));
  }
}

// Each file has a form of its own: sending another one would lose what was chosen in it.
function remind(event, form) {
  const busy = document.querySelector("form[data-upload][aria-busy=true]");
  if (busy) {
    event.preventDefault();
    busy.querySelector("[data-upload-told]").textContent = gettext("文件还在上传，请等传完再提交");
    busy.querySelector("input[type=file]").focus();
    return;
  }
  const inputs = [...document.querySelectorAll("[data-drop] input[type=file]")];
  const chosen = inputs.find((input) => input.form !== form && input.files.length > 0);
  if (!chosen) return;
  event.preventDefault();
  chosen.closest("[data-drop]").querySelector("[data-file-name]").textContent = gettext("%(name)s 还没有上传，请先上传，或者重新打开本页不用它", { name: chosen.files[0].name });
  chosen.focus();
}

function tell(drop, input) {
  const note = drop.querySelector("[data-file-name]");
  const file = input.files[0];
  const limit = Number(input.dataset.limit || 0);
  const large = Boolean(file && limit && file.size >= limit);
  if (note) note.textContent = file ? describe(file, large) : "";
  input.setCustomValidity(large ? gettext("文件太大") : "");
}

function describe(file, large) {
  const told = { name: file.name, size: Math.max(1, Math.round(file.size / 1024)) };
  return large
    ? gettext("已选择 %(name)s，%(size)s KB，超过大小限制，请压缩后再选", told)
    : gettext("已选择 %(name)s，%(size)s KB", told);
}
