/* Hides the parts of a designer's form that their conditions hide; the server judges by the same rules (form_conditions.py). */
import { fresh } from "./find.js";

export function conditions(root) {
  const parts = fresh(root, "[data-hide]");
  if (!parts.length) return;
  const form = parts[0].closest("form");
  const judge = () => {
    for (const part of parts) part.hidden = evaluate(JSON.parse(part.dataset.hide), form) === true;
  };
  form.addEventListener("input", judge);
  form.addEventListener("change", judge);
  judge();
}

function answer(form, name) {
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => !one.closest("[data-hide][hidden]"));
  const [first] = inputs;
  if (!first) return null;
  if (first.type === "radio") return inputs.find((one) => one.checked)?.value ?? null;
  if (first.type === "checkbox") return first.value === "true" ? first.checked : null;
  if (first.inputMode === "decimal") return first.value.trim() === "" || isNaN(first.value) ? null : Number(first.value);
  return first.value.trim() || null;
}

function evaluate([act, ...parts], form) {
  if (act === "name") return answer(form, parts[0]);
  if (act === "value") return parts[0];
  const found = parts.map((part) => evaluate(part, form));
  if (act === "and" || act === "or") {
    const decides = act === "or";
    if (found.some((one) => one === decides)) return decides;
    return found.every((one) => one === !decides) ? !decides : null;
  }
  if (act === "not") return typeof found[0] === "boolean" ? !found[0] : null;
  if (act === "in") return found.slice(1).some((one) => equal(found[0], one) === true);
  return compare(act, ...found);
}

function compare(act, left, right) {
  if (act === "=" || act === "!=") {
    const same = equal(left, right);
    return same === null ? null : same === (act === "=");
  }
  if (typeof left !== typeof right || !["number", "string"].includes(typeof left)) return null;
  return { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[act];
}

function equal(left, right) {
  if (left === null || right === null) return left === right;
  return typeof left === typeof right ? left === right : null;
}
