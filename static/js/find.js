/* What several parts look for. */

// The elements of a kind that no part has seen yet; a second run over the same page does nothing twice.
export function fresh(root, selector) {
  const mark = selector.replace(/\W/g, "");
  return [...root.querySelectorAll(selector)].filter((element) => {
    element.enlivened ??= new Set();
    if (element.enlivened.has(mark)) return false;
    element.enlivened.add(mark);
    return true;
  });
}

// Into the first of some inputs, or the one that is chosen already.
export function enter(box) {
  const first = box.querySelector("input:checked") ?? box.querySelector("input:not([type=hidden]), select, textarea, button");
  first?.focus();
}
