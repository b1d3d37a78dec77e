// The digests in JavaScript are those of Node: what one signs the other believes, and neither believes anything else.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import anywhere, { ScriptAuthenticator } from "./anywhere.js";
import { ClassicAuthenticator } from "./classic-authenticator.js";
import type { ClassicConfig } from "./classic-config.js";

it("signs and judges as the plugin for Node does", () => {
  expect(anywhere.runtimes).toEqual(["node", "lambda", "workers"]);
  const key = fc.string({ minLength: 1, maxLength: 100, unit: "grapheme" });
  const method = fc.constantFrom("md5" as const, "sha1" as const);
  const property = fc.property(key, method, fc.uint8Array({ maxLength: 500 }), (text, chosen, bytes) => {
    const config: ClassicConfig = { sign: 2, keys: [{ index: 2, method: chosen, key: text }] };
    const script = new ScriptAuthenticator(config);
    const node = new ClassicAuthenticator(config);
    const signature = script.sign(bytes);
    expect(signature).toBe(node.sign(bytes));
    expect(script.verify(bytes, signature)).toEqual({ ok: true, key: 2 });
    const wrong = signature.slice(0, -1) + (signature.endsWith("0") ? "1" : "0");
    expect(script.verify(bytes, wrong)).toEqual({ ok: false, reason: "mismatch" });
  });
  fc.assert(property, { numRuns: 200 });
});
