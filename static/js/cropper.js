/* Cuts a chosen picture to exactly the size of the 证件照 and below its limit; without script the picture goes as it is and the server checks it. */
import { fresh } from "./find.js";
import { gettext } from "./translations.js";

const SVG = "http://www.w3.org/2000/svg";
// Head, shoulders, and at each side a short line as high as the eyes, in the 295 × 413 pixels of the 证件照.
const OUTLINE = "M148 58c52 0 78 40 78 94 0 58-32 98-78 98s-78-40-78-98c0-54 26-94 78-94zM14 413c4-82 50-106 96-118M282 413c-4-82-50-106-96-118M8 174h46M242 174h46";

export function cropper(root) {
  for (const box of fresh(root, "[data-cropper]")) {
    const input = box.querySelector("input[type=file]");
    box.querySelector("[data-cropper-hint]")?.removeAttribute("hidden");
    input.addEventListener("change", (event) => {
      if (input.files[0] && !event.detail) open(box, input);
    });
  }
}

async function open(box, input) {
  const width = Number(box.dataset.width);
  const height = Number(box.dataset.height);
  const picture = await createImageBitmap(input.files[0]).catch(() => null);
  if (!picture) return;
  if (input.files[0].type === "image/jpeg" && picture.width === width && picture.height === height) return;
  const least = Math.max(width / picture.width, height / picture.height);
  const view = { zoom: 1, x: (width - picture.width * least) / 2, y: (height - picture.height * least) / 2 };
  const stage = frame(box, width, height);
  const draw = () => {
    const scale = least * view.zoom;
    view.x = Math.min(0, Math.max(width - picture.width * scale, view.x));
    view.y = Math.min(0, Math.max(height - picture.height * scale, view.y));
    const paper = stage.canvas.getContext("2d");
    paper.fillStyle = "#ffffff";
    paper.fillRect(0, 0, width, height);
    paper.drawImage(picture, view.x, view.y, picture.width * scale, picture.height * scale);
  };
  const keep = async () => put(input, await shrink(stage.canvas, Number(box.dataset.limit)));
  handle(stage, view, draw, keep);
  draw();
  await keep();
}

function frame(box, width, height) {
  box.querySelector("[data-cropping]")?.remove();
  const holder = document.createElement("div");
  holder.dataset.cropping = "";
  holder.className = "crop";
  const canvas = Object.assign(document.createElement("canvas"), { width, height, tabIndex: 0, className: "crop__canvas" });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", gettext("裁剪证件照：拖动照片，或用方向键移动，加号减号缩放"));
  const zoom = Object.assign(document.createElement("input"), { type: "range", min: 1, max: 4, step: 0.02, value: 1, className: "slider" });
  zoom.setAttribute("aria-label", gettext("缩放"));
  const hint = Object.assign(document.createElement("p"), { className: "hint", textContent: gettext("把脸放进虚线：头顶留一点，眼睛与两边的短线齐。拖动照片，或选中后用方向键移动；虚线不会印在照片上。") });
  const stage = Object.assign(document.createElement("div"), { className: "crop__aim" });
  stage.append(canvas, outline(width, height));
  holder.append(stage, zoom, hint);
  const shown = box.querySelector(".crop");
  shown.hidden = true;
  shown.before(holder);
  return { canvas, zoom };
}

/* Where head and shoulders belong: drawn over the picture and never into it. */
function outline(width, height) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.setAttribute("class", "crop__mask");
  picture.setAttribute("aria-hidden", "true");
  for (const name of ["ground", "line"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("d", OUTLINE);
    picture.append(path);
  }
  return picture;
}

function handle({ canvas, zoom }, view, draw, keep) {
  let from = null;
  const move = (x, y) => { view.x += x; view.y += y; draw(); };
  canvas.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const ratio = canvas.width / canvas.clientWidth;
    move((event.clientX - from[0]) * ratio, (event.clientY - from[1]) * ratio);
    from = [event.clientX, event.clientY];
  });
  canvas.addEventListener("pointerup", () => { from = null; keep(); });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] }[event.key];
    if (!step) return;
    event.preventDefault();
    move(...step);
    keep();
  });
  zoom.addEventListener("input", () => { view.zoom = Number(zoom.value); draw(); });
  zoom.addEventListener("change", keep);
}

async function shrink(canvas, limit) {
  for (const quality of [0.95, 0.9, 0.8, 0.7, 0.6, 0.5]) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob.size < limit) return blob;
  }
  return null;
}

function put(input, blob) {
  if (!blob) return;
  const carried = new DataTransfer();
  carried.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  input.files = carried.files;
  // detail tells our own change from the person's.
  input.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: "cropped" }));
}
