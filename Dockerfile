# podpath as a container: no root, nothing written but what --output and --write name, so that a read-only root file system works.
#
#   docker build -t podpath .
#   docker run --rm --read-only --network none -v "$PWD:/data:ro" podpath check --policy policy.yaml captures/
#
# To write results, mount a folder that user 65532 may write to: -v "$PWD/out:/out" … --write junit=/out/junit.xml

FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
# Not tsconfig.json: it names the tests as well, which are not here.
COPY tsconfig.base.json rolldown.config.js ./
COPY src src
COPY bin bin
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/program dist/program
COPY --from=build /app/bin bin
COPY LICENSE ./
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["node", "/app/bin/podpath.js"]
CMD ["--help"]
