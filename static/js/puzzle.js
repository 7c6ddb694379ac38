/* The slider puzzle: the number becomes a slider that moves the piece; another way is loaded only when it is opened. */
import { fresh } from "./find.js";

export function puzzle(root) {
  fresh(root, "[data-puzzle]").forEach(slide);
}

function slide(box) {
  const [picture, piece] = box.querySelectorAll("img");
  const input = box.querySelector("#puzzle-place");
  for (const told of box.querySelectorAll("[data-told]")) told.textContent = told.dataset.told;
  const slider = makeSlider(input);
  const move = () => {
    piece.style.left = `${(Number(slider.value) / Number(picture.getAttribute("width"))) * 100}%`;
    slider.setAttribute("aria-valuetext", slider.value);
  };
  slider.addEventListener("input", () => {
    input.value = slider.value;
    move();
  });
  piece.hidden = false;
  move();
  const another = box.querySelector("[data-another]");
  another.hidden = false;
  another.addEventListener("click", () => renew(box, slider, move));
  const details = box.querySelector("details");
  details.addEventListener("toggle", () => work(details), { once: true });
}

function makeSlider(input) {
  // The number itself is sent, so that a puzzle which nobody touched is empty and not at its beginning.
  const slider = input.cloneNode();
  slider.type = "range";
  slider.removeAttribute("name");
  slider.className = "slider";
  slider.value = 0;
  input.type = "hidden";
  input.removeAttribute("id");
  input.after(slider);
  return slider;
}

async function renew(box, slider, move) {
  const answer = await fetch(box.dataset.puzzle);
  if (!answer.ok) return;
  const { name } = await answer.json();
  const frame = box.querySelector(".puzzle");
  const [picture, piece] = frame.querySelectorAll("img");
  picture.src = frame.dataset.picture.replace("NAME", name);
  piece.src = frame.dataset.piece.replace("NAME", name);
  box.querySelector("[name=puzzle_name]").value = name;
  box.querySelector("[name=puzzle]").value = "";
  slider.value = 0;
  move();
  slider.focus();
}

function work(details) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = details.dataset.style;
  document.head.append(style);
  const script = document.createElement("script");
  script.type = "module";
  script.src = details.dataset.work;
  document.head.append(script);
}
