# Two stages: the first holds compilers and caches, the second only what runs.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/idp
COPY requirements.lock .
RUN /opt/idp/bin/pip install --require-hashes -r requirements.lock
# The same Argon2 once more, for CPUs of x86-64-v3: there a password is checked in half the
# time. The entry point takes it where the CPU can.
RUN mkdir /opt/argon2-x86-64-v3 && if [ "$(uname -m)" = x86_64 ]; then \
        apt-get update -qq && apt-get install -qq -y --no-install-recommends gcc libc6-dev && \
        sed -n '/^argon2-cffi-bindings==/,/[^\\]$/p' requirements.lock > argon2.lock && \
        CFLAGS="-O3 -march=x86-64-v3" /opt/idp/bin/pip install --require-hashes --no-deps \
            --no-binary argon2-cffi-bindings --target /opt/argon2-x86-64-v3 -r argon2.lock; \
    fi
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
COPY --from=build /opt/argon2-x86-64-v3 /opt/argon2-x86-64-v3
COPY scripts/entrypoint.sh /usr/local/bin/idp-entrypoint
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
ENTRYPOINT ["idp-entrypoint"]
CMD ["idp", "serve"]
