# The node in a container: non-root, read-only root file system, one volume. Build the program first (`make image` does both);
# the image needs nothing else but OpenSSL, which .NET's own cryptography loads.
# Pin the base by digest in production: --build-arg BASE=debian:bookworm-slim@sha256:…
ARG BASE=debian:bookworm-slim
FROM ${BASE}

RUN apt-get update \
 && apt-get install -y --no-install-recommends libssl3 ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 ledger \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ledger \
 && install --directory --owner 10001 --group 10001 --mode 0750 /data

COPY artifacts/image/ /opt/ledger/

ENV DOTNET_EnableDiagnostics=0 \
    LEDGER_DATA=/data \
    LEDGER_LISTEN=0.0.0.0:7400 \
    LEDGER_HTTP=0.0.0.0:7480

USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 7400 7480
# Asks the node the way it listens: LEDGER_LISTEN, LEDGER_TLS_CERT and LEDGER_TLS_KEY say how.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 \
  CMD ["/opt/ledger/ledger", "health"]
ENTRYPOINT ["/opt/ledger/ledger"]
CMD ["serve"]
