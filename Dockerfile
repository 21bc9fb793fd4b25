# The portal, and the object store of docker-compose.yml, which comes with the same locked requirements.
FROM python:3.11-slim-bookworm AS requirements
RUN python -m venv /opt/portal
ENV PATH=/opt/portal/bin:$PATH
COPY requirements/run.txt .
# Hashes are checked; only wheels, so that nothing is built from what was downloaded.
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: --requirement run.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/portal/bin:$PATH PYTHONPATH=/srv/portal PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Shows Office files in place: docker compose build --build-arg LIBREOFFICE=1
ARG LIBREOFFICE=0
RUN if [ "$LIBREOFFICE" = 1 ]; then \
      apt-get update \
      && apt-get install --yes --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui fonts-liberation fonts-dejavu-core \
      && rm -rf /var/lib/apt/lists/*; \
    fi
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent portal \
    && install --directory --owner portal --group portal --mode 700 /data /scratch
COPY --from=requirements /opt/portal /opt/portal
COPY workflows /srv/portal/workflows
COPY storage /srv/portal/storage
COPY templates /srv/portal/templates
COPY vae_portal /srv/portal/vae_portal
COPY --chmod=755 deploy/store.sh /usr/local/bin/store.sh
# Compiled once here: the containers run on a read-only file system.
RUN python -m compileall -q /srv/portal
WORKDIR /srv/portal
USER portal
EXPOSE 8000
ENTRYPOINT ["python", "-m", "vae_portal.cli"]
CMD ["serve"]
