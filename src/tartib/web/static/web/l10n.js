// Numbers, amounts and times as the server writes them: the page's language with its region, and the digits it says.
(() => {
  "use strict";
  const page = document.documentElement;
  const locale = `${page.lang}-u-nu-${page.dataset.digits}`;
  const relative = new Intl.RelativeTimeFormat(locale);
  const plural = new Intl.PluralRules(page.lang);
  const number = (value, options) => new Intl.NumberFormat(locale, options).format(value);
  // An amount in the form that the server gave for its currency (`money_form`).
  const money = (amount, form) => {
    const { plus, minus, places, whole, words } = form;
    const rounded = Number(Math.abs(amount).toFixed(places));
    const decimals = whole && Number.isInteger(rounded) ? 0 : places;
    const shown = number(rounded, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return (amount < 0 && rounded ? minus : plus).replace("{}", shown).replace("{word}", words[plural.select(rounded)] ?? "");
  };
  window.tartib = Object.assign(window.tartib ?? {}, { number, money, relative: (value, unit) => relative.format(value, unit) });
})();
