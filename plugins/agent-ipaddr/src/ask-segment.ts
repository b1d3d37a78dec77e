// Asks the segment whether another host has an address: an ARP probe or a neighbour solicitation, three times, since one may
// be lost; who answers, or asks for the address itself, is named by its hardware address.
import type { AddressSpec, Clock, Network } from "@systole/sdk";
import { ADDRESS_LIMITS } from "./limits.js";

export interface Segment {
  readonly network: Network;
  readonly clock: Clock;
}

/** The hardware address of one that has it; undefined when nobody answers, or when `signal` aborts. */
export async function askSegment(
  { network, clock }: Segment,
  spec: AddressSpec,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let question = 0; question < ADDRESS_LIMITS.questions; question += 1) {
    if (signal.aborted) break;
    const mac = await askOnce({ network, clock }, spec, signal);
    if (mac !== undefined) return mac;
  }
  return undefined;
}

/** Listening begins with a question. */
function askOnce(
  { network, clock }: Segment,
  spec: AddressSpec,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let endListening = (): void => undefined;
    const settle = (mac?: string): void => {
      cancelWait();
      signal.removeEventListener("abort", giveUp);
      endListening();
      resolve(mac);
    };
    const giveUp = (): void => settle();
    const cancelWait = clock.wakeAt(clock.nowMs() + ADDRESS_LIMITS.questionMs, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      endListening = network.addresses.watchClaims(spec, ({ mac }) => settle(mac));
    } catch (error) {
      settle();
      reject(error);
    }
  });
}
