/* The box in which a finger or a pen signs; the drawing goes along as a PNG in a hidden field. */
import SignaturePad from "signature_pad";
import { fresh } from "./find.js";
import { gettextPlural } from "./translations.js";

export function signature(root) {
  for (const set of fresh(root, "[data-signature]")) {
    const draw = set.querySelector("[data-signature-draw]");
    const canvas = draw.querySelector("canvas");
    const value = set.querySelector("[data-signature-value]");
    const strokes = set.querySelector("[data-signature-strokes]");
    draw.hidden = false;
    set.querySelector("[data-signature-other]").open = false;
    const pad = new SignaturePad(canvas, { penColor: "#1d2327", backgroundColor: "#ffffff", minWidth: 1.2, maxWidth: 3.6 });
    const keep = () => {
      const drawn = pad.toData().length;
      value.value = drawn ? pad.toDataURL("image/png") : "";
      strokes.textContent = drawn ? gettextPlural("共 %(num)s 笔", drawn) : "";
    };
    const fit = () => {
      const ratio = Math.max(window.devicePixelRatio || 1, 1);
      const drawn = pad.toData();
      canvas.width = canvas.offsetWidth * ratio;
      canvas.height = canvas.offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      pad.clear();
      pad.fromData(drawn);
      keep();
    };
    pad.addEventListener("endStroke", keep);
    set.querySelector("[data-signature-undo]").addEventListener("click", () => { pad.fromData(pad.toData().slice(0, -1)); keep(); });
    set.querySelector("[data-signature-clear]").addEventListener("click", () => { pad.clear(); keep(); });
    window.addEventListener("resize", fit);
    fit();
  }
}
