/** What stonith's plugins print, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { externalType, nativeType } from "../stonith-type.js";

export const doors = [
  {
    name: "stonith-type",
    promise: "names of parameters, none of them empty, in a time that grows as the text does",
    words: ["<parameter ", "<parameter", 'name="a"', 'required="1"', ">", " ", "\n"],
    seeds: [
      'hostlist ipaddr\n\0<parameters><parameter name="hostlist" required="1"></parameter></parameters>',
    ],
    feed(bytes: Uint8Array): string {
      const [names = "", xml = ""] = Buffer.from(bytes).toString("latin1").split("\0");
      const type = externalType(names, xml);
      assert.ok([...type.known, ...type.required, ...nativeType(names).known].every((name) => name !== ""));
      return `${type.ordered.length > 0} ${type.required.length > 0}`;
    },
  },
];
