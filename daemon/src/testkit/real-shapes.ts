// How people really write heartbeat's three files: shapes met in tutorials, packages and repositories of twenty years, with
// names, addresses and keys of our own. Each passes `check`, or fails with the right words.

export interface RealShape {
  /** What is remarkable about it. */
  readonly shape: string;
  readonly haCf: string;
  readonly haResources: string;
  /** Default: a plain sha1 key. */
  readonly authKeys?: string;
  /** This node; default `web1`. */
  readonly node?: string;
  /** `file line severity code`, in order; none: `check` has nothing to say. */
  readonly findings: readonly string[];
}

const SMALL = "auto_failback off\nbcast eth1\nnode web1 web2\n";
const ADDRESS = "web1 192.0.2.10\n";

export const REAL_SHAPES: readonly RealShape[] = [
  {
    shape: "the sample file with its tabs, comments behind values, and a gateway",
    haCf: "debugfile /var/log/ha-debug\t# what went wrong\nlogfile\t/var/log/ha-log\nlogfacility\tlocal0\nkeepalive 2\t# seconds\ndeadtime 30\nwarntime 10\ninitdead 120\nudpport\t694\nucast eth0 192.0.2.2   # the other one\nauto_failback on\nnode\tweb1\nnode\tweb2\nping 192.0.2.254\nrespawn hacluster /usr/lib64/heartbeat/ipfail\napiauth ipfail gid=haclient uid=hacluster\n",
    haResources: "web1 IPaddr::192.0.2.10/24/eth0:1 httpd\n",
    authKeys: "auth 1\n1 sha1 change-me-please\n#2 md5 old\n",
    findings: [],
  },
  {
    shape: "several nodes and interfaces on a line, with commas and trailing blanks",
    haCf: "keepalive 2   \ndeadtime 30\t\nbcast eth0, eth1\nauto_failback on\nnode web1, web2  \n",
    haResources: "web1 drbddisk::main Filesystem::/dev/drbd0::/srv::ext4 IPaddr::192.0.2.10/24/eth0 nfs\n",
    findings: [],
  },
  {
    shape: "ucast lines for both ends, the same file on both nodes",
    haCf: "use_logd on\nkeepalive 1\ndeadtime 10\nwarntime 5\nudpport 694\nucast eth0 192.0.2.1\nucast eth0 192.0.2.2\nauto_failback off\nnode web1.example.org\nnode web2.example.org\n",
    haResources: "web1.example.org IPaddr::192.0.2.10/24/eth0:1\n",
    node: "web1.example.org",
    findings: [],
  },
  {
    shape: "udpport below the media, with the port they have anyway",
    haCf: "warntime 4\ndeadtime 15\ninitdead 30\nkeepalive 2\nnode db1\nucast eth1 192.0.2.31\nnode db2\nucast eth1 192.0.2.32\nudpport 694\nauto_failback on\n",
    haResources: "db1 drbddisk::d1 Filesystem::/dev/drbd0::/mysqldata::ext4 mysql IPaddr::192.0.2.30\n",
    node: "db1",
    findings: [],
  },
  {
    shape: "udpport below the media, with another port that therefore has no effect",
    haCf: `${SMALL}udpport 12694\n`,
    haResources: ADDRESS,
    findings: ["ha.cf 4 warning udpport.after-media"],
  },
  {
    shape: "multicast on two bonds, times in milliseconds, both directions off",
    haCf: "logfacility local0\nkeepalive 500ms\ndeadtime 10\nwarntime 5\ninitdead 30\nmcast bond0 239.1.1.1 694 2 0\nmcast bond1 239.1.1.2 694 1 0\nauto_failback off\nnode drbd1\nnode drbd2\n",
    haResources: "drbd1 drbddisk Filesystem::/dev/drbd0::/drbd::ext3 mysql 192.0.2.10\n",
    node: "drbd1",
    findings: [],
  },
  {
    shape: "multicast without its group, as one manual printed it",
    haCf: "mcast bond0 694 2 0\nauto_failback off\nnode web1 web2\n",
    haResources: ADDRESS,
    findings: ["ha.cf 0 error medium.none", "ha.cf 1 error medium.incomplete"],
  },
  {
    shape: "a null-modem cable beside the network, as in the oldest guides",
    haCf: "# baud 19200\n#serial /dev/ttyS0\nudp eth1\nnice_failback on\nauto_failback on\nhopfudge 1\ndeadping 30\nnode web1 web2\n",
    haResources: ADDRESS,
    findings: ["ha.cf 3 warning directive.renamed", "ha.cf 4 warning directive.ignored"],
  },
  {
    shape: "only what must be there",
    haCf: "bcast eth0\nnode web1 web2\n",
    haResources: "web1 192.0.2.10 httpd\n",
    findings: ["ha.cf 0 warning failback.unset"],
  },
  {
    shape: "two services at home on two nodes, active and active",
    haCf: SMALL,
    haResources:
      "web1 IPaddr::192.0.2.10/24/eth0 drbddisk::r0 Filesystem::/dev/drbd0::/data1::ext4 mysqld1\nweb2 IPaddr::192.0.2.11/24/eth0 drbddisk::r1 Filesystem::/dev/drbd1::/data2::ext4 mysqld2\n",
    findings: [],
  },
  {
    shape: "the same service in two groups: stopping one would stop the other",
    haCf: SMALL,
    haResources: "web1 192.0.2.10 httpd\nweb2 192.0.2.11 httpd\n",
    findings: ["haresources 2 error haresources.resource-repeated"],
  },
  {
    shape: "one group over several lines",
    haCf: SMALL,
    haResources:
      "web1 192.0.2.10/24/eth0 \\\n\tdrbddisk::r0 \\\n\tFilesystem::/dev/drbd0::/srv::ext3 \\\n\thttpd \\\n\tMailTo::ops@example.org::web\n",
    findings: [],
  },
  {
    shape: "a continuation with blanks behind the backslash",
    haCf: SMALL,
    haResources: "web1 192.0.2.10 \\  \n  httpd\n",
    findings: ["haresources 1 warning haresources.stray-backslash"],
  },
  {
    shape: "edited on Windows",
    haCf: "\uFEFFkeepalive 2\r\ndeadtime 30\r\nbcast eth0\r\nauto_failback on\r\nnode web1\r\nnode web2\r\n",
    haResources: "web1 192.0.2.10 \\\r\n  httpd\r\n",
    authKeys: "auth 2\r\n2 md5 a-key-of-ours\r\n",
    findings: [],
  },
  {
    shape: "node names in capitals, as uname prints them",
    haCf: "bcast eth0\nauto_failback on\nnode LVS-A\nnode LVS-B\n",
    haResources: "LVS-A 192.0.2.10/32/eth0:0/192.0.2.10 ldirectord::/etc/ha.d/ldirectord.cf\n",
    node: "LVS-A",
    findings: [],
  },
  {
    shape: "the balancer pair, with a group of ping nodes",
    haCf: `${SMALL}ping_group gateways 192.0.2.253 192.0.2.254\nrespawn hacluster /usr/lib/heartbeat/ipfail\napiauth ipfail gid=haclient uid=hacluster\ndeadping 5\nkeepalive 1\ndeadtime 10\n`,
    haResources:
      "web1 ldirectord::ldirectord.cf LVSSyncDaemonSwap::master IPaddr2::192.0.2.10/24/eth0/192.0.2.255\n",
    findings: [],
  },
  {
    shape: "DRBD's outdater beside ipfail",
    haCf: `autojoin none\n${SMALL}ping 192.0.2.254\nrespawn hacluster /usr/lib64/heartbeat/ipfail\nrespawn hacluster /usr/lib64/heartbeat/dopd\napiauth dopd gid=haclient uid=hacluster\n`,
    haResources: ADDRESS,
    findings: [],
  },
  {
    shape: "a program that left with its package",
    haCf: `${SMALL}respawn root /usr/lib/heartbeat/absent-pingd -m 100 -d 5s\n`,
    haResources: ADDRESS,
    findings: ["ha.cf 4 error respawn.not-executable"],
  },
  {
    shape: "a program of a user who is gone",
    haCf: `${SMALL}respawn cluster-ghost /usr/lib/heartbeat/cibmon -d\napiauth cibmon uid=cluster-ghost\n`,
    haResources: ADDRESS,
    findings: ["ha.cf 4 error respawn.user-unknown", "ha.cf 5 warning apiauth.nobody"],
  },
  {
    shape: "left over from a Pacemaker cluster",
    haCf: `${SMALL}crm respawn\nautojoin any\ncompression bz2\ncompression_threshold 2\ntraditional_compression on\n`,
    haResources: ADDRESS,
    findings: [
      "ha.cf 4 error crm.unsupported",
      "ha.cf 5 error autojoin.haresources",
      "ha.cf 6 warning compression.zlib-sent",
    ],
  },
  {
    shape: "crm no, and the compression that is the default",
    haCf: `${SMALL}crm no\ncompression zlib\nuse_logd off\n`,
    haResources: ADDRESS,
    findings: [],
  },
  {
    shape: "a power switch by its old line, and the machine's own dog",
    haCf: `${SMALL}watchdog /dev/watchdog\nstonith_host * baytech 192.0.2.99 login secret\nstonith_host web1 meatware web2\nrealtime off\nrtprio 5\ncoredumps true\nmemreserve 6500\n`,
    haResources: ADDRESS,
    findings: [
      "ha.cf 5 warning stonith.replaced",
      "ha.cf 6 warning fencing.no-quorum",
      "ha.cf 7 warning directive.ignored",
      "ha.cf 8 warning directive.ignored",
      "ha.cf 9 warning directive.ignored",
      "ha.cf 10 warning directive.ignored",
    ],
  },
  {
    shape: "three nodes and one address",
    haCf: "ucast eth1 192.0.2.1\nucast eth1 192.0.2.2\nucast eth1 192.0.2.3\nauto_failback off\nnode    kube0\nnode    kube1\nnode    kube2\ndebug 1\n",
    haResources: "kube0 IPaddr2::192.0.2.10/24/eth1\n",
    node: "kube1",
    findings: [],
  },
  {
    shape: "directive and value grown together",
    haCf: "autojoin none\nbcast eth1\nwarntime 10\ndeadtime 15\nkeepalive 5\nnode1\nnode2\nauto_failback off\n",
    haResources: "",
    findings: [
      "ha.cf 0 error node.none",
      "ha.cf 6 error directive.unknown",
      "ha.cf 7 error directive.unknown",
      "haresources 0 warning haresources.empty",
    ],
  },
  {
    shape: "seconds with a unit",
    haCf: `${SMALL}keepalive 2s\ndeadtime 30sec\n`,
    haResources: ADDRESS,
    findings: ["ha.cf 4 error time.invalid", "ha.cf 5 error time.invalid"],
  },
  {
    shape: "copied from a web page, with its blanks",
    haCf: `${SMALL}keepalive\u00a02\n`,
    haResources: ADDRESS,
    findings: ["ha.cf 4 error file.control-character"],
  },
  {
    shape: "an agent's name in other letters",
    haCf: SMALL,
    haResources: "web1 IPAddr-absent::192.0.2.10/24/eth0\n",
    findings: ["haresources 1 error resource.not-found"],
  },
  {
    shape: "the long name in one file, the short one in the other",
    haCf: SMALL,
    haResources: "web1.example.org 192.0.2.10\n",
    findings: ["haresources 1 error haresources.node-unknown"],
  },
  {
    shape: "a node that is named twice",
    haCf: `${SMALL}node web1\n`,
    haResources: ADDRESS,
    findings: ["ha.cf 4 warning node.duplicate"],
  },
  {
    shape: "a key without a secret, on a cable of its own",
    haCf: SMALL,
    haResources: ADDRESS,
    authKeys: "auth 1\n1 crc\n",
    findings: ["authkeys 2 warning authkeys.crc"],
  },
  {
    shape: "method and key grown together",
    haCf: SMALL,
    haResources: ADDRESS,
    authKeys: "auth 1\n1 sha1abcdef\n",
    findings: ["authkeys 1 error authkeys.signer-missing", "authkeys 2 error authkeys.method-invalid"],
  },
  {
    shape: "keys with remarks behind them",
    haCf: SMALL,
    haResources: ADDRESS,
    authKeys: "# ours\nauth 1   # the second one\n1 sha1 our-key-of-long-ago # since spring\n\n",
    findings: [],
  },
];
