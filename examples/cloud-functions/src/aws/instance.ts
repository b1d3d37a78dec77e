// An instance, stopped without its operating system being asked.
import {
  DescribeInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { Machine } from "../power-device.js";

export class Instance implements Machine {
  constructor(
    private readonly ec2: EC2Client,
    private readonly id: string,
  ) {}

  async turn(power: "on" | "off", abortSignal: AbortSignal): Promise<void> {
    const InstanceIds = [this.id];
    if (power === "on") await this.ec2.send(new StartInstancesCommand({ InstanceIds }), { abortSignal });
    else {
      const stop = new StopInstancesCommand({ InstanceIds, Force: true, SkipOsShutdown: true });
      await this.ec2.send(stop, { abortSignal });
    }
  }

  async look(abortSignal: AbortSignal): Promise<"on" | "off" | "changing"> {
    const command = new DescribeInstancesCommand({ InstanceIds: [this.id] });
    const { Reservations = [] } = await this.ec2.send(command, { abortSignal });
    const state = Reservations[0]?.Instances?.[0]?.State?.Name;
    if (state === "stopped" || state === "terminated") return "off";
    return state === "running" ? "on" : "changing";
  }
}
