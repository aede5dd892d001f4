# One image for api, worker and migrate. docker-compose.yml sets the command of each.

FROM node:22-bookworm-slim AS manifests
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches/
COPY api/package.json api/
COPY bench/package.json bench/
COPY drizzle/package.json drizzle/
COPY launcher/package.json launcher/
COPY runtime/package.json runtime/
COPY shared/package.json shared/
COPY testing/package.json testing/
COPY web/package.json web/
COPY worker/package.json worker/
# Install the pnpm version that package.json pins.
# hadolint ignore=DL3016
RUN npm install --global "$(node -p "require('./package.json').packageManager")"

FROM manifests AS build
RUN pnpm install --frozen-lockfile --filter whook --filter "@whook/web..." --filter "@whook/api..." --filter "@whook/worker..."
COPY . .
RUN node scripts/build.mjs

# Production packages: no compilers, no browser code, no embedded PostgreSQL.
FROM manifests AS production
RUN pnpm install --frozen-lockfile --no-optional --prod --filter "@whook/api..." --filter "@whook/worker..."

FROM node:22-bookworm-slim
ENV NODE_ENV=production APP_HOST=0.0.0.0 APP_PORT=5000
WORKDIR /app
COPY --from=production /app ./
COPY --from=build /app/shared/dist shared/dist
COPY --from=build /app/runtime/dist runtime/dist
COPY --from=build /app/drizzle/dist drizzle/dist
COPY --from=build /app/worker/dist worker/dist
COPY --from=build /app/api/dist api/dist
COPY --from=build /app/web/dist web/dist
COPY drizzle/migrations drizzle/migrations
COPY scripts/healthcheck.mjs scripts/
# The user `node`, as a number: Kubernetes needs the number for runAsNonRoot.
USER 1000:1000
EXPOSE 5000
# Marks the container only. A process that hangs ends itself if it has an init, as with docker run --init (docs/operations.md).
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["node", "scripts/healthcheck.mjs", "http://127.0.0.1:5000/healthz"]
CMD ["node", "api/dist/src/main.js"]
