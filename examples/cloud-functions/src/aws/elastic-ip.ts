// An Elastic IP, which is associated with one instance at a time. An association has an id: it ends when the address moves on,
// so that nobody takes it from the one who has it now.
import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { Holding } from "../held-agent.js";
import { codeOf } from "./error-code.js";

export class ElasticIp implements Holding {
  constructor(
    private readonly ec2: EC2Client,
    private readonly allocation: string,
    /** Instances by the names of nodes. */
    private readonly instances: ReadonlyMap<string, string>,
  ) {}

  async holder(abortSignal: AbortSignal): Promise<string | undefined> {
    const { instance } = await this.#look(abortSignal);
    return [...this.instances].find(([, id]) => id === instance)?.[0];
  }

  async give(node: string, abortSignal: AbortSignal): Promise<void> {
    const InstanceId = this.instances.get(node);
    await this.ec2.send(
      new AssociateAddressCommand({ AllocationId: this.allocation, InstanceId, AllowReassociation: true }),
      { abortSignal },
    );
  }

  async release(node: string, abortSignal: AbortSignal): Promise<void> {
    const { instance, association } = await this.#look(abortSignal);
    if (instance !== this.instances.get(node)) return;
    try {
      await this.ec2.send(new DisassociateAddressCommand({ AssociationId: association }), { abortSignal });
    } catch (cause) {
      if (codeOf(cause) !== "InvalidAssociationID.NotFound") throw cause;
    }
  }

  async #look(abortSignal: AbortSignal) {
    const command = new DescribeAddressesCommand({ AllocationIds: [this.allocation] });
    const { Addresses = [] } = await this.ec2.send(command, { abortSignal });
    return { instance: Addresses[0]?.InstanceId, association: Addresses[0]?.AssociationId };
  }
}
