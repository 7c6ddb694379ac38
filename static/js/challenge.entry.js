/* The work that a browser does before what many could ask for at once. Its worker is a file of ours, as the policy asks. */
import "altcha/external";
import "altcha/i18n/zh-cn";
import "altcha/altcha.css";

const worker = new URL("challenge-worker.entry.js", import.meta.url);

globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));
