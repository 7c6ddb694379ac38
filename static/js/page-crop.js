/* Draws the frame of what is kept of a page over its picture; the four numbers say the same and are what is sent. */
import { fresh } from "./find.js";

const LEAST = 10; // per cent of either side
const GRIPS = [["left", "top"], ["right", "top"], ["left", "bottom"], ["right", "bottom"]];

export function pageCrop(root) {
  for (const form of fresh(root, "[data-page-crop]")) {
    const inputs = Object.fromEntries([...form.querySelectorAll("[data-side]")].map((one) => [one.dataset.side, one]));
    const stage = form.querySelector("[data-page-crop-picture]").parentElement;
    const box = build(stage);
    const draw = () => place(box, read(inputs));
    for (const input of Object.values(inputs)) input.addEventListener("input", draw);
    for (const grip of [box, ...box.children]) drag(grip, stage, inputs, draw);
    form.querySelector("[data-page-crop-hint]").hidden = false;
    draw();
  }
}

function build(stage) {
  const clip = Object.assign(document.createElement("div"), { className: "cut__clip" });
  const box = Object.assign(document.createElement("div"), { className: "cut__box" });
  for (const [across, down] of GRIPS) {
    const grip = Object.assign(document.createElement("span"), { className: "cut__grip" });
    grip.dataset.grip = `${across} ${down}`;
    grip.style.left = across === "left" ? "0" : "100%";
    grip.style.top = down === "top" ? "0" : "100%";
    box.append(grip);
  }
  clip.append(box);
  stage.append(clip);
  return box;
}

function read(inputs) {
  const value = (side, otherwise) => (/^\d+$/.test(inputs[side].value) ? Math.min(100, Number(inputs[side].value)) : otherwise);
  return { left: value("left", 0), top: value("top", 0), right: value("right", 100), bottom: value("bottom", 100) };
}

function place(box, at) {
  Object.assign(box.style, { left: `${at.left}%`, top: `${at.top}%`, right: `${100 - at.right}%`, bottom: `${100 - at.bottom}%` });
}

function drag(grip, stage, inputs, draw) {
  let from = null;
  grip.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    from = { x: event.clientX, y: event.clientY, at: read(inputs) };
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointermove", (event) => {
    if (!from) return;
    const x = Math.round((100 * (event.clientX - from.x)) / stage.clientWidth);
    const y = Math.round((100 * (event.clientY - from.y)) / stage.clientHeight);
    const next = grip.dataset.grip ? resize(from.at, grip.dataset.grip.split(" "), x, y) : shift(from.at, x, y);
    for (const [side, value] of Object.entries(next)) inputs[side].value = value;
    draw();
  });
  grip.addEventListener("pointerup", () => { from = null; });
}

function resize(at, [across, down], x, y) {
  return {
    ...at,
    [across]: across === "left" ? within(at.left + x, 0, at.right - LEAST) : within(at.right + x, at.left + LEAST, 100),
    [down]: down === "top" ? within(at.top + y, 0, at.bottom - LEAST) : within(at.bottom + y, at.top + LEAST, 100),
  };
}

function shift(at, x, y) {
  const aside = within(x, -at.left, 100 - at.right);
  const along = within(y, -at.top, 100 - at.bottom);
  return { left: at.left + aside, right: at.right + aside, top: at.top + along, bottom: at.bottom + along };
}

function within(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
