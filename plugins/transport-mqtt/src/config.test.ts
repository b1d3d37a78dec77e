// What the schema takes, and what it says to write instead.
import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { MqttConfig } from "./config.js";

const complaints = (broker: Record<string, unknown>, settings: Record<string, unknown> = {}) => {
  const result = v.safeParse(MqttConfig, {
    ...settings,
    brokers: [{ name: "west", url: "mqtts://broker", ...broker }],
  });
  return (result.issues ?? []).map(({ message }) => message).join("\n");
};

describe("the configuration", () => {
  it("takes a broker with everything", () => {
    expect(
      complaints({
        prefix: "site",
        version: "3.1.1",
        keepaliveSeconds: 30,
        clientId: "lab-{node}",
        user: "shop",
        password: { file: "/etc/ha.d/mqtt.password" },
        ca: "/etc/ha.d/ca.pem",
        cert: "/etc/ha.d/node.pem",
        key: "/etc/ha.d/node.key",
      }),
    ).toBe("");
    expect(complaints({ version: 5, user: "shop", password: { env: "MQTT_PASSWORD" } })).toBe("");
    expect(v.parse(MqttConfig, { brokers: [{ name: "w", url: "mqtt://b" }] })).toEqual({
      cluster: "linux-ha",
      prefix: "systole",
      brokers: [{ name: "w", url: "mqtt://b", version: 5, keepaliveSeconds: 5, answerMs: 300 }],
    });
  });

  it.each([
    [{ password: "s3cret", user: "shop" }, /never written here: write `password: \{ file:/],
    [{ password: { file: "secret" }, user: "shop" }, /full path/],
    [{ password: { env: "MQTT" } }, /needs a user/],
    [{ url: "mqtt://me:s3cret@broker" }, /user or a password in it/],
    [{ url: "mqtt://broker", user: "shop", password: { env: "MQTT" } }, /cross the network/],
    [{ url: "mqtt://127.0.0.1.evil.example", user: "shop", password: { env: "MQTT" } }, /cross the network/],
    [{ url: "mqtt://broker", ca: "/ca.pem" }, /need an encrypted connection/],
    [{ cert: "/c.pem" }, /belong together/],
    [{ ca: "ca.pem" }, /full path/],
    [{ version: 4 }, /write 5 or "3.1.1"/],
    [{ keepaliveSeconds: 0 }, /1 or more/],
    [{ clientId: "same" }, /\{node\}/],
    [{ prefix: "a/#" }, /without \+ and #/],
    [{ name: "a b" }, /without blanks/],
  ])("%o is refused with what to write instead, and no secret is repeated", (broker, message) => {
    expect(complaints(broker)).toMatch(message);
    expect(complaints(broker)).not.toContain("s3cret");
  });

  it("refuses names that two brokers have, clusters that are no level, and no broker at all", () => {
    const twice = { brokers: [1, 2].map(() => ({ name: "w", url: "mqtt://b" })) };
    expect(v.safeParse(MqttConfig, twice).success).toBe(false);
    expect(v.safeParse(MqttConfig, { brokers: [] }).success).toBe(false);
    expect(complaints({}, { cluster: "a/b" })).toMatch(/one level/);
  });
});
