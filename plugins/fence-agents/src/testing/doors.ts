/** What fence agents print, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { parseMetadata } from "../metadata.js";
import { nodeNames, parsePlugs, plugOf } from "../plug-list.js";

const XML = `<?xml version="1.0" ?>
<resource-agent name="fence_x" shortdesc="Fence agent"><parameters>
<parameter name="ip" required="1" obsoletes="ipaddr"><content type="string" default="d"/></parameter></parameters>
<actions><action name="on" automatic="0"/><action name="off"/></actions></resource-agent>`;

export const doors = [
  {
    name: "fence-metadata",
    promise: "a description, or an Error with a sentence, in a time that grows as the text does",
    words: ["<!DOCTYPE a [<!ENTITY a 'aaaa'>]>", "&a;", "<parameter>", "<![CDATA[", "<!--", "&#0;", "<x>"],
    seeds: [XML],
    feed(bytes: Uint8Array): string {
      try {
        const { parameters, actions } = parseMetadata(Buffer.from(bytes).toString("utf8"));
        return `${parameters.length > 0} ${actions.length > 0}`;
      } catch (error) {
        assert.ok(error instanceof Error && error.constructor === Error, String(error));
        return error.message.slice(0, 20);
      }
    },
  },
  {
    name: "fence-plugs",
    promise: "each name of a node means one plug",
    words: [",", "\n", "1,a\n", "2,a\n"],
    seeds: ["1,master\n2,cluster1\n3,\n", "master\ncluster1\n"],
    feed(bytes: Uint8Array): string {
      const plugs = parsePlugs(Buffer.from(bytes.subarray(0, 4096)).toString("utf8"));
      const names = nodeNames(plugs);
      for (const name of names) assert.ok(plugOf(plugs, name) !== undefined);
      return String(Math.min(3, names.length));
    },
  },
];
