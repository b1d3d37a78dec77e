/** How addresses are written by people, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { parseAddressText } from "../address-text.js";

export const doors = [
  {
    name: "address-text",
    promise: "an address with a prefix that it can have, or a sentence",
    words: [
      "/",
      "10.0.0.1",
      "255.255.255.0",
      "eth0",
      "eth0:0",
      "::1",
      "%eth0",
      "/33",
      "/129",
      "::ffff:1.2.3.4",
    ],
    seeds: [
      "10.0.0.1/24/eth0:0/10.0.0.255",
      "10.0.0.1/255.255.255.0",
      "2001:db8::1/64/eth0",
      "10.0.0.1/24/10.0.0.255",
    ],
    feed(bytes: Uint8Array): string {
      const parsed = parseAddressText(Buffer.from(bytes).toString("utf8"));
      if (!parsed.ok) {
        assert.notEqual(parsed.problem, "");
        return "refused";
      }
      const { prefixLength = 0, family } = parsed.value;
      assert.ok(prefixLength >= 0 && prefixLength <= (family === 4 ? 32 : 128));
      return `${family} ${parsed.value.label !== undefined}`;
    },
  },
];
