import { expect, test } from "vitest";

import { ageOf, checkCharacter, idNumberProblem } from "../../village_client/web/people/id_number";

const TODAY = new Date(2026, 10, 22);

test("the example of the standard has the check character X", () => {
  expect(checkCharacter("11010519491231002")).toBe("X");
  expect(idNumberProblem("11010519491231002X", TODAY)).toBeNull();
});

test("full-width digits, blanks and a small x are no mistakes", () => {
  expect(idNumberProblem("１１０１０５ 19491231 002x", TODAY)).toBeNull();
});

test("every single wrong digit is found", () => {
  const right = "11010519491231002X";
  for (let place = 0; place < 17; place += 1) {
    for (const digit of "0123456789") {
      if (digit === right[place]) continue;
      const wrong = right.slice(0, place) + digit + right.slice(place + 1);
      expect([wrong, idNumberProblem(wrong, TODAY)]).not.toEqual([wrong, null]);
    }
  }
});

test.each([
  ["1101051949123100", "length"],
  ["1101051949123100XX", "characters"],
  ["99010519491231002X", "region"],
  ["11010519491331002X", "birth"],
  ["11010520991231002X", "birth"],
  ["110105194912310021", "check_character"],
])("%s: %s", (number, problem) => {
  expect(idNumberProblem(number, TODAY)).toBe(problem);
});

test("age counts full years", () => {
  expect(ageOf("11010519491231002X", new Date(2026, 11, 30))).toBe(76);
  expect(ageOf("11010519491231002X", new Date(2026, 11, 31))).toBe(77);
});
