import type { PathRule } from "../rule.ts";
import { listsOf, mayBe } from "../unlisted.ts";
import { possible } from "../verdict.ts";

export const unclassified: PathRule = {
  meta: {
    id: "unclassified",
    title: "Not classified",
    why: "The evidence does not support any class; saying so is better than guessing.",
    proves: "Nothing about the path.",
    doesNotProve: "That anything is wrong.",
    confirm: "podpath analyze with more captures or snapshot files",
    sources: ["podpath design: unclassified is a legal verdict"],
  },
  match(subject, { hasSnapshot, snapshot }) {
    const unlisted = [...mayBe(subject.orig, snapshot), ...mayBe(subject.resp, snapshot)];
    let wouldDecide = `snapshot entries for ${subject.orig.kind === "external" ? "the originator" : "the responder"}, or a capture on the other side of the rewrite`;
    if (unlisted.length > 0) wouldDecide = listsOf(unlisted);
    if (!hasSnapshot)
      wouldDecide =
        "a snapshot of the cluster: kubectl get pods,nodes,svc -A -o json and aws ec2 describe-network-interfaces";
    return possible("unclassified", subject, { or: ["unclassified"], wouldDecide });
  },
};
