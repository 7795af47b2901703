/** What two file names of one node have in common once the words for the command are gone. */

const COMMAND_WORDS: ReadonlySet<string> = new Set(
  (
    "ip ip4 ip6 addr address addresses a br brief j json d link links rule rules r route routes ro table all show s list l " +
    "neigh neighbor neighbors neighbour neighbours n arp iptables iptable ip6tables save nat t filter mangle conntrack ct e ext " +
    "extended events event o timestamp dump nf hostname name txt text log out output"
  ).split(" "),
);

/**
 * Directory and name without command words and extension: "logs/node-n1.ip-j-addr.json" and "logs/node-n1.conntrack-L.txt" are
 * both "logs/node-n1"; "n1/iptables-save.txt" is "n1/".
 */
export function nodeFileStem(file: string): string {
  const slash = Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\"));
  const words = file
    .slice(slash + 1)
    .toLowerCase()
    .split(/[._\s-]+/);
  const rest = words.filter((word) => word !== "" && !COMMAND_WORDS.has(word));
  return file.slice(0, slash + 1) + rest.join("-");
}
