// Is what agents say of themselves read rightly, and is nonsense refused with a sentence?
import { NodeProcesses } from "@systole/core/node";
import { describe, expect, it } from "vitest";
import { OcfCatalogue } from "./catalogue.js";
import { instanceName } from "./environment.js";
import { milliseconds, parseMetadata } from "./metadata.js";
import { hasPackage } from "./testing/ocf-room.js";

const TEXT = `INFO: something first
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="web" version="0.9">
<version>1.1</version>
<longdesc lang="de">Lang</longdesc>
<longdesc lang="en">
  First &lt;line&gt;
  second
</longdesc>
<shortdesc lang="en">A   web
 server</shortdesc>
<parameters>
 <parameter name="port" unique="0" required="1">
  <shortdesc lang="en">Port</shortdesc><content type="integer" default="80"/></parameter>
 <parameter name="bare"/>
</parameters>
<actions><action name="start" timeout="40s"/><action name="stop" timeout="500ms"/><action name="promote"/></actions>
</resource-agent>`;

describe("parseMetadata", () => {
  it("reads parameters, actions and the English words", () => {
    expect(parseMetadata(TEXT)).toEqual({
      title: "A web server",
      text: "First <line>\nsecond",
      version: "1.1",
      parameters: [
        { name: "port", required: true, type: "integer", default: "80", title: "Port", text: "" },
        { name: "bare", required: false, type: "string", title: "", text: "" },
      ],
      actions: [{ name: "start", timeoutMs: 40_000 }, { name: "stop", timeoutMs: 500 }, { name: "promote" }],
    });
  });

  it.each([
    ["", "no XML"],
    ["hello", "no XML"],
    ["<?xml version='1.0'?><html/>", "not <resource-agent>"],
    ["<resource-agent>", "XML is wrong"],
    ["<resource-agent><a></b></resource-agent>", "XML is wrong"],
    ["<resource-agent>&nonsense;</resource-agent>", "XML is wrong"],
  ])("refuses %j", (text, words) => {
    expect(() => parseMetadata(text)).toThrow(words);
  });

  it("expands no entities of the document", () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><resource-agent><shortdesc>&b;</shortdesc></resource-agent>`;
    expect(() => parseMetadata(bomb)).toThrow("XML is wrong");
  });
});

it.each([
  ["20", 20_000],
  ["20s", 20_000],
  ["1500ms", 1500],
  ["2m", 120_000],
  ["1h", 3_600_000],
  ["", undefined],
  ["soon", undefined],
])("the time %j", (text, expected) => {
  expect(milliseconds(text)).toBe(expected);
});

it.each(["web", "p_db.1"])("the instance %s keeps its name", (name) => {
  expect(instanceName(name, "Dummy")).toBe(name);
});

it("an instance that no file could be named after gets a digest of its own", () => {
  const one = instanceName("ocf:heartbeat:Dummy::state=/a", "Dummy");
  expect(one).toMatch(/^Dummy-[0-9a-f]{8}$/);
  expect(instanceName("ocf:heartbeat:Dummy::state=/b", "Dummy")).not.toBe(one);
});

it.runIf(hasPackage)(
  "every agent of Debian's package describes itself, with named parameters and the mandatory actions",
  async () => {
    const environment = {};
    const timeoutMs = { start: 1, stop: 1, status: 1 };
    const config = {
      root: "/usr/lib/ocf",
      temporaryDirectory: "/run/resource-agents",
      timeoutMs,
      environment,
    };
    const catalogue = new OcfCatalogue(config, new NodeProcesses());
    const names = await catalogue.list(new AbortController().signal);
    expect(names.length).toBeGreaterThan(100);
    const poor: string[] = [];
    for (const name of names) {
      const lookup = await catalogue.describe(name.split(":").slice(1), new AbortController().signal);
      const actions = lookup.ok ? lookup.description.actions.map((action) => action.name) : [];
      const complete = ["start", "stop", "monitor", "meta-data"].every((action) => actions.includes(action));
      const named = lookup.ok && lookup.description.parameters.every((parameter) => parameter.name !== "");
      if (!complete || !named) poor.push(`${name}: ${lookup.ok ? actions.join() : lookup.reason}`);
    }
    expect(poor).toEqual([]);
  },
  120_000,
);
