// Somebody with access to the broker who is no node: says whatever it likes, and sees what the nodes say.
import { connectAsync, type IClientPublishOptions, type MqttClient } from "mqtt";

export interface SeenPacket {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
  readonly retained: boolean;
}

export class Stranger {
  readonly seen: SeenPacket[] = [];

  private constructor(private readonly client: MqttClient) {
    client.on("message", (topic, payload, { qos, retain }) => {
      this.seen.push({ topic, text: payload.toString("utf8"), qos, retained: retain });
    });
  }

  static async at(
    port: number,
    options: { readonly clientId?: string; readonly version?: 4 | 5 } = {},
  ): Promise<Stranger> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      protocolVersion: options.version ?? 5,
      reconnectPeriod: 0,
      ...(options.clientId !== undefined && { clientId: options.clientId }),
    });
    return new Stranger(client);
  }

  async listen(filter: string): Promise<void> {
    await this.client.subscribeAsync(filter, { qos: 1 });
  }

  async say(topic: string, text: string | Buffer, options: IClientPublishOptions = {}): Promise<void> {
    await this.client.publishAsync(topic, text, { qos: 1, ...options });
  }

  async leave(): Promise<void> {
    await this.client.endAsync(true);
  }
}
