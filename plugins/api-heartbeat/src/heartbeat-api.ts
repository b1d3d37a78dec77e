// heartbeat's client API: listens while this node takes part in the cluster, and passes between programs and cluster.
import { createServer, type Server, type Socket } from "node:net";
import {
  textField,
  type Clock,
  type ClusterAccess,
  type ClusterHappening,
  type Companion,
  type Logger,
  type Message,
  type MessageCodec,
} from "@systole/sdk";
import type { AccessTables } from "./access.js";
import { answersTo, bad, done } from "./answers.js";
import { Client } from "./client.js";
import { said } from "./client-message.js";
import { ClientQueries } from "./client-queries.js";
import type { ApiConfig } from "./config.js";
import { LIMITS } from "./limits.js";
import { noticeOf } from "./notices.js";
import { asHeartbeatSees } from "./own-links.js";
import type { CredentialsLoad } from "./peer-credentials.js";
import { clientStatus, Registry } from "./registry.js";
import { judgeSignOn, signOnAnswer } from "./sign-on.js";
import { listenAt } from "./socket-place.js";

export interface ApiParts {
  readonly config: ApiConfig;
  readonly cluster: ClusterAccess;
  readonly codec: MessageCodec;
  readonly log: Logger;
  readonly clock: Clock;
  readonly credentials: CredentialsLoad;
  readonly readAccess: () => AccessTables;
}

export class HeartbeatApi implements Companion {
  private readonly registry = new Registry();
  private readonly queries: ClientQueries;
  private server: Server | undefined;
  private endWatch: (() => void) | undefined;
  private tables: AccessTables | undefined;
  private opening: Promise<void> | undefined;

  constructor(private readonly parts: ApiParts) {
    this.queries = new ClientQueries({
      cluster: parts.cluster,
      isOnline: (name) => this.registry.named(name) !== undefined || parts.config.builtIn.includes(name),
    });
  }

  async start(): Promise<void> {
    this.endWatch = this.parts.cluster.watch((happening) => this.happened(happening));
    if (this.parts.cluster.view().nodes[0]?.state === "active") this.open();
    await this.opening;
  }

  async stop(): Promise<void> {
    this.endWatch?.();
    await this.opening;
    this.registry.endAll("the daemon ends");
    const { server } = this;
    this.server = undefined;
    if (server?.listening === true) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private open(): void {
    this.opening ??= this.listen().catch((error: unknown) => this.off(String(error)));
  }

  private async listen(): Promise<void> {
    const { config, credentials, log } = this.parts;
    if (!credentials.ok) return this.off(`the kernel cannot be asked who a client is: ${credentials.reason}`);
    this.tables = this.parts.readAccess();
    const server = createServer((socket) => this.connected(socket));
    server.maxConnections = LIMITS.clients;
    await listenAt(server, config.socket);
    server.on("error", (error) => log.error("api.failed", { reason: error.message }));
    this.server = server;
    log.info("api.listening", { socket: config.socket });
  }

  private off(reason: string): void {
    this.parts.log.warn("api.off", { socket: this.parts.config.socket, reason });
  }

  private connected(socket: Socket): void {
    const { credentials, codec, clock } = this.parts;
    const known = credentials.ok ? credentials.ask(socket) : undefined;
    if (known === undefined) return void socket.destroy();
    const events = {
      message: (client: Client, message: Message) => this.received(client, message),
      gone: (client: Client, reason: string) => this.gone(client, reason),
    };
    this.registry.add(new Client({ socket, credentials: known, codec, clock, events }));
  }

  private gone(client: Client, reason: string): void {
    const { identity } = client;
    if (!this.registry.remove(client) || identity === undefined) return;
    this.queries.forget(identity.id);
    if (identity.casual) return;
    this.parts.log.info("api.client-left", { client: identity.id, reason });
    this.announce("leave", identity, reason);
  }

  private announce(st: "join" | "leave", who: { id: string; generation: number }, info: string): void {
    const { cluster } = this.parts;
    const message = clientStatus(st, who, cluster.view().node, info);
    cluster.send(message);
    this.registry.deliver(message, who.id);
  }

  private received(client: Client, message: Message): void {
    const request = textField(message, "t") === "hbapi-req" ? textField(message, "reqtype") : undefined;
    if (request === "signon") return this.signOn(client, message);
    if (client.identity === undefined) return client.end("it has not signed on");
    if (request === undefined) return this.speak(client, message);
    this.answer(client, request, message);
  }

  private signOn(client: Client, message: Message): void {
    const { config, cluster, log } = this.parts;
    if (this.tables === undefined || client.identity !== undefined) return client.send(bad("signon"));
    const isTaken = (name: string): boolean =>
      this.registry.named(name) !== undefined || config.builtIn.includes(name);
    const { id, casual, refused } = judgeSignOn(message, client.credentials, this.tables, isTaken);
    const self = cluster.view().node;
    const identity = { id, casual, generation: this.registry.nextGeneration() };
    const { pid, uid, gid } = client.credentials;
    if (refused !== undefined) {
      log.warn("api.client-refused", { client: id, pid, uid, gid, reason: refused });
      client.send(signOnAnswer(self, config, refused));
      if (!casual) client.send(clientStatus("leave", identity, self, refused));
      return client.end(refused);
    }
    client.identity = identity;
    if (!casual) {
      log.info("api.client-joined", { client: id, pid, uid });
      this.announce("join", identity, "signon");
    }
    client.send(signOnAnswer(self, config, undefined));
  }

  private answer(client: Client, request: string, message: Message): void {
    switch (request) {
      case "signoff":
        return client.end("signoff");
      case "setfilter": {
        const mask = textField(message, "fmask");
        if (mask === undefined || !/^[0-9a-f]{1,8}$/i.test(mask)) return client.send(bad(request, "EINVAL"));
        client.filter = Number.parseInt(mask, 16);
        return client.send(done(request));
      }
      case "setsignal":
        // A signal for each message would be an answer to what no program of today does; 0 asks for none.
        return client.send(textField(message, "signal") === "0" ? done(request) : bad(request, "EINVAL"));
      case "set_sendqlen":
        return; // The bound is ours.
      case "clientstatus":
        return this.queries.ask(client.identity?.id ?? "", message, (reply) => client.send(reply));
      default: {
        const { cluster, config } = this.parts;
        const situation = asHeartbeatSees(cluster.view(), config.heardOver);
        const facts = { situation, order: config.nodes, parameters: config.parameters };
        for (const reply of answersTo(request, message, facts) ?? [bad(request)]) client.send(reply);
      }
    }
  }

  private speak(client: Client, message: Message): void {
    const { identity } = client;
    const { cluster, codec, log } = this.parts;
    if (identity === undefined) return;
    if (identity.casual) return client.end("a casual client may not speak to the cluster");
    client.charge(LIMITS.clusterMessageCost);
    const meant = said(message, { name: identity.id, generation: identity.generation });
    if (meant.kind === "request") {
      log.info("api.requested", { client: identity.id, ...meant.request });
      void cluster
        .request(meant.request)
        .then(({ ok, reason }) => log.info("api.answered", { client: identity.id, ok, reason }));
      return;
    }
    const tooLarge = meant.kind === "send" && codec.encode(meant.message).length > LIMITS.clusterMessageBytes;
    if (meant.kind === "refused" || tooLarge) {
      const reason = meant.kind === "refused" ? meant.reason : "it is too large";
      return log.warn("api.message-refused", { client: identity.id, type: textField(message, "t"), reason });
    }
    const self = cluster.view().node;
    if (meant.to !== self) cluster.send(meant.message, meant.to);
    if (meant.to === undefined || meant.to === self) this.loopBack(meant.message, self, identity.id);
  }

  /** heartbeat lets a client hear what it says itself. */
  private loopBack(message: Message, self: string, id: string): void {
    const ts = Math.floor(this.parts.clock.wallMs() / 1000).toString(16);
    const stamp = [
      { name: "src", type: "string", value: self },
      { name: "ts", type: "string", value: ts },
    ] as const;
    this.registry.deliver({ fields: [...message.fields, ...stamp] }, id);
  }

  private happened(happening: ClusterHappening): void {
    const { cluster, clock } = this.parts;
    if (happening.kind === "message.heard") {
      const { from, message } = happening;
      if (this.queries.heard(from, message)) return;
      return this.registry.deliver(message, textField(message, "to_id"));
    }
    const { node: self, nodes } = cluster.view();
    if (happening.kind === "node.changed" && happening.node === self && happening.to === "active")
      this.open();
    const kindOfNode = nodes.find(({ name }) => name === happening.node)?.kind ?? "normal";
    const notice = noticeOf(happening, kindOfNode, clock.wallMs());
    if (notice !== undefined) this.registry.deliver(notice, undefined);
  }
}
