// What may be written, in haresources and by name, and what is said about the rest?
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { NGINX_PARAMETERS, readParameters } from "./parameters.js";

const read = (
  args: readonly string[],
  parameters: Readonly<Record<string, string>> = {},
): ReturnType<typeof readParameters> => readParameters({ name: "nginx", args, parameters });

describe("parameters of nginx", () => {
  test("nothing", () => {
    const { parameters, problems } = read([]);
    expect(problems).toEqual([]);
    expect(parameters).toMatchObject({
      warm: false,
      reloadOnChange: false,
      drainMs: 0,
      checkTimeoutMs: 2000,
    });
    expect(["200", "302", "404", "500"].map((code) => parameters.expectStatus.test(code))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test("as arguments of haresources, and by name", () => {
    const named = {
      configfile: "/etc/nginx/web.conf",
      check: "http://127.0.0.1/health?a=b",
      "expect-status": "204,3xx",
      "check-timeout": "500ms",
      warm: "yes",
      reload: "on-change",
      drain: "5s",
    };
    const { configfile, ...others } = named;
    const args = [configfile, ...Object.entries(others).map(([name, value]) => `${name}=${value}`)];
    for (const { parameters, problems } of [read([], named), read(args), read(args, named)]) {
      expect(problems).toEqual([]);
      expect(parameters).toMatchObject({
        configFile: "/etc/nginx/web.conf",
        checkTimeoutMs: 500,
        warm: true,
        reloadOnChange: true,
        drainMs: 5000,
      });
      expect(parameters.check?.href).toBe("http://127.0.0.1/health?a=b");
      expect(parameters.expectStatus.test("204")).toBe(true);
      expect(parameters.expectStatus.test("200")).toBe(false);
    }
  });

  test.each([
    [
      ["a.conf", "b.conf"],
      {},
      "argument 2, b.conf: write NAME=VALUE; only the first may be a bare configuration file",
    ],
    [
      ["/a.conf"],
      { configfile: "/b.conf" },
      "configfile is given as /a.conf and as /b.conf: keep one of them",
    ],
    [["chek=http://x/"], {}, "nginx has no parameter chek; it has configfile, httpd, check, "],
    [[], { check: "127.0.0.1/health" }, "check=127.0.0.1/health: write http or https URL"],
    [[], { check: "ftp://127.0.0.1/" }, "check=ftp://127.0.0.1/: write http or https URL"],
    [
      [],
      { "stub-status": "http://a:b@127.0.0.1/" },
      "stub-status=http://a:b@127.0.0.1/: write http or https URL",
    ],
    [[], { "check-timeout": "20ms" }, "check-timeout=20ms: write duration, 50ms to 15s"],
    [[], { drain: "soon" }, "drain=soon: write duration, 0 to 50s"],
    [[], { drain: "51" }, "drain=51: write duration, 0 to 50s"],
    [[], { warm: "maybe" }, "warm=maybe: write true or false"],
    [[], { reload: "constructor" }, "reload=constructor: write never or on-change"],
    [
      [],
      { check: "http://x/", "expect-status": "2x" },
      "expect-status=2x: write codes and classes, e.g. 204,3xx",
    ],
    [[], { "expect-body": "ok" }, "expect-body says what check must answer: add check=URL"],
  ])("%j %j", (args, parameters, problem) => {
    expect(read(args, parameters).problems).toEqual([expect.stringContaining(problem)]);
  });

  test("are all in the README, as the table says them", () => {
    const page = readFileSync(new URL("../README.md", import.meta.url), "utf8").replaceAll(/ +/g, " ");
    for (const { name, form, default: value, about } of NGINX_PARAMETERS) {
      expect(page).toContain(`| \`${name}\` | ${form} | ${value || "-"} | ${about} |`);
    }
  });
});
