// A program: the DNS of the third site, as small as one can be. Whoever has the key sets a name's address by PUT; everybody may ask for it over DNS.
// Usage: node record-server.js KEY-FILE
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { isIPv4 } from "node:net";

const HTTP_PORT = 8053;
const DNS_PORT = 53;
const TTL_SECONDS = 1;
const MAX_NAMES = 16;
const MAX_BODY_BYTES = 64;

const key = readFileSync(process.argv[2] ?? "", "utf8").trim();
const addresses = new Map<string, string>();

const http = createServer((request, response) => {
  const name = (request.url ?? "/").slice(1).toLowerCase();
  const answer = (status: number): void => void response.writeHead(status).end();
  if (request.headers.authorization !== `Bearer ${key}`) return answer(401);
  if (request.method !== "PUT") return answer(405);
  let body = "";
  request.on("data", (chunk: Buffer) => {
    body += chunk.toString("latin1");
    if (body.length > MAX_BODY_BYTES) request.destroy();
  });
  request.on("end", () => {
    const address = body.trim();
    if (!isIPv4(address) || (!addresses.has(name) && addresses.size >= MAX_NAMES)) return answer(400);
    addresses.set(name, address);
    answer(204);
  });
});

/** The question's name and where it ends in the packet; undefined for what is no plain question. */
function questionOf(packet: Buffer): { readonly name: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet[at]; length !== 0; length = packet[at]) {
    if (length === undefined || length > 63 || at + 1 + length > packet.length) return undefined;
    labels.push(packet.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return at + 5 > packet.length ? undefined : { name: labels.join(".").toLowerCase(), end: at + 5 };
}

/** RFC 1035: the question again, and the address if there is one. */
function answerTo(packet: Buffer): Buffer | undefined {
  const question = questionOf(packet);
  if (question === undefined) return undefined;
  const address = addresses.get(question.name);
  const isForAddress = packet.readUInt16BE(question.end - 4) === 1;
  const records = address !== undefined && isForAddress ? [recordOf(address)] : [];
  const head = Buffer.alloc(12);
  packet.copy(head, 0, 0, 2);
  head.writeUInt16BE(address === undefined ? 0x8403 : 0x8400, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, packet.subarray(12, question.end), ...records]);
}

/** Type A, class IN, for the name of the question. */
function recordOf(address: string): Buffer {
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
  record.writeUInt32BE(TTL_SECONDS, 6);
  return Buffer.concat([record, Buffer.from(address.split(".").map(Number))]);
}

const dns = createSocket("udp4");
dns.on("message", (packet, { address, port }) => {
  const answer = answerTo(packet);
  if (answer !== undefined) dns.send(answer, port, address);
});
dns.bind(DNS_PORT, () => http.listen(HTTP_PORT, () => process.stdout.write("ready\n")));
