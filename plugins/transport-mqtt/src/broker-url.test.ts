import { describe, expect, it } from "vitest";
import { isEncrypted, readBrokerUrl, shortName } from "./broker-url.js";

const read = (text: string) => {
  const result = readBrokerUrl(text);
  return result.ok ? result.address : result.hint;
};

describe("the URL of a broker", () => {
  it.each([
    ["mqtt://broker", { protocol: "mqtt", host: "broker", port: 1883, path: "" }],
    ["mqtts://broker.example:8884/", { protocol: "mqtts", host: "broker.example", port: 8884, path: "" }],
    ["ws://192.0.2.1/mqtt", { protocol: "ws", host: "192.0.2.1", port: 80, path: "/mqtt" }],
    ["wss://broker", { protocol: "wss", host: "broker", port: 443, path: "/" }],
    ["mqtt://[2001:db8::1]:1884", { protocol: "mqtt", host: "2001:db8::1", port: 1884, path: "" }],
  ])("%s", (text, address) => expect(read(text)).toEqual(address));

  it.each([
    ["broker", /write mqtt:\/\/HOST/],
    ["http://broker", /write mqtt:\/\/HOST/],
    ["mqtt:///topic", /write mqtt:\/\/HOST/],
    ["mqtt://broker:99999", /write mqtt:\/\/HOST/],
    ["mqtt://broker:0", /port 0/],
    ["mqtt://broker/prefix", /prefix is a word of its own/],
    ["ws://broker/mqtt?token=1", /nothing may follow/],
    [`mqtt://${"b".repeat(3000)}`, /write mqtt:\/\/HOST/],
  ])("%s is refused", (text, hint) => expect(read(text)).toMatch(hint));

  it.each(["mqtt://me:s3cret@broker", "mqtts://s3cret@broker", "mqtt://:s3cret@broker"])(
    "%s is refused without being repeated, and says where a password belongs",
    (text) => {
      expect(read(text)).toMatch(/password: \{ file: /);
      expect(read(text)).not.toContain("s3cret");
    },
  );

  it("has a short name for sentences", () => {
    const nameOf = (text: string) => {
      const result = readBrokerUrl(text);
      return result.ok ? `${shortName(result.address)} ${String(isEncrypted(result.address))}` : "";
    };
    expect(nameOf("mqtt://broker:1883")).toBe("broker false");
    expect(nameOf("mqtts://broker:1883")).toBe("broker:1883 true");
    expect(nameOf("wss://[2001:db8::1]")).toBe("[2001:db8::1] true");
  });
});
