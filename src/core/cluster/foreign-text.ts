/**
 * What a text seems to be that is no snapshot: the error that a command printed in the place of its output, a page that was
 * downloaded in the place of a file, a capture in a form that is text. People give such files every day.
 */

export interface ForeignText {
  /** "a Git LFS pointer, not the file itself". */
  readonly name: string;
  /** What to do about it: a phrase without a full stop. */
  readonly advice: string;
}

interface ForeignPattern extends ForeignText {
  readonly pattern: RegExp;
}

/** Each is tried on the beginning of the text; none can take long on any text. */
const PATTERNS: readonly ForeignPattern[] = [
  {
    pattern: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    name: "a Git LFS pointer, not the file itself",
    advice: "fetch the file with `git lfs pull`",
  },
  {
    pattern: /^<(?:!doctype html|html)\b/i,
    name: "an HTML page",
    advice: "an error or login page was saved in its place; download the file again, signed in",
  },
  {
    pattern: /^(?:<\?xml[^>]*>\s*)?<Error>/,
    name: "an error message of a web service",
    advice: "it was saved in the place of the file; download the file again, with access to it",
  },
  {
    // The magic numbers of pcap (both orders, micro- and nanoseconds), pcapng and gzip, in base64.
    pattern: /^(?:1MOyoQ|obLD1A|TTyyoQ|obI8TQ|Cg0NCg|H4sI)[A-Za-z0-9+/]{10}/,
    name: "a capture in base64",
    advice: "decode it first: `base64 -d FILE > capture.pcap`",
  },
  {
    pattern: /^(?:0x)?[0-9a-f]{4,8}:?[ \t]+(?:[0-9a-f]{2}[ \t]?){8}/i,
    name: "a hexadecimal dump",
    advice: "podpath reads the capture itself; `text2pcap` makes one of a dump",
  },
  {
    pattern:
      /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{1,9} (?:[\w.@-]{1,32} {1,2}(?:In|Out|P|B|M) +)?(?:IP6?|ARP,)/,
    name: "what tcpdump prints, not a capture",
    advice: "let tcpdump write one: `tcpdump -w capture.pcap`",
  },
  {
    pattern: /^No resources found/,
    name: "kubectl's answer that there is nothing",
    advice: "name the namespace, or ask for all of them with -A",
  },
  {
    pattern:
      /^(?:error: |Error from server|Unable to connect to the server|The connection to the server )/,
    name: "an error message of kubectl",
    advice: "run the command again where the cluster answers",
  },
  {
    pattern: /^An error occurred \(\w{1,64}\) when calling the /,
    name: "an error message of aws",
    advice: "run the command again with the permissions that it names",
  },
  {
    pattern: /^(?:bash|sh|zsh|-bash): |^sudo: /,
    name: "an error message of a shell",
    advice: "run the command again where it is installed",
  },
];

/** Null when there is nothing to say. */
export function describeForeignText(text: string): ForeignText | null {
  const start = text.slice(0, 400).trimStart();
  const found = PATTERNS.find(({ pattern }) => pattern.test(start));
  return found === undefined ? null : { name: found.name, advice: found.advice };
}
