// The query interface of EC2 (version 2016-11-15) as AWS documents it, as far as addresses and the power of instances go.
import { signatureProblem, type Credentials } from "./signature-v4.js";
import { openStandIn, type StandIn } from "./stand-in.js";

export interface Ec2 extends StandIn {
  readonly credentials: Credentials;
  readonly state: Room;
}

interface Room {
  readonly instances: Map<string, { state: string; boots: number; readonly interface: string }>;
  /** Of each allocation: the instance, and the association, which is a new one each time. */
  readonly elastic: Map<string, { instance: string; association: string } | undefined>;
  /** Secondary addresses of each network interface. */
  readonly secondary: Map<string, Set<string>>;
  /** So long an instance is on its way. */
  slowMs: number;
  /** So many looks at interfaces tell what was before the last change. */
  lag: number;
}

const CREDENTIALS: Credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "eu-central-1",
  service: "ec2",
};

type Answer = { readonly code: string; readonly message: string } | string;
type Query = URLSearchParams;

export async function openEc2(): Promise<Ec2> {
  const room: Room = {
    instances: new Map([
      ["i-0a", { state: "running", boots: 1, interface: "eni-0a" }],
      ["i-0b", { state: "running", boots: 1, interface: "eni-0b" }],
    ]),
    elastic: new Map([["eipalloc-0e", undefined]]),
    secondary: new Map([
      ["eni-0a", new Set<string>()],
      ["eni-0b", new Set<string>()],
    ]),
    slowMs: 0,
    lag: 0,
  };
  const ACTIONS: Readonly<Record<string, (query: Query) => Answer>> = {
    ...addressActions(room),
    ...interfaceActions(room),
    ...instanceActions(room),
  };
  const answer = async (request: Request): Promise<Response> => {
    const body = await request.text();
    const problem = signatureProblem(request, body, CREDENTIALS);
    if (problem !== undefined)
      return refusal(401, problem, "AWS was not able to validate the provided access credentials");
    const query = new URLSearchParams(body);
    const action = query.get("Action") ?? "";
    if (query.get("Version") !== "2016-11-15") return refusal(400, "InvalidParameterValue", "wrong Version");
    const given = ACTIONS[action]?.(query) ?? {
      code: "InvalidAction",
      message: `The action ${action} is not valid`,
    };
    if (typeof given !== "string") return refusal(400, given.code, given.message);
    return xml(
      200,
      `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>${given}</${action}Response>`,
    );
  };
  const standIn = await openStandIn({
    answer,
    waitMs: 0,
    tooMany: () => refusal(503, "RequestLimitExceeded", "Request limit exceeded."),
    nameOf: async (request) => new URLSearchParams(await request.text()).get("Action") ?? "",
  });
  return Object.assign(standIn, { credentials: CREDENTIALS, state: room });
}

function addressActions({ elastic, instances }: Room) {
  let associations = 0;
  return {
    DescribeAddresses: (query: Query): Answer => {
      const id = query.get("AllocationId.1") ?? "";
      if (!elastic.has(id)) return notFound("InvalidAllocationID.NotFound", id);
      const held = elastic.get(id);
      const holder =
        held === undefined
          ? ""
          : `<instanceId>${held.instance}</instanceId><associationId>${held.association}</associationId>`;
      return `<addressesSet><item><publicIp>198.51.100.7</publicIp><allocationId>${id}</allocationId><domain>vpc</domain>${holder}</item></addressesSet>`;
    },
    AssociateAddress: (query: Query): Answer => {
      const id = query.get("AllocationId") ?? "";
      const instance = query.get("InstanceId") ?? "";
      if (!elastic.has(id)) return notFound("InvalidAllocationID.NotFound", id);
      if (!instances.has(instance)) return notFound("InvalidInstanceID.NotFound", instance);
      if (elastic.get(id) !== undefined && query.get("AllowReassociation") !== "true")
        return { code: "Resource.AlreadyAssociated", message: `resource ${id} is already associated` };
      associations += 1;
      const association = `eipassoc-${associations}`;
      elastic.set(id, { instance, association });
      return `<return>true</return><associationId>${association}</associationId>`;
    },
    DisassociateAddress: (query: Query): Answer => {
      const association = query.get("AssociationId") ?? "";
      const [id] = [...elastic].find(([, held]) => held?.association === association) ?? [];
      if (id === undefined) return notFound("InvalidAssociationID.NotFound", association);
      elastic.set(id, undefined);
      return "<return>true</return>";
    },
  };
}

function interfaceActions(room: Room) {
  let before = "";
  const itemsOf = (): string =>
    [...room.secondary]
      .map(([id, addresses]) => {
        const items = [...addresses].map(
          (one) => `<item><privateIpAddress>${one}</privateIpAddress><primary>false</primary></item>`,
        );
        const primary = "<item><privateIpAddress>10.0.0.4</privateIpAddress><primary>true</primary></item>";
        return `<item><networkInterfaceId>${id}</networkInterfaceId><privateIpAddressesSet>${primary}${items.join("")}</privateIpAddressesSet></item>`;
      })
      .join("");
  return {
    DescribeNetworkInterfaces: (query: Query): Answer => {
      const id = query.get("NetworkInterfaceId.1") ?? "";
      if (!room.secondary.has(id)) return notFound("InvalidNetworkInterfaceID.NotFound", id);
      const isOld = room.lag > 0;
      if (isOld) room.lag -= 1;
      return `<networkInterfaceSet>${isOld ? before : itemsOf()}</networkInterfaceSet>`;
    },
    AssignPrivateIpAddresses: (query: Query): Answer => {
      const id = query.get("NetworkInterfaceId") ?? "";
      const address = query.get("PrivateIpAddress.1") ?? "";
      const target = room.secondary.get(id);
      if (target === undefined) return notFound("InvalidNetworkInterfaceID.NotFound", id);
      if (query.get("AllowReassignment") !== "true")
        return { code: "InvalidParameterValue", message: "is assigned" };
      before = itemsOf();
      for (const addresses of room.secondary.values()) addresses.delete(address);
      target.add(address);
      return `<networkInterfaceId>${id}</networkInterfaceId><assignedPrivateIpAddressesSet><item><privateIpAddress>${address}</privateIpAddress></item></assignedPrivateIpAddressesSet><return>true</return>`;
    },
    UnassignPrivateIpAddresses: (query: Query): Answer => {
      const addresses = room.secondary.get(query.get("NetworkInterfaceId") ?? "");
      before = itemsOf();
      if (addresses?.delete(query.get("PrivateIpAddress.1") ?? "") !== true)
        return {
          code: "InvalidParameterValue",
          message: "Some of the addresses are not assigned to the interface",
        };
      return "<return>true</return>";
    },
  };
}

function instanceActions(room: Room) {
  const turn = (query: Query, passing: string, wanted: string): Answer => {
    const id = query.get("InstanceId.1") ?? "";
    const instance = room.instances.get(id);
    if (instance === undefined) return notFound("InvalidInstanceID.NotFound", id);
    if (instance.state !== wanted) {
      const arrive = (): void => {
        if (wanted === "running") instance.boots += 1;
        instance.state = wanted;
      };
      instance.state = passing;
      if (room.slowMs === 0) arrive();
      else setTimeout(arrive, room.slowMs);
    }
    return `<instancesSet><item><instanceId>${id}</instanceId><currentState><name>${passing}</name></currentState></item></instancesSet>`;
  };
  return {
    DescribeInstances: (query: Query): Answer => {
      const id = query.get("InstanceId.1") ?? "";
      const state = room.instances.get(id)?.state;
      if (state === undefined) return notFound("InvalidInstanceID.NotFound", id);
      return `<reservationSet><item><instancesSet><item><instanceId>${id}</instanceId><instanceState><name>${state}</name></instanceState></item></instancesSet></item></reservationSet>`;
    },
    StartInstances: (query: Query): Answer => turn(query, "pending", "running"),
    StopInstances: (query: Query): Answer =>
      query.get("Force") === "true" && query.get("SkipOsShutdown") === "true"
        ? turn(query, "stopping", "stopped")
        : { code: "UnsupportedOperation", message: "this stand-in only knows stops by force" },
  };
}

function notFound(code: string, id: string): Answer {
  return { code, message: `The ID '${id}' does not exist` };
}

function refusal(status: number, code: string, message: string): Response {
  return xml(
    status,
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>`,
  );
}

function xml(status: number, text: string): Response {
  return new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`, {
    status,
    headers: { "content-type": "text/xml" },
  });
}
