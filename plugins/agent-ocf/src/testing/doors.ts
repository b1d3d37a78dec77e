/** What agents of OCF print, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { parseMetadata } from "../metadata.js";

const XML = `<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="x" version="1.0"><version>1.1</version><longdesc lang="en">Long
 text</longdesc><shortdesc lang="en">Short</shortdesc><parameters><parameter name="p" required="1">
<longdesc>L</longdesc><shortdesc>S</shortdesc><content type="string" default="d"/></parameter></parameters>
<actions><action name="start" timeout="20s"/><action name="stop" timeout="1m"/></actions></resource-agent>`;

export const doors = [
  {
    name: "ocf-metadata",
    promise: "a description, or an Error with a sentence, in a time that grows as the text does",
    words: ["<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>", "&b;", "<parameter>", "<![CDATA[", "<!--", "]]>", "&#0;", "timeout='1                              x'", "<a", 'xmlns:a="b"', "<x>"], // prettier-ignore
    seeds: [XML],
    feed(bytes: Uint8Array): string {
      try {
        const { parameters, actions, text } = parseMetadata(Buffer.from(bytes).toString("utf8"));
        assert.ok(text.length <= bytes.length);
        for (const { timeoutMs } of actions) assert.ok(timeoutMs === undefined || Number.isFinite(timeoutMs));
        return `${parameters.length > 0} ${actions.length > 0}`;
      } catch (error) {
        assert.ok(error instanceof Error && error.constructor === Error, String(error));
        return error.message.slice(0, 20);
      }
    },
  },
];
