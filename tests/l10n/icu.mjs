// What ICU says of days, numbers and amounts, as tests/l10n/icu.tsv has it (Node 20, ICU 78): `node icu.mjs > icu.tsv`.
const tags = ["en-GB", "en-US", "ar-EG", "ar-SA", "ar-AE", "fa-IR", "uk-UA", "zh-Hant-HK"];
const systems = { "ar-EG": "arab", "ar-SA": "arab", "fa-IR": "arabext" };
const calendars = { gregorian: "gregory", jalali: "persian", hijri: "islamic-umalqura" };
const days = ["2023-01-31", "2024-02-29", "2024-03-19", "2025-03-20", "2025-03-21", "2025-06-26", "2026-02-18", "2026-05-16", "2026-09-01", "2026-11-30", "2027-08-22", "2028-12-31"];
const row = (...cells) => console.log(cells.join("\t"));
for (const tag of tags) for (const [name, calendar] of Object.entries(calendars)) for (const day of days) {
  const format = new Intl.DateTimeFormat(tag, { calendar, numberingSystem: systems[tag] ?? "latn", timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const part = Object.fromEntries(format.formatToParts(new Date(day)).map(({ type, value }) => [type, value]));
  row("day", tag, name, day, [part.day, part.month, part.year ?? part.relatedYear, part.weekday].join("|"));
}
for (const tag of tags) for (const value of ["0", "7", "-5", "1234", "1234567", "42.5", "-1234.75", "0.125"])
  row("number", tag, "", value, new Intl.NumberFormat(tag, { numberingSystem: systems[tag] ?? "latn", maximumFractionDigits: 3 }).format(value));
for (const tag of tags) for (const currency of ["GBP", "UAH", "SAR", "KWD", "IRR", "HKD", "JPY"]) for (const value of ["0", "9.5", "-1436.004", "1234567.895"]) {
  const format = new Intl.NumberFormat(tag, { style: "currency", currency, numberingSystem: systems[tag] ?? "latn" });
  const number = format.formatToParts(value).filter(({ type }) => ["integer", "group", "decimal", "fraction"].includes(type)).map(({ value }) => value).join("");
  row("money", tag, currency, value, number);
}
