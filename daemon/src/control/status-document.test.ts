import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sampleStatus } from "../testkit/fake-cluster.js";
import { StatusDocument, statusDocument, statusJsonSchema } from "./status-document.js";

describe("the status document", () => {
  it("is what its schema says, and survives JSON", () => {
    const document = statusDocument(sampleStatus());
    expect(StatusDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  });

  it("says null for a group that nobody holds, and leaves absent reasons out", () => {
    const document = statusDocument(sampleStatus({ owner: undefined }));
    expect(document.groups[0]?.owner).toBeNull();
    expect(document.groups[0]?.resources[0]).toEqual({
      name: "10.10.180.220/24/eth0:0",
      agent: "ipaddr",
      state: "started",
    });
  });

  it("has a published JSON Schema that is up to date (daemon/status.schema.json)", () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL("../../status.schema.json", import.meta.url), "utf8"),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(statusJsonSchema())));
  });
});
