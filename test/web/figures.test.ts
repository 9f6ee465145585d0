/** The words beside the numbers of the first page. */
import { describe, expect, test } from "vitest";
import { debtWords, endedSentence, endsWords, lapsesWords } from "../../web/src/text/catalogue.ts";

describe("numbers on the first page", () => {
  const figures = {
    endIn30Days: 6,
    stopIn30Days: 4,
    endedIn30Days: 1,
    debt: 0,
    debtLately: 0,
    debtLeft: 0,
    running: 0,
    halted: 0,
    waiting: 0,
    holding: 9,
    lapses: null,
    stopping: 0,
  };

  test("say what each counts, and agree with the sentence", () => {
    expect(endsWords(figures)).toBe("applications: 4 stop, 2 are to be renewed");
    expect(endsWords({ ...figures, endIn30Days: 1, stopIn30Days: 1 })).toBe("application: 1 stops");
    expect(endsWords({ ...figures, endIn30Days: 1, stopIn30Days: 0 })).toBe("application: 1 is to be renewed");
    expect(endsWords({ ...figures, endIn30Days: 0, stopIn30Days: 0 })).toBe("applications");
  });

  test("say of the debt what came to it in the last week, and what left it", () => {
    expect(debtWords(figures)).toBe("past their renewal time");
    expect(debtWords({ debt: 3, debtLately: 0, debtLeft: 0 })).toBe(
      "past their renewal time; in 7 days none came and none left",
    );
    expect(debtWords({ debt: 0, debtLately: 2, debtLeft: 1_400 })).toBe(
      "past their renewal time; in 7 days 2 came and 1,400 left",
    );
  });

  test("say of lapses how many of the applications are managed", () => {
    expect(lapsesWords({ count: 0, managed: 0 })).toBe("no application");
    expect(lapsesWords({ count: 3, managed: 0 })).toBe("applications: none of them managed");
    expect(lapsesWords({ count: 1_200, managed: 1_100 })).toBe("applications: 1,100 of them managed");
    expect(lapsesWords({ count: 1, managed: 0 })).toBe("application, not managed");
    expect(lapsesWords({ count: 1, managed: 1 })).toBe("application, managed");
  });

  test("name what has ended without anybody having handed it over", () => {
    expect(endedSentence(figures)).toMatch(/^1 application that is not managed ended in the last 30 days; /);
    expect(endedSentence({ ...figures, endedIn30Days: 3 })).toMatch(/^3 applications that are not managed ended /);
    expect(endedSentence({ ...figures, endedIn30Days: 0 })).toBeNull();
  });
});
