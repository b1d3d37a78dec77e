// What the contract of authenticators is run on: the real one, and one with another key under the same index.
import { defineSubjects } from "@systole/sdk/testkit";
import { TemplateNameAuthenticator } from "./template-name.js";

export default defineSubjects({
  config: { keyFile: "/etc/ha.d/template-name.key" },
  subjects: {
    authenticator: {
      "template-name": {
        open: () => ({
          authenticator: new TemplateNameAuthenticator("a long random key"),
          stranger: new TemplateNameAuthenticator("another long random key"),
        }),
      },
    },
  },
});
