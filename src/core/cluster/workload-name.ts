/** What a pod belongs to: the name that stays when its pods are replaced, by which runs are compared. */

/** Kubernetes draws random names from these letters (k8s.io/apimachinery/pkg/util/rand), so that they spell no words. */
const RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";
/** The ReplicaSet's hash: up to ten letters, of the same alphabet plus the digits it leaves in (SafeEncodeString). */
const TEMPLATE_HASH = "[bcdfghjklmnpqrstvwxz0-9]{8,10}";
const REPLICA_SET_OF_DEPLOYMENT = new RegExp(`^(.+)-(${TEMPLATE_HASH})$`);
const POD_OF_DEPLOYMENT = new RegExp(`^(.+)-${TEMPLATE_HASH}-${RANDOM}{5}$`);
/** CronJob controllers append the scheduled time in minutes since 1970: eight digits from 2019 to 2046. */
const JOB_OF_CRON_JOB = /^(.+)-(2[6-9]\d{6}|3\d{7})$/;

export interface PodController {
  readonly kind: string;
  readonly name: string;
  /** The pod's label pod-template-hash. */
  readonly templateHash: string | undefined;
}

/** "Deployment/web", "DaemonSet/aws-node", "CronJob/backup" ... from a pod's controlling owner reference. */
export function workloadOfController({
  kind,
  name,
  templateHash,
}: PodController): string | undefined {
  if (kind === "Node") return undefined; // A static pod: its owner is where it runs, not what it is.
  if (kind === "ReplicaSet") {
    if (templateHash !== undefined && name.endsWith(`-${templateHash}`)) {
      return `Deployment/${name.slice(0, -templateHash.length - 1)}`;
    }
    const base = REPLICA_SET_OF_DEPLOYMENT.exec(name)?.[1];
    return base === undefined ? `ReplicaSet/${name}` : `Deployment/${base}`;
  }
  if (kind === "Job") {
    const base = JOB_OF_CRON_JOB.exec(name)?.[1];
    return base === undefined ? `Job/${name}` : `CronJob/${base}`;
  }
  return `${kind}/${name}`;
}

/** From the pod's name alone, only where the pattern leaves no doubt: NAME-HASH-RANDOM is a Deployment's. */
export function workloadOfPodName(name: string): string | undefined {
  const base = POD_OF_DEPLOYMENT.exec(name)?.[1];
  return base === undefined ? undefined : `Deployment/${base}`;
}
