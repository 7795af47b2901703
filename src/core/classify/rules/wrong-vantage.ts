import { podsNamed } from "../../cluster/pod-names.ts";
import type { PodEntry } from "../../cluster/snapshot.ts";
import { statement } from "../evidence.ts";
import type { Members } from "../members.ts";
import type { FindingRule, Question } from "../rule.ts";
import { Trait } from "../traits.ts";

export const wrongVantage: FindingRule = {
  level: "warning",
  concerns: { any: Trait.FromPod | Trait.ToPod },
  meta: {
    id: "wrong-vantage",
    title: "No capture was taken where the pod's packets pass",
    why: "A capture on another node cannot show a pod's packets; their absence there looks like silence and is none.",
    proves: "By the snapshot the pod runs on a node on which nothing was captured.",
    doesNotProve:
      "That the pod sent nothing, or that it ran there at the time: pods move, and the snapshot is a photograph.",
    confirm: "kubectl get pod -o wide",
    sources: ["docs/capture-on-eks.md: where packets can be seen"],
  },
  find(classified, { question, snapshot }) {
    if (!question.everyCapturePlaced || question.vantagePoints.length === 0) return [];
    // One that was not identified may be anywhere, also where the pod runs.
    if (question.vantagePoints.some(({ node, pod }) => node === null && pod === null)) return [];
    const asked = new Set(question.pods.flatMap((name) => podsNamed(snapshot.pods, name)));
    const pods = [...asked];
    const seen = pods.length === 0 ? NO_PODS : podsSeen(classified);
    if (pods.some((pod) => mayShow(pod, seen, question))) return [];
    return pods.map((pod) => {
      const name = `${pod.namespace}/${pod.name}`;
      return {
        connections: [],
        level: "warning" as const,
        message: `${name} runs on ${pod.node}; the captures were taken at ${places(question)}, where its packets pass only when it talks to somebody there, and none were seen.`,
        advice: `Capture on ${pod.node}: tcpdump -i any -n --immediate-mode -U -s 256 -w ${pod.node}.any.pcap`,
        evidence: [statement(`${name} runs on ${pod.node}`, [], [pod.ref])],
        identity: name,
      };
    });
  },
};

/** Its node was captured, or it was seen all the same, from the other side; or nobody knows where it runs. */
function mayShow(
  { node, hostNetwork, namespace, name }: PodEntry,
  seen: ReadonlySet<string>,
  { vantagePoints }: Question,
): boolean {
  if (node === undefined || hostNetwork) return true;
  const own = `${namespace}/${name}`;
  if (vantagePoints.some((point) => point.node === node || point.pod === own)) return true;
  return seen.has(own);
}

function places({ vantagePoints }: Question): string {
  const all = new Set(vantagePoints.map(({ node, pod }) => node ?? `pod ${pod}`));
  const names = [...all].sort();
  const rest = names.length > 4 ? ` and ${names.length - 4} more` : "";
  return names.slice(0, 4).join(", ") + rest;
}

const NO_PODS: ReadonlySet<string> = new Set();

/** "namespace/name" of every pod at an end. */
function podsSeen(classified: Members): Set<string> {
  const seen = new Set<string>();
  for (const { subject } of classified) {
    for (const { kind, namespace, name } of [subject.orig, subject.resp, subject.dialled])
      if (kind === "pod") seen.add(`${namespace}/${name}`);
  }
  return seen;
}
