// Does each contract pass what is right, and catch what is wrong by the cases that are meant to?
import { haresourcesPolicy, heartbeatMembership } from "@systole/core/engine";
import { describe, expect, it } from "vitest";
import { CONTRACT_PORTS, contractFor, type ContractPort, type ContractSubjects } from "../contracts.js";
import { authenticators } from "./authenticators.js";
import { fooled, idleCases, notPassed, type ContractTrial } from "./contract-trial.js";
import { fenceDevices } from "./fence-devices.js";
import { memberships } from "./memberships.js";
import { notifiers } from "./notifiers.js";
import { quorums } from "./quorums.js";
import { resourceAgents } from "./resource-agents.js";
import { resourcePolicies } from "./resource-policies.js";
import { sealers } from "./sealers.js";
import { stores } from "./stores.js";
import { transports } from "./transports.js";

const TRIALS: { readonly [Port in ContractPort]: ContractTrial<ContractSubjects[Port]> } = {
  authenticator: authenticators,
  "fence-device": fenceDevices,
  membership: memberships(heartbeatMembership),
  notifier: notifiers,
  quorum: quorums,
  "resource-agent": resourceAgents,
  "resource-policy": resourcePolicies(haresourcesPolicy),
  sealer: sealers,
  store: stores,
  transport: transports,
};

function tryContract<Port extends ContractPort>(port: Port): void {
  const contract = contractFor(port);
  const { right, wrong } = TRIALS[port];

  it("passes a right one, which every case is about", async () => {
    expect(await notPassed(contract, right)).toEqual([]);
  }, 60_000);

  it.each(wrong)("catches one that $name", async (one) => {
    expect(one.caughtBy).not.toEqual([]);
    expect(await fooled(contract, one)).toEqual([]);
  });

  it("has no case that catches nobody", () => {
    expect(idleCases(contract, wrong)).toEqual([]);
  });
}

// Most of the time is waiting for what hangs on purpose.
for (const port of CONTRACT_PORTS)
  describe.concurrent(`the contract of ${port}`, () => {
    tryContract(port);
  });
