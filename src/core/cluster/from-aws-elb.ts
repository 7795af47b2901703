/** `aws elbv2 describe-…` and `aws elb describe-load-balancers`: load balancers, their targets and how these are reached. */
import type { JsonDocument } from "./json-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { LoadBalancerEntry } from "./snapshot.ts";
import { canonicalAddress, jsonRef, type ReadContext, skipEntry } from "./snapshot-parts.ts";

const TYPES: ReadonlySet<string> = new Set(["network", "application", "gateway"]);

export function readLoadBalancers(context: ReadContext, document: JsonDocument): void {
  for (const balancer of document.root.get("LoadBalancers").items()) {
    const type = balancer.string("Type") ?? "";
    if (!TYPES.has(type)) {
      const ref = jsonRef(context.file, document, balancer);
      skipEntry(context, ref, `A load balancer is of type "${type.slice(0, 32)}"`);
      continue;
    }
    const arn = balancer.string("LoadBalancerArn");
    const name = balancer.string("LoadBalancerName") ?? nameOfArn(arn);
    pushBalancer(context, document, balancer, {
      type: type as LoadBalancerEntry["type"],
      name,
      arn,
    });
  }
  for (const balancer of document.root.get("LoadBalancerDescriptions").items()) {
    const name = balancer.string("LoadBalancerName");
    pushBalancer(context, document, balancer, { type: "classic", name, arn: undefined });
    readClassicTargets(context, document, balancer);
  }
}

/** "arn:…:loadbalancer/net/NAME/ID". */
function nameOfArn(arn: string | undefined): string | undefined {
  return /:loadbalancer\/(?:net|app|gwy)\/([^/]+)\//.exec(arn ?? "")?.[1];
}

interface BalancerBasics {
  readonly type: LoadBalancerEntry["type"];
  readonly name: string | undefined;
  readonly arn: string | undefined;
}

function pushBalancer(
  context: ReadContext,
  document: JsonDocument,
  balancer: JsonValue,
  { type, name, arn }: BalancerBasics,
): void {
  const ref = jsonRef(context.file, document, balancer);
  if (name === undefined) {
    skipEntry(context, ref, "A load balancer has no name");
    return;
  }
  const dnsName = balancer.string("DNSName");
  const scheme = balancer.string("Scheme");
  // The classic API spells it VPCId.
  const vpcId = balancer.string("VpcId") ?? balancer.string("VPCId");
  context.parts.loadBalancers.push({
    name,
    type,
    ...(arn !== undefined && { arn }),
    ...(dnsName !== undefined && { dnsName }),
    ...(scheme !== undefined && { scheme }),
    ...(vpcId !== undefined && { vpcId }),
    ref,
  });
}

function readClassicTargets(
  context: ReadContext,
  document: JsonDocument,
  balancer: JsonValue,
): void {
  const listeners = balancer.get("ListenerDescriptions").items();
  const ports = listeners.map((one) => one.number("Listener", "InstancePort"));
  for (const instance of balancer.get("Instances").items()) {
    const instanceId = instance.string("InstanceId");
    const ref = jsonRef(context.file, document, instance);
    for (const port of new Set(ports)) {
      if (instanceId !== undefined && port !== undefined) {
        context.parts.targets.push({ instanceId, port, ref });
      }
    }
  }
}

export function readTargetHealth(context: ReadContext, document: JsonDocument): void {
  for (const description of document.root.get("TargetHealthDescriptions").items()) {
    const ref = jsonRef(context.file, document, description);
    const id = description.string("Target", "Id");
    const port = description.number("Target", "Port");
    const state = description.string("TargetHealth", "State");
    const address = canonicalAddress(id);
    // A target of an ALB or Lambda target group has an ARN for an id and owns no address.
    const isInstance = id?.startsWith("i-") === true;
    if (port === undefined || (address === undefined && !isInstance)) {
      skipEntry(context, ref, "A target is neither an address nor an instance with a port");
      continue;
    }
    context.parts.targets.push({
      ...(address !== undefined ? { address } : { instanceId: id ?? "" }),
      port,
      ...(state !== undefined && { state }),
      ref,
    });
  }
}

export function readTargetGroups(context: ReadContext, document: JsonDocument): void {
  for (const group of document.root.get("TargetGroups").items()) {
    const ref = jsonRef(context.file, document, group);
    const name = group.string("TargetGroupName");
    if (name === undefined) {
      skipEntry(context, ref, "A target group has no name");
      continue;
    }
    const arn = group.string("TargetGroupArn");
    const protocol = group.string("Protocol");
    const port = group.number("Port");
    const targetType = group.string("TargetType");
    const arns = group.get("LoadBalancerArns").items();
    context.parts.targetGroups.push({
      name,
      ...(arn !== undefined && { arn }),
      ...(protocol !== undefined && { protocol }),
      ...(port !== undefined && { port }),
      ...(targetType !== undefined && { targetType }),
      loadBalancers: arns
        .map((one) => nameOfArn(typeof one.raw === "string" ? one.raw : undefined))
        .filter((one) => one !== undefined),
      attributes: {},
      ref,
    });
  }
}

const TARGET_GROUP_ATTRIBUTE =
  /^(?:preserve_client_ip|proxy_protocol_v2|deregistration_delay|stickiness|slow_start|target_)/;

export function readTargetGroupAttributes(context: ReadContext, document: JsonDocument): void {
  const entries = document.root.get("Attributes").items();
  const attributes = Object.fromEntries(
    entries.flatMap((one) => {
      const key = one.string("Key");
      const value = one.string("Value");
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
  // describe-load-balancer-attributes has the same shape; nothing of it matters for paths.
  if (!Object.keys(attributes).some((key) => TARGET_GROUP_ATTRIBUTE.test(key))) return;
  const ref = jsonRef(context.file, document, document.root);
  context.parts.targetGroupAttributes.push({ attributes, ref });
}
