/**
 * The citizen's identity number (GB 11643-1999), checked while it is typed, so that a slip is found
 * with the card still in hand. The server checks again; the problems have the same names there.
 */
export type IdNumberProblem = "length" | "characters" | "region" | "birth" | "check_character";

const CHECK_CHARACTERS = "10X98765432";
const EARLIEST_YEAR = 1880;
/** GB/T 2260; 83 is the residence permit of Taiwan residents, 9 begins a foreigner's card. */
const PROVINCE = /^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[123])/;

/** Full-width digits and blanks, as some keyboards give them, made plain. */
export function normalised(text: string): string {
  return text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
}

/** The 18th character for 17 digits (ISO 7064 MOD 11-2). */
export function checkCharacter(first17: string): string {
  // Weights are powers of two modulo 11, the last one 2.
  let total = 0;
  let weight = 2;
  for (let place = 16; place >= 0; place -= 1) {
    total += Number(first17[place]) * weight;
    weight = (weight * 2) % 11;
  }
  return CHECK_CHARACTERS[total % 11] ?? "";
}

/** @returns `null` when the number passes every check. */
export function idNumberProblem(text: string, today = new Date()): IdNumberProblem | null {
  const number = normalised(text);
  if (number.length !== 18) return "length";
  if (!/^\d{17}[\dX]$/.test(number)) return "characters";
  const region = number.startsWith("9") ? number.slice(1) : number;
  if (!PROVINCE.test(region)) return "region";
  if (!bornPlausibly(number.slice(6, 14), today)) return "birth";
  return checkCharacter(number.slice(0, 17)) === number[17] ? null : "check_character";
}

function bornPlausibly(digits: string, today: Date): boolean {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const born = new Date(year, month - 1, day);
  const exists = born.getMonth() === month - 1 && born.getDate() === day;
  return exists && year >= EARLIEST_YEAR && born <= today;
}

/** Full years on `day`; the number must have passed its check. */
export function ageOf(text: string, day = new Date()): number {
  const number = normalised(text);
  const [year, rest] = [Number(number.slice(6, 10)), Number(number.slice(10, 14))];
  const hadBirthday = (day.getMonth() + 1) * 100 + day.getDate() >= rest;
  return day.getFullYear() - year - (hadBirthday ? 0 : 1);
}
