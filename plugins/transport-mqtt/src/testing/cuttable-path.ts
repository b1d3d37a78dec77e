// The network between a node and its broker, which can be cut as a network is: at once for the broker, or without anybody noticing.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class CuttablePath {
  private readonly pairs = new Set<readonly [node: Socket, broker: Socket]>();
  private isSilent = false;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  /** Leads to `brokerPort` on this machine. */
  static async to(brokerPort: number): Promise<CuttablePath> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const path = new CuttablePath(typeof address === "object" && address !== null ? address.port : 0, server);
    server.on("connection", (node) => path.carry(node, brokerPort));
    return path;
  }

  /** The node is gone for the broker, as after a crash: its connection ends without a goodbye. */
  breakOff(): void {
    for (const [node, broker] of this.pairs) {
      node.destroy();
      broker.destroy();
    }
  }

  /** A dead link: nothing passes and nobody is told. */
  silence(): void {
    this.isSilent = true;
    for (const socket of [...this.pairs].flat()) socket.pause();
  }

  async close(): Promise<void> {
    this.server.close();
    this.breakOff();
    await Promise.resolve();
  }

  private carry(node: Socket, brokerPort: number): void {
    const broker = connect(brokerPort, "127.0.0.1");
    const pair = [node, broker] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [broker, node] as const]) {
      from.on("data", (bytes: Buffer) => {
        if (!this.isSilent) to.write(bytes);
      });
      from.on("error", () => undefined);
      from.on("close", () => {
        this.pairs.delete(pair);
        if (!this.isSilent) to.destroy();
      });
    }
  }
}
