// What the contract of memberships is run on: the contract brings its own network and clock.
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameMembership } from "./template-name.js";

export default defineSubjects({
  config: undefined,
  subjects: {
    membership: {
      "template-name": { open: () => ({ membership: new TemplateNameMembership() }) },
    },
  },
});
