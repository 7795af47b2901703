/** Goal: names that capture tools write into comments, and nothing of other people's comments. Method: texts as they write them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseToolComment } from "../../../src/core/capture/tool-comment.ts";

test.each([
  [
    "a process of ptcpdump, without its arguments",
    "PID: 99722\nCmd: /usr/bin/curl\nArgs: curl -u me:secret https://kernel.org",
    { tool: "ptcpdump", process: "/usr/bin/curl", pid: "99722" },
  ],
  [
    "a pod of ptcpdump",
    "PodName: web-0\nPodNamespace: shop\nPodUID: 1\nPodLabels: {}\nPodAnnotations: {}",
    { tool: "ptcpdump", pod: "web-0", namespace: "shop" },
  ],
  [
    "a container of ptcpdump",
    "ContainerName: app\nContainerId: 12\nContainerImage: nginx\nContainerLabels: {}",
    { tool: "ptcpdump", container: "app" },
  ],
  [
    "a source of NetObserv",
    "Source\nSrc IP: 10.0.1.11\nSrc Kind: Pod\nSrc Name: web-0\nSrc Namespace: shop\n",
    { tool: "NetObserv", end: "source", pod: "web-0", namespace: "shop" },
  ],
  [
    "a destination of NetObserv",
    "Destination\nDst Name: db-0\nDst Namespace: shop\n",
    { tool: "NetObserv", end: "destination", pod: "db-0", namespace: "shop" },
  ],
  [
    "rustnet",
    "rustnet process=nginx pid=7 uid=0 pod=web-0 ns=shop container=app direction=incoming",
    {
      tool: "rustnet",
      process: "nginx",
      pid: "7",
      pod: "web-0",
      namespace: "shop",
      container: "app",
    },
  ],
])("%s is read", (_name, text, expected) => {
  expect(parseToolComment(text)).toEqual(expected);
});

test.each([
  "a remark of a colleague",
  "",
  "ParentPID: 1\nParentCmd: /sbin/init\nParentArgs: init",
  "UserId: 1000",
  "Common\nProto: TCP\n",
  "Source\nSrc Kind: Service\nSrc Name: web\n",
  "Destination\nDst Name: n/a\n",
])("%j names nobody", (text) => {
  expect(parseToolComment(text)).toBeNull();
});

test("any text is read without an error, and no name is longer than a name may be", () => {
  const key = fc.constantFrom(
    "PID: ",
    "Cmd: ",
    "PodName: ",
    "rustnet pod=",
    "Source\nSrc Name: ",
    "",
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.string({ maxLength: 600 }))), (parts) => {
      const text = parts.map(([name, value]) => name + value).join("\n");
      const found = parseToolComment(text);
      for (const value of Object.values(found ?? {})) expect(value.length).toBeLessThanOrEqual(254);
    }),
  );
});
