/* Asks again and again for what comes from another device, and only while somebody waits for it: the box around it is open and the page is looked at. */
import { fresh } from "./find.js";

const PAUSE = 3000;

export function awaited(root) {
  for (const place of fresh(root, "[data-awaited]")) {
    const timer = setInterval(() => {
      if (!place.isConnected) clearInterval(timer);
      else if (place.closest("details").open && !document.hidden) place.dispatchEvent(new CustomEvent("awaited"));
    }, PAUSE);
  }
}
