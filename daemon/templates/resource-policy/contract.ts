// What the contract of policies is run on: the contract brings its own nodes, agents and clock.
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNamePolicy } from "./template-name.js";

export default defineSubjects({
  config: undefined,
  subjects: {
    "resource-policy": {
      "template-name": { open: () => ({ policy: new TemplateNamePolicy() }) },
    },
  },
});
