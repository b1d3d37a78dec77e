// A program: somebody with access to a broker who is no node. Says again and again that a node has gone, as the broker would say it, and leaves
// frames of a former life to be kept. Speaks just enough MQTT 3.1.1 for that.
// Usage: node broker-stranger.js HOST TOPIC [TOPIC ...]
import { connect } from "node:net";

const EVERY_MS = 20;
const [host = "", ...topics] = process.argv.slice(2);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

/** Bodies here are shorter than 128 bytes, so that their length is one byte. */
function packet(head: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([head, body.length]), body]);
}

const socket = connect(1883, host);
socket.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
socket.on("close", () => process.exit());
socket.write(packet(0x10, Buffer.concat([text("MQTT"), Buffer.from([4, 2, 0, 60]), text("stranger")])));
socket.once("data", () => {
  setInterval(() => {
    for (const topic of topics) {
      socket.write(packet(0x30, text(topic)));
      socket.write(packet(0x31, Buffer.concat([text(topic), Buffer.from("###\nof a former life")])));
    }
  }, EVERY_MS);
  process.stdout.write("speaking\n");
});
