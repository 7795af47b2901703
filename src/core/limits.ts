/**
 * Every upper bound of podpath in one table, so that no input decides how much memory, time or stack is used.
 * What happens at each bound is said beside it; nothing is ever cut without being counted and reported.
 */

/** Bytes of one captured packet. Larger is damage: libpcap's MAXIMUM_SNAPLEN. */
export const MAX_CAPTURED_LENGTH = 262_144;
/**
 * Records of nothing but zeros in one file, 16 bytes each. More are a hole that a crash or a full disk left (a sparse file may
 * show hundreds of gigabytes of it): reading ends there with a diagnostic, as nobody waits minutes for zeros.
 */
export const MAX_ZERO_RECORDS = 1_048_576;
/**
 * Bytes in which records are looked for behind a broken one. Without any in so many, reading ends there as it would without
 * looking: a sparse file may have hundreds of gigabytes of nothing.
 */
export const MAX_RESYNC_BYTES = 32 * 1024 * 1024;
/** Bytes of one pcapng block (libpcap starts at 16 MiB). Larger ends the section as damaged. */
export const MAX_PCAPNG_BLOCK_LENGTH = 16 * 1024 * 1024;
/** Interfaces of one pcapng file; more are read but share the last index. */
export const MAX_INTERFACES = 65_536;
/** Bytes of names and comments kept of one capture file; more are counted, not kept. */
export const MAX_CAPTURE_TEXT_BYTES = 1024 * 1024;
/** IP headers in one packet (1 = no tunnel). Deeper: stop code TooDeep, the layers so far are used. */
export const MAX_IP_LAYERS = 8;
/** Headers that carry a frame or packet (tunnels, NSH) in one packet. More: stop code TooDeep. */
export const MAX_INNER_TURNS = 16;
/** VLAN tags in a row. More: stop code TooDeep. */
export const MAX_VLAN_TAGS = 8;
/** IPv6 extension headers in a row. More: stop code TooDeep. */
export const MAX_IPV6_EXTENSIONS = 16;
/** MPLS labels in a row. More: stop code TooDeep. */
export const MAX_MPLS_LABELS = 16;
/** IPv4/IPv6 datagrams of which a fragment was seen, to give the ports of the first one to the others; oldest are forgotten first. */
export const MAX_FRAGMENTED_DATAGRAMS = 16_384;
/** Fragments that wait for the first one of their datagram. More: the oldest stay in no connection. */
export const MAX_HELD_FRAGMENTS = 16_384;
/** Rows of the flow table. More are folded: counted under `flow-table-full`, never dropped in silence. */
export const MAX_FLOWS = 4_000_000;
/** Distinct places (interface, direction and MAC of SLL, VLAN) in one analysis. More share the last one. */
export const MAX_TAPS = 65_535;
/** Distinct tunnels (place, kind, network identifier, depth) in one analysis. More share the last one. */
export const MAX_TUNNELS = 4_000_000;
/** Fingerprints of a datagram flow kept per direction, for joining across NAT. */
export const FINGERPRINTS_PER_DIRECTION = 4;
/**
 * Payload bytes that a fingerprint covers. A packet of which fewer were captured has none, so that captures with different
 * snaplens agree: 24 is what tcpdump -s 96 leaves of LINUX_SLL2, IPv4 and TCP with timestamps.
 */
export const FINGERPRINT_BYTES = 24;
/** Flows whose bytes are kept over time (flow/throughput.ts). More have their sums only. */
export const MAX_THROUGHPUT_SERIES = 4_096;
/** Bytes of a connection, both directions, from which on the report shows them over time. */
export const THROUGHPUT_FROM_BYTES = 1_000_000;
/** Bytes of an HTTP request that are read for its header. What stands behind them is not read. */
export const MAX_HTTP_HEADER_BYTES = 4_096;
/** Bytes of a DNS message that are read for names. What stands behind them gives none. */
export const MAX_DNS_MESSAGE_BYTES = 4_096;
/** Records of a DNS answer that are read. The others give no names. */
export const MAX_DNS_ANSWERS_READ = 64;
/** Addresses whose names from DNS answers are kept. Further ones have none. */
export const MAX_DNS_NAMED_ADDRESSES = 16_384;
/** Names kept of one address: the first in the order of their text. */
export const MAX_DNS_NAMES_PER_ADDRESS = 4;
/** ICMP errors whose quoted packet is kept as evidence. More are counted only. */
export const MAX_ICMP_ERRORS_KEPT = 65_536;
/** Pairs of workloads that a finding rule names one by one. More share one finding that lists all their connections. */
export const MAX_FINDINGS_PER_RULE = 100;
/** Bytes of one snapshot file. */
export const MAX_SNAPSHOT_FILE_BYTES = 256 * 1024 * 1024;
/** Rules of a nat table that are looked at to explain one rewrite or to predict one packet's. More: cannot tell. */
export const MAX_WALKED_RULES = 200_000;
/** Pods drawn one by one in a traffic map. More: one box per workload and node, then one per node. */
export const MAX_DRAWN_PODS = 60;
/** Node boxes of a traffic map. More: those with the least traffic become one box per zone, which says how many. */
export const MAX_DRAWN_NODES = 24;
/** Lines of a traffic map. More: those with the least bytes are counted in its footer; findings' lines go last. */
export const MAX_DRAWN_EDGES = 120;
/** Boxes of one kind (load balancers, services) outside the nodes of a traffic map. More are folded into one. */
export const MAX_DRAWN_ENDPOINTS = 6;
/** Places and rewrites drawn of one connection. More: those in the middle become one box, which says how many. */
export const MAX_DRAWN_STOPS = 24;
/** The same for a ladder, whose lanes stand side by side. */
export const MAX_DRAWN_LANES = 10;
/** Names on each side of a flow diagram. More: those with the least traffic become one, which says how many. */
export const MAX_DRAWN_FLOW_ENDS = 14;
/** Connections with a bar of their own on a time line. More: those with findings, then with the most bytes. */
export const MAX_DRAWN_BARS = 40;
/** Findings listed under a picture. More are counted there; the report has them all. */
export const MAX_DRAWN_FINDINGS = 12;
/** Characters of a tooltip or description in a picture; the rest is replaced by an ellipsis. */
export const MAX_TOOLTIP_LENGTH = 2_000;
/** Unpacked bytes per packed byte of a compressed input once `INFLATE_FREE_BYTES` have come out. More: cut there. */
export const MAX_INFLATE_RATIO = 200;
/** Unpacked bytes of a compressed input that no ratio is asked of. */
export const INFLATE_FREE_BYTES = 16 * 1024 * 1024;
/** Window that a zstd frame may ask for: `zstd --ultra -20` does, `--long` asks for more. More: cut there, with the command that unpacks it. */
export const MAX_ZSTD_WINDOW_BYTES = 32 * 1024 * 1024;
/** Files of one directory or bundle; the others are named in a diagnostic and left out. */
export const MAX_FILES_PER_DIRECTORY = 100_000;
/** Directories inside directories. Deeper ones are left out with a diagnostic. */
export const MAX_DIRECTORY_DEPTH = 16;
/** Bytes of bundle members held in memory, and of a bundle that comes through standard input. */
export const MAX_BUFFERED_BYTES = 256 * 1024 * 1024;
/** Ways that one packet may go through one node's rules. More: the prediction is "cannot tell". */
export const MAX_PREDICTED_OUTCOMES = 1_024;
/** Conversations by which the clocks of two hosts are compared. More say nothing new and are left out. */
export const MAX_CLOCK_BOUNDS = 10_000;
/**
 * TCP legs without handshake that share an end and a range of sequence numbers, and are compared with each other to join them
 * across NAT. More: cannot tell which belong together.
 */
export const MAX_SEQUENCE_CANDIDATES = 512;
/** Connections to one proxy that had begun before one that it opened, and are looked at for it. More: cannot tell whose it is. */
export const MAX_PROXY_FRONTS_EXAMINED = 2_048;
/** Characters of a policy or a baseline; both are written for people. */
export const MAX_POLICY_TEXT = 4 * 1024 * 1024;
/** Rules of a policy. Each is asked about every connection. */
export const MAX_POLICY_RULES = 1_000;
/** Paths of which a rule of a policy tells violations one by one. More are counted together. */
export const MAX_PATHS_PER_RULE = 100;
/** Connections that a rule of a policy names as witnesses for one path. */
export const MAX_WITNESSES = 3;
/** Paths between workloads that a baseline or a comparison keeps. More: the comparison cannot tell. */
export const MAX_COMPARED_PATHS = 100_000;
/** Characters of a name from an input in a path between workloads; longer ones are cut and told apart by a hash. */
export const MAX_NAME_LENGTH = 253;
/** Results of a SARIF file: GitHub shows 5,000 of a run. More are counted in a notification. */
export const MAX_SARIF_RESULTS = 5_000;
/** Routes drawn in the picture of a comparison. More are counted below it. */
export const MAX_DRAWN_CHANGES = 60;
/** Rows of the connection table of an HTML report: those with the worst findings first. More are counted there. */
export const MAX_PAGE_ROWS = 5_000;
/** Characters of all those rows together. Further rows are counted there as well. */
export const MAX_PAGE_ROW_CHARACTERS = 3_250_000;
/** Characters of the findings of an HTML report, worst first. Further ones are named, not told. */
export const MAX_PAGE_FINDING_CHARACTERS = 750_000;
/** Findings of an HTML report that are at least named. More are counted there. */
export const MAX_PAGE_NAMED_FINDINGS = 2_000;
/** Characters of connections told one by one in an HTML report. Of further ones it gives the command that tells them. */
export const MAX_PAGE_DETAIL_CHARACTERS = 1_250_000;
/** Entries of every other list of an HTML report. More are counted there. */
export const MAX_PAGE_LIST = 200;
/** Characters of one text of an HTML report. The rest is counted. */
export const MAX_PAGE_TEXT_LENGTH = 2_000;
