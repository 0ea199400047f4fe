# One image for every role: bot, worker, all and probe.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node scripts/build.mjs

FROM node:22-bookworm-slim AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
# Bundled but for the native PNG renderer, which stays a package.
RUN npm ci --omit=dev \
 && mkdir -p /keep/@resvg && cp -r node_modules/@resvg/. /keep/@resvg/

FROM node:22-bookworm-slim
# ping: ICMP probes need it (root and NET_RAW, given by the probe Pod alone).
# nftables, iptables, ethtool, iproute2: deep mode reads with them (NET_ADMIN, given by the deep Pod alone).
RUN apt-get update \
 && apt-get install -y --no-install-recommends ethtool iproute2 iptables iputils-ping nftables \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /opt/yarn*
WORKDIR /app
COPY --from=build /build/dist ./dist
COPY --from=build /build/bin ./bin
COPY --from=build /build/package.json ./package.json
COPY --from=build /build/assets ./assets
COPY --from=packages /keep ./node_modules
ENV NODE_ENV=production
USER 10001:10001
ENTRYPOINT ["node", "/app/bin/metrics-diag.mjs"]
CMD ["--help"]
