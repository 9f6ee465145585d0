/** The lines by which a tenant is written to, as YAML has them. */
import { expect, test } from "vitest";
import { parse } from "yaml";
import { modeLines } from "../../web/src/text/mode-lines.ts";

test.each(["contoso", "contoso-eu_2", "-a", "0x1f", "2026", "null", "On", "y"])("the name %s is a name", (name) => {
  expect(parse(modeLines(name))).toEqual({ tenants: { [name]: { mode: "propose" } } });
  expect(parse(modeLines(name), { version: "1.1" })).toEqual({ tenants: { [name]: { mode: "propose" } } });
});
