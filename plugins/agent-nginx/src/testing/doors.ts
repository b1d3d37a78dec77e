/** Where foreign text comes in around nginx, for the fuzzer: its configuration, its pages, patterns of included files. @packageDocumentation */
import assert from "node:assert/strict";
import { matchesSegment } from "../segment-pattern.js";
import { inWords, parseListen } from "../listen.js";
import { parseDirectives, type Directive } from "../nginx-syntax.js";
import { parseStubStatus } from "../stub-status.js";

const STATUS =
  "Active connections: 1 \nserver accepts handled requests\n 7 7 9 \nReading: 0 Writing: 1 Waiting: 0 \n";

function depthOf(directives: readonly Directive[]): number {
  let deepest = 0;
  const open = directives.map((directive) => ({ directive, depth: 1 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    deepest = Math.max(deepest, next.depth);
    for (const directive of next.directive.block ?? []) open.push({ directive, depth: next.depth + 1 });
  }
  return deepest;
}

export const doors = [
  {
    name: "nginx-configuration",
    promise: "directives and sockets, whatever the text is; nested no deeper than it has braces",
    words: ["{", "}", ";", "listen ", "80", "[::]:80", "[fe80::1%eth0]:80", "unix:/x", "1-65535", "'", '"', "\\", "#", "content_by_lua_block {", "${a}", "include *.conf;"], // prettier-ignore
    seeds: [
      "user www;\nhttp { server { listen 80; listen [::]:8080 default_server; listen unix:/run/x; location / { return 200 'a;b'; } } }\n",
      "http { server { listen 10.0.0.1:443 ssl; access_by_lua_block { if x then { } end } } }",
    ],
    feed(bytes: Uint8Array): string {
      const text = Buffer.from(bytes).toString("utf8");
      const top = parseDirectives(text);
      const depth = depthOf(top);
      assert.ok(depth <= text.split("{").length);
      const listens = text
        .split(/[;{}]/, 40)
        .flatMap((statement) => parseListen(statement.trim().split(/\s+/).slice(1)));
      for (const listen of listens) assert.notEqual(inWords(listen), "");
      return `${Math.min(4, depth)} ${[...new Set(listens.map(({ kind }) => kind))].toSorted().join()}`;
    },
  },
  {
    name: "nginx-status",
    promise: "the numbers of nginx's page, or nothing",
    words: ["Active connections: ", "\r\n", "Reading: 0 Writing: 1 Waiting: 0", " "],
    seeds: [STATUS],
    feed(bytes: Uint8Array): string {
      const status = parseStubStatus(Buffer.from(bytes).toString("latin1"));
      if (status === undefined) return "nothing";
      assert.ok(Object.values(status).every((value) => value >= 0));
      return "numbers";
    },
  },
  {
    name: "nginx-include",
    promise: "whether a name fits a pattern, whatever the pattern is, in a time that grows as both do",
    words: ["*", "?", "[a-z]", "[z-a]", "[!a]", "[", "]", "*.conf", "\\", "a", "\n"],
    seeds: ["*.conf\nsite.conf", "[a-m]?te*\nsite.conf", "*a*a*a*a*b\naaaaaaaaaaaaaaaaaaaaaaaa"],
    feed(bytes: Uint8Array): string {
      const [pattern = "", name = ""] = Buffer.from(bytes).toString("utf8").split("\n");
      // Names and levels of a path have 255 bytes at most.
      return String(matchesSegment(pattern.slice(0, 255), name.slice(0, 255)));
    },
  },
];
