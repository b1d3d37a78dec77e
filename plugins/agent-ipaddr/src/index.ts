/** Provides a `ResourceAgent` for IP addresses, under the name `ipaddr`. @packageDocumentation */
import { AgentCatalogue, Logger, Network, ResourceAgent, definePlugin } from "@systole/sdk";
import { AddressAgent } from "./address-agent.js";
import { addressCatalogue } from "./catalogue.js";

export { parseAddressText, type Parsed, type WantedAddress } from "./address-text.js";

const agentIpaddr = definePlugin({
  name: "agent-ipaddr",
  version: "0.1.0",
  runtimes: ["node"],
  register(host) {
    host.provide(ResourceAgent, "ipaddr", {
      inject: [Network, Logger],
      create: (network, log) => new AddressAgent(network, log),
    });
    host.provide(AgentCatalogue, "ipaddr", { inject: [], create: () => addressCatalogue });
  },
});

export default agentIpaddr;
