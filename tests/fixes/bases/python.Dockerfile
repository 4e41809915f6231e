FROM debian:bookworm-slim
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
ENV LANG=C.UTF-8
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
RUN set -eux; \
    apt-get update; \
    apt-get install -y --no-install-recommends libffi8 libsqlite3-0 libbz2-1.0 libssl3 libreadline8 libncursesw6 \
      liblzma5 zlib1g libexpat1 libuuid1 libgdbm6 netbase tzdata; \
    rm -rf /var/lib/apt/lists/*
ENV PYTHON_VERSION=3.11.7
COPY usr/local /usr/local
RUN set -eux; \
    ldconfig; \
    python3 -m ensurepip; \
    ln -sf pip3 /usr/local/bin/pip; \
    rm -rf /usr/local/lib/python3.11/ensurepip/__pycache__; \
    pip --version
CMD ["python3"]
