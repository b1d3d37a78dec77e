// The broker as the third voice, where it is the only path: whoever it answers and who hears nobody else may serve. A node that the network
// has left gets no answer.
import { type Quorum, type QuorumAnswer, type QuorumQuestion, timeLimit } from "@systole/sdk";
import type { MqttTransport } from "./mqtt-transport.js";

export class BrokerQuorum implements Quorum {
  constructor(
    private readonly transport: Pick<MqttTransport, "medium" | "probe">,
    private readonly answerMs: number,
  ) {}

  /** Never denies: that the broker is silent does not tell that another node serves. */
  async ask(_question: QuorumQuestion, signal: AbortSignal): Promise<QuorumAnswer> {
    const outcome = await this.transport.probe(timeLimit(this.answerMs, signal));
    if (outcome === "answered") return { kind: "granted" };
    return { kind: "unreachable", reason: `the broker ${this.transport.medium}: ${outcome}` };
  }
}
