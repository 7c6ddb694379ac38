/* Sends the files of a slot one after the other as soon as they are chosen, and says how far it is. What is refused is sent once more as a form is, so that the page tells why at its place. */
import { fresh } from "./find.js";
import { gettext } from "./translations.js";

const MOST = 7.5 * 1024 * 1024; // bytes of one request
const EDGE = 3508; // pixels that are kept of a photograph

export function uploads(root) {
  for (const form of fresh(root, "form[data-upload]")) {
    const input = form.querySelector("input[type=file]");
    form.querySelector("[data-upload-send]").hidden = true;
    form.classList.add("is-live");
    input.addEventListener("change", () => { if (input.files.length) send(form, input, [...input.files]); });
  }
}

async function send(form, input, files) {
  const rest = [];
  form.setAttribute("aria-busy", "true");
  for (const [place, file] of files.entries()) {
    tell(form, place, files.length, 0);
    const fit = await shrink(file);
    const status = await post(form, input, fit, files.length > 1, (part) => tell(form, place, files.length, part));
    if (status !== 204) rest.push(fit);
  }
  if (rest.length) refuse(form, input, rest);
  else showPage(form.dataset.upload);
}

// After a refusal the page stands at the form's own address: loading that again would send the file again.
function showPage(address) {
  if (new URL(address, location.href).pathname === location.pathname) location.reload();
  else location.assign(address);
}

function post(form, input, file, among, told) {
  return new Promise((done) => {
    const data = new FormData(form);
    data.set(input.name, file, file.name);
    // A PDF alone is a version as it is; among others its pages are pages like theirs.
    if (among) data.set("among", "others");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.upload.addEventListener("progress", (event) => told(event.lengthComputable ? event.loaded / event.total : 0));
    request.addEventListener("loadend", () => done(request.status));
    request.send(data);
  });
}

function refuse(form, input, rest) {
  const carried = new DataTransfer();
  const together = rest.reduce((sum, file) => sum + file.size, 0) < MOST;
  for (const file of together ? rest : rest.slice(0, 1)) carried.items.add(file);
  input.files = carried.files;
  form.submit();
}

function tell(form, place, count, part) {
  const percent = Math.round(100 * part);
  const bar = form.querySelector("[data-upload-progress]");
  bar.hidden = false;
  bar.setAttribute("aria-valuenow", percent);
  bar.firstElementChild.style.setProperty("--value", `${percent}%`);
  const told = percent < 100
    ? gettext("正在上传第 %(place)s 个，共 %(count)s 个：%(percent)s%%", { place: place + 1, count, percent })
    : gettext("第 %(place)s 个已传完，正在检查", { place: place + 1 });
  form.querySelector("[data-upload-told]").textContent = told;
}

// What is too large for one request is made smaller here; everything else is left to the server.
async function shrink(file) {
  if (file.size < MOST || !file.type.startsWith("image/")) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  return blob ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
}
