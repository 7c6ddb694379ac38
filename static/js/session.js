/* Five minutes before the session ends, it asks; staying fetches the page once, which renews the session where the server allows it. */
import { fresh } from "./find.js";
import { gettext } from "./translations.js";

const WARN = 300;

export function session(root) {
  for (const dialog of fresh(root, "dialog[data-session]")) {
    let end = Date.now() + Number(dialog.dataset.session) * 1000;
    const left = dialog.querySelector("[data-session-left]");
    setInterval(() => {
      const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
      if (seconds > WARN) return;
      left.textContent = gettext("%(minutes)s 分 %(seconds)s 秒", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
      if (!dialog.open) dialog.showModal();
    }, 1000);
    dialog.querySelector("[data-session-stay]").addEventListener("click", async () => {
      const answer = await fetch(location.href, { headers: { "X-Renew": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const renewed = page.querySelector("dialog[data-session]");
      if (renewed) end = Date.now() + Number(renewed.dataset.session) * 1000;
      dialog.close();
    });
  }
}
