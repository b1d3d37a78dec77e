// A program at heartbeat's client socket that says messages of given sizes to the cluster. Its own program, run on a node,
// signed on under a name that root may use wherever ha.cf says nothing.
// Usage: node talker.js BYTES…
import { once } from "node:events";
import { connect } from "node:net";
import { argv, stdout } from "node:process";
import { randomBytes } from "node:crypto";

const SOCKET = "/var/run/heartbeat/register";
const NAME = "lha-snmpagent";
const MAGIC = 0xabcd;

function frame(fields: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}\n`);
  const body = Buffer.from(`>>>\n${lines.join("")}<<<\n\0`, "latin1");
  const head = Buffer.alloc(8);
  head.writeInt32LE(body.length, 0);
  head.writeUInt32LE(MAGIC, 4);
  return Buffer.concat([head, body]);
}

const socket = connect(SOCKET);
socket.on("error", (error) => stdout.write(`${error.message}\n`));
const pid = String(process.pid);
socket.write(frame({ t: "hbapi-req", reqtype: "signon", pid, from_id: NAME, uid: "0", gid: "0" }));
let heard = "";
while (!heard.includes("reqtype=signon")) {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  heard += bytes.toString("latin1");
}
stdout.write(heard.includes("result=OK") ? "signed on\n" : `refused: ${heard}\n`);
for (const text of argv.slice(2)) {
  socket.write(frame({ t: "talk", payload: randomBytes(Number(text) / 2).toString("hex") }));
  await new Promise((resolve) => setTimeout(resolve, 300));
}
socket.destroy();
