/* The elements of a kind that no part has seen yet; a second run over the same page does nothing twice. */
export function fresh(root, selector) {
  const mark = selector.replace(/\W/g, "");
  return [...root.querySelectorAll(selector)].filter((element) => {
    element.enlivened ??= new Set();
    if (element.enlivened.has(mark)) return false;
    element.enlivened.add(mark);
    return true;
  });
}
