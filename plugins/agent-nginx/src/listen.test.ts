// Which sockets does each form of `listen` ask for, and which open socket serves or blocks it?
import { describe, expect, test } from "vitest";
import { inWords, parseListen, type Listen } from "./listen.js";
import { addressOf, blocks, serves, type OpenSocket } from "./sockets.js";

const words = (text: string): string => parseListen(text.split(" ")).map(inWords).join(" ");

describe("parseListen", () => {
  test.each([
    ["80", "0.0.0.0:80"],
    ["8080 default_server", "0.0.0.0:8080"],
    ["443 ssl http2 reuseport backlog=512", "0.0.0.0:443"],
    ["*:81", "0.0.0.0:81"],
    ["*", "0.0.0.0:80"],
    ["127.0.0.1", "127.0.0.1:80"],
    ["10.10.180.220:8000", "10.10.180.220:8000"],
    ["[::]:80 ipv6only=on", "[::]:80"],
    ["[::1]", "[::1]:80"],
    ["[2001:0DB8:0:0:0:0:0:0001]:443", "[2001:db8::1]:443"],
    ["localhost:8000", "localhost:8000"],
    ["www.example.org", "www.example.org:80"],
    ["unix:/run/web.sock", "unix:/run/web.sock"],
    ["8000-8002", "0.0.0.0:8000 0.0.0.0:8001 0.0.0.0:8002"],
    ["127.0.0.1:8000-8001", "127.0.0.1:8000 127.0.0.1:8001"],
    ["443 quic reuseport", ""],
    ["53 udp", ""],
    ["0", ""],
    ["65536", ""],
    ["9-8", ""],
    ["a:b:c", ""],
    ["[::1", ""],
  ])("%s", (text, expected) => expect(words(text)).toBe(expected));

  test("nothing, and a range beyond reason", () => {
    expect(parseListen([])).toEqual([]);
    expect(parseListen(["1-65535"]).length).toBeLessThan(2000);
  });
});

describe("addresses of the kernel's tables", () => {
  test.each([
    ["0100007F", "127.0.0.1"],
    ["00000000", "0.0.0.0"],
    ["00000000000000000000000001000000", "::1"],
    ["00000000000000000000000000000000", "::"],
    ["B80D0120000000000000000001000000", "2001:db8::1"],
    ["0000000000000000FFFF00000100007F", "::ffff:7f00:1"],
  ])("%s is %s", (hex, address) => expect(addressOf(hex)).toBe(address));
});

describe("an open socket and a listen", () => {
  const open = (address: string, port = 80): OpenSocket => ({ kind: "tcp", address, port, inode: "1" });
  const listen = (host: string, port = 80): Listen => ({ kind: "tcp", host, port });

  test.each([
    ["127.0.0.1", "127.0.0.1", true, true],
    ["0.0.0.0", "127.0.0.1", true, true],
    ["127.0.0.1", "0.0.0.0", false, true],
    ["127.0.0.1", "127.0.0.2", false, false],
    ["::", "::1", true, true],
    ["::", "0.0.0.0", false, false],
    ["0.0.0.0", "::", false, false],
    ["127.0.0.1", "localhost", true, false],
  ])("%s and %s: serves %s, blocks %s", (address, host, doesServe, doesBlock) => {
    expect(serves(open(address), listen(host))).toBe(doesServe);
    expect(blocks(open(address), listen(host))).toBe(doesBlock);
    expect(serves(open(address, 81), listen(host))).toBe(false);
    expect(blocks(open(address, 81), listen(host))).toBe(false);
  });

  test("unix sockets meet by path, and never a port", () => {
    const unix: Listen = { kind: "unix", path: "/run/web.sock" };
    expect(serves({ kind: "unix", path: "/run/web.sock", inode: "1" }, unix)).toBe(true);
    expect(blocks({ kind: "unix", path: "/run/web.sock", inode: "1" }, unix)).toBe(true);
    expect(serves({ kind: "unix", path: "/run/other.sock", inode: "1" }, unix)).toBe(false);
    expect(serves({ kind: "unix", path: "/run/web.sock", inode: "1" }, listen("0.0.0.0"))).toBe(false);
    expect(serves(open("0.0.0.0"), unix)).toBe(false);
  });
});
