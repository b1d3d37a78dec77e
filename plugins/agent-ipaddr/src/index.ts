/** Provides a `ResourceAgent` for IP addresses, under the name `ipaddr`. @packageDocumentation */
import { AgentCatalogue, Clock, Logger, Network, Pulse, ResourceAgent, definePlugin } from "@systole/sdk";
import { AddressAgent } from "./address-agent.js";
import { AddressConfig } from "./address-config.js";
import { AddressKeeper, Keeper } from "./address-keeper.js";
import { addressCatalogue } from "./catalogue.js";

export type { AddressConfig } from "./address-config.js";
export { parseAddressText, type Parsed, type WantedAddress } from "./address-text.js";

const agentIpaddr = definePlugin({
  name: "agent-ipaddr",
  version: "0.1.0",
  runtimes: ["node"],
  config: AddressConfig,
  register(host, config) {
    host.provide(Keeper, "keeper", {
      inject: [Network, Pulse, Clock, Logger],
      create: (network, pulse, clock, log) => new AddressKeeper({ network, pulse, clock, log, config }),
    });
    host.provide(ResourceAgent, "ipaddr", {
      inject: [Network, Keeper, Logger, Clock],
      create: (network, keeper, log, clock) =>
        new AddressAgent(network, keeper, log, config.probe === false ? undefined : clock),
    });
    host.provide(AgentCatalogue, "ipaddr", { inject: [], create: () => addressCatalogue });
  },
});

export default agentIpaddr;
