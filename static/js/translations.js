/* Says a sentence in the language of the page: its Chinese source, or what the page brought along for it. */
const ORDER = ["zero", "one", "two", "few", "many", "other"];
const brought = document.getElementById("sentences");
const catalogue = brought ? JSON.parse(brought.textContent) : {};
const rules = new Intl.PluralRules(document.documentElement.lang || "zh-CN");
const forms = ORDER.filter((form) => rules.resolvedOptions().pluralCategories.includes(form));

/* gettext("已选择 %(name)s", { name }) */
export function gettext(sentence, values = {}) {
  return fill(catalogue[sentence] ?? sentence, values);
}

/* A sentence about a number of things, which is named `num` in it; Chinese has one form for all. */
export function gettextPlural(sentence, num, values = {}) {
  const said = catalogue[sentence] ?? [];
  return fill(said[forms.indexOf(rules.select(num))] ?? sentence, { num, ...values });
}

function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (placeholder, name) => values[name] ?? placeholder);
}
