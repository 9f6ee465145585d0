/** Entries that are sent back must be the very text that came. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rawElements } from "../../src/adapters/graph/raw-json.ts";

/** JSON with blanks where JSON allows them. */
function spaced(value: unknown, blank: () => string): string {
  const list = (parts: string[], open: string, close: string) => `${open}${blank()}${parts.join(",")}${close}`;
  const padded = (text: string) => `${blank()}${text}${blank()}`;
  if (Array.isArray(value))
    return list(
      value.map((one) => padded(spaced(one, blank))),
      "[",
      "]",
    );
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, one]) => `${padded(JSON.stringify(name))}:${padded(spaced(one, blank))}`,
  );
  return list(members, "{", "}");
}

describe("rawElements", () => {
  it("cuts each element as it stands: seven digits, big numbers, twins, escapes, blanks", () => {
    const one = '{ "endDateTime":"2026-03-01T09:12:44.0123456Z", "n":12345678901234567890,"n":1.0,"\\u0041":"\\"]}" }';
    const text = `{"@odata.context":"x","keyCredentials" : [ ${one} ,\n\t{"customKeyIdentifier":null}]  }`;
    expect(rawElements(text, "keyCredentials")).toEqual([one, '{"customKeyIdentifier":null}']);
  });

  it("looks at members of the object itself only, and takes the last of one name, as JSON.parse does", () => {
    const text = '{"a":{"list":[1]},"list":[2],"l\\u0069st":[3,[4],"]"],"z":"list"}';
    expect(rawElements(text, "list")).toEqual(["3", "[4]", '"]"']);
    expect(JSON.parse(text).list).toEqual([3, [4], "]"]);
  });

  it.each(['{"list":[]}', ' {"list" : [ \n ] }'])("knows an empty list: %s", (text) => {
    expect(rawElements(text, "list")).toEqual([]);
  });

  it.each(["{}", "[]", '"list"', "null", '{"list":null}', '{"list":{"0":1}}', '{"list":[1],"list":null}'])(
    "finds no list in %s",
    (text) => {
      expect(rawElements(text, "list")).toBeNull();
    },
  );

  it.each(["", "{", '{"list":[1}', '{"list":[1]} x', "<html>"])("throws for what is no JSON: %s", (text) => {
    expect(() => rawElements(text, "list")).toThrow(SyntaxError);
  });

  it("gives the same as parsing, for any JSON however it is spaced", () => {
    const blanks = fc.array(fc.constantFrom(" ", "\n", "\t", "\r\n", ""), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), blanks, (elements, other, pieces) => {
        let turn = 0;
        const blank = () => pieces[turn++ % pieces.length] ?? "";
        const text = spaced({ before: other, list: elements, after: [other] }, blank);
        const cut = rawElements(text, "list") ?? [];
        expect(cut.map((raw) => JSON.parse(raw))).toEqual(JSON.parse(text).list);
        for (const raw of cut) {
          expect(text).toContain(raw);
          expect(raw).toBe(raw.trim());
        }
      }),
    );
  });
});
