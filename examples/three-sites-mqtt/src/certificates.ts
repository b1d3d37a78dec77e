// The authority of the example and its three certificates, made by openssl as docs/mqtt.md says it.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** `ca.pem`, and NAME.pem with NAME.key for the broker and each node, in `directory`. The common name is the node's name. */
export function makeCertificates(directory: string, broker: string, nodes: readonly string[]): void {
  const openssl = (words: string): void => {
    execFileSync("openssl", words.split(" "), { cwd: directory, stdio: "pipe" });
  };
  openssl(`req -x509 ${NEW_KEY} -days 3 -subj /CN=shop-authority -keyout ca.key -out ca.pem`);
  writeFileSync(join(directory, "broker.cnf"), `subjectAltName=IP:${broker}\n`);
  writeFileSync(join(directory, "node.cnf"), "extendedKeyUsage=clientAuth\n");
  for (const name of ["broker", ...nodes]) {
    const extensions = name === "broker" ? "broker.cnf" : "node.cnf";
    openssl(`req ${NEW_KEY} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
    openssl(
      `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3 -extfile ${extensions} -out ${name}.pem`,
    );
  }
}
