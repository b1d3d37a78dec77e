// The table of contracts: which one belongs to a port, by the name that the port has in people's words.
import {
  Authenticator,
  FenceDevice,
  Membership,
  Notifier,
  Quorum,
  ResourceAgent,
  ResourcePolicy,
  Sealer,
  Store,
  Transport,
} from "@systole/core/ports";
import {
  authenticatorContract,
  authenticatorOffers,
  type AuthenticatorSubject,
} from "./authenticator-contract.js";
import type { Contract } from "./contract.js";
import { fenceDeviceContract, fenceDeviceOffers, type FenceDeviceSubject } from "./fence-device-contract.js";
import { membershipContract, membershipOffers, type MembershipSubject } from "./membership-contract.js";
import { notifierContract, notifierOffers, type NotifierSubject } from "./notifier-contract.js";
import { quorumContract, quorumOffers, type QuorumSubject } from "./quorum-contract.js";
import {
  resourceAgentContract,
  resourceAgentOffers,
  type ResourceAgentSubject,
} from "./resource-agent-contract.js";
import {
  resourcePolicyContract,
  resourcePolicyOffers,
  type ResourcePolicySubject,
} from "./resource-policy-contract.js";
import { sealerContract, sealerOffers, type SealerSubject } from "./sealer-contract.js";
import { storeContract, storeOffers, type StoreSubject } from "./store-contract.js";
import { transportContract, type TransportSubject } from "./transport-contract.js";

/** What the contract of each port is run on, by port name. */
export interface ContractSubjects {
  readonly authenticator: AuthenticatorSubject;
  readonly "fence-device": FenceDeviceSubject;
  readonly membership: MembershipSubject;
  readonly notifier: NotifierSubject;
  readonly quorum: QuorumSubject;
  readonly "resource-agent": ResourceAgentSubject;
  readonly "resource-policy": ResourcePolicySubject;
  readonly sealer: SealerSubject;
  readonly store: StoreSubject;
  readonly transport: TransportSubject;
}

/** Name of a port that has a contract. */
export type ContractPort = keyof ContractSubjects;

const CONTRACTS: { readonly [Port in ContractPort]: Contract<ContractSubjects[Port]> } = {
  authenticator: {
    port: Authenticator.port,
    version: Authenticator.contract,
    cases: authenticatorContract,
    offers: authenticatorOffers,
  },
  "fence-device": {
    port: FenceDevice.port,
    version: FenceDevice.contract,
    cases: fenceDeviceContract,
    offers: fenceDeviceOffers,
  },
  membership: {
    port: Membership.port,
    version: Membership.contract,
    cases: membershipContract,
    offers: membershipOffers,
  },
  notifier: {
    port: Notifier.port,
    version: Notifier.contract,
    cases: notifierContract,
    offers: notifierOffers,
  },
  quorum: { port: Quorum.port, version: Quorum.contract, cases: quorumContract, offers: quorumOffers },
  "resource-agent": {
    port: ResourceAgent.port,
    version: ResourceAgent.contract,
    cases: resourceAgentContract,
    offers: resourceAgentOffers,
  },
  "resource-policy": {
    port: ResourcePolicy.port,
    version: ResourcePolicy.contract,
    cases: resourcePolicyContract,
    offers: resourcePolicyOffers,
  },
  sealer: { port: Sealer.port, version: Sealer.contract, cases: sealerContract, offers: sealerOffers },
  store: { port: Store.port, version: Store.contract, cases: storeContract, offers: storeOffers },
  transport: {
    port: Transport.port,
    version: Transport.contract,
    cases: transportContract,
    offers: (subject) => subject.offers,
  },
};

/** Ports that have a contract. */
export const CONTRACT_PORTS = Object.keys(CONTRACTS) as readonly ContractPort[];

export function hasContract(port: string): port is ContractPort {
  return Object.hasOwn(CONTRACTS, port);
}

/** The contract of a port. */
export function contractFor<Port extends ContractPort>(port: Port): Contract<ContractSubjects[Port]> {
  return CONTRACTS[port];
}
