# The wheels of the lock, and the project's own, put into one environment.
FROM python:3.11-slim-bookworm AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/run.lock requirements/run.lock
RUN python -m venv /opt/roundabout \
 && /opt/roundabout/bin/pip install --quiet --no-deps --require-hashes --requirement requirements/run.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
RUN /opt/roundabout/bin/pip install --quiet --no-deps --no-build-isolation .

# What runs: no compiler, no source tree, no root.
FROM python:3.11-slim-bookworm
ENV PATH=/opt/roundabout/bin:$PATH PYTHONUNBUFFERED=1 ROUNDABOUT_DATA_DIR=/data
RUN useradd --system --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin roundabout
COPY --from=builder /opt/roundabout /opt/roundabout
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["roundabout"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
