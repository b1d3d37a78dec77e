// The table of all doors: where bytes come in that somebody else has written, each with what it promises.
import { doors as agentIpaddr } from "@systole/agent-ipaddr/doors";
import { doors as agentLsb } from "@systole/agent-lsb/doors";
import { doors as agentNginx } from "@systole/agent-nginx/doors";
import { doors as agentOcf } from "@systole/agent-ocf/doors";
import { doors as agentSystemd } from "@systole/agent-systemd/doors";
import { doors as apiHeartbeat } from "@systole/api-heartbeat/doors";
import { doors as authClassic } from "@systole/auth-classic/doors";
import { doors as authSealed } from "@systole/auth-sealed/doors";
import { doors as fenceAgents } from "@systole/fence-agents/doors";
import { doors as fenceStonith } from "@systole/fence-stonith/doors";
import { doors as netLinux } from "@systole/net-linux/doors";
import { doors as transportMqtt } from "@systole/transport-mqtt/doors";
import { doors as transportSerial } from "@systole/transport-serial/doors";
import { doors as core } from "@systole/core/doors";
import { doors as daemon } from "@systole/daemon/doors";
import { doors as sdk } from "@systole/sdk/doors";
import { doors as witness } from "@systole/witness/doors";
import type { Door } from "./door.js";

export const DOORS: readonly Door[] = [
  ...core,
  ...sdk,
  ...witness,
  ...daemon,
  ...apiHeartbeat,
  ...authSealed,
  ...authClassic,
  ...netLinux,
  ...transportSerial,
  ...transportMqtt,
  ...agentOcf,
  ...agentNginx,
  ...agentSystemd,
  ...agentIpaddr,
  ...agentLsb,
  ...fenceAgents,
  ...fenceStonith,
];
