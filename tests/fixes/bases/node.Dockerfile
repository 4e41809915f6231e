FROM debian:bookworm-slim
ENV NODE_VERSION=20.20.2
COPY usr/local /usr/local
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN node --version && npm --version
CMD ["node"]
