// An intruder's tool, run on the lab's gateway: hears what is broadcast or multicast on the cluster's port and sends any
// bytes to any node.
// Its own program. Prints each packet it hears as base64, one a line; each line it reads is `ADDRESS BASE64` to send.
// Usage: node packet-port.js PORT
import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { argv, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";

/** The lab's group for `mcast`. */
const GROUP = "225.0.0.1";
const port = Number(argv[2] ?? 694);
const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.on("message", (bytes, from) => stdout.write(`${from.address} ${bytes.toString("base64")}\n`));
socket.bind(port, "0.0.0.0", () => {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  for (const { address, family, internal } of addresses)
    if (family === "IPv4" && !internal) socket.addMembership(GROUP, address);
});
createInterface({ input: stdin })
  .on("line", (line) => {
    const [address = "", text = ""] = line.split(" ");
    socket.send(Buffer.from(text, "base64"), port, address);
  })
  .on("close", () => process.exit(0));
