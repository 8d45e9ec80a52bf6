# Two stages: the first holds compilers and caches, the second only what runs.
FROM python:3.11-slim-bookworm AS build

# Argon2 from source for the machines you have, e.g.
#   docker build --build-arg ARGON2_CFLAGS="-O3 -march=x86-64-v3" .
# makes password checks faster, and the image useless on older CPUs.
ARG ARGON2_CFLAGS=""

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/idp
COPY requirements.lock .
RUN if [ -n "$ARGON2_CFLAGS" ]; then \
        apt-get update -qq && apt-get install -qq -y --no-install-recommends gcc libc6-dev libffi-dev; \
        export CFLAGS="$ARGON2_CFLAGS" PIP_NO_BINARY=argon2-cffi-bindings; \
    fi && \
    /opt/idp/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY migrations migrations
COPY idp idp
# pip compiles to bytecode what it installs; start-up time counts on that.
RUN /opt/idp/bin/pip install --no-deps --no-build-isolation . && \
    /opt/idp/bin/pip uninstall --yes --quiet editables hatchling pip

FROM python:3.11-slim-bookworm

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin idp && \
    install -d -o idp -g idp -m 0700 /data
COPY --from=build /opt/idp /opt/idp
ENV PATH=/opt/idp/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    IDP_DATA_DIR=/data \
    IDP_LISTEN=0.0.0.0:8000
USER idp
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen('http://127.0.0.1:' + os.environ['IDP_LISTEN'].rpartition(':')[2] + '/healthz', timeout=2)"]
# An older database is migrated by `idp db upgrade`, once, before nodes of a new release start.
CMD ["idp", "serve"]
