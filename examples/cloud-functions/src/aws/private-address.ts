// A secondary private address, which one network interface has at a time. The machine itself must have it too: an address
// resource (`IPaddr`) behind it in the group.
import {
  AssignPrivateIpAddressesCommand,
  DescribeNetworkInterfacesCommand,
  UnassignPrivateIpAddressesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { Holding } from "../held-agent.js";
import { codeOf } from "./error-code.js";

export class PrivateAddress implements Holding {
  constructor(
    private readonly ec2: EC2Client,
    private readonly address: string,
    /** Network interfaces by the names of nodes. */
    private readonly interfaces: ReadonlyMap<string, string>,
  ) {}

  async holder(abortSignal: AbortSignal): Promise<string | undefined> {
    const command = new DescribeNetworkInterfacesCommand({
      NetworkInterfaceIds: [...this.interfaces.values()],
    });
    const { NetworkInterfaces = [] } = await this.ec2.send(command, { abortSignal });
    const found = NetworkInterfaces.find(({ PrivateIpAddresses = [] }) =>
      PrivateIpAddresses.some(
        ({ PrivateIpAddress, Primary }) => PrivateIpAddress === this.address && !Primary,
      ),
    );
    return [...this.interfaces].find(([, id]) => id === found?.NetworkInterfaceId)?.[0];
  }

  async give(node: string, abortSignal: AbortSignal): Promise<void> {
    const command = new AssignPrivateIpAddressesCommand({
      NetworkInterfaceId: this.interfaces.get(node),
      PrivateIpAddresses: [this.address],
      AllowReassignment: true,
    });
    await this.ec2.send(command, { abortSignal });
  }

  /** From this interface: another that has got it in the meantime keeps it. */
  async release(node: string, abortSignal: AbortSignal): Promise<void> {
    const command = new UnassignPrivateIpAddressesCommand({
      NetworkInterfaceId: this.interfaces.get(node),
      PrivateIpAddresses: [this.address],
    });
    try {
      await this.ec2.send(command, { abortSignal });
    } catch (cause) {
      if (codeOf(cause) !== "InvalidParameterValue" || (await this.holder(abortSignal)) === node) throw cause;
    }
  }
}
