// Does the reader find its way through what people write into nginx configurations?
import { describe, expect, test } from "vitest";
import { parseDirectives, type Directive } from "./nginx-syntax.js";

/** As one line: words with spaces between, blocks in brackets. */
const flat = (directives: readonly Directive[]): string =>
  directives
    .map(({ name, args, block }) => [name, ...args].join(" ") + (block ? ` [${flat(block)}]` : ""))
    .join("; ");

describe("parseDirectives", () => {
  test.each([
    ["", ""],
    ["daemon off;", "daemon off"],
    ["pid\t/run/nginx.pid ;\r\nuser root;", "pid /run/nginx.pid; user root"],
    ["# pid /x;\npid /y; # tail ; {", "pid /y"],
    ["pid /run/a#b;", "pid /run/a#b"],
    ["http { server { listen 80; } }", "http [server [listen 80]]"],
    ["http{server{listen 80;}}pid /x;", "http [server [listen 80]]; pid /x"],
    [`log_format main '$a "$b"; {' "it's \\"x\\"";`, `log_format main $a "$b"; { it's "x"`],
    ["set $x ${host}_y; if ($a) { return 200; }", "set $x ${host}_y; if ($a) [return 200]"],
    ["location ~ \\.php$ { deny all; }", "location ~ \\.php$ [deny all]"],
    [`location ~ "^/x{2,3}$" { } pid /x;`, "location ~ ^/x{2,3}$ []; pid /x"],
    ["map $a $b { default 0; ~*bot 1; }", "map $a $b [default 0; ~*bot 1]"],
    [`content_by_lua_block { if x then return "}" .. [[{]] end; } listen 81;`, `content_by_lua_block`],
    [
      "server { access_by_lua_block { local a = {}; a.b = {1;2} } listen 81; }",
      "server [access_by_lua_block; listen 81]",
    ],
  ])("%j", (text, expected) => expect(flat(parseDirectives(text))).toContain(expected));

  test.each(["}", "{", "a {", "a { b", 'a "', "a \\", ";;;", "} } pid /x;", "{{{{}}}}"])(
    "survives %j and keeps what comes after",
    (text) => expect(() => parseDirectives(text)).not.toThrow(),
  );

  test("a stray brace does not hide the rest", () => {
    expect(flat(parseDirectives("} pid /x;"))).toBe("pid /x");
  });

  test("deep nesting and megabytes are read in reasonable time", () => {
    const deep = "a {".repeat(100_000);
    expect(parseDirectives(deep)).toHaveLength(1);
    expect(parseDirectives("server { listen 80; }\n".repeat(50_000))).toHaveLength(50_000);
  });
});

test("reads many words without an end in a time that grows as they do", () => {
  const begunMs = performance.now();
  expect(parseDirectives("word ".repeat(100_000))).toEqual([]);
  // Copying all words at each of them took half a minute.
  expect(performance.now() - begunMs).toBeLessThan(5000);
});
