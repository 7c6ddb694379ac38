/* Comfort only: every page works without this file. A part looks for its own data attributes and is run again on what htmx brings in. */
import htmx from "htmx.org";
import { answered } from "./answered.js";
import { awaited } from "./awaited.js";
import { cascades } from "./cascade.js";
import { conditions } from "./conditions.js";
import { counters } from "./counters.js";
import { cropper } from "./cropper.js";
import { diagrams } from "./diagrams.js";
import { dialogs } from "./dialogs.js";
import { display } from "./display.js";
import { files } from "./files.js";
import { keep } from "./keep.js";
import { keys } from "./keys.js";
import { puzzle } from "./puzzle.js";
import { pageCrop } from "./page-crop.js";
import { review } from "./review.js";
import { search } from "./search.js";
import { selection } from "./selection.js";
import { session } from "./session.js";
import { signature } from "./signature.js";
import { small } from "./small.js";
import { uploads } from "./uploads.js";

const parts = [
  answered, awaited, cascades, conditions, counters, cropper, diagrams, dialogs, display, files, keep, pageCrop, puzzle, review, search,
  selection, session, signature, small, uploads,
];

function enliven(root) {
  for (const part of parts) part(root);
}

keys(document);
enliven(document);
document.addEventListener("htmx:after:swap", () => enliven(document));
window.htmx = htmx;
