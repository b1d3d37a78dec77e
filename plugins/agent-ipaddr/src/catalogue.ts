// What can be told to this agent, for people who ask `systole agents describe`.
import type { AgentCatalogue, AgentDescription } from "@systole/sdk";

const parameter = (name: string, title: string, required = false) => ({
  name,
  required,
  type: "string",
  title,
  text: "",
});

const DESCRIPTION: AgentDescription = {
  title: "An IP address on an interface, announced to the network",
  text: "Written as ADDRESS/PREFIX/INTERFACE:LABEL/BROADCAST, of which all but the address may be left out.\nIPaddr, IPaddr2 and IPv6addr mean this agent too.",
  parameters: [
    parameter("ip", "the address, IPv4 or IPv6", true),
    parameter("cidr_netmask", "length of the prefix, or a netmask; else that of the interface's own network"),
    parameter("nic", "the interface, with a label behind a colon; else the one whose network it is in"),
    parameter("broadcast", "the broadcast address"),
  ],
  actions: ["start", "stop", "status", "announce", "elsewhere"].map((name) => ({ name })),
};

export const addressCatalogue: AgentCatalogue = {
  list: () => Promise.resolve(["native:ipaddr"]),
  describe: () => Promise.resolve({ ok: true, description: DESCRIPTION }),
};
