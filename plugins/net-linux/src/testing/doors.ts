/** Where foreign bytes come in from the kernel, from the segment, from `ip`, and through the guard's pipe, for the fuzzer. @packageDocumentation */
import assert from "node:assert/strict";
import { SystoleError } from "@systole/sdk";
import { decodeEchoReply, withoutIpv4Header } from "../frames/icmp-echo.js";
import { GuardDuty } from "../guard/guard-duty.js";
import { LineBuffer, orderLine, parseOrder, parseReport, reportLine } from "../guard/guard-lines.js";
import { formatIp, parseIp } from "../ip-address.js";
import { decodeAddress } from "../netlink/address.js";
import { decodeLink } from "../netlink/link.js";
import { decodeRoute } from "../netlink/route.js";
import { decodeAcknowledgement, decodeMessages, encodeAttribute, encodeMessage } from "../netlink/wire.js";
import { parseAddressShow, parseRouteGet } from "../programs/ip-json.js";

const GUARDED = { address: "10.0.0.1", prefixLength: 24, interface: "eth0" };
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
const ADDRESS = hex("02 18 00 00 03000000 08000200 0a0ab4dc 08000100 0a0ab4dc 14000600 3c0000003c0000000000000000000000"); // prettier-ignore
const LINK = hex(
  "00 00 0100 02000000 43100100 00000000 09000300 65746830 00 000000 0a000100 02fc00000001 0000",
);
const ROUTE = hex("02 18 00 00 fe 02 fd 01 00000000 08000400 02000000 08000700 0a000001");
const datagram = (type: number, body: Buffer): Buffer =>
  encodeMessage({ type, flags: 0x200, sequence: 1, body });
const REFUSED = Buffer.concat([hex("efffffff 14000000 1400 0506 07000000 00000000"), encodeAttribute(1, Buffer.from("no\0"))]); // prettier-ignore

const READERS = { show: parseAddressShow, route: parseRouteGet };

export const doors = [
  {
    name: "netlink",
    promise: "what a message says, or nothing, whatever its lengths claim",
    words: [],
    seeds: [
      datagram(20, ADDRESS),
      datagram(16, LINK),
      datagram(24, ROUTE),
      datagram(2, REFUSED),
      datagram(3, Buffer.alloc(4)),
    ],
    feed(bytes: Uint8Array): string {
      const messages = decodeMessages(Buffer.from(bytes));
      const said = messages.map((message) => {
        const { errno, text } = decodeAcknowledgement(message);
        assert.ok(errno >= 0 && (text?.length ?? 0) <= bytes.length);
        const held = decodeAddress(message, (index) => `if${index}`);
        if (held !== undefined) assert.ok(parseIp(held.address) !== undefined);
        return [held, decodeLink(message), decodeRoute(message)]
          .map((one) => (one === undefined ? "-" : "+"))
          .join("");
      });
      return [...new Set(said)].toSorted().join();
    },
  },
  {
    name: "icmp",
    promise: "an echo reply, with data that came, or nothing",
    words: [],
    seeds: [
      hex("45000020 00000000 40010000 0a000001 0a000002 0000 0000 0001 0002 6162"),
      hex("8100 0000 0001 0002 6162"),
    ],
    feed(bytes: Uint8Array): string {
      const packet = Buffer.from(bytes);
      const four = withoutIpv4Header(packet);
      const replies = [four && decodeEchoReply(4, four), decodeEchoReply(6, packet)];
      for (const reply of replies) assert.ok((reply?.data.length ?? 0) <= bytes.length);
      return replies.map((reply) => (reply === undefined ? "-" : "+")).join("");
    },
  },
  {
    name: "ip-json",
    promise: "interfaces and addresses of the right kinds, or NETWORK_UNSUPPORTED",
    words: ['"ifname":"eth0"', '"addr_info":[]', '"family":"inet"', '"local":"10.0.0.1"', '"prefixlen":24', "null", "[]", '"dst":"default"', "show\n", "route\n"], // prettier-ignore
    seeds: [
      'show\n[{"ifindex":2,"ifname":"eth0","flags":["UP"],"address":"02:fc:00:00:00:01","addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":24,"label":"eth0:0","broadcast":"10.0.0.255","valid_life_time":60,"protocol":"0x53"}]}]',
      'route\n[{"dst":"10.0.0.0/24","dev":"eth0","prefsrc":"10.0.0.1"}]',
    ],
    feed(bytes: Uint8Array): string {
      const text = Buffer.from(bytes).toString("utf8");
      const split = text.indexOf("\n");
      const reader = text.slice(0, split) === "route" ? READERS.route : READERS.show;
      try {
        const read = reader(text.slice(split + 1));
        if (read === undefined) return "no way";
        if (!("interfaces" in read)) {
          assert.ok(Number.isInteger(read.prefixLength));
          return "route";
        }
        for (const { index } of read.interfaces) assert.ok(Number.isInteger(index));
        for (const { prefixLength } of read.addresses) assert.ok(Number.isInteger(prefixLength));
        return `show ${read.interfaces.length > 0} ${read.addresses.length > 0}`;
      } catch (error) {
        assert.ok(error instanceof SystoleError && error.code === "NETWORK_UNSUPPORTED", String(error));
        return error.code;
      }
    },
  },
  {
    name: "guard-lines",
    promise: "an order or a report, or nothing: neither end falls over a line that is none",
    words: ['"kind":"hold"', '"kind":"beat"', '"atMs":5', "null", "[]", "1e400", "\n"],
    seeds: [
      orderLine({ kind: "hold", address: GUARDED }) + orderLine({ kind: "beat", atMs: 5 }),
      orderLine({ kind: "let-go", address: GUARDED }),
      reportLine({ kind: "ready", priority: "x" }) + reportLine({ kind: "removed", addresses: ["10.0.0.1"], silentMs: 5, failures: [] }), // prettier-ignore
    ],
    feed(bytes: Uint8Array): string {
      const duty = new GuardDuty(1000);
      const lines = new LineBuffer();
      const kinds = new Set<string>();
      for (let at = 0; at < bytes.length; at += 100) {
        for (const line of lines.take(Buffer.from(bytes.subarray(at, at + 100)).toString("latin1"))) {
          const order = parseOrder(line);
          if (order !== undefined) duty.hear(order, 1);
          const report = parseReport(line);
          if (report?.kind === "removed") assert.equal(typeof report.addresses.join(" "), "string");
          kinds.add(`${order?.kind} ${report?.kind}`);
        }
      }
      const judgement = duty.judge(2000);
      assert.ok(judgement.kind === "rest" || Number.isFinite(judgement.silentMs));
      assert.ok(duty.held.length <= bytes.length);
      return [...kinds].toSorted().join();
    },
  },
  {
    name: "ip-text",
    promise: "the bytes of an address, of which there is one text, or nothing",
    words: ["::", ":", ".", "%eth0", "/24", "ffff", "::ffff:"],
    seeds: ["10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "::"],
    feed(bytes: Uint8Array): string {
      const parsed = parseIp(Buffer.from(bytes).toString("latin1"));
      if (parsed === undefined) return "nothing";
      const text = formatIp(parsed.bytes);
      assert.deepEqual(parseIp(text), parsed);
      return String(parsed.family);
    },
  },
];
