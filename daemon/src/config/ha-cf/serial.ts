// The directive `serial`: ports on which the nodes talk over a null-modem cable. Their speed is `baud`, wherever it stands.
import { posix } from "node:path";
import type { DirectiveReader } from "./directive-line.js";
import { MAX_MEDIA } from "./media.js";

const MAX_PATH_CHARACTERS = 255;

export const readSerial: DirectiveReader = ({ directive, values }, draft, problems) => {
  if (values.length === 0) {
    problems.error(directive, "medium.incomplete", "write the device: `serial /dev/ttyS0`");
  }
  for (const word of values) {
    const device = posix.normalize(word.text);
    const earlier = draft.serialPorts.find((port) => port.device === device);
    if (!word.text.startsWith("/") || device.length > MAX_PATH_CHARACTERS) {
      const message = `"${word.text}" is not the full path of a device; write e.g. /dev/ttyS0`;
      problems.error(word, "path.relative", message);
    } else if (earlier !== undefined) {
      const message = `the same port stands in line ${earlier.at.line} already and is used once; delete one`;
      problems.warning(word, "medium.duplicate", message);
    } else if (draft.media.length + draft.serialPorts.length >= MAX_MEDIA) {
      problems.error(word, "medium.too-many", `more than ${MAX_MEDIA} media; delete some`);
    } else {
      draft.serialPorts.push({ device, at: word });
    }
  }
};
