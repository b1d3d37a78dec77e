// Certificates for one test: an authority, a broker's and those of nodes, and one that the authority has not signed.
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificates {
  readonly ca: string;
  readonly brokerCert: string;
  readonly brokerKey: string;
  /** Common name `alpha`. */
  readonly nodeCert: string;
  readonly nodeKey: string;
  /** Of a second node, `beta`. */
  readonly otherCert: string;
  readonly otherKey: string;
  /** Of somebody whom the authority knows and who is no node: `spy`. */
  readonly spyCert: string;
  readonly spyKey: string;
  /** Of another authority. */
  readonly strangerCert: string;
  readonly strangerKey: string;
}

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** PEM files in `directory`, made by openssl. */
export function makeCertificates(directory: string): Certificates {
  for (const name of ["authority", "others"])
    openssl(directory, `req -x509 ${NEW_KEY} -days 2 -subj /CN=${name} -keyout ${name}.key -out ${name}.pem`);
  for (const name of ["broker", "alpha", "beta", "spy"]) sign(directory, name, "authority");
  sign(directory, "stranger", "others");
  const at = (name: string): string => join(directory, name);
  return {
    ca: at("authority.pem"),
    brokerCert: at("broker.pem"),
    brokerKey: at("broker.key"),
    nodeCert: at("alpha.pem"),
    nodeKey: at("alpha.key"),
    otherCert: at("beta.pem"),
    otherKey: at("beta.key"),
    spyCert: at("spy.pem"),
    spyKey: at("spy.key"),
    strangerCert: at("stranger.pem"),
    strangerKey: at("stranger.key"),
  };
}

function sign(directory: string, name: string, by: string): void {
  openssl(directory, `req ${NEW_KEY} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
  writeFileSync(join(directory, "san.cnf"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  const authority = `-CA ${by}.pem -CAkey ${by}.key -CAcreateserial`;
  openssl(directory, `x509 -req -in ${name}.csr ${authority} -days 2 -extfile san.cnf -out ${name}.pem`);
  chmodSync(join(directory, `${name}.key`), 0o600);
}

function openssl(directory: string, words: string): void {
  execFileSync("openssl", words.split(" "), { cwd: directory, stdio: "pipe" });
}
